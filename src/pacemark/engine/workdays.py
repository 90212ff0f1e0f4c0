"""Working days: who works when, and a number of the month dealt over them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from math import ceil

from pacemark.engine.errors import EngineError
from pacemark.engine.periods import DAYS_IN_WEEK


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingPattern:
    """Which weekdays are worked, in a cycle of weeks.

    Parameters
    ----------
    weeks : tuple of frozenset of int
        Weekdays worked (0 = Monday) in each week of the cycle, at least one week.
    anchor_monday : date
        A Monday on which the first week of the cycle begins; any other day counts as its week's Monday.
    follows_calendar : bool, default True
        Whether public holidays and make-up days apply.
    """

    weeks: tuple[frozenset[int], ...]
    anchor_monday: date = date(2024, 1, 1)
    follows_calendar: bool = True


TWO_REST_DAYS = WorkingPattern(weeks=(frozenset(range(5)),))  # 双休
ONE_REST_DAY = WorkingPattern(weeks=(frozenset(range(6)),))  # 单休
ALTERNATING_WEEKS = WorkingPattern(weeks=(frozenset(range(6)), frozenset(range(5))))  # 大小周, the six-day week first


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """One person's working time.

    Parameters
    ----------
    pattern : WorkingPattern
        The team's.
    calendar : mapping of date to bool
        Days that are not what their weekday says: False for a public holiday, True for a make-up day (调休).
    roster : mapping of date to bool
        The person's own days, over pattern and calendar.
    leave : frozenset of date
        Days away, over everything.
    """

    pattern: WorkingPattern = TWO_REST_DAYS
    calendar: Mapping[date, bool] = field(default_factory=dict)
    roster: Mapping[date, bool] = field(default_factory=dict)
    leave: frozenset[date] = frozenset()


def working_days(first: date, last: date, schedule: Schedule) -> tuple[date, ...]:
    """List the working days of a span.

    Parameters
    ----------
    first, last : date
        Both included; nothing when ``last`` is before ``first``.
    schedule : Schedule
        Pattern, calendar, roster and leave.

    Returns
    -------
    tuple of date
        In order.

    Raises
    ------
    EngineError
        ``periods.bad_pattern`` for a cycle without weeks, or a weekday that is not 0 to 6.

    Notes
    -----
    The strongest word wins: leave, then roster, then calendar (where the pattern follows it), then the pattern's week
    of the cycle, counted from the anchor's week in both directions.

    Examples
    --------
    >>> len(working_days(date(2024, 1, 1), date(2024, 1, 31), Schedule()))
    23
    """
    pattern = schedule.pattern
    if not pattern.weeks or not frozenset[int]().union(*pattern.weeks) <= frozenset(range(DAYS_IN_WEEK)):
        message = "A working pattern needs at least one week, of weekdays from 0 (Monday) to 6."
        raise EngineError("periods.bad_pattern", message, "pattern")
    days = (first + timedelta(days=offset) for offset in range((last - first).days + 1))
    return tuple(day for day in days if _works(day, schedule))


def day_weights(days: Sequence[date], profile: Sequence[int | Fraction]) -> tuple[Fraction, ...]:
    """Give each day the weight of its weekday.

    Parameters
    ----------
    days : sequence of date
        Working days.
    profile : sequence of int or Fraction, length 7
        How much of the work a Monday, … Sunday takes, relative to each other, ``>= 0``.

    Returns
    -------
    tuple of Fraction
        In the order of ``days``; all 1 where the profile would leave every day empty.

    Raises
    ------
    EngineError
        ``periods.bad_profile``.

    Examples
    --------
    >>> [str(weight) for weight in day_weights([date(2024, 1, 1)], [2, 1, 1, 1, 1, 0, 0])]
    ['2']
    """
    if len(profile) != DAYS_IN_WEEK or min(profile) < 0:
        message = "A weekday profile has seven weights, none of them negative."
        raise EngineError("periods.bad_profile", message, "profile")
    weights = tuple(Fraction(profile[day.weekday()]) for day in days)
    return weights if any(weights) else (Fraction(1),) * len(weights)


def deal_over_days(total: Fraction, weights: Sequence[int | Fraction]) -> tuple[int, ...]:
    """Deal a number over days in whole pieces, carrying the fractions on.

    Parameters
    ----------
    total : Fraction
        Exact number of a week or a month, ``>= 0``.
    weights : sequence of int or Fraction, length n_days
        Weight of each day, ``>= 0``; all 1 for equal days.

    Returns
    -------
    tuple of int, length n_days
        Whole numbers that sum to ``ceil(total)``.

    Raises
    ------
    EngineError
        ``periods.negative_total``, ``periods.bad_weights``.

    Notes
    -----
    Cumulative rounding: day i = ceil(total x W_i / W) - ceil(total x W_(i-1) / W), with W_i the weight of the first i
    days and W that of all.
    Guaranteed: the sum is the total rounded up once (2.27 a day over 22 days is 50, not 66); whoever keeps up is
    never behind the exact pace; no day is a whole piece or more away from its exact share; a day without weight gets
    nothing. The same dealing over a month also serves its weeks, see `deal_over_weeks`.

    Examples
    --------
    >>> deal_over_days(Fraction(50, 22) * 5, [1, 1, 1, 1, 1])
    (3, 2, 2, 3, 2)
    """
    if total < 0:
        raise EngineError("periods.negative_total", "A number to deal must not be negative.", "total")
    whole = sum(weights, Fraction(0))
    if not weights or min(weights) < 0 or whole == 0:
        message = "Day weights must not be negative, and at least one must be above zero."
        raise EngineError("periods.bad_weights", message, "weights")
    dealt, so_far, parts = 0, Fraction(0), []
    for weight in weights:
        so_far += weight
        due = ceil(total * so_far / whole)
        parts.append(due - dealt)
        dealt = due
    return tuple(parts)


def deal_over_weeks(total: Fraction, weeks: Sequence[Sequence[int | Fraction]]) -> tuple[tuple[int, ...], ...]:
    """Deal a month's number over the days of its weeks.

    Parameters
    ----------
    total : Fraction
        Exact number of the month, ``>= 0``.
    weeks : sequence of sequence of int or Fraction
        Day weights, week by week; a week may be empty.

    Returns
    -------
    tuple of tuple of int
        Whole numbers in the same shape; a week's number is the sum of its days.

    Raises
    ------
    EngineError
        As `deal_over_days`.

    Notes
    -----
    Guaranteed: days sum to their week and weeks to ``ceil(total)``, with no second rounding in between.

    Examples
    --------
    >>> deal_over_weeks(Fraction(7), [[1, 1], [1, 1, 1]])
    ((2, 1), (2, 1, 1))
    """
    dealt = iter(deal_over_days(total, [weight for week in weeks for weight in week]))
    return tuple(tuple(next(dealt) for _ in week) for week in weeks)


def _works(day: date, schedule: Schedule) -> bool:
    if day in schedule.leave:
        return False
    if day in schedule.roster:
        return schedule.roster[day]
    pattern = schedule.pattern
    if pattern.follows_calendar and day in schedule.calendar:
        return schedule.calendar[day]
    anchor = pattern.anchor_monday - timedelta(days=pattern.anchor_monday.weekday())
    week = (day - anchor).days // DAYS_IN_WEEK % len(pattern.weeks)
    return day.weekday() in pattern.weeks[week]
