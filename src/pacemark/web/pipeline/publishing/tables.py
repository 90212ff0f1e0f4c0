"""The events' tables, and how staged rows become theirs."""

from __future__ import annotations

from pacemark.web.pipeline.choices import EventKind
from pacemark.web.pipeline.publishing.upsert import LEADS, PEOPLE, SEGMENTS, EventTable

DEALS = "JOIN pipeline_deal d ON d.source_id = %(source)s AND d.external_id = s.deal_ref"
ERASED = "t.erased_at IS NOT NULL"

LEAD_ROWS = EventTable(
    kind=EventKind.LEADS.value,
    staged="leads",
    target="pipeline_lead",
    values={
        "owner_id": "p.rep_id",
        "stated_segment_id": "g.segment_id",
        "name": "s.name",
        "note": "s.note",
        "phone_encrypted": "s.phone_encrypted",
        "phone_hash": "s.phone_hash",
        "phone_last4_hash": "s.phone_last4_hash",
        "arrived_at": "s.arrived_at",
        "arrived_on": "s.arrived_on",
    },
    joins=f"{PEOPLE} {SEGMENTS}",
    # What a file leaves blank does not wipe out what is known: a number, or a note written by hand. What was erased
    # does not come back.
    kept={
        "name": "CASE WHEN t.erased_at IS NULL THEN x.name ELSE '' END",
        "note": f"CASE WHEN x.note = '' OR {ERASED} THEN t.note ELSE x.note END",
        "phone_encrypted": f"CASE WHEN x.phone_hash = '' OR {ERASED} THEN t.phone_encrypted ELSE x.phone_encrypted END",
        "phone_hash": f"CASE WHEN x.phone_hash = '' OR {ERASED} THEN t.phone_hash ELSE x.phone_hash END",
        "phone_last4_hash": (
            f"CASE WHEN x.phone_hash = '' OR {ERASED} THEN t.phone_last4_hash ELSE x.phone_last4_hash END"
        ),
    },
    version_columns=(
        "owner_id", "stated_segment_id", "segment_id", "name", "note", "phone_hash", "phone_last4_hash", "arrived_at",
        "arrived_on",
    ),
)  # fmt: skip

CALL_ROWS = EventTable(
    kind=EventKind.CALLS.value,
    staged="calls",
    target="pipeline_call",
    values={
        "lead_id": "l.lead_id",
        "segment_id": "l.segment_id",
        "rep_id": "p.rep_id",
        "occurred_at": "s.occurred_at",
        "business_date": "s.business_date",
        "local_hour": "s.local_hour",
        "direction": "s.direction",
        "answered": "s.answered",
        "talk_seconds": "s.talk_seconds",
    },
    joins=f"{PEOPLE} {LEADS}",
    days=(("coalesce(t.rep_id, 0)", "t.business_date"),),
    staged_days=(("coalesce(p.rep_id, 0)", "s.business_date"),),
    day_columns=("person_no", "business_date"),
    version_columns=(
        "lead_id", "segment_id", "rep_id", "occurred_at", "business_date", "local_hour", "direction", "answered",
        "talk_seconds",
    ),
)  # fmt: skip

OPPORTUNITY_ROWS = EventTable(
    kind=EventKind.OPPORTUNITIES.value,
    staged="records",
    target="pipeline_opportunity",
    values={
        "lead_id": "l.lead_id",
        "segment_id": "g.segment_id",
        "owner_id": "p.rep_id",
        "state": "s.state",
        "opened_at": "s.opened_at",
        "opened_on": "s.opened_on",
        "reported_at": "s.reported_at",
        "closed_on": "s.closed_on",
        "expected_minor": "s.expected_minor",
    },
    joins=f"{PEOPLE} {LEADS} {SEGMENTS}",
    rows="s.is_opportunity",
    kept={"reported_at": "coalesce(x.reported_at, t.reported_at)"},  # an export does not know what was said on Today
    days=(("coalesce(t.owner_id, 0)", "t.opened_on"),),
    staged_days=(("coalesce(p.rep_id, 0)", "s.opened_on"),),
    day_columns=("person_no", "opened_on"),
    version_columns=(
        "lead_id", "segment_id", "owner_id", "state", "opened_at", "opened_on", "reported_at", "closed_on",
        "expected_minor", "sourced_by_id", "sourced_call_id", "sourced_on",
    ),
)  # fmt: skip

DEAL_ROWS = EventTable(
    kind=EventKind.DEALS.value,
    staged="records",
    target="pipeline_deal",
    values={
        "lead_id": "l.lead_id",
        "owner_id": "p.rep_id",
        "signed_on": "s.signed_on",
        "is_undated": "s.is_undated",
        "amount_minor": "s.amount_minor",
        "cash_minor": "s.cash_minor",
        "currency": "s.currency",
    },
    joins=f"{PEOPLE} {LEADS}",
    rows="s.is_deal",
    days=(("coalesce(t.owner_id, 0)", "t.signed_on"),),
    staged_days=(("coalesce(p.rep_id, 0)", "s.signed_on"),),
    day_columns=("person_no", "signed_on"),
    version_columns=(
        "lead_id", "opportunity_id", "owner_id", "signed_on", "is_undated", "amount_minor", "cash_minor", "currency",
    ),
)  # fmt: skip

REFUND_ROWS = EventTable(
    kind=EventKind.REFUNDS.value,
    staged="refunds",
    target="pipeline_refund",
    values={"deal_id": "d.id", "refunded_on": "s.refunded_on", "amount_minor": "s.amount_minor"},
    joins=DEALS,
    days=(("coalesce(d.owner_id, 0)", "t.refunded_on"),),
    day_joins="JOIN pipeline_deal d ON d.id = t.deal_id",
    staged_days=(("coalesce(d.owner_id, 0)", "s.refunded_on"),),
    day_columns=("deal_ref", "refunded_on"),
    staged_joins=DEALS,
    version_columns=("deal_id", "refunded_on", "amount_minor"),
)
