"""Large loads: secondary indexes are built once at the end instead of row by row."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping

from pacemark.web.pipeline.staging import Staging

_WORTHWHILE_ROWS = 20_000
# SQLite sorts as many keys at once as its cache would hold, and quickest where they fit the processor's own cache.
_SORTING_KB = 8_192


@contextlib.contextmanager
def indexes_rebuilt(staging: Staging, target: str, new_rows: int) -> Iterator[None]:
    """Drop a table's secondary indexes while many rows go in, and build them again before the transaction ends.

    Only where the new rows outnumber those that are there: an import into a filled table must not lock its readers
    out. On PostgreSQL, which sorts keys with several processes, what keeps ids unique is built again as well, where no
    other table points to it; until then nobody else can write.
    """
    if not _is_worthwhile(staging, target, new_rows):
        yield
        return
    indexes, constraints = _index_statements(staging, target), _constraints(staging, target)
    for name in constraints:
        staging.execute(f'ALTER TABLE {target} DROP CONSTRAINT "{name}"')
    for name in indexes:
        staging.execute(f'DROP INDEX "{name}"')
    yield
    if staging.is_postgres and indexes:  # keys that are checked at the end of the transaction, which allows no index
        staging.execute("SET CONSTRAINTS ALL IMMEDIATE")
        staging.execute("SET CONSTRAINTS ALL DEFERRED")
    for name, definition in constraints.items():
        staging.execute(f'ALTER TABLE {target} ADD CONSTRAINT "{name}" {definition}')
    with _sorting_by_two(staging, is_needed=bool(indexes)):
        for statement in indexes.values():
            staging.execute(statement)


@contextlib.contextmanager
def _sorting_by_two(staging: Staging, *, is_needed: bool) -> Iterator[None]:
    """Sort keys in little room, and with a thread that sorts one part while the next is read."""
    if staging.is_postgres or not is_needed:
        yield
        return
    for_sorting = {"main.cache_size": -_SORTING_KB, "threads": 1}
    kept = {name: staging.number(f"PRAGMA {name}") for name in for_sorting}
    _set(staging, for_sorting)
    try:
        yield
    finally:
        _set(staging, kept)


def _set(staging: Staging, pragmas: Mapping[str, int]) -> None:
    for name, value in pragmas.items():
        staging.execute(f"PRAGMA {name} = {value}")


def _is_worthwhile(staging: Staging, target: str, new_rows: int) -> bool:
    if new_rows < _WORTHWHILE_ROWS:
        return False
    there = staging.number(f"SELECT count(*) FROM (SELECT 1 FROM {target} LIMIT {int(new_rows)}) AS there")
    return there < new_rows


def _index_statements(staging: Staging, target: str) -> dict[str, str]:
    if staging.is_postgres:
        rows = staging.rows(
            "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema() AND tablename = %s "
            "AND indexdef NOT LIKE 'CREATE UNIQUE %%'",
            [target],
        )
    else:
        rows = staging.rows(
            "SELECT name, sql FROM main.sqlite_master WHERE type = 'index' AND tbl_name = %s AND sql IS NOT NULL "
            "AND sql NOT LIKE 'CREATE UNIQUE %%'",
            [target],
        )
    return {str(name): str(sql).replace("%", "%%") for name, sql in rows}


def _constraints(staging: Staging, target: str) -> dict[str, str]:
    """Return what keeps ids unique, where it can be taken away for a while: nothing points at it or out of the table.

    A table whose own keys are checked at the end of the transaction cannot be altered before.
    """
    if not staging.is_postgres:
        return {}
    rows = staging.rows(
        "SELECT c.conname, pg_get_constraintdef(c.oid) FROM pg_constraint c "
        "WHERE c.conrelid = CAST(%s AS regclass) AND c.contype IN ('p', 'u') AND NOT EXISTS ("
        "SELECT 1 FROM pg_constraint f WHERE f.contype = 'f' AND (f.conindid = c.conindid OR f.conrelid = c.conrelid)) "
        "ORDER BY c.contype",
        [target],
    )
    return {str(name): str(definition) for name, definition in rows}
