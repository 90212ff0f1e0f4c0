"""Events as Parquet files, for engines that count more of them than one database should."""

from __future__ import annotations

from pathlib import Path

from django.db import connection

from pacemark.facts.duckdb_engine import write_events
from pacemark.web.pipeline.queries.columns import ordinal, whole_numbers

ROWS_PER_FILE = 1_000_000

_STATE = "CASE state WHEN 'open' THEN 1 WHEN 'won' THEN 2 WHEN 'lost' THEN 3 ELSE 0 END"


def _id(name: str) -> str:
    return f"COALESCE({name}, 0)"


def _day(name: str) -> str:
    return f"COALESCE({ordinal(name)}, 0)"


def _number(name: str) -> str:
    return f"COALESCE({name}, -1)"


def _flag(name: str) -> str:
    return f"CASE WHEN {name} IS NULL THEN -1 WHEN {name} THEN 1 ELSE 0 END"


def _logs() -> dict[str, tuple[str, dict[str, str]]]:
    """Return each log's table, and the SQL of its columns as whole numbers."""
    return {
        "calls": (
            "pipeline_call",
            {
                "id": "id", "rep_id": _id("rep_id"), "business_date": _day("business_date"),
                "local_hour": "local_hour", "direction": "direction", "answered": _flag("answered"),
                "talk_seconds": "talk_seconds", "lead_id": _id("lead_id"), "segment_id": _id("segment_id"),
            },
        ),
        "opportunities": (
            "pipeline_opportunity",
            {
                "id": "id", "owner_id": _id("owner_id"), "state": _STATE, "opened_on": _day("opened_on"),
                "closed_on": _day("closed_on"), "lead_id": _id("lead_id"), "expected_minor": _number("expected_minor"),
                "sourced_by_id": _id("sourced_by_id"), "sourced_call_id": _id("sourced_call_id"),
                "sourced_on": _day("sourced_on"),
            },
        ),
        "deals": (
            "pipeline_deal",
            {
                "id": "id", "owner_id": _id("owner_id"), "opportunity_id": _id("opportunity_id"),
                "signed_on": _day("signed_on"), "is_undated": _flag("is_undated"),
                "amount_minor": _number("amount_minor"), "cash_minor": _number("cash_minor"),
            },
        ),
        "refunds": (
            "pipeline_refund",
            {"id": "id", "deal_id": "deal_id", "refunded_on": _day("refunded_on"), "amount_minor": "amount_minor"},
        ),
        "leads": ("pipeline_lead", {"id": "id", "segment_id": _id("segment_id")}),
        "memberships": (
            "organization_membership",
            {
                "rep_id": "rep_id", "team_id": _id("team_id"), "valid_from": _day("valid_from"),
                "valid_to": _day("valid_to"),
            },
        ),
    }  # fmt: skip


def export_event_logs(folder: Path) -> dict[str, int]:
    """Write all events that facts are counted from as Parquet files, and return how many of each kind there were."""
    written = {}
    for log, (table, columns) in _logs().items():
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT COALESCE(MAX(id), 0) FROM {table}")
            last_id = int(cursor.fetchone()[0])
        written[log] = 0
        for part, first_id in enumerate(range(0, last_id + 1, ROWS_PER_FILE)):
            rows = whole_numbers(
                f"SELECT {', '.join(columns.values())} FROM {table} "
                f"WHERE id >= {first_id} AND id < {first_id + ROWS_PER_FILE}",
                len(columns),
            )
            write_events(folder, log, dict(zip(columns, rows, strict=True)), part)
            written[log] += len(rows[0])
    return written
