"""A workbook of people × months, read: which rows and columns it has, and what each cell says."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from io import BytesIO
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from pacemark.web.goals.bridge.batches import RefusedCell
from pacemark.web.goals.bridge.workbook_faults import TooLargeError, faulty_cells
from pacemark.web.goals.refusals import refuse
from pacemark.web.intake.readers.workbooks import cell_text
from pacemark.web.intake.values.amounts import MAX_MINOR, parse_amount
from pacemark.web.intake.values.refusals import CellError
from pacemark.web.shared.workbook_sizes import WorkbookTooLargeError, check_workbook

HEADER_SEARCH_ROWS = 20
MAX_ROWS, MAX_COLUMNS = 50_000, 200
# Heads that name a person's column in either language, and in what people write instead.
NUMBER_HEADS = frozenset(
    {"employee no.", "employee no", "employee number", "no.", "工号", "员工号", "员工编号", "编号"}
)
NAME_HEADS = frozenset({"name", "person", "rep", "姓名", "名字", "销售", "人员"})
TOTAL_WORDS = frozenset({"total", "sum", "合计", "总计", "小计"})
_MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NUMERIC_MONTH = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*月?")
_NAMED_MONTH = re.compile(r"([a-z]{3})[a-z]*\.?\s+(\d{4})")


@dataclass(frozen=True, slots=True, kw_only=True)
class BookCell:
    """One amount of a workbook: in minor units, or what is wrong with it."""

    cell: str
    month: str
    minor: int | None = None
    problem: str = ""
    shown: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BookRow:
    """One person's line."""

    sheet: str
    cell: str
    employee_no: str
    name: str
    amounts: tuple[BookCell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetBook:
    """Everything a workbook says about people's months."""

    rows: tuple[BookRow, ...]
    refused: tuple[RefusedCell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Head:
    """Where a sheet's columns stand."""

    row: int
    number: int | None
    name: int | None
    months: Mapping[int, str]
    refused: tuple[RefusedCell, ...]


def read_target_book(book: bytes, digits: int) -> TargetBook:
    """Read every sheet that has a column of people and one of months; ``digits`` are those of the minor unit.

    Raises ``goals.workbook_unreadable``, ``goals.workbook_too_large`` or ``goals.workbook_without_months``.
    """
    try:
        check_workbook(BytesIO(book))
        faults = faulty_cells(book)
        opened = CalamineWorkbook.from_filelike(BytesIO(book))
        sheets = {name: opened.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in opened.sheet_names}
    except (TooLargeError, WorkbookTooLargeError) as error:
        raise refuse("workbook_too_large", "The workbook is larger than people × months can be.") from error
    except (CalamineError, OSError, ValueError) as error:
        raise refuse("workbook_unreadable", "This file cannot be opened as an Excel workbook.") from error
    read = [
        _read_sheet(name, rows, head, faults.get(name, frozenset()), digits)
        for name, rows in sheets.items()
        if (head := _head_of(name, rows)) is not None
    ]
    if not read:
        raise refuse("workbook_without_months", "No sheet has a column of people and a column such as 2024-01.")
    return TargetBook(
        rows=tuple(row for part in read for row in part.rows),
        refused=tuple(cell for part in read for cell in part.refused),
    )


def month_label(head: Any) -> str | None:
    """Return the month that a column's head names, ``2024-01``, or nothing."""
    if isinstance(head, datetime | date):
        return f"{head.year:04d}-{head.month:02d}"
    text = " ".join(str(head).split()).casefold()
    numeric, named = _NUMERIC_MONTH.fullmatch(text), _NAMED_MONTH.fullmatch(text)
    if numeric:
        year, month = int(numeric[1]), int(numeric[2])
    elif named and named[1] in _MONTH_NAMES:
        year, month = int(named[2]), _MONTH_NAMES.index(named[1]) + 1
    else:
        return None
    return f"{year:04d}-{month:02d}" if 1 <= month <= len(_MONTH_NAMES) and year > 0 else None


def reference(row: int, column: int) -> str:
    """Return a cell's name, counting from 0: ``B3`` for 2, 1."""
    letters, left = "", column + 1
    while left:
        left, letter = divmod(left - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return f"{letters}{row + 1}"


def _head_of(sheet: str, rows: Sequence[Sequence[Any]]) -> _Head | None:
    """Return where the columns stand: the first row that names people and at least one month."""
    if len(rows) > MAX_ROWS or any(len(row) > MAX_COLUMNS for row in rows[:1]):
        raise refuse("workbook_too_large", "The workbook is larger than people × months can be.")
    for place, row in enumerate(rows[:HEADER_SEARCH_ROWS]):
        heads = [" ".join(str(cell).split()).casefold() for cell in row]
        number = next((at for at, head in enumerate(heads) if head in NUMBER_HEADS), None)
        name = next((at for at, head in enumerate(heads) if head in NAME_HEADS), None)
        named = [(at, label) for at, cell in enumerate(row) if (label := month_label(cell)) is not None]
        if not named or (number is None and name is None):
            continue
        labels = [label for _, label in named]
        twice = [(at, label) for at, label in named if labels.count(label) > 1]
        refused = [
            RefusedCell(sheet=sheet, cell=reference(place, at), problem="duplicate_column", shown=label)
            for at, label in twice
        ]
        months = {at: label for at, label in named if (at, label) not in twice}
        return _Head(row=place, number=number, name=name, months=months, refused=tuple(refused))
    return None


def _read_sheet(
    sheet: str, rows: Sequence[Sequence[Any]], head: _Head, faults: frozenset[str], digits: int
) -> TargetBook:
    found, refused = [], list(head.refused)
    for place, row in enumerate(rows[head.row + 1 :], start=head.row + 1):
        number = cell_text(row[head.number]).strip() if head.number is not None else ""
        name = cell_text(row[head.name]).strip() if head.name is not None else ""
        if not number and name.casefold() in TOTAL_WORDS:
            continue
        cells = [_amount(reference(place, at), label, row[at], faults, digits) for at, label in head.months.items()]
        amounts = tuple(cell for cell in cells if cell is not None)
        where = reference(place, head.number if head.number is not None else head.name or 0)
        if number or name:
            found.append(BookRow(sheet=sheet, cell=where, employee_no=number, name=name, amounts=amounts))
        elif amounts:
            refused.append(RefusedCell(sheet=sheet, cell=where, problem="no_person"))
    return TargetBook(rows=tuple(found), refused=tuple(refused))


def _amount(where: str, month: str, value: Any, faults: frozenset[str], digits: int) -> BookCell | None:
    """Read one amount; an empty cell says nothing and changes nothing."""
    if where in faults:
        return BookCell(cell=where, month=month, problem="broken_formula", shown=cell_text(value)[:100])
    shown = cell_text(value).strip()[:100]
    if isinstance(value, bool | date | datetime):
        return BookCell(cell=where, month=month, problem="not_an_amount", shown=shown)
    try:
        minor = _minor(value, digits) if isinstance(value, int | float) else parse_amount(str(value), digits=digits)
    except CellError:
        return BookCell(cell=where, month=month, problem="not_an_amount", shown=shown)
    return None if minor is None else BookCell(cell=where, month=month, minor=minor, shown=shown)


def _minor(value: float, digits: int) -> int:
    # A formula's answer has more decimals than money has; it is rounded as it is shown.
    exact = Decimal(repr(value)).scaleb(digits)
    if not exact.is_finite() or abs(exact) > MAX_MINOR:
        raise CellError("")
    return int(exact.quantize(Decimal(1), ROUND_HALF_UP))
