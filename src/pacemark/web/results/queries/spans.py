"""Which days a page or a program asks about: a sales month, a quarter, or any two days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from pacemark.engine.errors import EngineError
from pacemark.engine.periods import Period, months_of_quarter, quarter_of, sales_month, sales_month_of, shift_month
from pacemark.web.goals.queries.periods import shown_period
from pacemark.web.organization.clock import local_today
from pacemark.web.organization.queries import organization

Kind = Literal["month", "quarter", "days"]
LONGEST_DAYS = 3 * 366


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Some days, both ends included. ``months`` are the sales months that they are made of; none for other days."""

    kind: Kind
    label: str
    first: date
    last: date
    months: tuple[Period, ...]
    today: date

    @property
    def is_over(self) -> bool:
        """Tell whether the last day has passed."""
        return self.last < self.today

    @property
    def is_running(self) -> bool:
        """Tell whether today is one of the days."""
        return self.first <= self.today <= self.last


def month_span(label: str = "") -> Span:
    """Return a sales month: the one named, else the one that pages show."""
    month = shown_period(label)
    return Span(kind="month", label=month.label, first=month.first, last=month.last, months=(month,), today=_today())


def quarter_span(label: str) -> Span:
    """Return a quarter such as 2024-Q1; raises for another label."""
    months = months_of_quarter(label, organization().sales_month_start_day)
    return Span(kind="quarter", label=label, first=months[0].first, last=months[-1].last, months=months, today=_today())


def quarter_around(day: date) -> Span:
    """Return the quarter that a day lies in."""
    return quarter_span(quarter_of(sales_month_of(day, organization().sales_month_start_day).label))


def span_asked(at: str = "", first: str = "", last: str = "") -> Span:
    """Return the span that an address names: two days, else a month or quarter; else the month that pages show.

    Two days the wrong way round are turned; what is no day or no period is as if nothing had been said.
    """
    days = [day for day in (_day(first), _day(last)) if day]
    if len(days) == 2:
        return _days_span(min(days), max(days))
    try:
        return quarter_span(at) if "Q" in at else month_span(at)
    except EngineError:
        return month_span()


def neighbours(span: Span) -> tuple[str, str] | None:
    """Return the labels of the month or quarter before and after; None for any days."""
    if span.kind == "days":
        return None
    label, n_months = span.months[0].label, len(span.months)
    moved = [shift_month(label, by) for by in (-n_months, n_months)]
    before, after = (quarter_of(one) if span.kind == "quarter" else one for one in moved)
    return before, after


def _days_span(first: date, last: date) -> Span:
    last = min(last, date.fromordinal(first.toordinal() + LONGEST_DAYS))
    start_day = organization().sales_month_start_day
    months, month = [], sales_month_of(first, start_day)
    while month.last <= last and month.first >= first:
        months.append(month)
        month = sales_month(shift_month(month.label, 1), start_day)
    is_whole = bool(months) and months[-1].last == last
    label = f"{first.isoformat()}–{last.isoformat()}"
    return Span(
        kind="days", label=label, first=first, last=last, months=tuple(months) if is_whole else (), today=_today()
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _today() -> date:
    return local_today(organization().time_zone)
