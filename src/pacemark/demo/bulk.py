"""Many rows into one table at once: executemany on SQLite, COPY on PostgreSQL; indexes are built afterwards."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from itertools import chain, repeat
from typing import Any

import numpy as np
from django.db import connection

from pacemark.demo.draws import Ints, Small
from pacemark.demo.tables import DAY_SECONDS
from pacemark.web.shared.row_writing import copied

Cell = str | int | bool | None
CHUNK_ROWS = 100_000
_ROWS_PER_STATEMENT = 100  # one statement for many rows costs SQLite half as much as one for each


@dataclass(frozen=True, slots=True)
class Same:
    """A column with one value for all rows."""

    value: str | int | bool


Column = Sequence[Cell] | Same


def insert_rows(table: str, columns: Mapping[str, Column]) -> None:
    """Insert rows given column by column; those that are not the same for all rows are of one length."""
    count = next(len(column) for column in columns.values() if not isinstance(column, Same))
    if not count:
        return
    if connection.vendor == "postgresql":
        _copy(table, columns, count)
    else:
        _insert(table, columns, count)


def _insert(table: str, columns: Mapping[str, Column], count: int) -> None:
    marks = ", ".join(_literal(c.value) if isinstance(c, Same) else "?" for c in columns.values())
    begin = f"INSERT INTO {table} ({', '.join(columns)}) VALUES "
    many = begin + ", ".join([f"({marks})"] * _ROWS_PER_STATEMENT)
    rows = list(zip(*(column for column in columns.values() if not isinstance(column, Same)), strict=True))
    whole = count - count % _ROWS_PER_STATEMENT
    connection.ensure_connection()
    for at in range(0, whole, _ROWS_PER_STATEMENT):
        connection.connection.execute(many, list(chain.from_iterable(rows[at : at + _ROWS_PER_STATEMENT])))
    connection.connection.executemany(f"{begin}({marks})", rows[whole:])


def _literal(value: str | int | bool) -> str:
    return "'" + value.replace("'", "''") + "'" if isinstance(value, str) else str(int(value))


def _copy(table: str, columns: Mapping[str, Column], count: int) -> None:
    texts = [
        repeat(str(column.value), count)
        if isinstance(column, Same)
        else ["\\N" if cell is None else str(cell) for cell in column]
        for column in columns.values()
    ]
    lines = map("\t".join, zip(*texts, strict=True))
    with copied(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
        copy.write("\n".join(lines) + "\n")


@contextmanager
def without_collector() -> Iterator[None]:
    """Spare Python the search for garbage among millions of short-lived rows, a tenth of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@contextmanager
def indexes_built_afterwards(tables: Sequence[str]) -> Iterator[None]:
    """Take the tables' own indexes (on PostgreSQL also foreign keys) away, and build them when the rows are in."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # no table is altered while checks of its rows are owed
        taken = [made for table in tables for made in _take_away(cursor, table)]
        yield
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA threads = 2")  # sorting is most of the work of an index
        for statement in taken:
            cursor.execute(statement)


def _take_away(cursor: Any, table: str) -> list[str]:
    """Drop what a table is found by and return the statements that make it again."""
    if connection.vendor != "postgresql":
        cursor.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = %s AND sql IS NOT NULL", [table]
        )
        found = cursor.fetchall()
        for name, _ in found:
            cursor.execute(f'DROP INDEX "{name}"')
        return [statement for _, statement in found]
    cursor.execute(
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'f' AND conrelid = %s::regclass",
        [table],
    )
    keys = cursor.fetchall()
    cursor.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s AND schemaname = current_schema() "
        "AND indexname NOT IN (SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass)",
        [table, table],
    )
    indexes = cursor.fetchall()
    for name, _ in keys:
        cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
    for name, _ in indexes:
        cursor.execute(f'DROP INDEX "{name}"')
    return [made for _, made in indexes] + [f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {key}' for name, key in keys]


def highest_id(table: str) -> int:
    """Return the highest id in use, 0 in an empty table."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT coalesce(max(id), 0) FROM {table}")
        return int(cursor.fetchone()[0])


def count_on_from_here(tables: Sequence[str]) -> None:
    """Let PostgreSQL give out the ids after those that were written; SQLite does so by itself."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT coalesce(max(id), 1) FROM {table}))"
            )


def day_texts(days: Small | Ints) -> list[Cell]:
    """Return day numbers as ISO dates, None for negative ones."""
    distinct, place = np.unique(days, return_inverse=True)
    texts = np.datetime_as_string(distinct.astype("datetime64[D]")).tolist()
    cells: list[Cell] = [None if day < 0 else text for day, text in zip(distinct.tolist(), texts, strict=True)]
    return [cells[i] for i in place.tolist()]


def moment_texts(seconds: Ints) -> list[Cell]:
    """Return UTC seconds as both databases read them: 2026-11-23 01:30:00, with its zone on PostgreSQL."""
    clock = _clock_texts(" {}+00" if connection.vendor == "postgresql" else " {}")
    days = day_texts(seconds // DAY_SECONDS)
    return [f"{day}{clock[second]}" for day, second in zip(days, (seconds % DAY_SECONDS).tolist(), strict=True)]


@cache
def _clock_texts(form: str) -> list[str]:
    """Return every second of a day as text: ten million moments are put together from few words."""
    return [form.format(f"{s // 3600:02d}:{s % 3600 // 60:02d}:{s % 60:02d}") for s in range(DAY_SECONDS)]


def known(values: Ints | Small) -> list[Cell]:
    """Return integers, None for negative ones."""
    return [None if value < 0 else value for value in values.tolist()]


def content_keys(places: Ints, salt: int) -> list[Cell]:
    """Return a well-mixed positive 63-bit number per row, standing for its content."""
    mixed = places.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(salt)
    mixed ^= mixed >> np.uint64(29)
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    mixed ^= mixed >> np.uint64(32)
    found: list[Cell] = ((mixed >> np.uint64(1)) | np.uint64(1)).astype(np.int64).tolist()
    return found


def local_hours(seconds: Ints, offset_seconds: int) -> list[Cell]:
    """Return the local hour of moments."""
    found: list[Cell] = ((seconds + offset_seconds) % DAY_SECONDS // 3600).tolist()
    return found
