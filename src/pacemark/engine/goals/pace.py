"""The pace of work: how much somebody will do, from what they did, and how far such forecasts missed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from pacemark.engine.errors import EngineError

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

# A month that lies two months further back counts half.
HALF_LIFE_MONTHS = 2.0
# Amounts of work looked at, all equally likely.
N_SCENARIOS = 15
# What is supposed of a month's work where nothing was foretold yet, and how many forecasts that is worth.
USUAL_SPREAD, USUAL_WEIGHT = 0.3, 10.0
# Somebody who stops working altogether must not make everyone's month uncertain.
_MOST_MISSED = 1.0
_HALF = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkHistory:
    """What people did, month by month, oldest first.

    Parameters
    ----------
    work : ndarray of shape (n_people, n_months), float64
        Dials, or opportunities, ``>= 0``.
    days : ndarray of shape (n_people, n_months), float64
        Working days of the month on which the person was there; 0 for a month that does not count.

    Raises
    ------
    EngineError
        ``goals.bad_work_history`` for shapes that differ, negative or not finite numbers.
    """

    work: FloatArray
    days: FloatArray

    def __post_init__(self) -> None:
        """Refuse what is no history."""
        numbers = (self.work, self.days)
        if self.work.shape != self.days.shape or self.work.ndim != 2:
            message = "A work history needs one number of work and of days per person and month."
            raise EngineError("goals.bad_work_history", message, "work")
        if not all(np.isfinite(side).all() and (side >= 0).all() for side in numbers):
            message = "Work and days of a history must be finite and not negative."
            raise EngineError("goals.bad_work_history", message, "work")

    def before(self, n_months: int) -> WorkHistory:
        """Return the first months of it."""
        return WorkHistory(work=self.work[:, :n_months], days=self.days[:, :n_months])


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Everyone's pace, and how sure it is.

    Parameters
    ----------
    per_day : ndarray of shape (n_people,), float64
        Expected work per working day; 0 without history.
    spread : float
        Standard deviation of the log of a month's work against its forecast, of all people together.
    n_forecasts : int
        Person-months foretold that it was learned from.
    """

    per_day: FloatArray
    spread: float
    n_forecasts: int


def pace_per_day(history: WorkHistory) -> FloatArray:
    """Give everyone's work per working day, recent months counting more.

    Parameters
    ----------
    history : WorkHistory
        Months of ``n_people``.

    Returns
    -------
    ndarray of shape (n_people,), float64
        Σ weight × work / Σ weight × days, a month's weight being halved by every two months; 0 without days.

    Examples
    --------
    >>> import numpy as np
    >>> months = WorkHistory(work=np.array([[100.0, 220.0]]), days=np.array([[20.0, 22.0]]))
    >>> pace_per_day(months).round(2).tolist()
    [8.04]
    """
    n_months = history.work.shape[1]
    weight = np.exp2(-np.arange(n_months - 1, -1, -1) / HALF_LIFE_MONTHS)
    counted = history.days > 0
    days = (history.days * weight).sum(axis=1)
    work = (np.where(counted, history.work, 0.0) * weight).sum(axis=1)
    return np.asarray(np.divide(work, days, out=np.zeros(len(days)), where=days > 0), dtype=np.float64)


def learn_pace(history: WorkHistory) -> Pace:
    """Learn everyone's pace, and from one-month-ahead forecasts how much a month differs from it.

    Parameters
    ----------
    history : WorkHistory
        Months of ``n_people`` who do the same kind of work.

    Returns
    -------
    Pace
        For the month after the last.

    Notes
    -----
    Every month from the second on is foretold from the months before it, for everyone who worked in the month just
    before. A forecast misses by ln((actual + ½) / (expected + ½)), at most 1 either way. The spread is the root of the
    mean square of these, with ten more forecasts that missed by .3. Chance in small counts, absence, seasons and
    other shocks that all share are in it.

    Examples
    --------
    >>> import numpy as np
    >>> steady = WorkHistory(work=np.full((4, 6), 200.0), days=np.full((4, 6), 20.0))
    >>> found = learn_pace(steady)
    >>> found.per_day.round(6).tolist(), found.n_forecasts, round(found.spread, 3)
    ([10.0, 10.0, 10.0, 10.0], 20, 0.173)
    """
    missed = [_missed(history, month) for month in range(1, history.work.shape[1])]
    squares = np.concatenate(missed) ** 2 if missed else np.empty(0)
    total = float(squares.sum()) + USUAL_WEIGHT * USUAL_SPREAD**2
    return Pace(
        per_day=pace_per_day(history),
        spread=float(np.sqrt(total / (len(squares) + USUAL_WEIGHT))),
        n_forecasts=len(squares),
    )


def work_scenarios(expected: FloatArray, spread: float) -> FloatArray:
    """Give equally likely amounts of a month's work.

    Parameters
    ----------
    expected : ndarray of shape (n_people,), float64
        What the pace foretells, ``>= 0``.
    spread : float
        From `Pace`.

    Returns
    -------
    ndarray of shape (n_people, 15), float64
        Whole numbers: the log-normal distribution with that median, cut into fifteen parts of the same chance.

    Examples
    --------
    >>> import numpy as np
    >>> work_scenarios(np.array([100.0]), 0.2)[0, [0, 7, 14]].tolist()
    [69.0, 100.0, 144.0]
    """
    places = ndtri((np.arange(N_SCENARIOS) + _HALF) / N_SCENARIOS)
    return np.asarray(np.rint(expected[:, None] * np.exp(spread * places)), dtype=np.float64)


def _missed(history: WorkHistory, month: int) -> FloatArray:
    expected = pace_per_day(history.before(month)) * history.days[:, month]
    working: BoolArray = (history.work[:, month - 1] > 0) & (history.days[:, month - 1] > 0) & (expected > _HALF)
    log = np.log((history.work[working, month] + _HALF) / (expected[working] + _HALF))
    return np.asarray(np.clip(log, -_MOST_MISSED, _MOST_MISSED), dtype=np.float64)
