"""Events and facts by the names their sources use, so that two databases can be compared."""

from __future__ import annotations

from typing import Any

from django.db.models import F

from pacemark.web.pipeline.fact_models import RepDay
from pacemark.web.pipeline.models import Call, Deal, Lead, Opportunity, Refund

Rows = set[tuple[Any, ...]]

_COUNTED = (
    "dials", "distinct_leads_dialled", "connects", "effective_dials", "talk_seconds", "deep_talks", "opportunities",
    "opportunities_sourced", "pipeline_minor", "deals", "revenue_minor", "refunds_minor",
)  # fmt: skip


def events() -> dict[str, Rows]:
    """Return every current event; leads alone when something refers to them or a file told of them."""
    segment = ("segment__channel", "segment__lead_grade")
    return {
        "leads": set(
            Lead.objects.exclude(content_key=0).values_list("external_id", "owner__name", *segment, "arrived_on")
        ),
        "calls": set(
            Call.objects.values_list(
                "external_id", "lead__external_id", "rep__name", *segment, "occurred_at", "business_date",
                "local_hour", "direction", "answered", "talk_seconds",
            )
        ),
        "opportunities": set(
            Opportunity.objects.values_list(
                "external_id", "lead__external_id", "owner__name", "state", "opened_at", "closed_on", "expected_minor",
                "sourced_by__name", "sourced_call__external_id", "sourced_on", "lead__segment__channel",
            )
        ),
        "deals": set(
            Deal.objects.values_list(
                "external_id", "lead__external_id", "owner__name", "signed_on", "is_undated", "amount_minor",
                "cash_minor", "opportunity__external_id",
            )
        ),
        "refunds": set(Refund.objects.values_list("external_id", "deal__external_id", "refunded_on", "amount_minor")),
    }  # fmt: skip


def rep_days(names: dict[int, str]) -> Rows:
    """Return the daily facts by the reps' names; days on which nothing happened do not count."""
    rows = RepDay.objects.annotate(rep=F("rep_id")).values_list("rep_id", "business_date", *_COUNTED)
    return {(names.get(rep, ""), day, *counts) for rep, day, *counts in rows if any(counts)}
