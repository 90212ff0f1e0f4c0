"""Columns of dates that are all written alike, read as one block of digits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_DAY = 86_400
_DAYS_BEFORE = np.array([0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334], dtype=np.int64)
_MONTH_DAYS = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], dtype=np.int64)
_EPOCH_DAYS = 719_162  # days from 0001-01-01 to 1970-01-01


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layout:
    """Where the digits and the signs between them stand. A time of day begins at 11."""

    year: int
    month: int
    day: int
    signs: tuple[int, int]


_LAYOUTS = {
    "ymd": _Layout(year=0, month=5, day=8, signs=(4, 7)),
    "dmy": _Layout(year=6, month=3, day=0, signs=(2, 5)),
    "mdy": _Layout(year=6, month=0, day=3, signs=(2, 5)),
}
_WIDTHS = frozenset({16, 19})


def even_seconds(cells: Sequence[str], order: str, years: tuple[int, int]) -> NDArray[np.int64] | None:
    """Return seconds since 1970 of cells like ``2024-01-31 09:30[:15]``, or None unless every cell is a sound one."""
    width = len(cells[0]) if cells else 0
    if width not in _WIDTHS or set(map(len, cells)) != {width}:
        return None
    try:
        block = np.frombuffer("".join(cells).encode("ascii"), dtype=np.uint8).reshape(len(cells), width)
    except UnicodeEncodeError:
        return None
    layout = _LAYOUTS.get("ymd" if block[0, 4] in b"-/." else order)
    if layout is None or not _signs_fit(block, layout):
        return None
    digits = block.astype(np.int64) - ord("0")
    places = [at for at in range(width) if at not in {*layout.signs, 10, 13, 16}]
    if ((digits[:, places] < 0) | (digits[:, places] > 9)).any():
        return None
    return _seconds(digits, layout, years)


def _signs_fit(block: NDArray[np.uint8], layout: _Layout) -> bool:
    first, second = layout.signs
    sign = block[0, first]
    is_date = sign in b"-/." and (block[:, first] == sign).all() and (block[:, second] == sign).all()
    is_clock = (block[:, 13] == ord(":")).all() and (block.shape[1] == 16 or (block[:, 16] == ord(":")).all())
    return bool(is_date and is_clock and ((block[:, 10] == ord(" ")) | (block[:, 10] == ord("T"))).all())


def _seconds(digits: NDArray[np.int64], layout: _Layout, years: tuple[int, int]) -> NDArray[np.int64] | None:
    def pair(at: int) -> NDArray[np.int64]:
        return digits[:, at] * 10 + digits[:, at + 1]

    year = pair(layout.year) * 100 + pair(layout.year + 2)
    month, day = pair(layout.month), pair(layout.day)
    hour, minute = pair(11), pair(14)
    second = pair(17) if digits.shape[1] == 19 else np.zeros_like(hour)
    if ((month < 1) | (month > 12) | (hour > 23) | (minute > 59) | (second > 59)).any():
        return None
    is_leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    last = _MONTH_DAYS[month] + (is_leap & (month == 2))
    if ((day < 1) | (day > last) | (year < years[0]) | (year > years[1])).any():
        return None
    past = year - 1
    days = past * 365 + past // 4 - past // 100 + past // 400 + _DAYS_BEFORE[month] + (is_leap & (month > 2)) + day - 1
    seconds: NDArray[np.int64] = (days - _EPOCH_DAYS) * _DAY + hour * 3600 + minute * 60 + second
    return seconds
