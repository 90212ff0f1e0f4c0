"""Reading what is put up for review. Visibility is an argument; ``None`` means everyone."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Max, Q, QuerySet

from pacemark.web.organization.queries import Member
from pacemark.web.pipeline.queries import RepTotals, rep_day_totals
from pacemark.web.pipeline.queries.corrections import deep_talk_corrections
from pacemark.web.pipeline.queries.records import RecordRow, calls_by_id, deals_by_id, opportunities_by_id
from pacemark.web.process.choices import QualityKind, ReviewState
from pacemark.web.process.models import QualityItem

# Such a look found nothing wrong: the count stands as it was counted.
CLEARED = (ReviewState.EXPLAINED, ReviewState.DISMISSED)


def cleared_windows(last_days: Collection[date]) -> set[tuple[int, date]]:
    """Return the reps and sales months' last days about which a look found nothing wrong."""
    rows = QualityItem.objects.filter(kind=QualityKind.PADDING, state__in=CLEARED, last_day__in=last_days)
    return set(rows.values_list("rep_id", "last_day"))


def quality_items(rep_ids: Collection[int] | None, *, is_open: bool) -> QuerySet[QualityItem]:
    """Return what waits for a decision, or what was decided, newest first."""
    rows = QualityItem.objects.select_related("rep", "decided_by").order_by("-last_day", "kind", "rep__name", "pk")
    rows = rows.filter(state=ReviewState.OPEN) if is_open else rows.exclude(state=ReviewState.OPEN)
    return rows if rep_ids is None else rows.filter(rep_id__in=rep_ids)


def quality_item(item_id: int, rep_ids: Collection[int] | None) -> QualityItem | None:
    """Return an item about somebody in sight."""
    rows = QualityItem.objects.select_related("rep", "decided_by").filter(pk=item_id)
    return (rows if rep_ids is None else rows.filter(rep_id__in=rep_ids)).first()


def quality_mark(rep_ids: Collection[int] | None) -> str:
    """Return a short text that changes whenever an item of some reps does; for conditional requests."""
    rows = QualityItem.objects.all() if rep_ids is None else QualityItem.objects.filter(rep_id__in=rep_ids)
    found = rows.aggregate(
        n=Count("pk"), last=Max("pk"), decided=Max("decided_at"), n_open=Count("pk", filter=Q(state=ReviewState.OPEN))
    )
    return "|".join(str(value) for value in found.values())


def records_of(item: QualityItem) -> list[RecordRow]:
    """Return the records that an item was counted from, in the order in which they were kept; one query."""
    ids = [int(one) for one in item.evidence.get("records", ())]
    read = {QualityKind.NO_TALK: opportunities_by_id, QualityKind.DEFERRED: deals_by_id}
    rows = read.get(QualityKind(item.kind), calls_by_id)(ids)
    return [rows[one] for one in ids if one in rows]


@dataclass(frozen=True, slots=True, kw_only=True)
class Effectiveness:
    """How much of one person's quantity was of use (有效率): counts of a span, deep talks also adjusted."""

    member: Member
    done: RepTotals
    adjusted: float | None


def effectiveness(members: Iterable[Member], first_day: date, last_day: date) -> list[Effectiveness]:
    """Return each member's counts over some days; those without a dial are left out. Three queries at most."""
    people = list(members)
    rep_ids = [member.rep_id for member in people]
    done = {row.rep_id: row for row in rep_day_totals(first_day, last_day, rep_ids)}
    found = deep_talk_corrections(first_day, last_day, rep_ids)
    return [
        Effectiveness(
            member=member,
            done=done[member.rep_id],
            # one month's share holds for each of its days, so that the sum may stand on any of them
            adjusted=found.adjusted(member.rep_id, [(last_day, done[member.rep_id].deep_talks)]),
        )
        for member in people
        if member.rep_id in done and done[member.rep_id].dials
    ]
