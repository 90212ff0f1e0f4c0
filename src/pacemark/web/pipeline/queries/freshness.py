"""How far the records reach, and how many leads there are."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, F, Max, Q, Sum

from pacemark.web.pipeline.choices import OpportunityState
from pacemark.web.pipeline.fact_models import ChangedDay, ChangedMonth, RepDay
from pacemark.web.pipeline.models import Deal, Lead, Opportunity, Segment

# So many talks in so many days, and not one of a minute.
LEAST_SHORT_TALKS, SHORT_TALK_DAYS = 200, 28


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    """The last day of each kind of record, and the days whose facts wait to be counted again."""

    last_call_on: date | None
    last_opportunity_on: date | None
    last_deal_on: date | None
    waiting_days: int

    @property
    def last_on(self) -> date | None:
        """The last day of any of them."""
        return max(
            (day for day in (self.last_call_on, self.last_opportunity_on, self.last_deal_on) if day), default=None
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadCount:
    """How many leads one rep owns; rep 0 owns those without an owner."""

    rep_id: int
    leads: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentName:
    """A segment's lead source and grade, as the sources write them."""

    channel: str
    lead_grade: str


def last_call_date() -> date | None:
    """Return the business date of the last dial, from the facts."""
    return RepDay.objects.filter(dials__gt=0).order_by("-business_date").values_list("business_date", flat=True).first()


def last_opportunity_date() -> date | None:
    """Return the day the last qualified opportunity opened."""
    rows = Opportunity.objects.exclude(state=OpportunityState.UNQUALIFIED).order_by("-opened_on")
    return rows.values_list("opened_on", flat=True).first()


def freshness() -> Freshness:
    """Tell how far the records reach."""
    return Freshness(
        last_call_on=last_call_date(),
        last_opportunity_on=last_opportunity_date(),
        last_deal_on=Deal.objects.aggregate(last=Max("signed_on"))["last"],
        waiting_days=waiting_days(),
    )


def waiting_days() -> int:
    """Return how many days of reps wait to be counted."""
    return ChangedDay.objects.values("rep_id", "business_date").distinct().count()


def facts_wait() -> bool:
    """Say whether events have come in whose days or months wait to be counted."""
    return ChangedDay.objects.exists() or ChangedMonth.objects.exists()


def talks_look_short(last_call_on: date | None) -> bool:
    """Tell whether the talks of the last weeks look like minutes taken for seconds: many, short, and none of a minute.

    From the facts: no deep talk, and on no day of anybody's a mean of a minute.
    """
    if last_call_on is None:
        return False
    rows = RepDay.objects.filter(business_date__gt=last_call_on - timedelta(days=SHORT_TALK_DAYS), connects__gt=0)
    has_long = Q(talk_seconds__gte=F("connects") * 60) | Q(deep_talks__gt=0)
    found = rows.aggregate(talks=Sum("connects"), n_long=Count("rep_id", filter=has_long))
    return (found["talks"] or 0) >= LEAST_SHORT_TALKS and not found["n_long"]


def lead_counts(rep_ids: Collection[int] | None) -> list[LeadCount]:
    """Return how many leads each rep owns, ordered by rep; those without an owner are rep 0."""
    rows = Lead.objects.all() if rep_ids is None else Lead.objects.filter(owner_id__in=rep_ids)
    counts = rows.values_list("owner_id").annotate(leads=Count("pk")).order_by("owner_id")
    return sorted((LeadCount(rep_id=owner or 0, leads=leads) for owner, leads in counts), key=lambda row: row.rep_id)


def segment_names() -> dict[int, SegmentName]:
    """Return every segment's lead source and grade."""
    return {row.pk: SegmentName(channel=row.channel, lead_grade=row.lead_grade) for row in Segment.objects.all()}
