"""Staging: rows wait outside the events' tables, in chunks, until one short transaction publishes them.

On SQLite the staging tables are a database file of their own, attached while it is used: no chunk takes the write
lock of the real one. On PostgreSQL they are the session's temporary tables. Either way a killed import leaves
nothing to be seen.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import connection

from pacemark.web.pipeline.copy_text import RunningCopy, copy_lines

Cell = str | int | bool | None

_KEY = (("file_no", "int"), ("line", "int"), ("external_id", "text"), ("content_key", "bigint"))
ID_COLUMN = 2
_MOST_REFERENCES = 200_000  # of 100 bytes each

TABLES: dict[str, tuple[tuple[str, str], ...]] = {
    "leads": (
        *_KEY,
        ("person_no", "int"),
        ("segment_no", "int"),
        ("name", "text"),
        ("note", "text"),
        ("phone_encrypted", "text"),
        ("phone_hash", "text"),
        ("phone_last4_hash", "text"),
        ("arrived_at", "timestamp"),
        ("arrived_on", "date"),
    ),
    "calls": (
        *_KEY,
        ("person_no", "int"),
        ("lead_ref", "text"),
        ("occurred_at", "timestamp"),
        ("business_date", "date"),
        ("local_hour", "int"),
        ("direction", "int"),
        ("answered", "bool"),
        ("talk_seconds", "int"),
    ),
    # Opportunities and deals: one row may stand for both.
    "records": (
        *_KEY,
        ("kind", "text"),
        ("person_no", "int"),
        ("lead_ref", "text"),
        ("segment_no", "int"),
        ("is_opportunity", "bool"),
        ("state", "text"),
        ("opened_at", "timestamp"),
        ("opened_on", "date"),
        ("reported_at", "timestamp"),
        ("closed_on", "date"),
        ("expected_minor", "bigint"),
        ("is_deal", "bool"),
        ("signed_on", "date"),
        ("is_undated", "bool"),
        ("amount_minor", "bigint"),
        ("cash_minor", "bigint"),
        ("currency", "text"),
        ("opportunity_ref", "text"),
    ),
    "refunds": (*_KEY, ("deal_ref", "text"), ("refunded_on", "date"), ("amount_minor", "bigint")),
}

# Written and read by the publication alone.
_WORK_TABLES = {
    "people": "person_no int PRIMARY KEY, rep_id bigint",
    "segments": "segment_no int PRIMARY KEY, segment_id bigint",
    "phones": "ref text, phone_encrypted text, phone_hash text, phone_last4_hash text",
    "lead_refs": "ref text PRIMARY KEY",
    "erased": "phone_hash text PRIMARY KEY, lead_id bigint",
    "erased_leads": "external_id text PRIMARY KEY",
    "lead_ids": "ref text PRIMARY KEY, lead_id bigint, segment_id bigint",
    "known": "stage_id bigint PRIMARY KEY, target_id bigint, is_stub bool, is_same bool",
    "touched": "lead_id bigint PRIMARY KEY",
    "segmented": "lead_id bigint PRIMARY KEY",
    "moved": "lead_id bigint PRIMARY KEY, segment_id bigint",
    "sourced": "opportunity_id bigint PRIMARY KEY, call_id bigint, rep_id bigint, day date",
    "dropped": "external_id text PRIMARY KEY",
    "repeats": "stage_id bigint PRIMARY KEY, layer int, place int, first_line int, first_key bigint",
}

_POSTGRES_TYPES = {
    "int": "integer", "bigint": "bigint", "text": "text", "bool": "boolean", "date": "date", "timestamp": "timestamptz",
}  # fmt: skip

# One import at a time sorts and hashes whole files: more room than a page's query needs, while it runs. Its statements
# run once each, which compiling them does not repay.
# Sizes are what statistics of staged rows are for, and a small sample tells them.
_POSTGRES_SETTINGS = {
    "work_mem": "64MB", "maintenance_work_mem": "256MB", "jit": "off", "default_statistics_target": "20",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Staging:
    """Open staging tables, named ``stage_<name>`` on both databases.

    ``single_layered`` names those in which no id is known to repeat, so that what was appended is what stands there.
    """

    is_postgres: bool
    single_layered: set[str] = field(default_factory=set)
    _running: RunningCopy = field(default_factory=RunningCopy)
    _appended: Counter[str] = field(default_factory=Counter)
    _references: set[Cell] = field(default_factory=set)

    def append(self, table: str, columns: Sequence[Sequence[Cell]]) -> None:
        """Add rows, given column by column in the order of :data:`TABLES`.

        On PostgreSQL they may be on their way until :meth:`settle`; nobody else may use the connection before.
        """
        names, kinds = zip(*TABLES[table], strict=True)
        self._appended[table] += len(columns[0])
        if "lead_ref" in names and len(self._references) <= _MOST_REFERENCES:
            self._references.update(columns[names.index("lead_ref")])
        if self.is_postgres:
            self._running.write(f"stage_{table}", names, copy_lines(columns, kinds))
            return
        self._insert(f"stage_{table}", names, zip(*columns, strict=True))

    def settle(self) -> None:
        """Wait until all rows given so far are stored."""
        self._running.finish()

    def give_up(self, error: BaseException) -> None:
        """Leave what is on its way; the tables go next."""
        self._running.give_up(error)

    def references(self) -> list[tuple[Cell]] | None:
        """Return what rows refer to leads by, each once; None where the tables must be asked."""
        if len(self._references) > _MOST_REFERENCES or set(self._appended) - self.single_layered:
            return None
        return [(ref,) for ref in sorted(self._references.difference(("", None)), key=str)]

    def count(self, table: str, layer: int) -> int:
        """Return how many rows a layer of a staging table has."""
        if table in self.single_layered:
            return 0 if layer else self._appended[table]
        return self.number(f"SELECT count(*) FROM stage_{table} WHERE layer = %s", [layer])

    def append_work(self, table: str, names: Sequence[str], rows: Sequence[Sequence[Cell]]) -> None:
        """Add rows to a work table such as ``people`` or ``phones``."""
        if not self.is_postgres:
            self._insert(f"stage_{table}", names, rows)
        elif rows:
            columns = [[row[at] for row in rows] for at in range(len(names))]
            lines = copy_lines(columns, ["text"] * len(names))
            self._running.write(f"stage_{table}", names, lines)
            self.settle()

    def _insert(self, table: str, names: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
        marks = ", ".join("?" for _name in names)
        raw = connection.connection
        is_own = not raw.in_transaction  # one transaction per chunk; it touches the staging file alone
        if is_own:
            raw.execute("BEGIN")
        raw.executemany(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})", rows)
        if is_own:
            raw.execute("COMMIT")

    def execute(self, sql: str, params: Sequence[Any] = ()) -> int:
        """Run one statement on the connection that sees both staging and events; return how many rows it touched."""
        self.settle()
        with connection.cursor() as cursor:
            cursor.execute(sql, list(params))
            return int(cursor.rowcount)

    def rows(self, sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Return a query's rows."""
        self.settle()
        with connection.cursor() as cursor:
            cursor.execute(sql, list(params))
            return list(cursor.fetchall())

    def number(self, sql: str, params: Sequence[Any] = ()) -> int:
        """Return a query's single number; nothing is 0."""
        found = self.rows(sql, params)
        return int(found[0][0] or 0) if found else 0

    def is_empty(self, table: str) -> bool:
        """Say whether a staging table has no row."""
        return not self.rows(f"SELECT 1 FROM stage_{table} LIMIT 1")

    def analyze(self) -> None:
        """Let PostgreSQL know how large the staged tables are; SQLite plans without."""
        if self.is_postgres:
            self.execute("ANALYZE " + ", ".join(f"stage_{name}" for name in (*TABLES, "people", "lead_refs")))


@contextlib.contextmanager
def open_staging(directory: Path) -> Iterator[Staging]:
    """Make the staging tables, and remove them at the end.

    Must not run inside a transaction: SQLite cannot attach a database within one.
    """
    if connection.in_atomic_block:
        raise RuntimeError("staging cannot be opened inside a transaction")
    connection.ensure_connection()
    is_postgres = connection.vendor == "postgresql"
    with _postgres_tables() if is_postgres else _attached(directory / "staging.sqlite3"):
        staging = Staging(is_postgres=is_postgres)
        try:
            yield staging
        except BaseException as error:
            staging.give_up(error)
            raise
        staging.settle()


@contextlib.contextmanager
def _postgres_tables() -> Iterator[None]:
    dropped = [f"DROP TABLE IF EXISTS pg_temp.stage_{name}" for name in (*TABLES, *_WORK_TABLES)]
    with connection.cursor() as cursor:  # one message each time: a batch of ten calls waits for no fifty answers
        cursor.execute("; ".join([*_postgres_settings(), *dropped, *_postgres_definitions()]))
    try:
        yield
    finally:
        if connection.connection is not None and not connection.connection.closed:
            with connection.cursor() as cursor:
                cursor.execute("; ".join([*dropped, *(f"RESET {setting}" for setting in _POSTGRES_SETTINGS)]))


def _postgres_settings() -> list[str]:
    return [f"SET {setting} = '{value}'" for setting, value in _POSTGRES_SETTINGS.items()]


def _postgres_definitions() -> list[str]:
    staged = {
        name: ", ".join(f"{column} {_POSTGRES_TYPES[kind]}" for column, kind in columns)
        for name, columns in TABLES.items()
    }
    return [
        *(
            f"CREATE TEMP TABLE stage_{name} (stage_id bigserial, {typed}, layer integer DEFAULT 0)"
            for name, typed in staged.items()
        ),
        *(f"CREATE TEMP TABLE stage_{name} ({definition})" for name, definition in _WORK_TABLES.items()),
    ]


@contextlib.contextmanager
def _attached(path: Path) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    with connection.cursor() as cursor:
        kept = int(cursor.execute("PRAGMA temp_store").fetchone()[0])
        # Large sorts belong on disk here: a file of gigabytes must not become gigabytes of memory.
        cursor.execute("PRAGMA temp_store = FILE")
        cursor.execute("ATTACH DATABASE %s AS stage", [str(path)])
        try:
            # Ids come from joins with the very tables they point to, under the write lock: checking each is pure cost.
            cursor.execute("PRAGMA foreign_keys = OFF")
            cursor.execute("PRAGMA stage.journal_mode = MEMORY")
            cursor.execute("PRAGMA stage.synchronous = OFF")
            cursor.execute("PRAGMA stage.cache_size = -32768")
            for name, columns in TABLES.items():
                typed = ", ".join(column for column, _kind in columns)
                cursor.execute(
                    f"CREATE TABLE stage.stage_{name} (stage_id INTEGER PRIMARY KEY, {typed}, layer integer DEFAULT 0)"
                )
            for name, definition in _WORK_TABLES.items():
                # One tree instead of two: a million references are looked up in these.
                keyed = " WITHOUT ROWID" if "PRIMARY KEY" in definition else ""
                cursor.execute(f"CREATE TABLE stage.stage_{name} ({definition}){keyed}")
            yield
        finally:
            if connection.connection.in_transaction:  # stopped in the middle of a chunk
                connection.connection.rollback()
            cursor.execute("PRAGMA foreign_keys = ON")
            cursor.execute("DETACH DATABASE stage")
            cursor.execute(f"PRAGMA temp_store = {kept}")
            path.unlink(missing_ok=True)
