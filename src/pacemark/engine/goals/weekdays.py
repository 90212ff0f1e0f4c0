"""The weekday profile: which weekdays take more of somebody's work, leaning on everybody's."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pacemark.engine.errors import EngineError
from pacemark.engine.periods import DAYS_IN_WEEK

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

# With less history a weekday is one week's luck.
MIN_WEEKS = 8
# How many days of one weekday everybody's profile is worth, at least and at most.
_LEAST_STRENGTH, _MOST_STRENGTH = 2.0, 1000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekdayHistory:
    """What people did on each weekday.

    Parameters
    ----------
    work, squares : ndarray of shape (n_people, 7), float64
        Sum of the work (dials) of the Mondays, … Sundays, and of its square per day; ``>= 0``.
    days : ndarray of shape (n_people, 7), float64
        How many Mondays, … Sundays with work these were.
    weeks : ndarray of shape (n_people,), float64
        In how many weeks there was any work.

    Raises
    ------
    EngineError
        ``goals.bad_weekday_history`` for shapes that differ, negative or not finite numbers.
    """

    work: FloatArray
    squares: FloatArray
    days: FloatArray
    weeks: FloatArray

    def __post_init__(self) -> None:
        """Refuse what is no history."""
        shape = (len(self.weeks), DAYS_IN_WEEK)
        tables = (self.work, self.squares, self.days)
        if any(table.shape != shape for table in tables):
            raise EngineError("goals.bad_weekday_history", "A weekday history has seven columns per person.", "work")
        if not all(np.isfinite(table).all() and (table >= 0).all() for table in (*tables, self.weeks)):
            message = "A weekday history must be finite and not negative."
            raise EngineError("goals.bad_weekday_history", message, "work")


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekdayProfiles:
    """How much work each weekday takes.

    Parameters
    ----------
    weights : ndarray of shape (n_people, 7), float64
        Relative to an average day of the person's own; 1 throughout where ``is_flat``.
    is_flat : ndarray of shape (n_people,), bool
        Under eight weeks of history there is no profile.
    strength : float
        Days of one weekday that everybody's profile is worth.
    """

    weights: FloatArray
    is_flat: BoolArray
    strength: float


def learn_weekdays(history: WeekdayHistory) -> WeekdayProfiles:
    """Learn everyone's weekday profile.

    Parameters
    ----------
    history : WeekdayHistory
        Entries of ``n_people``.

    Returns
    -------
    WeekdayProfiles
        In the same order.

    Notes
    -----
    A day's work is measured in the person's own average day. weight = (own days x own mean of that weekday + k x
    everybody's mean) / (own days + k), with k the variance of single days around people's weekday means divided by the
    variance of those means around everybody's, both by moments, between 2 and 1,000. A weekday on which nobody ever
    worked weighs 1.

    Examples
    --------
    >>> import numpy as np
    >>> work = np.array([[200.0, 100, 100, 100, 100, 0, 0]]) * 10
    >>> days = np.array([[10.0, 10, 10, 10, 10, 0, 0]])
    >>> found = learn_weekdays(WeekdayHistory(work=work, squares=work**2 / 10, days=days, weeks=np.array([10.0])))
    >>> found.weights[0].round(2).tolist(), found.is_flat.tolist()
    ([1.67, 0.83, 0.83, 0.83, 0.83, 1.0, 1.0], [False])
    """
    total, count = history.work.sum(axis=1), history.days.sum(axis=1)
    known = (history.weeks >= MIN_WEEKS) & (total > 0)
    usual = np.divide(total, count, out=np.ones(len(total)), where=known & (count > 0))[:, None]
    days = np.where(known[:, None], history.days, 0.0)
    work = np.where(known[:, None], history.work / usual, 0.0)
    everyone = np.divide(work.sum(axis=0), days.sum(axis=0), out=np.ones(DAYS_IN_WEEK), where=days.sum(axis=0) > 0)
    strength = _strength(work, np.where(known[:, None], history.squares / usual**2, 0.0), days, everyone)
    weights = (work + strength * everyone) / (days + strength)
    return WeekdayProfiles(weights=np.where(known[:, None], weights, 1.0), is_flat=~known, strength=strength)


def _strength(work: FloatArray, squares: FloatArray, days: FloatArray, everyone: FloatArray) -> float:
    """Return k: how much of what a person's weekdays differ is the chance of single days."""
    some = days > 0
    mean = np.divide(work, days, out=np.zeros_like(work), where=some)
    freedom = float((days[some] - 1).sum())
    if freedom <= 0:
        return _MOST_STRENGTH
    within = max(float((squares - days * mean**2)[some].sum()) / freedom, 0.0)
    around = float((days * (mean - everyone) ** 2)[some].sum())
    # Each mean differs by within / days through chance alone.
    between = (around - within * float(some.sum())) / float(days[some].sum())
    if between <= 0:
        return _MOST_STRENGTH
    return float(np.clip(within / between, _LEAST_STRENGTH, _MOST_STRENGTH))
