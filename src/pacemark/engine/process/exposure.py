"""How much of a trial a window has seen: what opened inside it, and what was still open when it began."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pacemark.engine.errors import EngineError
from pacemark.engine.lags import LagCurve, chance_if_open

FloatArray = NDArray[np.float64]


def exposure_in_window(
    curve: LagCurve, age_days: FloatArray, window_days: float, rate: float, lost: LagCurve | None = None
) -> FloatArray:
    """Count trials by the part of their success that a window could have seen.

    Parameters
    ----------
    curve : LagCurve
        Time to success.
    age_days : ndarray of shape (n_trials,), float64
        Days from each trial to the window's last day, ``>= 0``. A trial older than the window must still have been
        open when it began; leave out the others.
    window_days : float
        Days of the window, ``> 0``.
    rate : float
        The group's rate of eventual success, strictly between 0 and 1.
    lost : LagCurve, optional
        Time to being marked lost, where losses are recorded as they happen.

    Returns
    -------
    ndarray of shape (n_trials,), float64
        Expected successes inside the window ÷ ``rate``. Against these stand the successes that came inside the window,
        whenever their trial was.

    Raises
    ------
    EngineError
        ``rates.bad_prior`` for a rate outside its bounds; ``rates.trial_in_the_future`` for a negative age.

    Notes
    -----
    A trial made inside: the share of the lag curve it has lived through. An older one: `chance_if_open` at its age when
    the window began, ÷ rate. A quarter of opportunities that close after a median of two weeks tells about a third more
    with the older ones than without: a closer who lost the touch loses them as well.

    Examples
    --------
    >>> from pacemark.engine.lags import typed_in_curve
    >>> exposure_in_window(typed_in_curve(14.0), np.array([0.0, 14.0, 60.0, 120.0]), 91.0, 0.3).round(2).tolist()
    [0.0, 0.52, 0.93, 0.28]
    """
    age = np.asarray(age_days, dtype=np.float64)
    if not 0.0 < rate < 1.0:
        raise EngineError("rates.bad_prior", "The group's rate must lie between 0 and 1.", "rate")
    if (age < 0).any():
        raise EngineError("rates.trial_in_the_future", "A trial must not lie after the window.", "age_days")
    # Its first day is a part of the window: what was made on the day before it is no day old then.
    before = age - window_days
    is_older = before >= 0
    ahead = chance_if_open(
        np.full(len(age), rate), curve, np.maximum(before, 0.0), np.full(len(age), window_days), lost
    )
    return np.asarray(np.where(is_older, ahead / rate, curve.within(age)), dtype=np.float64)
