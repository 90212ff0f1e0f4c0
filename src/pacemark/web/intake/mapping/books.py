"""People and segments by the number they have in one import: names repeat by the thousand, numbers are short."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pacemark.web.intake.mapping.content_keys import by_number, text_hash
from pacemark.web.intake.values.text import UNASSIGNED, tidy
from pacemark.web.organization.labels import PersonLabel

NOBODY = 0


class PeopleBook:
    """Everyone that the files name. Number 0 is nobody: the owner's cell is empty."""

    def __init__(self) -> None:
        self.labels: dict[int, PersonLabel] = {}
        self._numbers: dict[tuple[str, str], int] = {}
        self._cells: dict[tuple[str, str] | str, int] = {}
        self._hashes = {NOBODY: text_hash("")}

    def numbers(self, employee_nos: Sequence[str] | None, names: Sequence[str] | None, count: int) -> list[int]:
        """Return each row's person."""
        cells = _paired(employee_nos, names)
        if cells is None:
            return [NOBODY] * count
        known = self._cells
        for cell in set(cells).difference(known):
            known[cell] = self._number(cell if isinstance(cell, tuple) else (cell, "") if employee_nos else ("", cell))
        return list(map(known.__getitem__, cells))

    def content(self, numbers: Sequence[int]) -> NDArray[np.int64]:
        """Return what each row's content says of its person: the source's words, whoever they turn out to mean."""
        for number in self.labels.keys() - self._hashes.keys():
            label = self.labels[number]
            self._hashes[number] = text_hash(f"{label.employee_no}|{label.name}")
        return by_number(self._hashes, numbers)

    def _number(self, cells: tuple[str, str]) -> int:
        employee_no, name = (_label_text(cell) for cell in cells)
        number = NOBODY
        if employee_no or name:
            key = (employee_no.casefold(), name.casefold())
            number = self._numbers.setdefault(key, len(self._numbers) + 1)
            self.labels.setdefault(number, PersonLabel(employee_no=employee_no[:64], name=name[:150]))
        return number


def _paired(first: Sequence[str] | None, second: Sequence[str] | None) -> list[tuple[str, str] | str] | None:
    if first and second:
        return list(zip(first, second, strict=True))
    only = first or second
    return list(only) if only else None


def _label_text(cell: str) -> str:
    text = tidy(cell)
    return "" if text.casefold() in UNASSIGNED else text.removesuffix(".0") if text.endswith(".0") else text


class SegmentBook:
    """Every lead source and lead grade that the files name. Number 0 states none."""

    def __init__(self) -> None:
        self.segments: dict[int, tuple[str, str]] = {}
        self._numbers: dict[tuple[str, str], int] = {("", ""): 0}
        self._hashes = {0: text_hash("")}

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

    def content(self, numbers: Sequence[int]) -> NDArray[np.int64]:
        """Return what each row's content says of its segment."""
        for number in self.segments.keys() - self._hashes.keys():
            self._hashes[number] = text_hash("|".join(self.segments[number]))
        return by_number(self._hashes, numbers)
