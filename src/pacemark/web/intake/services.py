"""Bringing records in: preview, commit, and what an import leaves on record."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pacemark.web.accounts.models import User
from pacemark.web.intake.errors import FileError
from pacemark.web.intake.models import BatchState, ImportBatch, Profile
from pacemark.web.intake.planning import ImportPlan
from pacemark.web.intake.profiles import profile_from_text, profile_to_text
from pacemark.web.intake.staging_run import Progress, StagedRows, sets_organization_up, settings_for, stage
from pacemark.web.intake.working_folders import clear_abandoned, working_folder
from pacemark.web.jobs.registry import AFTER_IMPORT
from pacemark.web.jobs.services import enqueue
from pacemark.web.organization.arrivals import (
    create_reps,
    matching_reps,
    name_rep,
    reach_back_memberships,
    take_settings,
)
from pacemark.web.organization.labels import PersonLabel
from pacemark.web.organization.models import Rep
from pacemark.web.organization.queries import organization
from pacemark.web.pipeline.publishing.context import Outcomes
from pacemark.web.pipeline.services import (
    StagedImport,
    bring_facts_up_to_date,
    prepare_publication,
    preview_publication,
    publish,
    take_turn,
)
from pacemark.web.pipeline.staging import open_staging
from pacemark.web.trail.services import record

_READ_BYTES = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportResult:
    """What an import did, or a preview would do."""

    counts: dict[str, dict[str, int]]
    errors_path: Path | None
    first_errors: tuple[dict[str, Any], ...]
    people_created: tuple[str, ...]
    notes: tuple[str, ...]
    erased: int = 0

    @property
    def went_in(self) -> int:
        """Return how many rows are in after it: accepted, updated and unchanged."""
        return sum(count[name] for count in self.counts.values() for name in ("accepted", "updated", "unchanged"))

    @property
    def refused(self) -> int:
        """Return how many rows were refused."""
        return sum(count["refused"] for count in self.counts.values())


class StagedBatch:
    """An import that stands in staging: it can be previewed, and committed once."""

    def __init__(self, rows: StagedRows, batch: ImportBatch | None, choices: Mapping[str, int | None]) -> None:
        self._rows = rows
        self._batch = batch
        self._choices = choices
        self._labels = rows.labels()

    def unknown_people(self) -> list[PersonLabel]:
        """Return the people whom the files name and the organisation does not know, by the choices made so far."""
        known = self._known()
        return sorted((label for label in self._labels if label not in known), key=lambda label: label.shown)

    def preview(self) -> ImportResult:
        """Return what a commit would do now."""
        outcomes = preview_publication(self._staged())
        return self._result(outcomes, [label.shown for label in self.unknown_people()])

    def commit(self, *, actor: User | None) -> ImportResult:
        """Make everything visible in one transaction, then bring the facts up to date."""
        self.prepare()
        with transaction.atomic():
            take_turn()
            result = self.publish(actor=actor)
            if self._batch is not None:
                finish_batch(self._batch, result)
        bring_facts_up_to_date(actor=actor)
        enqueue(AFTER_IMPORT)
        return result

    def prepare(self) -> None:
        """Do before the transaction what touches staging alone."""
        prepare_publication(self._staged())

    def publish(self, *, actor: User | None) -> ImportResult:
        """Make everything visible, with the people it names; the days are marked for the facts, and not yet counted."""
        self._take_settings(actor)
        people, created = self._people(actor)
        return self._result(publish(actor=actor, staged=self._staged(), people=people), created)

    def _staged(self) -> StagedImport:
        return StagedImport(
            staging=self._rows.staging,
            source_name=self._rows.plan.source_name,
            segments=self._rows.named.segments,
            batch_id=self._batch.pk if self._batch is not None else None,
        )

    def _known(self) -> dict[PersonLabel, int]:
        known = matching_reps(self._rows.plan.source_name, self._labels)
        for label in self._labels:
            chosen = self._choices.get(label.text)
            if chosen is not None:
                known[label] = chosen
        return known

    def _people(self, actor: User | None) -> tuple[dict[int, int], list[str]]:
        source, first_days = self._rows.plan.source_name, self._rows.label_first_days()
        known = self._known()
        reps = Rep.objects.in_bulk([rep for rep in self._choices.values() if rep is not None])
        for label in self._labels:
            chosen = self._choices.get(label.text)
            if chosen is not None and chosen in reps:
                name_rep(actor=actor, source_name=source, label=label, rep=reps[chosen])
        unknown = {label: first_days.get(label) for label in self._labels if label not in known}
        created = create_reps(actor=actor, source_name=source, first_days=unknown)
        seen: dict[int, date] = {}
        for label, rep in known.items():
            day = first_days.get(label)
            if day is not None:
                seen[rep] = min(seen.get(rep, day), day)
        reach_back_memberships(first_days=seen)
        everyone = {**known, **created}
        numbers = {number: everyone[label] for number, label in self._rows.named.people.items() if label in everyone}
        return numbers, sorted(label.shown for label in created)

    def _take_settings(self, actor: User | None) -> None:
        if sets_organization_up():
            profile = self._rows.plan.profile
            take_settings(actor=actor, time_zone=profile.time_zone, currency=profile.currency, region=profile.region)

    def _result(self, outcomes: Outcomes, people: list[str]) -> ImportResult:
        total = Outcomes()
        for part in (self._rows.outcomes, outcomes):
            for kind, outcome in part.kinds.items():
                total.of(kind).add(outcome)
        for plan in self._rows.plan.tables:
            total.of(plan.profile.kind.value)
        return ImportResult(
            counts={kind: outcome.as_dict() for kind, outcome in sorted(total.kinds.items())},
            errors_path=self._rows.refused.path,
            first_errors=tuple(
                {"file": row.file, "line": row.line, "column": row.column, "reason": row.reason, "value": row.value}
                for row in self._rows.refused.first
            ),
            people_created=tuple(people),
            notes=(*import_notes(self._rows.plan), *_erased_notes(outcomes.erased)),
            erased=outcomes.erased,
        )


@contextlib.contextmanager
def staged_batch(
    plan: ImportPlan,
    *,
    batch: ImportBatch | None,
    progress: Progress,
    choices: Mapping[str, int | None] | None = None,
) -> Iterator[StagedBatch]:
    """Read a planned import into staging. Without a batch nothing of it is kept but the list of refused rows."""
    home = imports_folder() / (str(batch.pk) if batch else "preview")
    _settle_interrupted()
    with working_folder(home) as work, open_staging(work) as staging:
        rows = stage(plan, staging, home / "errors.csv", progress)
        yield StagedBatch(rows, batch, choices or {})


def _settle_interrupted() -> None:
    """Say of imports whose process was killed that they came to nothing; a queued one is run again all the same."""
    numbers = [int(name) for name in clear_abandoned(imports_folder()) if name.isdigit()]
    ImportBatch.objects.filter(pk__in=numbers, state=BatchState.RUNNING).update(
        state=BatchState.FAILED, finished_at=timezone.now(), message=_("It was interrupted; nothing of it went in.")
    )


def _erased_notes(n_rows: int) -> list[str]:
    """Say that rows went in without what they tell of a person."""
    if not n_rows:
        return []
    told = ngettext(
        "%(n)s row is of a customer who was erased: it counts, without name, number and note.",
        "%(n)s rows are of customers who were erased: they count, without names, numbers and notes.",
        n_rows,
    )
    return [told % {"n": n_rows}]


def imports_folder() -> Path:
    """Return where uploads, lists of refused rows and staging files are kept."""
    return Path(settings.PACEMARK_HOME) / "imports"


def import_notes(plan: ImportPlan) -> list[str]:
    """Return what a person should know before they confirm."""
    theirs, ours = plan.profile.currency, organization().currency
    notes = []
    if theirs and theirs != ours and not sets_organization_up():
        notes.append(
            _("The amounts are in %(theirs)s, the organisation counts in %(ours)s; nothing is converted.")
            % {"theirs": theirs, "ours": ours}
        )
    if plan.is_guessed:
        zone = settings_for(plan).source_zone
        notes.append(_("The mapping was guessed from the columns; times count as %(zone)s.") % {"zone": zone})
    return notes


@transaction.atomic
def open_batch(*, actor: User | None, plan: ImportPlan, state: BatchState = BatchState.RUNNING) -> ImportBatch:
    """Put an import on record before anything of it is read."""
    batch = ImportBatch.objects.create(
        created_at=timezone.now(),
        actor=actor,
        source_name=plan.source_name,
        profile_text=profile_to_text(plan.profile),
        files=[_file_record(path) for path in dict.fromkeys(table.table.path for table in plan.tables)],
        state=state,
    )
    record(actor=actor, action="intake.import_opened", subject=batch, changes={"source": plan.source_name})
    return batch


def _file_record(path: Path) -> dict[str, Any]:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_READ_BYTES):
            digest.update(block)
    return {"name": path.name, "size": path.stat().st_size, "sha256": digest.hexdigest()}


def finish_batch(batch: ImportBatch, result: ImportResult) -> None:
    """Settle an import's record, in the transaction that makes its rows visible."""
    batch.state, batch.progress, batch.finished_at = BatchState.DONE, 1.0, timezone.now()
    batch.counts = result.counts
    batch.errors_path = str(result.errors_path.name) if result.errors_path else ""
    batch.save()


@transaction.atomic
def fail_batch(*, actor: User | None, batch: ImportBatch, message: str) -> None:
    """Note that an import came to nothing, and why."""
    batch.state, batch.finished_at, batch.message = BatchState.FAILED, timezone.now(), message[:500]
    batch.save()
    record(actor=actor, action="intake.import_failed", subject=batch)


@transaction.atomic
def save_profile(*, actor: User | None, name: str, text: str) -> Profile:
    """Keep a mapping under a name, over an older one of that name. Raises ProfileError when it cannot be read."""
    profile_from_text(text)
    tidy_name = " ".join(name.split())[:64]
    if not tidy_name:
        raise FileError(_("Give the mapping a name."))
    profile, _is_new = Profile.objects.update_or_create(name=tidy_name, defaults={"text": text})
    record(actor=actor, action="intake.profile_saved", subject=profile)
    return profile
