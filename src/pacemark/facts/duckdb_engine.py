"""The same facts from event logs that lie as Parquet files, counted by DuckDB."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Literal

import duckdb
import numpy as np
from numpy.typing import NDArray

from pacemark.facts.definitions import Definitions
from pacemark.facts.duckdb_parts import steps
from pacemark.facts.statements import FACTS, Fact

# How each column of the event logs lies in Parquet, from whole numbers: 0 or less means empty where a column may be so.
_ID, _NUMBER, _DATE, _FLAG, _STATE = (
    "CASE WHEN {name} > 0 THEN {name} END",
    "CASE WHEN {name} >= 0 THEN {name} END",
    "CASE WHEN {name} > 0 THEN DATE '0001-01-01' + CAST({name} - 1 AS INTEGER) END",
    "CASE WHEN {name} >= 0 THEN {name} = 1 END",
    "CASE {name} WHEN 1 THEN 'open' WHEN 2 THEN 'won' WHEN 3 THEN 'lost' ELSE 'unqualified' END",
)
EVENT_COLUMNS: dict[str, dict[str, str]] = {
    "calls": {
        "id": _ID, "rep_id": _ID, "business_date": _DATE, "local_hour": _NUMBER, "direction": _NUMBER,
        "answered": _FLAG, "talk_seconds": _NUMBER, "lead_id": _ID, "segment_id": _ID,
    },
    "opportunities": {
        "id": _ID, "owner_id": _ID, "state": _STATE, "opened_on": _DATE, "closed_on": _DATE, "lead_id": _ID,
        "expected_minor": _NUMBER, "sourced_by_id": _ID, "sourced_call_id": _ID, "sourced_on": _DATE,
    },
    "deals": {
        "id": _ID, "owner_id": _ID, "opportunity_id": _ID, "signed_on": _DATE, "is_undated": _FLAG,
        "amount_minor": _NUMBER, "cash_minor": _NUMBER,
    },
    "refunds": {"id": _ID, "deal_id": _ID, "refunded_on": _DATE, "amount_minor": _NUMBER},
    "leads": {"id": _ID, "segment_id": _ID},
    "memberships": {"rep_id": _ID, "team_id": _ID, "valid_from": _DATE, "valid_to": _DATE},
}  # fmt: skip
_FORMATS = {"parquet": "FORMAT parquet", "csv": "FORMAT csv, HEADER FALSE"}
SQL_TYPES = {_ID: "bigint", _NUMBER: "bigint", _DATE: "date", _FLAG: "boolean", _STATE: "varchar(16)"}


def write_events(folder: Path, table: str, columns: Mapping[str, NDArray[np.int64]], part: int = 0) -> None:
    """Write one Parquet file of events.

    Parameters
    ----------
    folder : Path
        Where the event logs are; each kind has a folder of its own in it.
    table : str
        A key of ``EVENT_COLUMNS``.
    columns : mapping of str to ndarray of shape (n_events,), int64
        Every column of that table as whole numbers: ids, dates as ``date.toordinal``, flags 0 or 1, states 0
        unqualified, 1 open, 2 won, 3 lost. Empty is 0 in ids and dates and -1 in numbers and flags.
    part : int, default 0
        Number of the file, so that a long log can be written in parts.
    """
    kinds = EVENT_COLUMNS[table]
    target = folder / table
    target.mkdir(parents=True, exist_ok=True)
    rows = {name: np.ascontiguousarray(columns[name], dtype=np.int64) for name in kinds}
    selected = ", ".join(f"{kind.format(name=name)} AS {name}" for name, kind in kinds.items())
    with duckdb.connect() as connection:
        connection.register("event_rows", rows)
        connection.execute(f"COPY (SELECT {selected} FROM event_rows) TO '{_quoted(target / f'{part:05d}.parquet')}'")


def build(
    events: Path,
    facts: Path,
    definitions: Definitions,
    kind: Literal["parquet", "csv"] = "parquet",
) -> dict[str, int]:
    """Count facts from a folder of event logs into another folder, one file per fact.

    Parameters
    ----------
    events : Path
        Folder that holds ``calls``, ``opportunities``, ``deals``, ``refunds``, ``leads`` and ``memberships``, each a
        folder of Parquet files with the columns of ``EVENT_COLUMNS``.
    facts : Path
        Folder to write to; files of an earlier build are replaced.
    definitions : Definitions
        Thresholds and revenue basis.
    kind : {"parquet", "csv"}, default "parquet"
        What the files are; CSV without a line of names, for a database to read.

    Returns
    -------
    dict of str to int
        Number of rows per fact.
    """
    facts.mkdir(parents=True, exist_ok=True)
    # One thread per statement and several statements at a time: threads that share one count the same keys
    # apart and then put them together, which takes longer than the counting.
    with duckdb.connect(config={"threads": 1}) as connection:
        for table in EVENT_COLUMNS:
            connection.execute(f"CREATE VIEW {table} AS SELECT * FROM {parquet_of(events, table)}")
        for step in steps(connection, files_of(events, "calls"), definitions):
            for table, parts in step.items():
                connection.execute(f"CREATE TABLE {table} AS FROM ({parts[0]}) LIMIT 0")
            _at_once(connection, [f"INSERT INTO {table} {part}" for table, parts in step.items() for part in parts])
        connection.execute(f"SET threads = {os.cpu_count() or 1}")  # a file is written by all of them
        return {fact.name: _write(connection, fact, f"'{_quoted(facts / fact.name)}.{kind}'", kind) for fact in FACTS}


def _write(connection: duckdb.DuckDBPyConnection, fact: Fact, file: str, kind: str) -> int:
    written = connection.execute(f"COPY {fact.name} TO {file} ({_FORMATS[kind]})").fetchone()
    return int(written[0]) if written else 0


def _at_once(connection: duckdb.DuckDBPyConnection, statements: Sequence[str]) -> None:
    """Run statements that need nothing of each other, one per core at a time."""

    def run(statement: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement)

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for _done in pool.map(run, statements):
            pass


def parquet_of(events: Path, table: str) -> str:
    """Return the relation, in DuckDB's words, that reads one kind of event log."""
    return f"read_parquet({files_of(events, table)})"


def files_of(events: Path, table: str) -> str:
    """Return the files of one kind of event log, in DuckDB's words."""
    return f"'{_quoted(events / table / '*.parquet')}'"


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
