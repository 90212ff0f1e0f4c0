"""Text tables: any encoding, any delimiter, quotes and line breaks inside cells; a bad line costs only itself."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from django.utils.translation import gettext as _

from pacemark.web.intake.errors import FileError
from pacemark.web.intake.readers.encodings import Encoding, detect_encoding
from pacemark.web.intake.readers.lines import Lines
from pacemark.web.intake.readers.tables import (
    CHUNK_ROWS,
    SAMPLE_ROWS,
    Chunk,
    FileFormat,
    Malformed,
    SourceTable,
    unique_names,
)

_DELIMITERS = (",", ";", "\t", "|")
_HEADER_SEARCH_ROWS = 10
_VALUE = re.compile(r"[-+]?[\d\s.,:/]*\d[\d\s.,:/年月日-]*")
_PARKED_TEXT_CHARS = 200


def open_text_table(path: Path) -> SourceTable:
    """Sniff a text file: its encoding, its delimiter, where its header stands."""
    encoding = detect_encoding(path)
    if encoding is None:
        raise FileError(_("%(file)s is not a text table: it holds binary data.") % {"file": path.name})
    rows, delimiter = _first_rows(path, encoding)
    if not any(any(cell.strip() for cell in row) for row in rows):
        raise FileError(_("%(file)s is empty.") % {"file": path.name})
    if rows[0] and rows[0][0].lstrip("\ufeff \n").lower().startswith(("<!doctype", "<html", "<?xml", "<table")):
        raise FileError(
            _("%(file)s is a web page, not a table; open it and save it as CSV or XLSX.") % {"file": path.name}
        )
    at = header_row(rows)
    if at is None:
        raise FileError(
            _("%(file)s has no header: its first line already holds values (%(cells)s).")
            % {"file": path.name, "cells": ", ".join(_first_full(rows)[:4])}
        )
    width = len(rows[at])
    return SourceTable(
        path=path,
        name=path.name,
        format=FileFormat.TEXT,
        columns=unique_names(rows[at]),
        sample=tuple(tuple(row) for row in rows[at + 1 :] if len(row) == width),
        header_line=1 + sum(_lines_of(row) for row in rows[:at]),
        encoding=encoding.name,
        has_bad_bytes=encoding.has_bad_bytes,
        delimiter=delimiter,
    )


def read_text_chunks(table: SourceTable, rows: int = CHUNK_ROWS) -> Iterator[Chunk]:
    """Stream a text table. Memory is that of one chunk, whatever the file's size."""
    size = max(table.path.stat().st_size, 1)
    with table.path.open("rb") as binary, _text_of(binary, table.encoding) as text:
        source = Lines(text)
        reader = csv.reader(source, delimiter=table.delimiter, strict=True)
        for _row in range(table.header_line):  # a header may hold line breaks, so lines are counted, not rows
            if source.count < table.header_line:
                next(reader)
        while True:
            line = source.count + 1
            cells = source.plain_cells(rows, table.delimiter, len(table.columns)) if not table.has_bad_bytes else None
            if cells is not None:
                lines = range(line, source.count + 1)
                yield Chunk(lines=lines, cells=cells, malformed=(), share=min(binary.tell() / size, 1.0))
                continue
            block, malformed, is_finished = _next_block(reader, rows, source)
            if not block and not malformed and is_finished:
                return
            numbers = _line_numbers(block, line, source.count, bool(malformed))
            yield _chunk(table, block, numbers, malformed, binary.tell() / size)
            if is_finished:
                return


def _text_of(binary: io.BufferedReader, encoding: str) -> io.TextIOWrapper:
    wide = encoding.startswith(("utf-16", "utf-32"))
    errors = "replace" if wide else "surrogateescape"
    return io.TextIOWrapper(binary, encoding=encoding, errors=errors, newline="")


def _first_rows(path: Path, encoding: Encoding) -> tuple[list[list[str]], str]:
    with path.open("rb") as binary, _text_of(binary, encoding.name) as text:
        lines = list(islice(text, SAMPLE_ROWS))
    if lines and re.fullmatch(r"\ufeff?sep=(.)\s*", lines[0], re.IGNORECASE):
        delimiter = lines[0].strip()[-1]
        return [[], *csv.reader(lines[1:], delimiter=delimiter)], delimiter
    delimiter = max(_DELIMITERS, key=lambda mark: _fit(lines, mark))
    return list(csv.reader(lines, delimiter=delimiter)), delimiter


def _fit(lines: list[str], delimiter: str) -> tuple[float, int]:
    """Score a delimiter: how many lines agree on a number of cells above one, and that number."""
    widths = [len(row) for row in csv.reader(lines, delimiter=delimiter) if row]
    if not widths:
        return 0.0, 0
    usual = max(set(widths), key=lambda width: (widths.count(width), width))
    return (widths.count(usual) / len(widths), usual) if usual > 1 else (0.0, 0)


def header_row(rows: list[list[str]]) -> int | None:
    """Return which row is the header: the first that is about as wide as the table and holds names, not values."""
    widest = max((len(row) for row in rows), default=0)
    for at, row in enumerate(rows[:_HEADER_SEARCH_ROWS]):
        full = [cell for cell in row if cell.strip()]
        if len(full) < max(0.6 * widest, 1):
            continue
        values = sum(1 for cell in full if _VALUE.fullmatch(cell.strip()))
        return None if values >= max(0.25 * len(full), 1) else at
    return None


def _first_full(rows: list[list[str]]) -> list[str]:
    return next((row for row in rows if any(cell.strip() for cell in row)), [])


def _lines_of(row: list[str]) -> int:
    return 1 + sum(cell.count("\n") for cell in row)


def _next_block(reader: Iterator[list[str]], rows: int, source: Lines) -> tuple[list[list[str]], list[Malformed], bool]:
    """Take the next rows. A line that breaks the quoting ends the block, so that line numbers stay certain."""
    block: list[list[str]] = []
    try:
        block.extend(islice(reader, rows))
    except csv.Error as error:
        reason = _("the quotes of this line cannot be read (%(why)s)") % {"why": str(error)}
        return block, [Malformed(line=source.count, reason=reason, text="")], False
    return block, [], len(block) < rows


def _line_numbers(block: list[list[str]], first: int, last: int, has_malformed: bool) -> list[int] | range:
    if not has_malformed and last - first + 1 == len(block):
        return range(first, last + 1)
    numbers = []
    for row in block:
        numbers.append(first)
        first += _lines_of(row)
    return numbers


def _chunk(
    table: SourceTable, block: list[list[str]], lines: list[int] | range, malformed: list[Malformed], share: float
) -> Chunk:
    width = len(table.columns)
    widths = set(map(len, block))
    if widths - {width} or table.has_bad_bytes:
        block, lines, refused = _sound_rows(table, block, lines)
        malformed = sorted([*refused, *malformed], key=lambda item: item.line)
    cells = tuple(zip(*block, strict=True)) if block else tuple(() for _column in range(width))
    return Chunk(lines=lines, cells=cells, malformed=tuple(malformed), share=min(share, 1.0))


def _sound_rows(
    table: SourceTable, block: list[list[str]], lines: list[int] | range
) -> tuple[list[list[str]], list[int], list[Malformed]]:
    width = len(table.columns)
    rows: list[list[str]] = []
    kept: list[int] = []
    refused: list[Malformed] = []
    for row, line in zip(block, lines, strict=True):
        if not any(cell.strip() for cell in row):
            continue
        trimmed = row[:width] if len(row) > width and not any(cell.strip() for cell in row[width:]) else row
        reason = _fault(trimmed, width, table)
        if reason:
            text = table.delimiter.join(row)[:_PARKED_TEXT_CHARS].encode("utf-8", "replace").decode()
            refused.append(Malformed(line=line, reason=reason, text=text))
            continue
        rows.append(trimmed)
        kept.append(line)
    return rows, kept, refused


def _fault(row: list[str], width: int, table: SourceTable) -> str:
    if len(row) != width:
        return _("has %(found)d cells where the header has %(expected)d") % {"found": len(row), "expected": width}
    if table.has_bad_bytes and any("\udc80" <= letter <= "\udcff" or letter == "\ufffd" for letter in "".join(row)):
        return _("holds bytes that are not %(encoding)s text") % {"encoding": table.encoding}
    return ""
