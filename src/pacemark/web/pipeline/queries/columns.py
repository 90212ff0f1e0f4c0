"""Numbers out of the database as arrays, without an object per row."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from itertools import chain

import numpy as np
from django.db import connection
from numpy.typing import NDArray

Integers = NDArray[np.int64]

# date.toordinal() of SQLite's julianday 0, which falls at noon.
_SQLITE_DAY_ZERO = 1721424.5


def ordinal(column: str) -> str:
    """Return the SQL of a date column as ``date.toordinal`` counts it."""
    if connection.vendor == "sqlite":
        return f"CAST(julianday({column}) - {_SQLITE_DAY_ZERO} AS INTEGER)"
    return f"({column} - DATE '0001-01-01' + 1)"


def epoch_seconds(moment: str) -> str:
    """Return the SQL of a moment as whole seconds."""
    if connection.vendor == "sqlite":
        return f"CAST(strftime('%s', {moment}) AS INTEGER)"
    return f"CAST(EXTRACT(EPOCH FROM {moment}) AS BIGINT)"


def of_reps(column: str, rep_ids: Collection[int] | None) -> str:
    """Return the SQL condition that a column is one of the visible reps; ``None`` leaves everyone in."""
    if rep_ids is None:
        return "1 = 1"
    if not rep_ids:
        return "1 = 0"
    return f"{column} IN ({', '.join(str(int(rep_id)) for rep_id in sorted(rep_ids))})"


def unindexed(column: str) -> str:
    """Return a column as SQLite's planner will not seek an index for it.

    Nearly every row lies before the day asked for: jumping from an index to each of them takes four times as long as
    reading the table through.
    """
    return f"+{column}" if connection.vendor == "sqlite" else column


def of_owners(column: str, rep_ids: Collection[int] | None) -> str:
    """Return the same of an event's column, where nobody is NULL and an index should still serve."""
    nobody = f" OR {column} IS NULL" if rep_ids is not None and 0 in rep_ids else ""
    return f"({of_reps(column, rep_ids)}{nobody})"


def literal(day: date) -> str:
    """Return a date as SQL."""
    return f"'{day.isoformat()}'"


def whole_numbers(sql: str, n_columns: int) -> tuple[Integers, ...]:
    """Run a query whose columns are all whole numbers, none of them null, and return one array per column."""
    with connection.cursor() as cursor:
        cursor.execute(sql)
        flat = np.fromiter(chain.from_iterable(cursor), dtype=np.int64)
    return tuple(np.ascontiguousarray(column) for column in flat.reshape(-1, n_columns).T)
