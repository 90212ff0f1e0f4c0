"""Made-up events for benchmarks of facts: written as Parquet, and from there into a database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import numpy as np
from django.db import connection
from numpy.typing import NDArray

from pacemark.facts.duckdb_engine import EVENT_COLUMNS, write_events

FIRST_DAY = date(2026, 8, 1).toordinal()
LEADS_PER_REP = 500
SEGMENTS = 15
Columns = dict[str, NDArray[np.int64]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How many reps make how many calls in how many days."""

    calls: int = 10_000_000
    reps: int = 2_000
    days: int = 90


def _segment_of(lead: NDArray[np.int64]) -> NDArray[np.int64]:
    return lead * 7919 % SEGMENTS + 1


def _calls_of_day(rng: np.random.Generator, size: Size, day: int, first_id: int) -> Columns:
    rep = np.repeat(np.arange(1, size.reps + 1), rng.poisson(size.calls / size.reps / size.days, size.reps))
    rng.shuffle(rep)  # calls come in by the clock, not by rep
    n_calls = len(rep)
    lead = (rep - 1) * LEADS_PER_REP + rng.integers(1, LEADS_PER_REP + 1, n_calls)
    lead[rng.random(n_calls) < 0.02] = 0
    answered = rng.random(n_calls) < 0.4
    talk = np.where(answered, np.maximum(1, rng.lognormal(np.log(75), 1.0, n_calls)), 0)
    return {
        "id": first_id + np.arange(n_calls),
        "rep_id": np.where(rng.random(n_calls) < 0.001, 0, rep),
        "business_date": np.full(n_calls, FIRST_DAY + day),
        "local_hour": np.sort(rng.integers(9, 19, n_calls)),
        "direction": np.where(rng.random(n_calls) < 0.05, 2, 1),
        "answered": np.where(rng.random(n_calls) < 0.5, answered, -1),
        "talk_seconds": talk.astype(np.int64),
        "lead_id": lead,
        "segment_id": np.where(lead > 0, _segment_of(lead), 0),
    }


def _opportunities_of(rng: np.random.Generator, calls: Columns, first_id: int) -> Columns:
    talks = (calls["direction"] == 1) & (calls["talk_seconds"] >= 180) & (calls["lead_id"] > 0)
    chosen = np.flatnonzero(talks & (rng.random(len(talks)) < 0.25))
    won = rng.random(len(chosen)) < 0.2
    opened = calls["business_date"][chosen]
    return {
        "id": first_id + np.arange(len(chosen)),
        "owner_id": calls["rep_id"][chosen],
        "state": np.where(won, 2, 1),
        "opened_on": opened,
        "closed_on": np.where(won, opened + rng.integers(1, 40, len(chosen)), 0),
        "lead_id": calls["lead_id"][chosen],
        "expected_minor": np.where(rng.random(len(chosen)) < 0.5, 300_000, -1),
        "sourced_by_id": calls["rep_id"][chosen],
        "sourced_call_id": calls["id"][chosen],
        "sourced_on": opened,
    }


def _deals_of(opportunities: Columns) -> Columns:
    won = opportunities["state"] == 2
    return {
        "id": opportunities["id"][won],
        "owner_id": opportunities["owner_id"][won],
        "opportunity_id": opportunities["id"][won],
        "signed_on": opportunities["closed_on"][won],
        "is_undated": np.zeros(int(won.sum()), dtype=np.int64),
        "amount_minor": np.full(int(won.sum()), 300_000),
        "cash_minor": np.full(int(won.sum()), -1),
    }


def _refunds_of(deals: Columns) -> Columns:
    back = deals["id"] % 33 == 0
    return {
        "id": deals["id"][back],
        "deal_id": deals["id"][back],
        "refunded_on": deals["signed_on"][back] + 5,
        "amount_minor": deals["amount_minor"][back],
    }


def write_parquet(folder: Path, size: Size, seed: int = 7) -> None:
    """Write the event logs of an organisation, a file of calls per day."""
    rng = np.random.default_rng(seed)
    lead, rep = np.arange(1, size.reps * LEADS_PER_REP + 1), np.arange(1, size.reps + 1)
    write_events(folder, "leads", {"id": lead, "segment_id": _segment_of(lead)})
    start = np.full(size.reps, FIRST_DAY - 400)
    write_events(
        folder, "memberships", {"rep_id": rep, "team_id": rep % 100 + 1, "valid_from": start, "valid_to": start * 0}
    )
    next_call = next_opportunity = 1
    for day in range(size.days):
        calls = _calls_of_day(rng, size, day, next_call)
        opportunities = _opportunities_of(rng, calls, next_opportunity)
        deals = _deals_of(opportunities)
        logs = {"calls": calls, "opportunities": opportunities, "deals": deals, "refunds": _refunds_of(deals)}
        for log, columns in logs.items():
            write_events(folder, log, columns, day)
        next_call += len(calls["id"])
        next_opportunity += len(opportunities["id"])


# --- into a database --------------------------------------------------------------------------------------------------

_EVENT = "1 AS source_id, CAST(id AS VARCHAR) AS external_id, 0 AS content_key, 1 AS version"
_TABLES = {
    "pipeline_lead": f"""SELECT id, segment_id, {_EVENT}, {", ".join(f"'' AS {name}" for name in
        ("name", "phone_encrypted", "phone_hash", "phone_last4_hash", "note"))} FROM leads""",
    "pipeline_call": f"""SELECT *, {_EVENT}, CAST(business_date AS VARCHAR) || ' 02:00:00' AS occurred_at FROM calls""",
    "pipeline_opportunity": f"""SELECT *, {_EVENT}, CAST(opened_on AS VARCHAR) || ' 02:00:00' AS opened_at
        FROM opportunities""",
    "pipeline_deal": f"SELECT *, {_EVENT}, 'CNY' AS currency FROM deals",
    "pipeline_refund": f"SELECT *, {_EVENT} FROM refunds",
    "organization_membership": "SELECT rep_id AS id, *, '' AS role FROM memberships",
}  # fmt: skip
ROWS_AT_ONCE = 50_000


def load(folder: Path, size: Size) -> None:
    """Put the event logs into Django's database, the indexes of calls last."""
    with connection.cursor() as cursor, duckdb.connect() as logs:
        for log in EVENT_COLUMNS:
            logs.execute(f"CREATE VIEW {log} AS SELECT * FROM read_parquet('{folder / log / '*.parquet'}')")
        _write_people(cursor, size)
        indexes = _drop_indexes(cursor)
        for table, select in _TABLES.items():
            relation = logs.execute(_with_dates_as_text(logs, select))
            names = [column[0] for column in relation.description or ()]
            _write_rows(cursor, table, names, _chunks(relation))
        for statement in indexes:
            cursor.execute(statement)
        if connection.vendor == "postgresql":
            cursor.execute("ANALYZE")


def _with_dates_as_text(logs: duckdb.DuckDBPyConnection, select: str) -> str:
    """Have DuckDB write the dates out, which Python would do value by value."""
    described = logs.execute(f"DESCRIBE {select}").fetchall()
    dates = ", ".join(f"CAST({row[0]} AS VARCHAR) AS {row[0]}" for row in described if row[1] == "DATE")
    return f"SELECT * REPLACE ({dates}) FROM ({select})" if dates else select


def _chunks(relation: duckdb.DuckDBPyConnection) -> Iterator[list[tuple[object, ...]]]:
    while rows := relation.fetchmany(ROWS_AT_ONCE):
        yield rows


def _write_rows(cursor: object, table: str, names: list[str], chunks: Iterator[list[tuple[object, ...]]]) -> None:
    raw = cursor.cursor.connection  # type: ignore[attr-defined]
    if connection.vendor == "postgresql":
        with raw.cursor().copy(f"COPY {table} ({', '.join(names)}) FROM STDIN") as copy:
            for rows in chunks:
                for row in rows:
                    copy.write_row(row)
        return
    marks = ", ".join("?" for _name in names)
    raw.execute("BEGIN")
    for rows in chunks:
        raw.executemany(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})", rows)
    raw.execute("COMMIT")


def _write_people(cursor: object, size: Size) -> None:
    execute = cursor.execute  # type: ignore[attr-defined]
    execute("INSERT INTO pipeline_source (id, name) VALUES (1, 'bench')")
    for segment in range(1, SEGMENTS + 1):
        execute("INSERT INTO pipeline_segment (id, channel, lead_grade) VALUES (%s, %s, 'A')", [segment, f"s{segment}"])
    for team in range(1, 101):
        execute("INSERT INTO organization_team (id, name) VALUES (%s, %s)", [team, f"team {team}"])
    for rep in range(1, size.reps + 1):
        execute("INSERT INTO organization_rep (id, name) VALUES (%s, %s)", [rep, f"rep {rep}"])


def _drop_indexes(cursor: object) -> list[str]:
    execute, fetch = cursor.execute, cursor.fetchall  # type: ignore[attr-defined]
    if connection.vendor == "postgresql":
        execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'pipeline_call' "
            "AND indexdef NOT LIKE 'CREATE UNIQUE%'"
        )
    else:
        execute("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'pipeline_call' AND sql > ''")
    found = fetch()
    for name, _definition in found:
        execute(f'DROP INDEX "{name}"')
    return [definition for _name, definition in found]
