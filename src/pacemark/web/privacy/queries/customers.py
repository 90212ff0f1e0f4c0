"""Everything that is kept about one customer, with ids in the place of the people who worked with them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from pacemark.web.organization.queries import organization
from pacemark.web.pipeline.choices import EventKind
from pacemark.web.pipeline.models import Call, Deal, EventVersion, Lead, Opportunity, Refund, Touch
from pacemark.web.pipeline.queries.customers import Customer, customer_of_id, customer_of_lead, customer_of_phone
from pacemark.web.privacy.queries.rows import Rows, add_rows, rows_pointing_at
from pacemark.web.trail.models import TrailEntry

_KINDS = {
    EventKind.LEADS: Lead, EventKind.CALLS: Call, EventKind.OPPORTUNITIES: Opportunity, EventKind.DEALS: Deal,
    EventKind.REFUNDS: Refund, EventKind.TOUCHES: Touch,
}  # fmt: skip


def find_customer(sought: str) -> Customer | None:
    """Find by a whole number, by SOURCE:ID, or by our own number written #12."""
    words = sought.strip()
    if words.startswith("#") and words[1:].isdecimal() and len(words) < 20:
        return customer_of_id(int(words[1:]))
    found = customer_of_phone(words, organization().default_region)
    if found is None and ":" in words:
        source, _, external_id = words.partition(":")
        return customer_of_lead(source, external_id)
    return found


def everything_about(customer: Customer, at: datetime) -> dict[str, Any]:
    """Return one document: their leads and whatever points at them, versions that were replaced, and the trail."""
    rows: Rows = {}
    add_rows(rows, Lead.objects.filter(pk__in=customer.lead_ids).order_by("pk"))
    for found in rows_pointing_at(Lead, customer.lead_ids):
        add_rows(rows, found)
    for found in rows_pointing_at(Deal, _ids(rows, Deal)):
        add_rows(rows, found)
    for kind, model in _KINDS.items():
        add_rows(rows, _versions(kind, rows.get(model._meta.label_lower, [])))
    for version in rows.get(EventVersion._meta.label_lower, []):
        version["content"] = {name: value for name, value in version["content"].items() if "phone" not in name}
    # Some services name a lead by its table, others by the bare word.
    subjects = [str(pk) for pk in customer.lead_ids]
    add_rows(rows, TrailEntry.objects.filter(
        subject_kind__in=("lead", Lead._meta.label_lower), subject_id__in=subjects
    ).order_by("pk"))  # fmt: skip
    return {
        "asked_at": at.isoformat(),
        "customer": {"numbers": list(customer.numbers), "lead_ids": list(customer.lead_ids)},
        "records": rows,
    }


def counts_of(document: Mapping[str, Any]) -> dict[str, int]:
    """Return how many rows a document holds, by table."""
    return {label: len(rows) for label, rows in document["records"].items()}


def _ids(rows: Rows, model: type[Deal]) -> Collection[int]:
    return [row["id"] for row in rows.get(model._meta.label_lower, [])]


def _versions(kind: EventKind, rows: list[dict[str, Any]]) -> Any:
    keys = {(row["source_id"], row["external_id"]) for row in rows}
    found = EventVersion.objects.filter(
        kind=kind, source_id__in={source for source, _id in keys}, external_id__in={key for _source, key in keys}
    )
    ids = [row.pk for row in found if (row.source_id, row.external_id) in keys]
    return EventVersion.objects.filter(pk__in=ids).order_by("pk")
