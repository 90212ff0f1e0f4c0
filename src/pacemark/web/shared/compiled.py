"""A query written with the ORM and put into SQL once: what every lead asks pays for its rows and not for its words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, NamedTuple, TypeVar

from django.db import connection
from django.db.models import Expression, Model, QuerySet
from django.db.models.sql.compiler import SQLCompiler

_Row = tuple[Any, ...]
_Model = TypeVar("_Model", bound=Model)


class _Later(Expression):
    """Stands in a query for a value that comes later."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, Any]:
        """Write a mark, and hand on what has to be put in."""
        return "%s", [self]


class _Words(NamedTuple):
    compiler: SQLCompiler
    sql: str
    params: tuple[Any, ...]
    converters: dict[int, Any]  # by column: what makes our values of the database's


class Compiled:
    """A query whose values come later, each by its name.

    ``build`` takes what stands for the values and returns a queryset of ``values_list``. Values are single texts,
    numbers, days or moments; None equals nothing, as in SQL.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Any]]) -> None:
        self._build = build
        # By database: the words differ, and tests use both in one process.
        self._known: dict[str, _Words] = {}

    def rows(self, **values: Any) -> list[_Row]:
        """Ask with these values."""
        words = self._known.get(connection.vendor) or self._compiled(list(values))
        given = [_adapted(values[one.name]) if isinstance(one, _Later) else one for one in words.params]
        with connection.cursor() as cursor:
            cursor.execute(words.sql, given)
            found: list[_Row] = cursor.fetchall()
        return [*map(tuple, words.compiler.apply_converters(found, words.converters))] if words.converters else found

    def first(self, **values: Any) -> _Row | None:
        """Ask for the first row."""
        return next(iter(self.rows(**values)), None)

    def _compiled(self, names: list[str]) -> _Words:
        query = self._build(**{name: _Later(name) for name in names}).query
        compiler = query.get_compiler(connection=connection)
        sql, params = compiler.as_sql()
        converters = compiler.get_converters([column for column, *_told in compiler.select])
        found = self._known[connection.vendor] = _Words(compiler, sql, params, converters)
        return found


def columns_of(model: type[Model]) -> list[str]:
    """Return what a query has to ask for that wants whole rows of a model."""
    return [field.attname for field in model._meta.concrete_fields]


def whole(model: type[_Model], row: _Row | None) -> _Model | None:
    """Return a row of all columns as the model's."""
    return None if row is None else model.from_db(connection.alias, columns_of(model), row)


def _adapted(value: Any) -> Any:
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return connection.ops.adapt_datefield_value(value) if isinstance(value, date) else value
