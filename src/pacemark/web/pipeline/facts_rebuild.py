"""Counting every fact anew, in one transaction."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from pacemark.facts.definitions import Definitions
from pacemark.facts.relations import Relations, of_reps
from pacemark.facts.sqlite_parts import MMAP_BYTES, Part, copy_of
from pacemark.facts.statements import FACTS, Fact
from pacemark.web.pipeline.bridge import FACT_PREFIX

# Below this, starting a second reader costs more than it saves.
MIN_CALLS_FOR_TWO = 200_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuilt:
    """What a rebuild wrote, and how long each part took; the parts of two readers run at the same time."""

    rows: dict[str, int]
    seconds: dict[str, float]
    total_seconds: float


def lock_facts(cursor: CursorWrapper) -> None:
    """Let nobody else write facts, or note changed days, until this transaction ends.

    On PostgreSQL this waits for every transaction that has noted a changed day: its events are then seen by what
    follows, or its note is left for the next roll-up. On SQLite the transaction holds the only write lock already.
    """
    if connection.vendor == "postgresql":
        cursor.execute("LOCK TABLE fact_changed_day IN SHARE ROW EXCLUSIVE MODE")


def insert(cursor: CursorWrapper, fact: Fact, select: str) -> None:
    """Add the rows of a query to a fact table."""
    cursor.execute(f"INSERT INTO {FACT_PREFIX}{fact.name} ({', '.join(fact.columns)}) {select}")


def rebuild_all(relations: Relations, definitions: Definitions) -> Rebuilt:
    """Replace all facts; see :func:`pacemark.web.pipeline.facts_services.rebuild_facts`."""
    started = perf_counter()
    middle = _middle_rep() if _may_use_two_readers() else None
    seconds: dict[str, float] = {}
    if middle is None:
        with transaction.atomic(), connection.cursor() as cursor:
            _empty(cursor)
            _count(cursor, relations, definitions, seconds)
            rows = _rows(cursor)
    else:
        rows = _rebuild_by_two(relations, definitions, middle, seconds)
    return Rebuilt(rows=rows, seconds=seconds, total_seconds=perf_counter() - started)


def _rebuild_by_two(
    relations: Relations, definitions: Definitions, middle: int, seconds: dict[str, float]
) -> dict[str, int]:
    database = Path(connection.settings_dict["NAME"])
    with tempfile.TemporaryDirectory(dir=database.parent, prefix="facts-") as folder, connection.cursor() as cursor:
        part = Part(
            database=database,
            part=Path(folder) / "part.sqlite3",
            relations=of_reps(replace(relations, call_cohort="part.call_cohort"), f"{{rep}} > {middle}", "1 = 1"),
            definitions=definitions,
        )
        try:
            cursor.execute(f"PRAGMA mmap_size={MMAP_BYTES}")
            with transaction.atomic():
                _empty(cursor)  # takes the write lock: from here on both readers see the same events
                part.start()
                _count(cursor, of_reps(relations, "{rep} IS NULL", "{rep} = 0"), definitions, seconds)
                _count(cursor, of_reps(relations, f"{{rep}} <= {middle}", "{rep} > 0"), definitions, seconds)
                with _timed(seconds, "wait"):
                    part.wait()
                with _timed(seconds, "copy"):
                    cursor.execute("ATTACH DATABASE %s AS part", [str(Path(folder) / "part.sqlite3")])
                    for fact in FACTS:
                        insert(cursor, fact, copy_of(fact))
                rows = _rows(cursor)
                committing = perf_counter()
            seconds["commit"] = perf_counter() - committing
        finally:
            part.join() if part.ident else None
            _detach(cursor)
    return rows


def _detach(cursor: CursorWrapper) -> None:
    cursor.execute("PRAGMA database_list")
    if any(row[1] == "part" for row in cursor.fetchall()):
        cursor.execute("DETACH DATABASE part")


@contextmanager
def _timed(seconds: dict[str, float], name: str) -> Iterator[None]:
    started = perf_counter()
    yield
    seconds[name] = seconds.get(name, 0.0) + perf_counter() - started


def _empty(cursor: CursorWrapper) -> None:
    lock_facts(cursor)
    if connection.vendor == "postgresql":  # its usual 4 MB would sort millions of groups on disk
        cursor.execute("SET LOCAL work_mem = '256MB'")
    for table in ("fact_changed_day", *(f"{FACT_PREFIX}{fact.name}" for fact in FACTS)):
        cursor.execute(f"DELETE FROM {table}")


def _count(cursor: CursorWrapper, relations: Relations, definitions: Definitions, seconds: dict[str, float]) -> None:
    for fact in FACTS:
        with _timed(seconds, fact.name):
            insert(cursor, fact, fact.select(relations, definitions))


def _rows(cursor: CursorWrapper) -> dict[str, int]:
    rows = {}
    for fact in FACTS:
        cursor.execute(f"SELECT COUNT(*) FROM {FACT_PREFIX}{fact.name}")
        rows[fact.name] = int(cursor.fetchone()[0])
    return rows


def _may_use_two_readers() -> bool:
    """Tell whether a second connection would see what this one sees, and is worth its start."""
    if connection.vendor != "sqlite" or connection.in_atomic_block or (os.cpu_count() or 1) < 2:
        return False
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA journal_mode")
        if cursor.fetchone()[0] != "wal":
            return False
        cursor.execute("SELECT MAX(id) FROM pipeline_call")
        return (cursor.fetchone()[0] or 0) >= MIN_CALLS_FOR_TWO


def _middle_rep() -> int | None:
    """Return the rep up to whom half of the dials were counted last time, or half of the reps before that."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rep_id, SUM(dials) FROM fact_rep_day WHERE rep_id > 0 GROUP BY rep_id ORDER BY rep_id")
        dials = cursor.fetchall()
        if not dials:
            cursor.execute("SELECT id, 1 FROM organization_rep ORDER BY id")
            dials = cursor.fetchall()
    half, so_far = sum(count for _rep, count in dials) / 2, 0
    for rep_id, count in dials:
        so_far += count
        if so_far >= half:
            return int(rep_id)
    return None
