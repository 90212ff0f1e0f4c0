"""The cycles that reviews end: weeks from Monday to Sunday, and sales months."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from pacemark.engine.periods import Period, sales_month, sales_month_of, shift_month
from pacemark.web.organization.queries import organization

CycleKind = Literal["week", "month"]
DAYS_IN_WEEK = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Cycle:
    """Some days, both ends included, that a review looks back on."""

    kind: CycleKind
    label: str
    first: date
    last: date

    def before(self) -> Cycle:
        """Return the cycle that came before."""
        if self.kind == "week":
            return week_around(self.first - timedelta(days=1))
        return _of_month(sales_month(shift_month(self.label, -1), organization().sales_month_start_day))


def week_around(day: date) -> Cycle:
    """Return the week of a day, named as ISO names it."""
    monday = day - timedelta(days=day.weekday())
    year, week, _weekday = monday.isocalendar()
    last = monday + timedelta(days=DAYS_IN_WEEK - 1)
    return Cycle(kind="week", label=f"{year}-W{week:02d}", first=monday, last=last)


def month_around(day: date) -> Cycle:
    """Return the sales month of a day."""
    return _of_month(sales_month_of(day, organization().sales_month_start_day))


def cycle_named(label: str) -> Cycle:
    """Return the cycle written 2024-01 or 2024-W05; raises the engine's error for another word."""
    year, _dash, week = label.partition("-W")
    if year.isdecimal() and week.isdecimal():
        try:
            return week_around(date.fromisocalendar(int(year), int(week), 1))
        except ValueError:
            pass
    return _of_month(sales_month(label, organization().sales_month_start_day))


def cycle_of(first: date, last: date) -> Cycle:
    """Return the cycle with these days; a month unless they are a week."""
    week = week_around(first)
    return week if (week.first, week.last) == (first, last) else month_around(first)


def last_cycle(kind: CycleKind, today: date) -> Cycle:
    """Return the last cycle that was over before a day."""
    return (week_around(today) if kind == "week" else month_around(today)).before()


def _of_month(month: Period) -> Cycle:
    return Cycle(kind="month", label=month.label, first=month.first, last=month.last)
