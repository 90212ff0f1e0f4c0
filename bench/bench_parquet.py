"""How long facts take from event logs too large for one database: 100 million calls in Parquet, counted by DuckDB.

    python bench/bench_parquet.py [--calls 100000000] [--reps 20000] [--days 90]

The logs are made up by DuckDB itself, a file of calls a day, in the order of the clock and not of the reps. They go to
a folder in PACEMARK_BENCH_FOLDER, else to a temporary one, and are removed again: about 1.3 GB for 100 million calls.
"""

from __future__ import annotations

import argparse
import os
import platform
import tempfile
from datetime import date, timedelta
from pathlib import Path

import duckdb

from bench_facts import megabytes, peak_megabytes, timed
from pacemark.facts.definitions import Definitions
from pacemark.facts.duckdb_engine import EVENT_COLUMNS, build

FIRST_DAY = date(2026, 8, 1)
LEADS_PER_REP = 500
SEGMENTS = 15
TARGET_SECONDS = 10


def _chance(salt: int) -> str:
    """Return SQL: a number from 0 to 1 that every call has of its own, the same in every run."""
    return f"(hash(i * 16 + {salt}) % 1000003 / 1000003.0)"


def calls(size: argparse.Namespace, day: int) -> str:
    """Return the SQL of a day's calls: 40 % answered, talks about 75 s long, 5 % inbound, 2 % of no known lead."""
    first, last = size.calls * day // size.days, size.calls * (day + 1) // size.days
    bell = "+".join(_chance(salt) for salt in (2, 3, 4, 5))
    return f"""
        SELECT i + 1 AS id, CASE WHEN {_chance(6)} >= 0.001 THEN rep END AS rep_id,
            DATE '{FIRST_DAY + timedelta(days=day)}' AS business_date,
            9 + (i - {first}) * 10 // {last - first} AS local_hour,
            CASE WHEN {_chance(7)} < 0.05 THEN 2 ELSE 1 END::BIGINT AS direction,
            CASE WHEN {_chance(8)} < 0.5 THEN {_chance(1)} < 0.4 END AS answered,
            CASE WHEN {_chance(1)} < 0.4 THEN greatest(1, exp(4.317 + 1.732 * ({bell} - 2))::BIGINT) ELSE 0 END
                AS talk_seconds,
            CASE WHEN {_chance(9)} >= 0.02 THEN lead END AS lead_id,
            CASE WHEN {_chance(9)} >= 0.02 THEN lead * 7919 % {SEGMENTS} + 1 END AS segment_id
        FROM (
            SELECT i, rep, (rep - 1) * {LEADS_PER_REP} + (hash(i * 16 + 10) % {LEADS_PER_REP})::BIGINT + 1 AS lead
            FROM (SELECT range AS i, (hash(range * 16) % {size.reps})::BIGINT + 1 AS rep FROM range({first}, {last}))
        )
    """


OPPORTUNITIES = """
    SELECT id, rep_id AS owner_id, CASE WHEN hash(id) % 5 = 0 THEN 'won' ELSE 'open' END AS state,
        business_date AS opened_on,
        CASE WHEN hash(id) % 5 = 0 THEN business_date + (1 + hash(id + 1) % 39)::INTEGER END AS closed_on, lead_id,
        CASE WHEN id % 2 = 0 THEN 300000 END::BIGINT AS expected_minor, rep_id AS sourced_by_id, id AS sourced_call_id,
        business_date AS sourced_on
    FROM day_calls WHERE direction = 1 AND talk_seconds >= 180 AND lead_id IS NOT NULL AND hash(id + 2) % 4 = 0
"""
DEALS = """
    SELECT id, owner_id, id AS opportunity_id, closed_on AS signed_on, FALSE AS is_undated,
        300000::BIGINT AS amount_minor, NULL::BIGINT AS cash_minor
    FROM day_opportunities WHERE state = 'won'
"""
REFUNDS = "SELECT id, id AS deal_id, signed_on + 5 AS refunded_on, amount_minor FROM day_deals WHERE id % 33 = 0"


def write_logs(folder: Path, size: argparse.Namespace) -> None:
    """Write the event logs of an organisation."""
    for log in EVENT_COLUMNS:
        (folder / log).mkdir(parents=True)
    with duckdb.connect() as engine:

        def write(log: str, select: str, part: int = 0) -> None:
            engine.execute(f"COPY ({select}) TO '{folder / log / f'{part:05d}.parquet'}'")

        leads = f"range(1, {size.reps * LEADS_PER_REP + 1})"
        write("leads", f"SELECT range AS id, range * 7919 % {SEGMENTS} + 1 AS segment_id FROM {leads}")
        start = f"DATE '{FIRST_DAY - timedelta(days=400)}' AS valid_from, NULL::DATE AS valid_to"
        write(
            "memberships", f"SELECT range AS rep_id, range % 100 + 1 AS team_id, {start} FROM range(1, {size.reps + 1})"
        )
        for day in range(size.days):
            for log, select in (
                ("calls", calls(size, day)), ("opportunities", OPPORTUNITIES), ("deals", DEALS), ("refunds", REFUNDS)
            ):  # fmt: skip
                engine.execute(f"CREATE OR REPLACE TEMPORARY TABLE day_{log} AS {select}")
                write(log, f"FROM day_{log}", day)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=100_000_000)
    parser.add_argument("--reps", type=int, default=20_000)
    parser.add_argument("--days", type=int, default=90)
    size = parser.parse_args()
    load = os.getloadavg()[0]
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, load {load:.1f}")
    with tempfile.TemporaryDirectory(dir=os.environ.get("PACEMARK_BENCH_FOLDER") or None) as folder:
        logs = Path(folder) / "logs"
        timed(f"{size.calls:,} calls written", lambda: write_logs(logs, size))
        print(f"  {megabytes(logs):,.0f} MB of Parquet")
        rows = timed("facts", lambda: build(logs, Path(folder) / "facts", Definitions()))
        print(f"  {sum(rows.values()):,} rows of facts; at most {peak_megabytes():,.0f} MB of memory", end="; ")
        print(f"asked: {TARGET_SECONDS} s")


if __name__ == "__main__":
    main()
