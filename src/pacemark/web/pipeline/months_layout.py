"""How SQLite keeps the calls of a month together, in the order in which monthly facts are counted."""

from __future__ import annotations

from django.db import connection

from pacemark.facts.relations import month_of

INDEX = "call_months"


def months_index(start_day: int) -> str:
    """Return the statement that makes the index for sales months that start on a day."""
    month = month_of("business_date", start_day)
    return (
        f"CREATE INDEX {INDEX} ON pipeline_call (rep_id, {month}, segment_id, local_hour, talk_seconds, answered,"
        " direction, business_date) WHERE direction = 1"
    )


def keep_months_together(start_day: int) -> None:
    """Make the index anew where sales months start on another day than it was made for.

    The numbers do not depend on it; without it SQLite would sort all calls to count them by month.
    """
    if connection.vendor != "sqlite":
        return
    wanted = months_index(start_day)
    with connection.cursor() as cursor:
        cursor.execute("SELECT sql FROM sqlite_master WHERE type = 'index' AND name = %s", [INDEX])
        found = cursor.fetchone()
        if found and found[0] == wanted:
            return
        cursor.execute(f"DROP INDEX IF EXISTS {INDEX}")
        cursor.execute(wanted)
