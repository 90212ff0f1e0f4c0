"""The same id more than once among staged rows: within one file, and over the files of one import."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db import connection

from pacemark.web.pipeline.staging import Staging


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeat:
    """A row whose id stands earlier in the same file; refused when its content differs."""

    file_no: int
    line: int
    first_line: int
    external_id: str
    is_same: bool


def settle_repeats(staging: Staging, table: str) -> list[Repeat]:
    """Take repeated ids out of a staging table, keeping the first of each file, and return those taken out.

    The same id in a later file is a later snapshot: it goes one layer up and is published after the earlier one.
    """
    removed: list[Repeat] = []
    gone: list[tuple[int]] = []
    raised: list[tuple[int, int]] = []
    for _id, in_files in groupby(_repeated_rows(table), key=lambda row: row[1]):
        for layer, (_file_no, in_file) in enumerate(groupby(in_files, key=lambda row: row[3])):
            first, *others = in_file
            if layer:
                raised.append((layer, first[0]))
            removed.extend(_repeat(first, other) for other in others)
            gone.extend((other[0],) for other in others)
    _write(f"UPDATE stage_{table} SET layer = %s WHERE stage_id = %s", raised)
    _write(f"DELETE FROM stage_{table} WHERE stage_id = %s", gone)
    return removed


def _repeat(first: tuple[Any, ...], other: tuple[Any, ...]) -> Repeat:
    _stage_id, external_id, key, file_no, line = other
    return Repeat(file_no=file_no, line=line, first_line=first[4], external_id=external_id, is_same=key == first[2])


def _repeated_rows(table: str) -> Iterator[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT s.stage_id, s.external_id, s.content_key, s.file_no, s.line FROM stage_{table} s "
            f"JOIN (SELECT external_id FROM stage_{table} GROUP BY external_id HAVING count(*) > 1) d "
            f"ON d.external_id = s.external_id ORDER BY s.external_id, s.file_no, s.stage_id"
        )
        yield from cursor.fetchall()


def _write(sql: str, rows: Sequence[tuple[int, ...]]) -> None:
    if rows:
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                cursor.execute("BEGIN")
            cursor.executemany(sql, rows)
            if connection.vendor == "sqlite":
                cursor.execute("COMMIT")


def last_layer(staging: Staging, table: str) -> int:
    """Return the highest layer of a staging table."""
    return staging.number(f"SELECT max(layer) FROM stage_{table}")
