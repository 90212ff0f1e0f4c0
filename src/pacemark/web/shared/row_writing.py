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
        if connection.vendor == "postgresql":  # one statement, where many would each be sent, planned and answered
            values = ", ".join([f"({marks})"] * len(rows))
            cursor.execute(f"INSERT INTO {table} ({names}) VALUES {values}", [cell for row in rows for cell in row])
            return
        cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(rows))


def replace_rows(table: str, key: Sequence[str], types: Mapping[str, str], rows: Sequence[Sequence[Any]]) -> None:
    """Write rows over those with the same key, or beside them; ``types`` are PostgreSQL's, by column."""
    if not rows:
        return
    names, marks = ", ".join(types), ", ".join(["%s"] * len(types))
    kept = ", ".join(f"{name} = excluded.{name}" for name in types if name not in key)
    on_conflict = f"ON CONFLICT ({', '.join(key)}) DO UPDATE SET {kept}"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            arrays = ", ".join(f"%s::{kind}[]" for kind in types.values())
            columns = [list(column) for column in zip(*rows, strict=True)]
            cursor.execute(f"INSERT INTO {table} ({names}) SELECT * FROM unnest({arrays}) {on_conflict}", columns)
            return
        cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks}) {on_conflict}", list(rows))


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
