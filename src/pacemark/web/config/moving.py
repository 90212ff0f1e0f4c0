"""Moving a whole installation from SQLite to PostgreSQL: all of it or, when anything is amiss, nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from django.apps import apps
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import DatabaseError, connection, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import DurationField, Field, Model

from pacemark.web.config.databases import database_from_url

TARGET = "moving_to"
ROWS_A_FETCH = 10_000
# Tables of the databases' own and of Django's book-keeping, which the new database writes for itself.
OWN_BOOKS = frozenset({"django_migrations"})

Progress = Callable[[str, int], None]


class MovingError(Exception):
    """A move that cannot be made; the text is one plain sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """One table's rows before and after."""

    table: str
    here: int
    there: int


def move_to(url: str, progress: Progress = lambda _table, _rows: None) -> list[Moved]:
    """Copy every table to the PostgreSQL database at an address, and compare the counts before anything is kept.

    Nobody can write here meanwhile. The database there may hold tables, but no people.

    Raises
    ------
    MovingError
        When the way is not from SQLite to PostgreSQL, when there are people there already, when a table here is not
        one of this program's, when PostgreSQL refuses a row, or when counts differ. Nothing is then left there.
    """
    if connection.vendor != "sqlite":
        raise MovingError("this installation is not on SQLite; only a SQLite installation is moved")
    with _target(url) as there:
        try:
            return _move(there, progress)
        except (DatabaseError, psycopg.Error) as error:
            raise MovingError(f"PostgreSQL would not: {str(error).splitlines()[0]}") from error


def _move(there: BaseDatabaseWrapper, progress: Progress) -> list[Moved]:
    call_command("migrate", database=TARGET, verbosity=0, interactive=False)
    models = _models()
    with transaction.atomic(), transaction.atomic(using=TARGET), there.cursor() as cursor:
        _refuse_strangers(models)
        cursor.execute("SELECT COUNT(*) FROM accounts_user")
        if cursor.fetchone()[0]:
            raise MovingError("there are people in that database already; name an empty one")
        tables = ", ".join(there.ops.quote_name(model._meta.db_table) for model in models)
        cursor.execute(f"TRUNCATE {tables} RESTART IDENTITY")
        moved = []
        for model in models:
            moved.append(_copy(model, there, cursor))
            progress(model._meta.db_table, moved[-1].there)
        lost = [table for table in moved if table.here != table.there]
        if lost:
            raise MovingError(f"{lost[0].table} has {lost[0].here} rows here and {lost[0].there} there")
        for statement in there.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(statement)
    return moved


@contextmanager
def _target(url: str) -> Iterator[BaseDatabaseWrapper]:
    settings = database_from_url(url, Path())
    if "postgresql" not in settings["ENGINE"]:
        raise MovingError("the new address must start with postgresql://")
    connections.settings[TARGET] = {**connections.settings["default"], **settings}
    connections[TARGET] = connections.create_connection(TARGET)
    try:
        yield connections[TARGET]
    finally:
        connections[TARGET].close()
        del connections[TARGET]
        del connections.settings[TARGET]


def _models() -> list[type[Model]]:
    return [model for model in apps.get_models(include_auto_created=True) if model._meta.managed]


def _refuse_strangers(models: list[type[Model]]) -> None:
    known = {model._meta.db_table for model in models} | OWN_BOOKS
    with connection.cursor() as cursor:
        strangers = sorted(set(connection.introspection.table_names(cursor)) - known)
    if strangers:
        raise MovingError(f"the table {strangers[0]} is not Pacemark's; remove it, or finish the import that made it")


def _copy(model: type[Model], there: BaseDatabaseWrapper, cursor: Any) -> Moved:
    table = model._meta.db_table
    fields = [field for field in model._meta.local_concrete_fields if not field.generated]
    names = _columns(fields)  # in double quotes, which both databases read
    spans = [place for place, field in enumerate(fields) if isinstance(field, DurationField)]
    with connection.cursor() as source:
        source.execute(f'SELECT {_columns(fields)} FROM "{table}"')
        # What SQLite keeps is text that PostgreSQL reads: times in UTC, JSON, 0 and 1, 32 digits of a UUID.
        with cursor.copy(f"COPY {there.ops.quote_name(table)} ({names}) FROM STDIN") as copy:
            while rows := source.fetchmany(ROWS_A_FETCH):
                for row in rows:
                    copy.write_row(_with_spans(row, spans) if spans else row)
        source.execute(f'SELECT COUNT(*) FROM "{table}"')
        [here] = source.fetchone()
    cursor.execute(f"SELECT COUNT(*) FROM {there.ops.quote_name(table)}")
    return Moved(table=table, here=here, there=cursor.fetchone()[0])


def _columns(fields: list[Field[Any, Any]]) -> str:
    return ", ".join(f'"{field.column}"' for field in fields)


def _with_spans(row: tuple[Any, ...], spans: list[int]) -> tuple[Any, ...]:
    values = list(row)
    for place in spans:
        values[place] = None if row[place] is None else f"{row[place]} microseconds"
    return tuple(values)
