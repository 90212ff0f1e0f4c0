"""Customers with whom nothing has happened for long: names, numbers and notes are cleared, counts are not."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from pacemark.web.pipeline.erasure_services import clear_values
from pacemark.web.pipeline.holding_services import lock_leads
from pacemark.web.pipeline.models import Call, Deal, Lead, Opportunity, Refund, Touch
from pacemark.web.trail.services import record

CHUNK_SIZE = 1_000


def leads_without_news(since: date) -> QuerySet[Lead]:
    """Return the leads that hold somebody's values and of which every event lies before a day.

    A lead without any event, and without a day of arrival, has nothing to count from and stays.
    """
    of_lead = OuterRef("pk")
    events = (
        (Call, "lead_id", "business_date"),
        (Touch, "lead_id", "occurred_at__date"),
        (Opportunity, "lead_id", "opened_on"),
        (Opportunity, "lead_id", "closed_on"),
        (Deal, "lead_id", "signed_on"),
        (Refund, "deal__lead_id", "refunded_on"),
    )
    rows = Lead.objects.filter(erased_at__isnull=True).exclude(name="", note="", phone_encrypted="")
    rows = rows.filter(Q(arrived_on__lt=since) | Q(arrived_on__isnull=True))
    rows = rows.filter(Q(next_contact_at__isnull=True) | Q(next_contact_at__date__lt=since))
    for model, key, day in events:
        rows = rows.exclude(Exists(model._default_manager.filter(**{key: of_lead, f"{day}__gte": since})))
    known = [Exists(model._default_manager.filter(**{key: of_lead})) for model, key, _day in events]
    dated = Q(arrived_on__isnull=False)
    for one in known:
        dated |= Q(one)
    return rows.filter(dated)


def clear_leads_without_news(*, since: date, at: datetime) -> int:
    """Clear the values of those leads, a chunk a transaction; run twice, it finds none. Returns how many."""
    count = 0
    while ids := list(leads_without_news(since).order_by("pk").values_list("pk", flat=True)[:CHUNK_SIZE]):
        with transaction.atomic():
            lock_leads(ids)
            clear_values(ids)
            Lead.objects.filter(pk__in=ids).update(erased_at=at)
            record(
                actor=None, action="pipeline.old_leads_cleared", subject=("lead", "many"),
                changes={"n": len(ids), "first": ids[0], "last": ids[-1], "since": since.isoformat()},
            )  # fmt: skip
        count += len(ids)
    return count
