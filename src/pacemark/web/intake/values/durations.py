"""Durations of calls, to whole seconds."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from django.utils.translation import gettext as _

from pacemark.web.intake.values.refusals import CellError, ChunkRefusals
from pacemark.web.intake.values.text import BLANKS

MAX_SECONDS = 2**31 - 1

_CLOCK = re.compile(r"(?:(\d+)\s*(?:days?|d|天),?\s*)?(\d+):(\d{1,2})(?::(\d{1,2})(?:[.,]\d+)?)?", re.IGNORECASE)
_UNITS = re.compile(
    r"(?:(\d+)\s*(?:hours?|hrs?|h|小时|时))?\s*(?:(\d+)\s*(?:minutes?|mins?|m|分钟|分))?\s*(?:(\d+)\s*(?:seconds?|secs?|s|秒))?",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
_FACTORS = {"seconds": Decimal(1), "minutes": Decimal(60), "milliseconds": Decimal("0.001"), "hours": Decimal(3600)}


def read_durations(
    cells: Sequence[str], column: str, refusals: ChunkRefusals, *, unit: str, known: dict[str, int | None]
) -> list[int | None]:
    """Return seconds, rounded down: a talk of 179.6 s is no deep talk. None where the cell is empty or refused.

    ``known`` remembers the column's cells from chunk to chunk.
    """
    bad: dict[str, str] = {}
    for cell in set(cells).difference(known):
        try:
            known[cell] = parse_duration(cell, unit=unit)
        except CellError as error:
            bad[cell] = str(error)
    if bad:
        for at, cell in enumerate(cells):
            if cell in bad:
                refusals.refuse(at, column, bad[cell], cell)
        return [known.get(cell) for cell in cells]
    return list(map(known.__getitem__, cells))


def parse_duration(cell: str, *, unit: str = "seconds") -> int | None:
    """Read one duration; clock times and spelled units say their own unit, bare numbers are in ``unit``.

    Raises
    ------
    CellError
        If the text is no duration, or a negative one.
    """
    text = cell.strip()
    if text.casefold() in BLANKS:
        return None
    if text.startswith(("-", "−")) and re.search(r"\d", text):
        raise CellError(_("a negative duration"))
    clock = _CLOCK.fullmatch(text)
    if clock:
        return _bounded(_clock_seconds(clock, unit))
    number = _NUMBER.fullmatch(text)
    if number:
        return _bounded(int(Decimal(text.replace(",", ".")) * _FACTORS.get(unit, Decimal(1))))
    spelled = _UNITS.fullmatch(text)
    if spelled and any(spelled.groups()):
        hours, minutes, seconds = (int(part or 0) for part in spelled.groups())
        return _bounded(hours * 3600 + minutes * 60 + seconds)
    raise CellError(_("is not a duration"))


def _clock_seconds(clock: re.Match[str], unit: str) -> int:
    days, first, second, third = clock.groups()
    if third is None and unit == "hh:mm":
        hours, minutes, seconds = int(first), int(second), 0
    elif third is None:
        hours, minutes, seconds = 0, int(first), int(second)
    else:
        hours, minutes, seconds = int(first), int(second), int(third)
    if seconds > 59 or (third is not None and minutes > 59):
        raise CellError(_("is not a duration"))
    return int(days or 0) * 86_400 + hours * 3600 + minutes * 60 + seconds


def _bounded(seconds: int) -> int:
    if seconds > MAX_SECONDS:
        raise CellError(_("is too long to be a duration"))
    return seconds
