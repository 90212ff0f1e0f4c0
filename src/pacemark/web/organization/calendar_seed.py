"""The first filling of the working calendar: China's public holidays and make-up workdays.

Announced years come from the chinesecalendar library. The year after the last announced one is filled with the days
that the law fixes, marked provisional; which weekends are worked in return is announced each November.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from chinese_calendar.constants import holidays as announced_holidays
from chinese_calendar.constants import workdays as announced_workdays
from django.utils.translation import gettext_lazy

from pacemark.web.organization.choices import DayKind

# Spring Festival, Qingming, Dragon Boat and Mid-Autumn follow the moon and the sun: looked up, not computed.
_LAWFUL_2027 = (
    (date(2027, 1, 1), "New Year's Day"),
    (date(2027, 2, 5), "Spring Festival"),
    (date(2027, 2, 6), "Spring Festival"),
    (date(2027, 2, 7), "Spring Festival"),
    (date(2027, 2, 8), "Spring Festival"),
    (date(2027, 4, 5), "Tomb-sweeping Day"),
    (date(2027, 5, 1), "Labour Day"),
    (date(2027, 5, 2), "Labour Day"),
    (date(2027, 6, 9), "Dragon Boat Festival"),
    (date(2027, 9, 15), "Mid-autumn Festival"),
    (date(2027, 10, 1), "National Day"),
    (date(2027, 10, 2), "National Day"),
    (date(2027, 10, 3), "National Day"),
)
FIRST_YEAR = 2022
# The library's names, so that they are in the catalogue; a name that operations type in stays as they typed it.
# Lazy, since the made-up organisation reads this file where Django has no settings.
NAMES = (
    gettext_lazy("New Year's Day"),
    gettext_lazy("Spring Festival"),
    gettext_lazy("Tomb-sweeping Day"),
    gettext_lazy("Labour Day"),
    gettext_lazy("Dragon Boat Festival"),
    gettext_lazy("National Day"),
    gettext_lazy("Mid-autumn Festival"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedDay:
    """One day that is not what its weekday says."""

    date: date
    kind: DayKind
    name: str
    is_provisional: bool


def chinese_days() -> Iterator[SeedDay]:
    """Yield the days to fill in, announced years first."""
    for day, name in announced_holidays.items():
        if day.year >= FIRST_YEAR:
            yield SeedDay(date=day, kind=DayKind.HOLIDAY, name=str(name), is_provisional=False)
    for day, name in announced_workdays.items():
        if day.year >= FIRST_YEAR:
            yield SeedDay(date=day, kind=DayKind.MAKE_UP, name=str(name), is_provisional=False)
    last_announced = max(announced_holidays).year
    for day, name in _LAWFUL_2027:
        if day.year > last_announced:
            yield SeedDay(date=day, kind=DayKind.HOLIDAY, name=name, is_provisional=True)
