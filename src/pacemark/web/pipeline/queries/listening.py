"""Calls worth listening to: where a stage was tried and did not succeed, the newest first."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from pacemark.web.organization.queries import organization
from pacemark.web.pipeline.choices import Direction, OpportunityState
from pacemark.web.pipeline.models import Call, Opportunity

# A talk that ended so early tells nothing of how it was led.
LEAST_SECONDS = 20


def calls_to_hear(rep_id: int, stage: str, first: date, last: date, at_most: int) -> list[dict[str, Any]]:
    """Return some of a rep's calls of a window by id, day, seconds and lead; none for a stage without talks."""
    talks = Call.objects.filter(
        rep_id=rep_id, business_date__range=(first, last), direction=Direction.OUTBOUND
    ).exclude(answered=False)  # fmt: skip
    found = _of_stage(talks, rep_id, stage)
    if found is None:
        return []
    rows = found.order_by("-business_date", "-talk_seconds", "pk").values_list(
        "external_id", "business_date", "talk_seconds", "lead__external_id"
    )[:at_most]
    return [
        {"id": number, "day": day.isoformat(), "seconds": seconds, "lead": lead or ""}
        for number, day, seconds, lead in rows
    ]


def _of_stage(talks: QuerySet[Call], rep_id: int, stage: str) -> QuerySet[Call] | None:
    deep = organization().deep_talk_seconds
    if stage == "deep_talk_per_connect":
        return talks.filter(talk_seconds__gte=LEAST_SECONDS, talk_seconds__lt=deep)
    if stage == "opportunity_per_deep_talk":
        led = Opportunity.objects.filter(sourced_call=OuterRef("pk")).exclude(state=OpportunityState.UNQUALIFIED)
        return talks.filter(~Exists(led), talk_seconds__gte=deep)
    if stage == "deal_per_opportunity":
        # By the owner's opportunities that did not come to a deal; their talks may have been of any length.
        open_or_lost = Opportunity.objects.filter(
            owner_id=rep_id, state__in=(OpportunityState.LOST, OpportunityState.OPEN)
        ).values("lead_id")
        return talks.filter(lead_id__in=open_or_lost, talk_seconds__gte=LEAST_SECONDS)
    return None
