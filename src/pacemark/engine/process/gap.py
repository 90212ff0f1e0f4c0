"""The gap now: done against due, in work and carried through to money; and working days without a deal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pacemark.engine.errors import EngineError

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
Level = Literal["ok", "warn", "risk", "nothing_due"]

LEVELS: tuple[Level, ...] = ("ok", "warn", "risk", "nothing_due")
OK_FROM, WARN_FROM = 0.99, 0.81
# 99 of 100 is .99, whatever binary floats make of it.
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class StageGaps:
    """The gap of every person at every stage.

    Parameters
    ----------
    ratio : ndarray of shape (n_people, n_stages), float64
        Done / due by now; NaN where nothing is due.
    work : ndarray of shape (n_people, n_stages), float64
        Due less done, in units of the stage; 0 where done is ahead.
    money_minor : ndarray of shape (n_people, n_stages), int64
        The same carried through the rates to money. Stages of one person show the same money from different places:
        do not add them up.
    level : ndarray of shape (n_people, n_stages), int64
        Index into ``LEVELS``: "ok" from .99, "warn" from .81, else "risk".
    """

    ratio: FloatArray
    work: FloatArray
    money_minor: IntArray
    level: IntArray


def stage_gaps(done: FloatArray, due_by_now: FloatArray, money_per_unit_minor: FloatArray) -> StageGaps:
    """Compare what is done with what is due by now.

    Parameters
    ----------
    done, due_by_now : ndarray of shape (n_people, n_stages), float64
        Counts (or money, for a stage that is money), ``>= 0``.
    money_per_unit_minor : ndarray of shape (n_people, n_stages), float64
        What one more unit is expected to bring, from `money_per_unit`; 0 where it is unknown.

    Returns
    -------
    StageGaps
        Per person and stage.

    Raises
    ------
    EngineError
        ``process.negative_count`` for negative or non-finite counts.

    Examples
    --------
    >>> found = stage_gaps(np.array([[81.0, 99.0]]), np.array([[100.0, 100.0]]), np.array([[120.0, 600.0]]))
    >>> found.money_minor.tolist(), [LEVELS[code] for code in found.level[0]]
    ([[2280, 600]], ['warn', 'ok'])
    """
    for counts in (done, due_by_now, money_per_unit_minor):
        if not np.isfinite(counts).all() or (counts < 0).any():
            raise EngineError("process.negative_count", "Counts must be finite and not negative.", "done")
    some = due_by_now > 0
    ratio = np.divide(done, due_by_now, out=np.full(done.shape, np.nan), where=some)
    work = np.maximum(due_by_now - done, 0.0)
    level = np.where(ratio >= OK_FROM - _ROUNDING, 0, np.where(ratio >= WARN_FROM - _ROUNDING, 1, 2))
    return StageGaps(
        ratio=ratio,
        work=work,
        money_minor=np.rint(work * money_per_unit_minor).astype(np.int64),
        level=np.where(some, level, 3).astype(np.int64),
    )


def money_per_unit(rates: FloatArray, deal_value_minor: FloatArray) -> FloatArray:
    """Carry one unit of each stage through to money.

    Parameters
    ----------
    rates : ndarray of shape (n_people, n_rates), float64
        The rates of the chain from the first stage on, 0–1; NaN for one that is unknown.
    deal_value_minor : ndarray of shape (n_people,), float64
        Won amount per deal.

    Returns
    -------
    ndarray of shape (n_people, n_rates + 1), float64
        Expected money of one more dial, connect, …, deal; 0 where a rate behind it is unknown.

    Examples
    --------
    >>> money_per_unit(np.array([[0.4, 0.2]]), np.array([300.0])).round(9).tolist()
    [[24.0, 60.0, 300.0]]
    """
    chain = np.concatenate([rates, deal_value_minor[:, None]], axis=1)
    return np.nan_to_num(np.cumprod(chain[:, ::-1], axis=1)[:, ::-1])


def zero_streaks(deals: FloatArray, works: BoolArray) -> IntArray:
    """Count working days since the last deal.

    Parameters
    ----------
    deals : ndarray of shape (n_rows, n_days), float64
        Deals per day, oldest first; rows are people or teams.
    works : ndarray of shape (n_rows, n_days), bool
        Whether it was a working day for the row; for a team, whether anybody of it worked.

    Returns
    -------
    ndarray of shape (n_rows,), int64
        Working days after the last day with a deal, up to the last column; all of them where there was none. A deal on
        a day off ends a streak as well.

    Examples
    --------
    >>> zero_streaks(np.array([[1, 0, 0, 0], [0, 0, 0, 0]]), np.array([[1, 1, 0, 1], [1, 1, 1, 1]], bool)).tolist()
    [2, 4]
    """
    n_days = deals.shape[1]
    if not n_days:
        return np.zeros(len(deals), dtype=np.int64)
    some = deals > 0
    back = np.argmax(some[:, ::-1], axis=1)
    last = np.where(some.any(axis=1), n_days - 1 - back, -1)
    after = np.arange(n_days)[None, :] > last[:, None]
    return np.asarray((after & works).sum(axis=1), dtype=np.int64)


def ended_streaks(deals: FloatArray, works: BoolArray) -> IntArray:
    """Say which streak a first deal on the last day has ended.

    Parameters
    ----------
    deals, works : ndarray of shape (n_rows, n_days)
        As for `zero_streaks`, with at least one day.

    Returns
    -------
    ndarray of shape (n_rows,), int64
        Working days without a deal before the last day; 0 where the last day brought no deal or there was none to end.

    Examples
    --------
    >>> ended_streaks(np.array([[0, 0, 2], [0, 0, 0]]), np.ones((2, 3), bool)).tolist()
    [2, 0]
    """
    before = zero_streaks(deals[:, :-1], works[:, :-1])
    return np.where(deals[:, -1] > 0, before, 0)
