"""Parquet files, streamed as text by DuckDB with a bound on its memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
from django.utils.translation import gettext as _

from pacemark.web.intake.errors import FileError
from pacemark.web.intake.readers.tables import CHUNK_ROWS, SAMPLE_ROWS, Chunk, FileFormat, SourceTable

_LIMITS = "SET memory_limit = '256MB'; SET threads = 1; SET preserve_insertion_order = true; SET TimeZone = 'UTC'"
_NESTED = ("STRUCT", "MAP", "LIST", "UNION", "BLOB")


def open_parquet(path: Path) -> SourceTable:
    """Read a Parquet file's columns and first rows."""
    try:
        with duckdb.connect() as connection:
            connection.execute(_LIMITS)
            source = connection.from_parquet(str(path))
            columns = tuple(source.columns)
            sample = _select(connection, path, f"LIMIT {SAMPLE_ROWS}").fetchall()
    except duckdb.Error as error:
        raise FileError(
            _("%(file)s cannot be read as Parquet (%(why)s).") % {"file": path.name, "why": str(error).splitlines()[0]}
        ) from error
    return SourceTable(
        path=path, name=path.name, format=FileFormat.PARQUET, columns=columns, sample=tuple(sample), header_line=0
    )


def read_parquet_chunks(table: SourceTable, rows: int = CHUNK_ROWS) -> Iterator[Chunk]:
    """Stream a Parquet file; the line is the number of the row."""
    with duckdb.connect() as connection:
        connection.execute(_LIMITS)
        counted = connection.execute("SELECT count(*) FROM read_parquet(?)", [str(table.path)]).fetchone()
        total = max(counted[0], 1) if counted else 1
        result = _select(connection, table.path)
        line = 0
        while block := result.fetchmany(rows):
            lines = range(line + 1, line + len(block) + 1)
            line += len(block)
            yield Chunk(lines=lines, cells=tuple(zip(*block, strict=True)), malformed=(), share=line / total)


def _select(connection: duckdb.DuckDBPyConnection, path: Path, tail: str = "") -> duckdb.DuckDBPyConnection:
    """Ask for every column as text: whole numbers with every digit, missing cells empty."""
    described = connection.execute("DESCRIBE SELECT * FROM read_parquet(?)", [str(path)]).fetchall()
    columns = []
    for name, kind, *_rest in described:
        quoted = '"' + name.replace('"', '""') + '"'
        is_float = kind in {"DOUBLE", "FLOAT"}
        text = f"CAST({quoted} AS VARCHAR)"
        if is_float:
            text = (
                f"CASE WHEN isnan({quoted}) THEN '' "
                f"WHEN abs({quoted}) < 9007199254740992 AND {quoted} = trunc({quoted}) "
                f"THEN CAST({quoted}::BIGINT AS VARCHAR) "
                f"WHEN abs({quoted}) >= 9007199254740992 THEN printf('%.16e', {quoted}) ELSE {text} END"
            )
        columns.append("''" if kind.startswith(_NESTED) else f"coalesce({text}, '')")
    return connection.execute(f"SELECT {', '.join(columns)} FROM read_parquet(?) {tail}", [str(path)])
