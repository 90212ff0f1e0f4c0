"""Reading a planned import into staging: chunk by chunk, refused rows on the side."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from time import monotonic

from django.utils.translation import gettext as _

from pacemark.web.intake.mapping.cells import TablePlan
from pacemark.web.intake.planning import ImportPlan
from pacemark.web.intake.readers import Chunk
from pacemark.web.intake.reading import STAGED_AS, ImportSettings, Named, Piece, Reading
from pacemark.web.intake.reading_apart import reading_of
from pacemark.web.intake.refused_rows import RefusedRow, RefusedRows
from pacemark.web.organization.arrivals import untouched_organization
from pacemark.web.organization.labels import PersonLabel
from pacemark.web.organization.queries import organization
from pacemark.web.pipeline.duplicates import IdPrints, settle_repeats
from pacemark.web.pipeline.publishing.context import Outcomes
from pacemark.web.pipeline.staging import ID_COLUMN, Staging
from pacemark.web.pipeline.staging_queries import deals_missing, has_sources
from pacemark.web.shared.currency import minor_digits

Progress = Callable[[float, str], None]

READING_SHARE = 0.7  # of the whole import, as the progress bar tells it
_TELLING_SECONDS = 0.5


@dataclass(slots=True, kw_only=True)
class StagedRows:
    """What reading left behind: rows in staging, people and segments by number, refused rows, counts so far."""

    plan: ImportPlan
    staging: Staging
    refused: RefusedRows
    outcomes: Outcomes = field(default_factory=Outcomes)
    named: Named = field(default_factory=Named)
    prints: dict[str, IdPrints] = field(default_factory=dict)

    def label_first_days(self) -> dict[PersonLabel, date | None]:
        """Return the people that rows name, with the first day an accepted row saw each on."""
        seen = self.named.first_seen
        return {
            label: date.fromisoformat(day) if (day := seen.get(number)) else None
            for number, label in self.named.people.items()
        }

    def labels(self) -> list[PersonLabel]:
        """Return the people that accepted rows name."""
        people = self.named.people
        return [people[number] for number in sorted(self.named.first_seen) if number in people]


def sets_organization_up() -> bool:
    """Say whether this is the first import and nobody has named the organisation: it takes the profile's settings."""
    return untouched_organization() and not has_sources()


def settings_for(plan: ImportPlan) -> ImportSettings:
    """Return what counts: the organisation's settings, or the profile's while nobody has set the organisation up."""
    stands = organization()
    profile = plan.profile
    time_zone = (profile.time_zone if sets_organization_up() else "") or stands.time_zone
    currency = profile.currency or stands.currency
    return ImportSettings(
        time_zone=time_zone,
        source_zone=profile.time_zone or time_zone,
        currency=currency,
        digits=minor_digits(currency),
        region=profile.region or stands.default_region,
    )


def stage(plan: ImportPlan, staging: Staging, errors_path: Path, progress: Progress) -> StagedRows:
    """Read every planned table into staging and settle what only the whole can tell: repeated ids, missing deals."""
    rows = StagedRows(plan=plan, staging=staging, refused=RefusedRows(errors_path))
    with _without_cycle_search(), reading_of(plan, settings_for(plan)) as reading:
        shown, told = _shown_of(plan), 0.0
        for piece in reading.pieces():
            _take(rows, piece)
            if monotonic() - told >= _TELLING_SECONDS:
                staging.settle()  # telling may ask the database
                progress(*shown(piece))
                told = monotonic()
        rows.named = reading.named()
        staging.settle()
    _settle(rows, _("the id stands already on line %(line)d with other content"))
    return rows


def stage_posted(
    plan: ImportPlan, chunk: Chunk, staging: Staging, refused: RefusedRows, *, are_amounts_major: bool = False
) -> StagedRows:
    """Stage rows that were posted, all of them one chunk of the plan's only table; amounts are mostly minor units."""
    rows = StagedRows(plan=plan, staging=staging, refused=refused)
    settings = settings_for(plan)
    reading = Reading(plan, settings if are_amounts_major else replace(settings, digits=0))
    with _without_cycle_search():
        _take(rows, reading.piece_of(chunk))
        staging.settle()
    rows.named = reading.named()
    _settle(rows, "the id stands already at index %(line)d with other content")
    return rows


@contextlib.contextmanager
def _without_cycle_search() -> Iterator[None]:
    """Chunks are millions of small objects without cycles: searching them for cycles doubles the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _shown_of(plan: ImportPlan) -> Callable[[Piece], tuple[float, str]]:
    """Return what tells how far the import is after a piece, and which table it came from."""
    sizes = {table.file_no: max(table.table.path.stat().st_size, 1) for table in plan.tables}
    names = {table.file_no: table.table.name for table in plan.tables}
    total = sum(sizes.values())

    def shown(piece: Piece) -> tuple[float, str]:
        done = sum(size for file_no, size in sizes.items() if file_no < piece.file_no)
        return READING_SHARE * (done + piece.share * sizes[piece.file_no]) / total, names[piece.file_no]

    return shown


def _take(rows: StagedRows, piece: Piece) -> None:
    if piece.phones:
        rows.staging.append_work("phones", ("ref", "phone_encrypted", "phone_hash", "phone_last4_hash"), piece.phones)
    if piece.columns and piece.columns[0]:
        rows.staging.append(piece.staged_as, piece.columns)
        rows.prints.setdefault(piece.staged_as, IdPrints()).note(piece.columns[ID_COLUMN])
    _refuse(rows, rows.plan.tables[piece.file_no - 1], piece.refused)


def _refuse(rows: StagedRows, plan: TablePlan, refused: list[RefusedRow]) -> None:
    rows.refused.add(refused)
    rows.outcomes.of(plan.profile.kind.value).refused += len(refused)


def _settle(rows: StagedRows, repeated: str) -> None:
    plans = {plan.file_no: plan for plan in rows.plan.tables}
    for name in dict.fromkeys(STAGED_AS[plan.profile.kind] for plan in rows.plan.tables):
        repeats = settle_repeats(rows.staging, name, rows.prints.get(name, IdPrints()))
        for file_no, count in repeats.same.items():
            rows.outcomes.of(plans[file_no].profile.kind.value).unchanged += count
        for repeat in repeats.different:
            plan = plans[repeat.file_no]
            reason = repeated % {"line": repeat.first_line}
            _refuse(rows, plan, [_row(plan, repeat.line, "id", reason, repeat.external_id)])
    for file_no, line, deal_ref in deals_missing(rows.staging, rows.plan.source_name):
        plan = plans[file_no]
        _refuse(rows, plan, [_row(plan, line, "deal", _("there is no such deal"), deal_ref)])


def _row(plan: TablePlan, line: int, field_name: str, reason: str, value: str) -> RefusedRow:
    column = plan.profile.columns[field_name]
    return RefusedRow(file=plan.table.name, line=line, column=column, reason=reason, value=value)
