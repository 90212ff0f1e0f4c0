"""What happened, read from the records that the rooms keep anyway: telling it costs those who write nothing.

A *position* orders the happenings of a kind: the row's number where rows are only added, a time in microseconds where a
row is changed. Bodies hold ids, numbers and days, and no customer's data.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db.models import Max
from django.utils import timezone

from pacemark.web.goals.choices import StepKind
from pacemark.web.goals.models import AgreementStep
from pacemark.web.resources.choices import DecisionKind
from pacemark.web.resources.models import Decision
from pacemark.web.results.models import Review, TierOffer
from pacemark.web.webhooks.choices import HookEvent

ASSIGNING = (
    DecisionKind.RULE, DecisionKind.MANUAL, DecisionKind.TRANSFER, DecisionKind.CLAIM, DecisionKind.SELF_SOURCED,
)  # fmt: skip
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One thing that happened; ``number`` is that of the row that tells it."""

    position: int
    number: int
    at: datetime
    data: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a kind of event is read: how far it has come, and what came after a position."""

    newest: Callable[[], int]
    after: Callable[[int], Iterator[Happening]]


def _newest_row(model: Any) -> Callable[[], int]:
    return lambda: int(model.objects.aggregate(newest=Max("pk"))["newest"] or 0)


def _now() -> int:
    return _moment(timezone.now())


def _moment(at: datetime) -> int:
    return round((at - _EPOCH).total_seconds() * _MICROSECOND)


def _time(position: int) -> datetime:
    return datetime.fromtimestamp(position / _MICROSECOND, tz=UTC)


def _leads(position: int) -> Iterator[Happening]:
    rows = Decision.objects.filter(pk__gt=position, rep__isnull=False, kind__in=ASSIGNING).order_by("pk")
    names = ("pk", "decided_at", "lead_id", "lead__source__name", "lead__external_id", "kind", "lead_grade")
    for pk, at, lead, source, external_id, kind, grade, rep, number in rows.values_list(
        *names, "rep_id", "rep__employee_no"
    ).iterator(chunk_size=2_000):
        data = {"lead": lead, "source": source, "external_id": external_id, "rep_id": rep, "employee_no": number,
                "decision": pk, "kind": kind, "grade": grade}  # fmt: skip
        yield Happening(position=pk, number=pk, at=at, data=data)


def _plans(position: int) -> Iterator[Happening]:
    rows = AgreementStep.objects.filter(pk__gt=position, kind=StepKind.AGREE).order_by("pk")
    for step in rows.select_related("agreement__rep", "version"):
        data = {
            "rep_id": step.agreement.rep_id, "employee_no": step.agreement.rep.employee_no,
            "period": f"{step.agreement.period_start:%Y-%m}", "version": step.version.version,
            "target_minor": step.version.target_minor, "confidence": step.version.confidence,
        }  # fmt: skip
        yield Happening(position=step.pk, number=step.pk, at=step.at, data=data)


def _offers(position: int) -> Iterator[Happening]:
    for offer in TierOffer.objects.filter(pk__gt=position).select_related("rep").order_by("pk"):
        yield Happening(position=offer.pk, number=offer.pk, at=offer.offered_at, data=_offer(offer))


def _answers(position: int) -> Iterator[Happening]:
    rows = TierOffer.objects.filter(decided_at__gt=_time(position)).select_related("rep").order_by("decided_at")
    for offer in rows:
        at = offer.decided_at or offer.offered_at
        yield Happening(position=_moment(at), number=offer.pk, at=at, data=_offer(offer))


def _offer(offer: TierOffer) -> dict[str, Any]:
    return {
        "offer": offer.pk, "rep_id": offer.rep_id, "employee_no": offer.rep.employee_no, "tier": offer.tier,
        "quarter_start": offer.quarter_start.isoformat(), "amount_minor": offer.amount_minor,
        "booked_minor": offer.booked_minor, "state": offer.state,
    }  # fmt: skip


def _reviews(position: int) -> Iterator[Happening]:
    for review in Review.objects.filter(agreed_at__gt=_time(position)).order_by("agreed_at"):
        at = review.agreed_at or review.written_at
        data = {
            "review": review.pk, "level": review.level, "team_id": review.team_id, "region_id": review.region_id,
            "first": review.first_day.isoformat(), "last": review.last_day.isoformat(),
            "agreed_by": review.agreed_by_id,
        }  # fmt: skip
        yield Happening(position=_moment(at), number=review.pk, at=at, data=data)


SOURCES: dict[str, Source] = {
    HookEvent.LEAD_ASSIGNED: Source(newest=_newest_row(Decision), after=_leads),
    HookEvent.PLAN_AGREED: Source(newest=_newest_row(AgreementStep), after=_plans),
    HookEvent.OFFER_MADE: Source(newest=_newest_row(TierOffer), after=_offers),
    HookEvent.OFFER_ANSWERED: Source(newest=_now, after=_answers),
    HookEvent.REVIEW_AGREED: Source(newest=_now, after=_reviews),
}
