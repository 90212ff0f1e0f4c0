"""How fast facts are counted from ten million calls: DuckDB over Parquet, SQLite, and PostgreSQL where one is given.

    python bench/bench_facts.py [--calls 10000000] [--reps 2000] [--days 90] [--postgres postgresql://…]

Every engine counts the same events twice, the second time over facts that are there already; both are printed, with the
processor's seconds beside the clock's, since a busy machine stretches the latter more. In a database the days,
which are visible first, are told apart from the months. The events go to a folder in PACEMARK_BENCH_FOLDER, else to
a temporary one, and are removed again.
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit, urlunsplit

import psycopg

import facts_events
from pacemark.facts.definitions import Definitions
from pacemark.facts.duckdb_engine import build

RUNS = 2
T = TypeVar("T")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=10_000_000)
    parser.add_argument("--reps", type=int, default=2_000)
    parser.add_argument("--days", type=int, default=90)
    parser.add_argument("--postgres", default=os.environ.get("PACEMARK_TEST_POSTGRES", ""))
    parser.add_argument("--events", type=Path, help=argparse.SUPPRESS)  # count these in DATABASE_URL, in this process
    return parser.parse_args()


def timed(name: str, work: Callable[[], T]) -> T:
    """Do something and print its seconds, by the clock and by the processor."""
    clock, used = time.perf_counter(), time.process_time()
    answer = work()
    print(f"{name:<28} {time.perf_counter() - clock:7.2f} s  ({time.process_time() - used:.2f} s of processors)")
    return answer


def peak_megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def megabytes(path: Path) -> float:
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files if file.is_file()) / 1e6


def main() -> None:
    asked = arguments()
    size = facts_events.Size(calls=asked.calls, reps=asked.reps, days=asked.days)
    if asked.events:
        count_in_database(asked.events, size)
        return
    load = os.getloadavg()[0]
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, load {load:.1f}")
    with tempfile.TemporaryDirectory(dir=os.environ.get("PACEMARK_BENCH_FOLDER") or None) as folder:
        events = Path(folder) / "events"
        timed("Parquet: events written", lambda: facts_events.write_parquet(events, size))
        count_with_duckdb(events, Path(folder) / "facts")
        count_elsewhere(asked, events, f"sqlite:///{folder}/facts.sqlite3")
        print(f"  the database has {megabytes(Path(folder) / 'facts.sqlite3'):,.0f} MB")
        if asked.postgres:
            count_in_postgres(asked, events)
        else:
            print("PostgreSQL: left out, for want of --postgres or PACEMARK_TEST_POSTGRES")


def count_with_duckdb(events: Path, facts: Path) -> None:
    for _run in range(RUNS):
        rows = timed("DuckDB over Parquet", lambda: build(events, facts, Definitions()))
    print(f"  {sum(rows.values()):,} rows of facts from {megabytes(events / 'calls'):,.0f} MB of calls")


def count_elsewhere(asked: argparse.Namespace, events: Path, url: str) -> None:
    """Count in a process of its own, so that its memory is its own."""
    words = ["--events", str(events), "--calls", str(asked.calls), "--reps", str(asked.reps), "--days", str(asked.days)]
    environment = {**os.environ, "DATABASE_URL": url, "PACEMARK_HOME": str(events.parent / "home")}
    sys.stdout.flush()
    subprocess.run([sys.executable, __file__, *words], check=True, env=environment)


def count_in_postgres(asked: argparse.Namespace, events: Path) -> None:
    name = f"pacemark_bench_{os.getpid()}"
    with psycopg.connect(asked.postgres, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
        try:
            count_elsewhere(asked, events, urlunsplit(urlsplit(asked.postgres)._replace(path=f"/{name}")))
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def count_in_database(events: Path, size: facts_events.Size) -> None:
    from pacemark.web.config import django_setup  # noqa: PLC0415 - once Django has started

    django_setup.start_django()
    django_setup.ensure_database()
    from django.db import connection  # noqa: PLC0415 - once Django has started

    from pacemark.web.pipeline.facts_services import rebuild_facts  # noqa: PLC0415 - once Django has started

    engine = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[connection.vendor]
    timed(f"{engine}: events loaded", lambda: facts_events.load(events, size))
    for _run in range(RUNS):
        rebuilt = timed(f"{engine}: facts rebuilt", lambda: rebuild_facts(actor=None))
        parts = ", ".join(f"{name} {seconds:.2f}" for name, seconds in rebuilt.seconds.items())
        print(f"  days visible after {rebuilt.daily_seconds:.2f} s of {rebuilt.total_seconds:.2f} s; {parts}")
    refresh_one_day(engine, size)
    print(f"  {sum(rebuilt.rows.values()):,} rows of facts; at most {peak_megabytes():,.0f} MB of memory")


def refresh_one_day(engine: str, size: facts_events.Size) -> None:
    from datetime import date  # noqa: PLC0415 - once Django has started

    from pacemark.web.pipeline.fact_models import ChangedDay  # noqa: PLC0415 - once Django has started
    from pacemark.web.pipeline.facts_services import refresh_changed_days  # noqa: PLC0415 - once Django has started

    day = date.fromordinal(facts_events.FIRST_DAY + size.days - 1)
    for n_reps in (1, size.reps):
        ChangedDay.objects.bulk_create(ChangedDay(rep_id=rep_id, business_date=day) for rep_id in range(1, n_reps + 1))
        timed(f"{engine}: a day of {n_reps:,} reps", refresh_changed_days)


if __name__ == "__main__":
    main()
