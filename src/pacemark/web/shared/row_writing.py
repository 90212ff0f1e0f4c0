"""Many rows at once by one prepared statement or one COPY: a model for each row takes longer than writing it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

# A few rows go quicker by the statement than by starting a COPY.
_FEW = 20


def insert_rows(table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Append rows to a table; names are ours, never a caller's words. Values are as the database takes them."""
    if not rows:
        return
    names = ", ".join(columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql" and len(rows) > _FEW:
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            return
        marks = ", ".join(["%s"] * len(columns))
        cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(rows))


def set_values(table: str, column: str, values: Mapping[int, Any]) -> None:
    """Give each row, by its id, its own value of a column."""
    if not values:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                f"UPDATE {table} AS t SET {column} = x.value FROM unnest(%s::bigint[], %s::bigint[]) AS x(id, value) "
                "WHERE t.id = x.id",
                [list(values), list(values.values())],
            )
            return
        pairs: Iterable[tuple[Any, int]] = ((value, key) for key, value in values.items())
        cursor.executemany(f"UPDATE {table} SET {column} = %s WHERE id = %s", list(pairs))


def moment(value: datetime) -> Any:
    """Return a moment as the database takes it."""
    return connection.ops.adapt_datetimefield_value(value)
