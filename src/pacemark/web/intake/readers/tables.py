"""What every reader gives: a table's columns and sample, and its rows column by column."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

CHUNK_ROWS = 10_000
SAMPLE_ROWS = 200


class FileFormat(StrEnum):
    """How a file is written."""

    TEXT = "text"
    WORKBOOK = "workbook"
    PARQUET = "parquet"


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceTable:
    """One table of a file: a text file, one sheet of a workbook, or a Parquet file.

    ``header_line`` counts from 1; the first row of values stands on a line after it. ``sample`` holds rows as text.
    """

    path: Path
    name: str
    format: FileFormat
    columns: tuple[str, ...]
    sample: tuple[tuple[str, ...], ...]
    header_line: int = 1
    encoding: str = "utf-8"
    has_bad_bytes: bool = False
    delimiter: str = ","
    sheet: str = ""

    def sample_of(self, column: str) -> list[str]:
        """Return a column's cells in the sample."""
        at = self.columns.index(column)
        return [row[at] for row in self.sample]


@dataclass(frozen=True, slots=True, kw_only=True)
class Malformed:
    """A line that is not a row of the table."""

    line: int
    reason: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """Some rows: ``cells[c][r]`` is column ``c`` of the row on ``lines[r]``; ``share`` of the file is read so far."""

    lines: Sequence[int]
    cells: tuple[tuple[str, ...], ...]
    malformed: tuple[Malformed, ...]
    share: float


def unique_names(cells: Sequence[str]) -> tuple[str, ...]:
    """Return a header's names, each once: blanks are called by their position, repeats get a number."""
    names: list[str] = []
    for at, cell in enumerate(cells, start=1):
        name = " ".join(cell.split()) or f"column {at}"
        candidate, copy = name, 1
        while candidate in names:
            copy += 1
            candidate = f"{name} ({copy})"
        names.append(candidate)
    return tuple(names)
