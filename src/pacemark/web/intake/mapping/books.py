"""People and segments by the number they have in one import: names repeat by the thousand, numbers are short."""

from __future__ import annotations

from collections.abc import Sequence

from pacemark.web.intake.values.text import UNASSIGNED, tidy
from pacemark.web.organization.arrivals import PersonLabel

NOBODY = 0


class PeopleBook:
    """Everyone that the files name. Number 0 is nobody: the owner's cell is empty."""

    def __init__(self) -> None:
        self.labels: dict[int, PersonLabel] = {}
        self._numbers: dict[tuple[str, str], int] = {}
        self._cells: dict[tuple[str, str], int] = {}

    def numbers(self, employee_nos: Sequence[str] | None, names: Sequence[str] | None, count: int) -> list[int]:
        """Return each row's person."""
        blank = ("",) * count
        pairs = zip(employee_nos or blank, names or blank, strict=True)
        known = self._cells
        numbers = []
        for pair in pairs:
            number = known.get(pair)
            numbers.append(self._number(pair) if number is None else number)
        return numbers

    def key_text(self, number: int) -> str:
        """Return what a row's content says of its person."""
        label = self.labels.get(number)
        return "" if label is None else f"{label.employee_no}|{label.name}"

    def _number(self, cells: tuple[str, str]) -> int:
        employee_no, name = (_label_text(cell) for cell in cells)
        number = NOBODY
        if employee_no or name:
            key = (employee_no.casefold(), name.casefold())
            number = self._numbers.setdefault(key, len(self._numbers) + 1)
            self.labels.setdefault(number, PersonLabel(employee_no=employee_no[:64], name=name[:150]))
        self._cells[cells] = number
        return number


def _label_text(cell: str) -> str:
    text = tidy(cell)
    return "" if text.casefold() in UNASSIGNED else text.removesuffix(".0") if text.endswith(".0") else text


class SegmentBook:
    """Every lead source and lead grade that the files name. Number 0 states none."""

    def __init__(self) -> None:
        self.segments: dict[int, tuple[str, str]] = {}
        self._numbers: dict[tuple[str, str], int] = {("", ""): 0}

    def numbers(self, channels: Sequence[str] | None, grades: Sequence[str] | None, count: int) -> list[int]:
        """Return each row's segment; the texts are tidy already."""
        blank = ("",) * count
        numbers = []
        for pair in zip(channels or blank, grades or blank, strict=True):
            number = self._numbers.get(pair)
            if number is None:
                number = self._numbers[pair] = len(self._numbers)
                self.segments[number] = pair
            numbers.append(number)
        return numbers
