"""Periods: sales months that may start on any day, their quarters and weeks."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from pacemark.engine.errors import EngineError

MONTHS_IN_YEAR = 12
MONTHS_IN_QUARTER = 3
DAYS_IN_WEEK = 7
# A month that starts later than this has most of its days in the next calendar month, and is called by that.
LAST_START_OF_OWN_MONTH = 15

_MONTH_LABEL = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")
_QUARTER_LABEL = re.compile(r"([0-9]{4})-Q([1-4])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A span of days with a name, both ends included.

    Parameters
    ----------
    label : str
        ``2024-01`` for a sales month, ``2024-Q1`` for a quarter, ``2024-W01`` for a week.
    first, last : date
        First and last day.
    """

    label: str
    first: date
    last: date

    @property
    def n_days(self) -> int:
        """Number of calendar days."""
        return (self.last - self.first).days + 1

    def holds(self, day: date) -> bool:
        """Tell whether a day lies in the period."""
        return self.first <= day <= self.last


def sales_month(label: str, start_day: int = 1) -> Period:
    """Return the sales month of a label.

    Parameters
    ----------
    label : str
        ``YYYY-MM``.
    start_day : int, default 1
        Day of the calendar month on which a sales month starts, 1 to 31.

    Returns
    -------
    Period
        With the same label.

    Raises
    ------
    EngineError
        ``periods.bad_label`` or ``periods.bad_start_day``.

    Notes
    -----
    A month that starts up to the 15th is called by the calendar month it starts in, a later one by the calendar month
    it ends in: with start day 26, ``2024-01`` runs from 26 December to 25 January. A start day that a month does not
    have falls on that month's last day (31 in February is the 28th or 29th). Guaranteed: months follow each other
    without gap or overlap.

    Examples
    --------
    >>> month = sales_month("2024-01", 26)
    >>> month.first.isoformat(), month.last.isoformat()
    ('2023-12-26', '2024-01-25')
    """
    year, month = _month_of_label(label)
    _check_start_day(start_day)
    opening = _shift(year, month, 0 if start_day <= LAST_START_OF_OWN_MONTH else -1)
    first = _start_in(*opening, start_day)
    last = _start_in(*_shift(*opening, 1), start_day) - timedelta(days=1)
    return Period(label=label, first=first, last=last)


def sales_month_of(day: date, start_day: int = 1) -> Period:
    """Return the sales month that holds a day.

    Parameters
    ----------
    day : date
        Any day.
    start_day : int, default 1
        Day of the calendar month on which a sales month starts, 1 to 31.

    Returns
    -------
    Period
        Labelled as in `sales_month`.

    Raises
    ------
    EngineError
        ``periods.bad_start_day``.

    Examples
    --------
    >>> sales_month_of(date(2024, 1, 26), 26).label
    '2024-02'
    """
    _check_start_day(start_day)
    year, month = day.year, day.month
    if day < _start_in(year, month, start_day):
        year, month = _shift(year, month, -1)
    label_year, label_month = _shift(year, month, 0 if start_day <= LAST_START_OF_OWN_MONTH else 1)
    return sales_month(_month_label(label_year, label_month), start_day)


def shift_month(label: str, n_months: int) -> str:
    """Return the label some months later.

    Parameters
    ----------
    label : str
        ``YYYY-MM``.
    n_months : int
        Months to go on; negative goes back.

    Returns
    -------
    str
        ``YYYY-MM``.

    Raises
    ------
    EngineError
        ``periods.bad_label``.

    Examples
    --------
    >>> shift_month("2024-01", -1)
    '2023-12'
    """
    return _month_label(*_shift(*_month_of_label(label), n_months))


def quarter_of(label: str) -> str:
    """Return the quarter that a sales month belongs to.

    Parameters
    ----------
    label : str
        ``YYYY-MM``.

    Returns
    -------
    str
        ``YYYY-Qn``; quarters start with January, April, July, October.

    Raises
    ------
    EngineError
        ``periods.bad_label``.

    Examples
    --------
    >>> quarter_of("2024-06")
    '2024-Q2'
    """
    year, month = _month_of_label(label)
    return f"{year:04d}-Q{(month - 1) // MONTHS_IN_QUARTER + 1}"


def months_of_quarter(label: str, start_day: int = 1) -> tuple[Period, Period, Period]:
    """Return the three sales months of a quarter.

    Parameters
    ----------
    label : str
        ``YYYY-Qn``.
    start_day : int, default 1
        Day of the calendar month on which a sales month starts, 1 to 31.

    Returns
    -------
    tuple of Period, length 3
        In order; the quarter runs from the first's first day to the third's last.

    Raises
    ------
    EngineError
        ``periods.bad_label`` or ``periods.bad_start_day``.

    Examples
    --------
    >>> [month.label for month in months_of_quarter("2024-Q4")]
    ['2024-10', '2024-11', '2024-12']
    """
    matched = _QUARTER_LABEL.fullmatch(label)
    if matched is None:
        raise EngineError("periods.bad_label", "A quarter is written like 2024-Q1.", "label")
    opening = _month_label(int(matched[1]), (int(matched[2]) - 1) * MONTHS_IN_QUARTER + 1)
    first, second, third = (sales_month(shift_month(opening, n_months), start_day) for n_months in range(3))
    return first, second, third


def weeks_of(period: Period) -> tuple[Period, ...]:
    """Cut a period into weeks from Monday to Sunday.

    Parameters
    ----------
    period : Period
        Any span of days.

    Returns
    -------
    tuple of Period
        In order; the first and the last may be shorter. Labels are ISO weeks, ``2024-W01``.

    Notes
    -----
    Guaranteed: the weeks together are exactly the period.

    Examples
    --------
    >>> [week.n_days for week in weeks_of(sales_month("2024-02"))]
    [4, 7, 7, 7, 4]
    """
    weeks = []
    first = period.first
    while first <= period.last:
        last = min(first + timedelta(days=DAYS_IN_WEEK - 1 - first.weekday()), period.last)
        iso = first.isocalendar()
        weeks.append(Period(label=f"{iso.year:04d}-W{iso.week:02d}", first=first, last=last))
        first = last + timedelta(days=1)
    return tuple(weeks)


def _month_of_label(label: str) -> tuple[int, int]:
    matched = _MONTH_LABEL.fullmatch(label)
    # The years at the edge of the calendar have no neighbours to start or end in.
    if matched is None or not date.min.year < int(matched[1]) < date.max.year:
        raise EngineError("periods.bad_label", "A month is written like 2024-01.", "label")
    return int(matched[1]), int(matched[2])


def _month_label(year: int, month: int) -> str:
    return f"{year:04d}-{month:02d}"


def _shift(year: int, month: int, n_months: int) -> tuple[int, int]:
    years, months = divmod(year * MONTHS_IN_YEAR + month - 1 + n_months, MONTHS_IN_YEAR)
    return years, months + 1


def _start_in(year: int, month: int, start_day: int) -> date:
    return date(year, month, min(start_day, monthrange(year, month)[1]))


def _check_start_day(start_day: int) -> None:
    if not 1 <= start_day <= 31:
        raise EngineError("periods.bad_start_day", "A sales month starts on a day from 1 to 31.", "start_day")
