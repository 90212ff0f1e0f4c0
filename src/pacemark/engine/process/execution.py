"""Coaching that happens: how much of what was due was done on time and with evidence, and what was closed in bulk."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from pacemark.engine.errors import EngineError
from pacemark.engine.fields import fields_of

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

Outcome = Literal["not_due", "on_time", "late", "excused", "missed"]

_AREA = "process"
# What may become of a coaching action; arrays hold the place in this list.
OUTCOMES: tuple[Outcome, ...] = ("not_due", "on_time", "late", "excused", "missed")
NOT_DUE, ON_TIME, LATE, EXCUSED, MISSED = range(5)
PASSING_RATE = Fraction(4, 5)
# Fewer than this are shown, but nobody is judged by them.
LEAST_DUE = 5
# Real coaching takes a talk each. So many closed within so short a time were closed at the desk.
BULK_AT_LEAST = 5
BULK_WITHIN_SECONDS = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """How much of the coaching that was due was done.

    Parameters
    ----------
    due : int
        Actions due, excused ones left out.
    rate : Fraction or None
        Done on time with evidence / due; None when none was due.
    with_late : Fraction or None
        The same with those done late.
    passes : bool or None
        Whether the rate is at least four in five; None when under 5 were due, which judges nobody.
    """

    due: int
    rate: Fraction | None
    with_late: Fraction | None
    passes: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CoachingActions:
    """Coaching actions, one entry each.

    Parameters
    ----------
    due_day, done_day : ndarray of shape (n_actions,), int64
        Day numbers; ``done_day`` is −1 for an action that nobody has closed.
    has_evidence, is_excused : ndarray of shape (n_actions,), bool
        Whether evidence was given; whether the action was excused.
    """

    due_day: IntArray
    done_day: IntArray
    has_evidence: BoolArray
    is_excused: BoolArray


def execution_rate(due: int, on_time: int, late: int = 0, excused: int = 0) -> Execution:
    """Give the execution rate.

    Parameters
    ----------
    due : int
        Actions due, excused ones among them, ``>= 0``.
    on_time, late : int
        Done with evidence by the day they were due, or after it, ``>= 0``.
    excused : int, default 0
        Left out of what was due, ``>= 0``.

    Returns
    -------
    Execution
        Exact.

    Raises
    ------
    EngineError
        ``process.more_than_due`` when more was done and excused than was due.

    Notes
    -----
    rate = on time / (due − excused); with_late = (on time + late) / (due − excused). What is neither done nor excused
    was missed, whatever it is called.

    Examples
    --------
    >>> found = execution_rate(due=25, on_time=19, late=2, excused=1)
    >>> str(found.rate), str(found.with_late), found.passes
    ('19/24', '7/8', False)
    """
    if on_time + late + excused > due:
        raise EngineError("process.more_than_due", "More was done or excused than was due.", "due")
    counted = due - excused
    rate = Fraction(on_time, counted) if counted else None
    return Execution(
        due=counted,
        rate=rate,
        with_late=Fraction(on_time + late, counted) if counted else None,
        passes=rate >= PASSING_RATE if rate is not None and counted >= LEAST_DUE else None,
    )


def outcomes_of(actions: CoachingActions, today: int) -> IntArray:
    """Say what became of every action by now.

    Parameters
    ----------
    actions : CoachingActions
        Any number of them.
    today : int
        Day number; what is due today may still be done.

    Returns
    -------
    ndarray of shape (n_actions,), int64
        Places in ``OUTCOMES``.

    Notes
    -----
    Excused stays excused. Closed without evidence is not done. Done by the due day: on time; later: late. Due before
    today and not done: missed. An action that is done early counts as due at once: it would be odd to lose it.

    Examples
    --------
    >>> one = CoachingActions(due_day=np.array([5, 5]), done_day=np.array([5, 5]),
    ...     has_evidence=np.array([True, False]), is_excused=np.array([False, False]))
    >>> [OUTCOMES[code] for code in outcomes_of(one, today=9)]
    ['on_time', 'missed']
    """
    is_done = (actions.done_day >= 0) & (actions.done_day <= today) & actions.has_evidence
    cases = [
        (actions.is_excused, EXCUSED),
        (is_done & (actions.done_day <= actions.due_day), ON_TIME),
        (is_done, LATE),
        (actions.due_day < today, MISSED),
    ]
    chosen = np.select([case for case, _ in cases], [code for _, code in cases], NOT_DUE)
    return np.asarray(chosen, dtype=np.int64)


def count_outcomes(manager: IntArray, outcomes: IntArray, n_managers: int) -> IntArray:
    """Count what became of every manager's actions.

    Parameters
    ----------
    manager : ndarray of shape (n_actions,), int64
        Place of the manager who owns the action.
    outcomes : ndarray of shape (n_actions,), int64
        From `outcomes_of`.
    n_managers : int
        How many managers there are.

    Returns
    -------
    ndarray of shape (n_managers, 5), int64
        One column for each of ``OUTCOMES``.

    Examples
    --------
    >>> count_outcomes(np.array([1, 1]), np.array([1, 4]), 2).tolist()
    [[0, 0, 0, 0, 0], [0, 1, 0, 0, 1]]
    """
    kinds = len(OUTCOMES)
    counted = np.bincount(manager * kinds + outcomes, minlength=n_managers * kinds)
    return np.asarray(counted.reshape(n_managers, kinds), dtype=np.int64)


def bulk_closings(
    manager: IntArray,
    closed_at_seconds: IntArray,
    at_least: int = BULK_AT_LEAST,
    within_seconds: int = BULK_WITHIN_SECONDS,
) -> BoolArray:
    """Mark actions that were closed in bulk.

    Parameters
    ----------
    manager : ndarray of shape (n_actions,), int64
        Who closed it.
    closed_at_seconds : ndarray of shape (n_actions,), int64
        When, in seconds since any moment; every action here is closed.
    at_least : int, default 5
        So many make a bulk, ``>= 2``.
    within_seconds : int, default 600
        From the first of them to the last.

    Returns
    -------
    ndarray of shape (n_actions,), bool
        True for each of ``at_least`` or more that one manager closed within ``within_seconds``.

    Raises
    ------
    EngineError
        ``process.bad_tolerance`` when one alone would be a bulk.

    Examples
    --------
    >>> bulk_closings(np.zeros(4, int), np.array([0, 20, 9000, 40]), at_least=3).tolist()
    [True, True, False, True]
    """
    if at_least < 2 or within_seconds < 0:
        raise EngineError("process.bad_tolerance", "A bulk needs at least two actions.", "at_least")
    order = np.lexsort((closed_at_seconds, manager))
    who, when = manager[order], closed_at_seconds[order]
    marked = np.zeros(len(order), dtype=np.int64)
    first = np.arange(len(order) - at_least + 1)
    last = first + at_least - 1
    starts = first[(who[first] == who[last]) & (when[last] - when[first] <= within_seconds)]
    # Every window of so many actions that is short enough marks all of its own.
    np.add.at(marked, starts, 1)
    np.add.at(marked, starts[starts + at_least < len(order)] + at_least, -1)
    found = np.zeros(len(order), dtype=bool)
    found[order] = np.cumsum(marked) > 0
    return found


def execution_json(payload: dict[str, Any]) -> dict[str, Any]:
    """Answer the calculator's ``execution``.

    Parameters
    ----------
    payload : dict
        ``due`` and ``on_time``; optionally ``late``, ``excused`` and ``missed``, all counts.

    Returns
    -------
    dict
        ``rate``, ``with_late``, ``passes``; null where nothing was due, ``passes`` also under 5 due.

    Raises
    ------
    EngineError
        ``process.…`` for bad input; ``process.more_than_due``.

    Examples
    --------
    >>> execution_json({"due": 25, "on_time": 19, "late": 2, "excused": 1, "missed": 3})
    {'rate': 0.7917, 'with_late': 0.875, 'passes': False}
    """
    fields = fields_of(payload, _AREA, required=["due", "on_time"], optional=["late", "excused", "missed"])
    due, on_time = fields.count("due"), fields.count("on_time")
    late, excused, missed = (fields.count(key, 0) for key in ("late", "excused", "missed"))
    if on_time + late + excused + missed > due:
        raise EngineError("process.more_than_due", "More was done, excused or missed than was due.", "due")
    found = execution_rate(due, on_time, late, excused)
    rate, with_late = (None if value is None else round(float(value), 4) for value in (found.rate, found.with_late))
    return {"rate": rate, "with_late": with_late, "passes": found.passes}
