"""Dates and times as systems write them. Which number is the day is decided for a column, never cell by cell."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

import numpy as np
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from pacemark.web.intake.values.even_dates import even_seconds
from pacemark.web.intake.values.refusals import CellError, ChunkRefusals
from pacemark.web.intake.values.text import BLANKS

Order = Literal["ymd", "dmy", "mdy", "epoch", "epoch_ms", "excel"]

FIRST_YEAR, LAST_YEAR = 1970, 2100
_DAY = 86_400
_MOST_REMEMBERED = 200_000
_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
_NEVER = re.compile(r"0000-00-00(?:[ T]00:00:00)?")

_YEAR_FIRST = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
_YEAR_LAST = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_WORDS = re.compile(
    r"(?:[a-z]{3,9},?\s+)?(?:(\d{1,2})[-\s]+([a-z]{3,9})|([a-z]{3,9})\s+(\d{1,2})),?[-\s]+(\d{4})", re.I
)
_TIME = re.compile(
    r"(上午|下午|am|pm)?\s*(\d{1,2})[:.时](\d{1,2})(?:[:.分](\d{1,2})(?:[.,](\d+))?)?秒?分?\s*(am|pm|上午|下午)?"
    r"\s*(z|utc|gmt|[+-]\d{2}:?\d{2}|[+-]\d{2})?",
    re.IGNORECASE,
)
_SPLIT = re.compile(r"(?<=[\d日])[T\s]+(?=(?:上午|下午|[AaPp][Mm])?\s*\d{1,2}[:.时])|(?<=日)(?=\d)")
_MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTHS = {name: at for at, name in enumerate(_MONTH_NAMES, start=1)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """Seconds since 1970-01-01 on the source's own clock, and the offset from UTC where the text states one."""

    seconds: int
    offset: int | None = None
    has_time: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Moments:
    """A column of moments: local seconds, which cells are blank or refused, which are bare dates, stated offsets."""

    seconds: NDArray[np.int64]
    blanks: frozenset[int]
    bare_dates: frozenset[int]
    offsets: dict[int, int]


@dataclass(slots=True)
class DateReader:
    """Reads one column's cells; dates and times repeat, so each is parsed once."""

    order: Order
    _days: dict[str, int] = field(default_factory=dict)
    _times: dict[str, int] = field(default_factory=dict)
    _cells: dict[str, Moment | None] = field(default_factory=dict)

    def read_column(self, cells: Sequence[str], column: str, refusals: ChunkRefusals) -> Moments:
        """Read a column's cells. What is no date is refused, and blank here."""
        even = even_seconds(cells, self.order, (FIRST_YEAR, LAST_YEAR))
        if even is not None:
            return Moments(seconds=even, blanks=frozenset(), bare_dates=frozenset(), offsets={})
        self._trim()
        days, times = self._days, self._times
        seconds: list[int] = []
        blanks: set[int] = set()
        bare: set[int] = set()
        offsets: dict[int, int] = {}
        for at, cell in enumerate(cells):
            try:  # nearly every cell is a known day and a known time of day
                seconds.append(days[cell[:11]] + times[cell[11:]])
                continue
            except KeyError:
                moment = self._read_slowly(at, cell, column, refusals)
            seconds.append(moment.seconds if moment else 0)
            if moment is None:
                blanks.add(at)
            elif not moment.has_time:
                bare.add(at)
            elif moment.offset is not None:
                offsets[at] = moment.offset
        return Moments(
            seconds=np.array(seconds, dtype=np.int64),
            blanks=frozenset(blanks),
            bare_dates=frozenset(bare),
            offsets=offsets,
        )

    def read(self, cell: str) -> Moment | None:
        """Read one cell; None when it is blank.

        Raises
        ------
        CellError
            If it holds no date, or one outside 1970–2100.
        """
        text = cell.strip()
        if not text or text.casefold() in BLANKS or _NEVER.fullmatch(text):
            return None
        if self.order in {"epoch", "epoch_ms", "excel"}:
            moment = _numeric_moment(text, self.order)
            if moment is not None:
                return moment
        parts = [text[:10], text[11:]] if text[10:11] in {" ", "T"} else _SPLIT.split(text, maxsplit=1)
        known = self._days.get(text[:11])
        day = parse_day(parts[0], self.order) * _DAY if known is None else known
        if len(parts) == 1:
            return Moment(seconds=day)
        clock, offset = parse_clock(parts[1])
        if offset is None and len(cell) > 11 and cell[10] in " T" and cell[11:] == parts[1]:
            self._days[cell[:11]] = day
            self._times[cell[11:]] = clock
        return Moment(seconds=day + clock, offset=offset, has_time=True)

    def _read_slowly(self, at: int, cell: str, column: str, refusals: ChunkRefusals) -> Moment | None:
        if cell not in self._cells:
            try:
                self._cells[cell] = self.read(cell)
            except CellError as error:
                refusals.refuse(at, column, str(error), cell)
                return None
        return self._cells[cell]

    def _trim(self) -> None:
        for cache in (self._days, self._times, self._cells):
            if len(cache) > _MOST_REMEMBERED:
                cache.clear()


def parse_day(text: str, order: Order) -> int:
    """Return days since 1970-01-01."""
    found = _YEAR_FIRST.fullmatch(text) or _COMPACT.fullmatch(text)
    if found:
        return _day_number(*(int(part) for part in found.groups()))
    found = _YEAR_LAST.fullmatch(text)
    if found:
        first, second, year = (int(part) for part in found.groups())
        year += 2000 if year < 100 else 0
        if order == "mdy":
            return _day_number(year, first, second)
        if order == "dmy":
            return _day_number(year, second, first)
        raise CellError(_("does not say whether day or month stands first; say dates in the profile"))
    words = _WORDS.fullmatch(text)
    if words:
        month = _MONTHS.get((words.group(2) or words.group(3)).lower()[:3], 0)
        return _day_number(int(words.group(5)), month, int(words.group(1) or words.group(4)))
    raise CellError(_("is not a date"))


def _day_number(year: int, month: int, day: int) -> int:
    try:
        ordinal = date(year, month, day).toordinal()
    except ValueError as error:
        raise CellError(_("is not a date")) from error
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise CellError(_("is not a date between 1970 and 2100"))
    return ordinal - _EPOCH_ORDINAL


def parse_clock(text: str) -> tuple[int, int | None]:
    """Return seconds of the day and the stated offset from UTC in seconds, if any."""
    found = _TIME.fullmatch(text.strip())
    if not found:
        raise CellError(_("is not a time of day"))
    before, hour, minute, second, _fraction, after, zone = found.groups()
    hours, minutes, seconds = int(hour), int(minute), int(second or 0)
    half = (before or after or "").lower()
    if half:
        if not 1 <= hours <= 12:
            raise CellError(_("is not a time of day"))
        hours = hours % 12 + (12 if half in {"pm", "下午"} else 0)
    if hours > 23 or minutes > 59 or seconds > 59:
        raise CellError(_("is not a time of day"))
    return hours * 3600 + minutes * 60 + seconds, _offset(zone)


def _offset(zone: str | None) -> int | None:
    if zone is None:
        return None
    if zone[0] not in "+-":
        return 0
    digits = zone[1:].replace(":", "").ljust(4, "0")
    seconds = int(digits[:2]) * 3600 + int(digits[2:]) * 60
    return -seconds if zone[0] == "-" else seconds


def _numeric_moment(text: str, order: Order) -> Moment | None:
    if not re.fullmatch(r"\d+(?:\.\d+)?", text):
        return None
    if order == "excel":
        serial = float(text)  # Excel's own days are floats: seconds survive the rounding
        total, offset = round((serial - 25_569) * _DAY), None
    else:
        total, offset = int(float(text) // (1000 if order == "epoch_ms" else 1)), 0
    if not 0 <= total // _DAY <= date(LAST_YEAR, 12, 31).toordinal() - _EPOCH_ORDINAL:
        raise CellError(_("is not a date between 1970 and 2100"))
    return Moment(seconds=total, offset=offset, has_time=True)


def order_of(cells: Iterable[str]) -> Order | None:
    """Tell from a column which number is the day; None when every date could be read both ways.

    The majority decides: a column of ``dd.mm`` with one broken date stays ``dd.mm``, and that date is refused.
    """
    first_over, second_over, dotted, seen = 0, 0, 0, 0
    for cell in cells:
        head = _SPLIT.split(cell.strip(), maxsplit=1)[0]
        found = _YEAR_LAST.fullmatch(head)
        if not found:
            continue
        seen += 1
        first, second = int(found.group(1)), int(found.group(2))
        first_over += first > 12
        second_over += second > 12
        dotted += "." in head
    if not seen:
        return "ymd"
    if first_over != second_over:
        return "dmy" if first_over > second_over else "mdy"
    return "dmy" if dotted == seen else None  # nobody writes mm.dd.yyyy with points


def numeric_order(cells: Sequence[str]) -> Order | None:
    """Tell a column of bare numbers that are moments: Unix seconds, milliseconds, or Excel's days."""
    numbers = [cell.strip() for cell in cells if cell.strip()]
    if not numbers or not all(re.fullmatch(r"\d+(?:\.\d+)?", cell) for cell in numbers):
        return None
    lengths = {len(cell.partition(".")[0]) for cell in numbers}
    return {10: "epoch", 13: "epoch_ms", 5: "excel"}.get(lengths.pop()) if len(lengths) == 1 else None  # type: ignore[return-value]
