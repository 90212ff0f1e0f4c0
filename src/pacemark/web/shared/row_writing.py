"""Many rows at once by one prepared statement or one COPY: a model for each row takes longer than writing it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import AutoField, Field, Model
from psycopg import Copy

# A few rows go quicker by the statement than by starting a COPY.
_FEW = 20
_Statements = list[tuple[str, list[Any]]]
# What this request or job has written and not sent yet.
_unsent: ContextVar[_Statements | None] = ContextVar("unsent_statements", default=None)


@contextmanager
def sent_together() -> Iterator[None]:
    """Let what this module writes within the block go to PostgreSQL as one message at its end, in the same order.

    A few rows in many tables cost little but their way there and back. Nothing in the block may read what it writes.
    Elsewhere, and where the server binds values itself, everything goes as it comes.
    """
    if connection.vendor != "postgresql" or getattr(connection.features, "uses_server_side_binding", False):
        yield
        return
    statements: _Statements = []
    token = _unsent.set(statements)
    try:
        yield
    finally:
        _unsent.reset(token)
    with connection.cursor() as cursor:
        _send_what_waits(cursor, statements)


def _send_what_waits(cursor: Any, statements: _Statements) -> None:
    if statements:
        cursor.execute("; ".join(sql for sql, _ in statements), [one for _, values in statements for one in values])
        statements.clear()


def _send(cursor: Any, sql: str, values: list[Any]) -> None:
    statements = _unsent.get()
    if statements is None:
        cursor.execute(sql, values)
    else:
        statements.append((sql, values))


@contextmanager
def copied(command: str) -> Iterator[Copy]:
    """Let rows be written by a COPY whose faults are Django's, as those of any statement are."""
    with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(command) as copy:
        yield copy


def insert_rows(table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Append rows to a table; names are ours, never a caller's words. Values are as the database takes them."""
    if not rows:
        return
    names = ", ".join(columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql" and len(rows) > _FEW:
            _send_what_waits(cursor, _unsent.get() or [])
            with copied(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            return
        marks = ", ".join(["%s"] * len(columns))
        if connection.vendor == "postgresql":  # one statement, where many would each be sent, planned and answered
            values = ", ".join([f"({marks})"] * len(rows))
            cells = [cell for row in rows for cell in row]
            _send(cursor, f"INSERT INTO {table} ({names}) VALUES {values}", cells)
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
            _send(cursor, f"INSERT INTO {table} ({names}) SELECT * FROM unnest({arrays}) {on_conflict}", columns)
            return
        cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks}) {on_conflict}", list(rows))


def set_values(table: str, column: str, values: Mapping[int, Any]) -> None:
    """Give each row, by its id, its own value of a column."""
    if not values:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            pairs_of = "FROM unnest(%s::bigint[], %s::bigint[]) AS x(id, value)"
            sql = f"UPDATE {table} AS t SET {column} = x.value {pairs_of} WHERE t.id = x.id"
            _send(cursor, sql, [list(values), list(values.values())])
            return
        pairs: Iterable[tuple[Any, int]] = ((value, key) for key, value in values.items())
        cursor.executemany(f"UPDATE {table} SET {column} = %s WHERE id = %s", list(pairs))


def insert_row(new: Model) -> None:
    """Append a row as saving it would, with its id, but without the time that the ORM takes to put it into words."""
    fields = [field for field in new._meta.concrete_fields if not isinstance(field, AutoField)]
    names, marks = ", ".join(f'"{field.column}"' for field in fields), ", ".join(["%s"] * len(fields))
    key = new._meta.pk
    sql = f'INSERT INTO {new._meta.db_table} ({names}) VALUES ({marks}) RETURNING "{key.column}"'
    with connection.cursor() as cursor:
        cursor.execute(sql, [_prepared(field, field.pre_save(new, True)) for field in fields])
        new.pk = cursor.fetchone()[0]
    new._state.adding, new._state.db = False, connection.alias


def insert_models(new: Sequence[Model]) -> None:
    """Append new rows of one model, with their ids."""
    if len(new) == 1:
        insert_row(new[0])
    elif new:
        type(new[0])._default_manager.bulk_create(new)


def update_row(row: Model, names: Sequence[str]) -> None:
    """Write some columns of a row that is there, as saving them would."""
    fields = [field for field in row._meta.concrete_fields if field.name in names]
    columns, key = ", ".join(f'"{field.column}" = %s' for field in fields), row._meta.pk
    sql = f'UPDATE {row._meta.db_table} SET {columns} WHERE "{key.column}" = %s'
    with connection.cursor() as cursor:
        _send(cursor, sql, [*(_prepared(field, getattr(row, field.attname)) for field in fields), row.pk])


def _prepared(field: Field[Any, Any], value: Any) -> Any:
    return field.get_db_prep_save(value, connection=connection)


def moment(value: datetime) -> Any:
    """Return a moment as the database takes it."""
    return connection.ops.adapt_datetimefield_value(value)
