"""Counting every fact anew: the days in one transaction, then the months in another."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from pacemark.facts.definitions import Definitions
from pacemark.facts.relations import Relations, of_reps
from pacemark.facts.sqlite_parts import Part, copy_of
from pacemark.facts.statements import DAILY_FACTS, FACTS, MONTHLY_FACTS, Fact
from pacemark.web.pipeline.bridge import FACT_PREFIX
from pacemark.web.pipeline.months_layout import keep_months_together
from pacemark.web.pipeline.postgres_part import PostgresPart

# Below this, starting a second reader costs more than it saves.
MIN_CALLS_FOR_TWO = 200_000
# Of the reps, since this connection also writes what the other one has counted.
_OWN_SHARE = {"sqlite": 0.47, "postgresql": 0.44}
# PostgreSQL's usual 4 MB would sort many calls in small pieces; compiling a statement costs more than it saves.
MANY_ROWS = {"work_mem": "256MB", "jit": "off"}
# Where all calls are read, the order of an index would fetch each from its own place.
_POSTGRES_SETTINGS = {**MANY_ROWS, "enable_indexscan": "off"}
_BESIDE_SETTINGS = {**_POSTGRES_SETTINGS, "max_parallel_workers_per_gather": "0"}  # two share the cores already
_DAYS_LOCK, _MONTHS_LOCK = 0x64617973, 0x6D6F6E74  # one at a time counts days, another one months


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuilt:
    """What a rebuild wrote, and how long each part took; the parts of two readers run at the same time.

    ``daily_seconds`` is the time after which the days were visible, ``total_seconds`` that for everything.
    """

    rows: dict[str, int]
    seconds: dict[str, float]
    daily_seconds: float
    total_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """What to count from, by which definitions; ``seconds`` notes how long each part took."""

    relations: Relations
    definitions: Definitions
    seconds: dict[str, float]


def lock_days(cursor: CursorWrapper) -> None:
    """Let nobody else count days until this transaction ends; whoever notes changed ones need not wait.

    Notes are used up before events are counted: where a note could be seen, so can its events be; any other is left
    for the next roll-up. On SQLite the transaction holds the only write lock already.
    """
    if connection.vendor == "postgresql":
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_DAYS_LOCK])


def lock_months(cursor: CursorWrapper) -> None:
    """Let nobody else count months until this transaction ends; whoever notes or counts days need not wait."""
    if connection.vendor == "postgresql":
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_MONTHS_LOCK])


def set_for_now(cursor: CursorWrapper, settings: Mapping[str, str]) -> None:
    """Have PostgreSQL work by some settings until this transaction ends."""
    if connection.vendor == "postgresql":
        for setting, value in settings.items():
            cursor.execute(f"SET LOCAL {setting} = '{value}'")


def insert(cursor: CursorWrapper, fact: Fact, select: str) -> None:
    """Add the rows of a query to a fact table."""
    cursor.execute(f"INSERT INTO {_table(fact)} ({', '.join(fact.columns)}) {select}")


def _table(fact: Fact) -> str:
    return f"{FACT_PREFIX}{fact.name}"


def rebuild_all(relations: Relations, definitions: Definitions) -> Rebuilt:
    """Replace all facts; see :func:`pacemark.web.pipeline.facts_services.rebuild_facts`."""
    started = perf_counter()
    count = Count(relations=relations, definitions=definitions, seconds={})
    rebuild_days(count)
    daily_seconds = perf_counter() - started
    rebuild_months(count)
    with connection.cursor() as cursor:
        rows = _rows(cursor)
    return Rebuilt(
        rows=rows, seconds=count.seconds, daily_seconds=daily_seconds, total_seconds=perf_counter() - started
    )


def rebuild_days(count: Count) -> None:
    """Replace the daily facts in one transaction, and leave a note that all months wait to be counted."""

    def begin(cursor: CursorWrapper) -> None:
        lock_days(cursor)
        for table in ("fact_changed_day", "fact_changed_month"):
            cursor.execute(f"DELETE FROM {table}")
        cursor.execute("INSERT INTO fact_changed_month (rep_id, month) VALUES (0, '')")

    _replace(DAILY_FACTS, count, begin)


def rebuild_months(count: Count) -> None:
    """Replace the monthly facts in one transaction, and use up the notes that ask for it."""

    def begin(cursor: CursorWrapper) -> None:
        lock_months(cursor)
        cursor.execute("DELETE FROM fact_changed_month")

    keep_months_together(count.definitions.month_start_day)
    _replace(MONTHLY_FACTS, count, begin)


def _replace(facts: Sequence[Fact], count: Count, begin: Callable[[CursorWrapper], None]) -> None:
    middle = _middle_rep() if _may_use_two_readers() else None
    if middle is not None and connection.vendor == "sqlite":
        _replace_by_two(facts, count, begin, middle)
        return
    if middle is not None and (part := _postgres_part(facts, count, middle)) is not None:
        own = replace(count, relations=of_reps(count.relations, f"({{rep}} IS NULL OR {{rep}} <= {middle})"))
        _replace_beside(part, facts, own, begin)
        return
    with transaction.atomic(), connection.cursor() as cursor:
        begin(cursor)
        _empty(cursor, facts)
        _count(cursor, facts, count)


def _postgres_part(facts: Sequence[Fact], count: Count, middle: int) -> PostgresPart | None:
    relations = of_reps(count.relations, f"{{rep}} > {middle}")
    selects = {_table(fact): _in_order(fact, fact.select(relations, count.definitions)) for fact in facts}
    return PostgresPart.beside(selects, _BESIDE_SETTINGS)


def _replace_beside(
    part: PostgresPart, facts: Sequence[Fact], own: Count, begin: Callable[[CursorWrapper], None]
) -> None:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            begin(cursor)  # uses up the notes: whatever they speak of is committed, and seen by both from here on
            _empty(cursor, facts)
            part.start()
            _count(cursor, facts, own)
            with _timed(own.seconds, "wait"):
                part.wait()
            with _timed(own.seconds, "copy"):
                for fact in facts:
                    part.write(_table(fact), ", ".join(fact.columns))
    finally:
        part.end()


def _replace_by_two(facts: Sequence[Fact], count: Count, begin: Callable[[CursorWrapper], None], middle: int) -> None:
    database = Path(connection.settings_dict["NAME"])
    with tempfile.TemporaryDirectory(dir=database.parent, prefix="facts-") as folder, connection.cursor() as cursor:
        part = Part(
            database=database,
            part=Path(folder) / "part.sqlite3",
            facts=facts,
            relations=of_reps(count.relations, f"{{rep}} > {middle}"),
            definitions=count.definitions,
        )
        try:
            with transaction.atomic():
                begin(cursor)
                _empty(cursor, facts)  # holds the write lock: from here on both readers see the same events
                part.start()
                for which in ("{rep} IS NULL", f"{{rep}} <= {middle}"):
                    _count(cursor, facts, replace(count, relations=of_reps(count.relations, which)))
                with _timed(count.seconds, "wait"):
                    part.wait()
                with _timed(count.seconds, "copy"):
                    cursor.execute("ATTACH DATABASE %s AS part", [str(Path(folder) / "part.sqlite3")])
                    for fact in facts:
                        insert(cursor, fact, copy_of(fact))
                committing = perf_counter()
            count.seconds["commit"] = count.seconds.get("commit", 0.0) + perf_counter() - committing
        finally:
            part.end()
            _detach(cursor)


def _detach(cursor: CursorWrapper) -> None:
    cursor.execute("PRAGMA database_list")
    if any(row[1] == "part" for row in cursor.fetchall()):
        cursor.execute("DETACH DATABASE part")


@contextmanager
def _timed(seconds: dict[str, float], name: str) -> Iterator[None]:
    started = perf_counter()
    yield
    seconds[name] = seconds.get(name, 0.0) + perf_counter() - started


def _empty(cursor: CursorWrapper, facts: Sequence[Fact]) -> None:
    set_for_now(cursor, _POSTGRES_SETTINGS)
    for fact in facts:
        cursor.execute(f"DELETE FROM {_table(fact)}")


def _count(cursor: CursorWrapper, facts: Sequence[Fact], count: Count) -> None:
    for fact in facts:
        with _timed(count.seconds, fact.name):
            insert(cursor, fact, _in_order(fact, fact.select(count.relations, count.definitions)))


def _in_order(fact: Fact, select: str) -> str:
    """Return the query with its rows by key: one rep's days lie together then, and are found and written quicker.

    On SQLite the table is its key's tree, and its queries give rows in that order by themselves.
    """
    if connection.vendor != "postgresql":
        return select
    return f"{select} ORDER BY {', '.join(str(at + 1) for at in range(len(fact.key)))}"


def _rows(cursor: CursorWrapper) -> dict[str, int]:
    rows = {}
    for fact in FACTS:
        cursor.execute(f"SELECT COUNT(*) FROM {_table(fact)}")
        rows[fact.name] = int(cursor.fetchone()[0])
    return rows


def _may_use_two_readers() -> bool:
    """Tell whether a second connection would see what this one sees, and is worth its start."""
    if connection.in_atomic_block or (os.cpu_count() or 1) < 2:
        return False
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA journal_mode")
            if cursor.fetchone()[0] != "wal":
                return False
        cursor.execute("SELECT MAX(id) FROM pipeline_call")
        return (cursor.fetchone()[0] or 0) >= MIN_CALLS_FOR_TWO


def _middle_rep() -> int | None:
    """Return the rep up to whom this reader counts: by last time's dials, or by the number of reps before that."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rep_id, SUM(dials) FROM fact_rep_day WHERE rep_id > 0 GROUP BY rep_id ORDER BY rep_id")
        dials = cursor.fetchall()
        if not dials:
            cursor.execute("SELECT id, 1 FROM organization_rep ORDER BY id")
            dials = cursor.fetchall()
    share, so_far = sum(count for _rep, count in dials) * _OWN_SHARE[connection.vendor], 0
    for rep_id, count in dials:
        so_far += count
        if so_far >= share:
            return int(rep_id)
    return None
