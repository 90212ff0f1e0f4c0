"""Leads whose talks suggest an opportunity that nobody has reported."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, Max, OuterRef

from pacemark.web.pipeline.choices import OpportunityState
from pacemark.web.pipeline.models import Call, Opportunity


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreported:
    """One rep's deep talks with one lead that has no opportunity."""

    rep_id: int
    lead_id: int
    lead: str
    deep_talks: int
    last_on: date


def unreported_leads(
    first_day: date, last_day: date, rep_ids: Collection[int], *, deep_talk_seconds: int, at_least: int
) -> list[Unreported]:
    """Return the leads that a rep had so many deep talks with between two days, and that have no opportunity.

    Most talks first. An unqualified record is no reported intention.
    """
    reported = Opportunity.objects.filter(lead=OuterRef("lead")).exclude(state=OpportunityState.UNQUALIFIED)
    rows = (
        Call.objects.filter(
            rep_id__in=rep_ids, business_date__range=(first_day, last_day), talk_seconds__gte=deep_talk_seconds,
            lead__isnull=False,
        )
        .exclude(answered=False)
        .values("rep_id", "lead_id", "lead__external_id")
        .annotate(deep_talks=Count("pk"), last_on=Max("business_date"))
        .filter(~Exists(reported), deep_talks__gte=at_least)
        .order_by("-deep_talks", "-last_on", "lead_id")
    )  # fmt: skip
    return [
        Unreported(
            rep_id=row["rep_id"], lead_id=row["lead_id"], lead=row["lead__external_id"], deep_talks=row["deep_talks"],
            last_on=row["last_on"],
        )
        for row in rows
    ]  # fmt: skip
