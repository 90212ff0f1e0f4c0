"""What the Data page shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from pacemark.web.intake.models import BatchState, ImportBatch
from pacemark.web.intake.services import imports_folder
from pacemark.web.organization.models import Rep
from pacemark.web.organization.queries import organization
from pacemark.web.pipeline.queries import Freshness, freshness
from pacemark.web.pipeline.queries.freshness import talks_look_short
from pacemark.web.ui.components import JobView

PAST_IMPORTS = 20
_OUTCOMES = ("accepted", "updated", "unchanged", "refused")


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricWords:
    """A metric and how it is counted, with the organisation's own thresholds."""

    name: str
    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DataPage:
    """How far the records reach, what came in lately, and what each number means."""

    freshness: Freshness
    imports: list[ImportBatch]
    metrics: tuple[MetricWords, ...]
    may_be_minutes: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CountRow:
    """One kind of record of an import."""

    label: str
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchPage:
    """Where one import stands."""

    batch: ImportBatch
    rows: tuple[CountRow, ...]
    job: JobView | None
    people: list[dict[str, str]]
    reps: list[Rep]
    first_errors: list[dict[str, Any]]
    notes: list[str]
    has_errors_file: bool
    went_in: int
    refused: int


def data_page() -> DataPage:
    """Return the Data page."""
    imports = ImportBatch.objects.exclude(state=BatchState.DRAFT).select_related("actor").order_by("-pk")
    reach = freshness()
    return DataPage(
        freshness=reach,
        imports=list(imports[:PAST_IMPORTS]),
        metrics=metric_words(),
        may_be_minutes=talks_look_short(reach.last_call_on),
    )


def batch_page(batch: ImportBatch) -> BatchPage:
    """Return one import's page."""
    people = batch.preview.get("people", []) if batch.state == BatchState.PREVIEWED else []
    counts = batch.counts or {}
    return BatchPage(
        batch=batch,
        rows=tuple(
            CountRow(label=_kind_label(kind), counts=tuple(count[name] for name in _OUTCOMES))
            for kind, count in counts.items()
        ),
        job=_job(batch) if batch.state == BatchState.RUNNING else None,
        people=people,
        reps=list(Rep.objects.order_by("name", "pk")) if people else [],
        first_errors=batch.preview.get("first_errors", [])[:10],
        notes=batch.preview.get("notes", []),
        has_errors_file=(imports_folder() / str(batch.pk) / "errors.csv").is_file(),
        went_in=sum(count["accepted"] + count["updated"] for count in counts.values()),
        refused=sum(count["refused"] for count in counts.values()),
    )


def _job(batch: ImportBatch) -> JobView:
    title = _("Bringing the records in") if batch.preview else _("Reading the files")
    return JobView(title=title, share=batch.progress)


def _kind_label(kind: str) -> str:
    return {
        "leads": _("Leads"),
        "calls": _("Calls"),
        "opportunities": _("Opportunities"),
        "deals": _("Deals"),
        "refunds": _("Refunds"),
    }.get(kind, kind)


def metric_words() -> tuple[MetricWords, ...]:
    """Return every metric in words."""
    settings = organization()
    connect, effective, deep = settings.connect_seconds, settings.effective_seconds, settings.deep_talk_seconds
    basis = str(settings.get_revenue_basis_display())
    words = (
        (_("Dials"), _("Outbound attempts, whether answered or not, with or without a lead.")),
        (_("Distinct leads dialled"), _("Different leads among the dials of the span asked for.")),
        (_("Connects"), _("Answered by its status where there is one, and at least %(n)s s of talk.") % {"n": connect}),
        (_("Effective dials"), _("Connects of at least %(n)s s.") % {"n": effective}),
        (_("Deep talks"), _("Connects of at least %(n)s s; exactly %(n)s counts.") % {"n": deep}),
        (_("Talk time"), _("The talk of all connects; shown everywhere, never a target by itself.")),
        (_("Opportunities"), _("Leads with a reported buying intention, on the day they opened, for their owner.")),
        (_("Deals"), _("Won, on the day of closing; a win without a date counts on the day it was opened.")),
        (_("Revenue"), _("Won amount net of refunds: %(basis)s.") % {"basis": basis}),
    )
    return tuple(MetricWords(name=name, rule=rule) for name, rule in words)
