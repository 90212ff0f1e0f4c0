"""Excel workbooks: every sheet that holds a table, cells as the text a person would see."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from python_calamine import CalamineWorkbook

from pacemark.web.intake.errors import FileError
from pacemark.web.intake.readers.tables import CHUNK_ROWS, SAMPLE_ROWS, Chunk, FileFormat, SourceTable, unique_names
from pacemark.web.intake.readers.text_tables import header_row
from pacemark.web.shared.workbook_sizes import WorkbookTooLargeError, check_workbook

_EXACT = 2**53


def open_sheets(path: Path) -> list[SourceTable]:
    """Return the tables of a workbook; sheets without any are left out."""
    try:
        check_workbook(path)
        workbook = CalamineWorkbook.from_path(str(path))
        tables = [table for name in workbook.sheet_names if (table := _open_sheet(path, workbook, name))]
    except (OSError, FileError):
        raise
    except WorkbookTooLargeError as error:
        told = _("%(file)s unpacks to more than can be read here; send it in parts, or as CSV.")
        raise FileError(told % {"file": path.name}) from error
    except Exception as error:  # calamine has an error for each thing that may be broken inside
        raise FileError(
            _("%(file)s cannot be opened as an Excel workbook (%(why)s).") % {"file": path.name, "why": str(error)}
        ) from error
    if not tables:
        raise FileError(_("%(file)s holds no table: no sheet has a header and rows.") % {"file": path.name})
    return tables


def _open_sheet(path: Path, workbook: CalamineWorkbook, name: str) -> SourceTable | None:
    sheet = workbook.get_sheet_by_name(name)
    rows = [[cell_text(cell) for cell in row] for row in islice(sheet.iter_rows(), SAMPLE_ROWS)]
    at = header_row(rows)
    if at is None:
        if any(any(row) for row in rows) and len(workbook.sheet_names) == 1:
            raise FileError(_("%(file)s has no header: its first row already holds values.") % {"file": path.name})
        return None
    label = path.name if len(workbook.sheet_names) == 1 else f"{path.name}#{name}"
    return SourceTable(
        path=path,
        name=label,
        format=FileFormat.WORKBOOK,
        columns=unique_names(rows[at]),
        sample=tuple(tuple(row) for row in rows[at + 1 :] if any(row)),
        header_line=(sheet.start[0] if sheet.start else 0) + at + 1,
        sheet=name,
    )


def read_sheet_chunks(table: SourceTable, rows: int = CHUNK_ROWS) -> Iterator[Chunk]:
    """Give a sheet's rows; the line is the row number that Excel shows."""
    sheet = CalamineWorkbook.from_path(str(table.path)).get_sheet_by_name(table.sheet)
    first = sheet.start[0] if sheet.start else 0
    total = max(sheet.height, 1)
    source = iter(sheet.iter_rows())
    line = first + sum(1 for _row in islice(source, table.header_line - first))
    width = len(table.columns)
    while block := list(islice(source, rows)):
        texts = [[cell_text(cell) for cell in row] for row in block]
        numbered = [(line + at, row) for at, row in enumerate(texts, start=1) if any(row)]
        line += len(block)
        cells = tuple(zip(*(row for _line, row in numbered), strict=True)) if numbered else ((),) * width
        yield Chunk(
            lines=[number for number, _row in numbered], cells=cells, malformed=(), share=(line - first) / total
        )


def cell_text(cell: Any) -> str:
    """Return a cell as text. A whole number that Excel could not keep shows its exponent, never wrong digits."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        if cell.is_integer() and abs(cell) < _EXACT:
            return str(int(cell))
        return f"{cell:.16e}" if abs(cell) >= _EXACT else repr(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ", timespec="seconds")
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return _clock(cell)
    return "" if cell is None else str(cell)


def _clock(span: timedelta) -> str:
    seconds = int(span.total_seconds())
    sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
    return f"{sign}{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
