"""The same facts from event logs that lie as Parquet files, counted by a PostgreSQL server in temporary tables."""

from __future__ import annotations

import tempfile
from pathlib import Path

import duckdb
import psycopg

from pacemark.facts.definitions import Definitions
from pacemark.facts.duckdb_engine import EVENT_COLUMNS, SQL_TYPES, parquet_of
from pacemark.facts.relations import Tables, relations_in
from pacemark.facts.statements import FACTS, Fact

_PIECE = 1 << 20
# What `facts rebuild` uses on PostgreSQL, for the same reasons; a temporary table has no index to be led astray by.
_SETTINGS = {"work_mem": "256MB", "temp_buffers": "256MB", "jit": "off"}


def build(events: Path, facts: Path, definitions: Definitions, server: str) -> dict[str, int]:
    """Count facts from a folder of event logs into another folder, one CSV file per fact.

    Parameters
    ----------
    events : Path
        As for :func:`pacemark.facts.duckdb_engine.build`.
    facts : Path
        Folder to write to; files of an earlier build are replaced.
    definitions : Definitions
        Thresholds and revenue basis.
    server : str
        Address of a database whose user may make temporary tables. The logs are copied into such tables, which end
        with the connection; nothing else of that database is touched.

    Returns
    -------
    dict of str to int
        Number of rows per fact.
    """
    facts.mkdir(parents=True, exist_ok=True)
    with psycopg.connect(server) as connection:
        for name, value in _SETTINGS.items():
            connection.execute(f"SET {name} = '{value}'")
        for table in EVENT_COLUMNS:
            _load(connection, events, table)
        return {fact.name: _write(connection, fact, definitions, facts) for fact in FACTS}


def _load(connection: psycopg.Connection, events: Path, table: str) -> None:
    columns = EVENT_COLUMNS[table]
    typed = ", ".join(f"{name} {SQL_TYPES[kind]}" for name, kind in columns.items())
    connection.execute(f"CREATE TEMPORARY TABLE {table} ({typed})")
    names = ", ".join(columns)
    with tempfile.TemporaryDirectory(prefix="logs-") as folder:
        text = Path(folder) / f"{table}.csv"
        with duckdb.connect() as logs:
            logs.execute(
                f"COPY (SELECT {names} FROM {parquet_of(events, table)}) TO '{text}' (FORMAT csv, HEADER FALSE)"
            )
        copied = f"COPY {table} ({names}) FROM STDIN (FORMAT csv)"
        with text.open("rb") as file, connection.cursor().copy(copied) as copy:
            while piece := file.read(_PIECE):
                copy.write(piece)
    connection.execute(f"ANALYZE {table}")


def _write(connection: psycopg.Connection, fact: Fact, definitions: Definitions, facts: Path) -> int:
    select = fact.select(relations_in(Tables()), definitions)
    cursor = connection.cursor()
    copied = f"COPY (SELECT {', '.join(fact.columns)} FROM ({select}) AS counted) TO STDOUT (FORMAT csv)"
    with (facts / f"{fact.name}.csv").open("wb") as file, cursor.copy(copied) as copy:
        for piece in copy:
            file.write(piece)
    return cursor.rowcount
