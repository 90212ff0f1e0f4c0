"""The recycle clock: until when a lead is protected, and what happens as that day comes near."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal

from pacemark.engine.errors import EngineError

Step = Literal["none", "remind", "escalate", "recycle"]
MAX_DAYS = 3650


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockRule:
    """How long a lead is protected, and what prolongs it.

    Parameters
    ----------
    default_days : int
        Days from the holding's beginning to its first due day, at least 0.
    extension_days : int
        Days from an activity to the due day it brings about.
    maximum_days : int
        Days from the beginning past which nothing prolongs; not below ``default_days``.
    remind_days_before, escalate_days_before : int
        How long before the due day the rep, and then the manager, is told.
    workdays : sequence of date, optional
        Where given, days are counted on these alone (ascending); else calendar days are counted.
    """

    default_days: int = 10
    extension_days: int = 3
    maximum_days: int = 20
    remind_days_before: int = 2
    escalate_days_before: int = 1
    workdays: Sequence[date] | None = field(default=None)

    def __post_init__(self) -> None:
        """Refuse days that are negative or beyond ten years, and a maximum below the default."""
        for name in ("default_days", "extension_days", "maximum_days", "remind_days_before", "escalate_days_before"):
            if not 0 <= getattr(self, name) <= MAX_DAYS:
                raise EngineError("resources.days_out_of_range", f"{name} must be between 0 and {MAX_DAYS}.", name)
        if self.maximum_days < self.default_days:
            message = "The maximum must not be shorter than the default protection."
            raise EngineError("resources.maximum_below_default", message, "maximum_days")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """One rep's time with one lead, as the clock sees it.

    Parameters
    ----------
    began_on : date
        Day on which it began.
    due_on : date
        Last protected day as it stands.
    is_exempt : bool
        Locked or won: the clock leaves it alone.
    """

    began_on: date
    due_on: date
    is_exempt: bool = False


def days_after(day: date, count: int, workdays: Sequence[date] | None = None) -> date:
    """Return the day that lies a number of days after another.

    Parameters
    ----------
    day : date
    count : int
        At least 0.
    workdays : sequence of date, optional
        Ascending; where given only these count, and past their end calendar days do.

    Returns
    -------
    date

    Raises
    ------
    Nothing.

    Notes
    -----
    With working days, the first counted day is the first working day after ``day``.

    Examples
    --------
    >>> days_after(date(2019, 3, 25), 10).isoformat()
    '2019-04-04'
    """
    if workdays is None or count == 0:
        return day + timedelta(days=count)
    place = bisect_right(workdays, day) + count - 1
    if place < len(workdays):
        return workdays[place]
    last = workdays[-1] if workdays else day
    return max(last, day) + timedelta(days=place - len(workdays) + 1)


def first_due(rule: ClockRule, began_on: date) -> date:
    """Return the first due day of a holding.

    Parameters
    ----------
    rule : ClockRule
    began_on : date

    Returns
    -------
    date
        The last protected day.

    Raises
    ------
    Nothing.

    Notes
    -----
    ``default_days`` after the beginning.

    Examples
    --------
    >>> first_due(ClockRule(), date(2019, 3, 25)).isoformat()
    '2019-04-04'
    """
    return days_after(began_on, rule.default_days, rule.workdays)


def prolonged(rule: ClockRule, hold: Hold, activity_on: date) -> date:
    """Return the due day after an activity.

    Parameters
    ----------
    rule : ClockRule
    hold : Hold
    activity_on : date
        Day of a real activity (a connect, a touch), on or after the beginning; earlier ones change nothing.

    Returns
    -------
    date
        Never before the due day that stood, never past ``maximum_days`` from the beginning.

    Raises
    ------
    Nothing.

    Notes
    -----
    due = min(began + maximum, max(due, activity + extension)).

    Examples
    --------
    >>> hold = Hold(began_on=date(2019, 3, 25), due_on=date(2019, 4, 4))
    >>> prolonged(ClockRule(), hold, date(2019, 4, 2)).isoformat()
    '2019-04-05'
    >>> prolonged(ClockRule(), hold, date(2019, 4, 30)).isoformat()
    '2019-04-14'
    """
    if activity_on < hold.began_on:
        return hold.due_on
    latest = days_after(hold.began_on, rule.maximum_days, rule.workdays)
    wished = max(hold.due_on, days_after(activity_on, rule.extension_days, rule.workdays))
    # A shorter rule of today takes nothing away from a day that was promised under yesterday's.
    return max(hold.due_on, min(latest, wished))


def next_step(rule: ClockRule, hold: Hold, today: date) -> Step:
    """Tell what a day asks for.

    Parameters
    ----------
    rule : ClockRule
    hold : Hold
    today : date

    Returns
    -------
    {"none", "remind", "escalate", "recycle"}
        The furthest step that is due; one who was told already is the caller's to remember.

    Raises
    ------
    Nothing.

    Notes
    -----
    Recycled once the due day has passed; the manager learns of it ``escalate_days_before`` days ahead, the rep
    ``remind_days_before`` days ahead, counted as the rule counts.

    Examples
    --------
    >>> hold = Hold(began_on=date(2019, 3, 25), due_on=date(2019, 4, 4))
    >>> [next_step(ClockRule(), hold, date(2019, 4, day)) for day in (1, 2, 3, 5)]
    ['none', 'remind', 'escalate', 'recycle']
    """
    if hold.is_exempt:
        return "none"
    if today > hold.due_on:
        return "recycle"
    left = _days_left(rule, today, hold.due_on)
    if left <= rule.escalate_days_before:
        return "escalate"
    return "remind" if left <= rule.remind_days_before else "none"


def _days_left(rule: ClockRule, today: date, due_on: date) -> int:
    if rule.workdays is None:
        return (due_on - today).days
    return bisect_right(rule.workdays, due_on) - bisect_left(rule.workdays, today + timedelta(days=1))
