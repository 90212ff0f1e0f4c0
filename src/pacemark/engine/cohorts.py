"""Cohorts of trials: how much an old, an unripe, or an easy one tells about a person's rate."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pacemark.engine.errors import EngineError
from pacemark.engine.lags import LagCurve

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cohorts:
    """Trials of one stage by person and day, each success credited to its trial.

    Parameters
    ----------
    person : ndarray of shape (n_cohorts,), int64
        Place of the person, 0 to ``n_people`` − 1.
    age_days : ndarray of shape (n_cohorts,), float64
        Days from the trials to ``as_of``, ``>= 0``.
    tried : ndarray of shape (n_cohorts,), float64
        Trials.
    won : ndarray of shape (n_cohorts,), float64
        Successes among them that ``as_of`` knows of, at most one per trial.
    n_people : int
        How many people there are, with or without trials.
    """

    person: IntArray
    age_days: FloatArray
    tried: FloatArray
    won: FloatArray
    n_people: int

    def __post_init__(self) -> None:
        """Refuse counts that are none."""
        if (self.won > self.tried + 1e-9).any() or (self.won < 0).any():
            message = "A cohort's successes must be between 0 and its trials."
            raise EngineError("rates.won_above_tried", message, "won")
        if (self.age_days < 0).any():
            raise EngineError(
                "rates.trial_in_the_future", "A trial must not lie after the day of the count.", "age_days"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectiveCounts:
    """What the cohorts are worth, one entry per person; ready for `pacemark.engine.rates.shrink_in_groups`.

    Parameters
    ----------
    won, tried : ndarray of shape (n_people,), float64
        Effective successes and trials.
    raw_won, raw_tried : ndarray of shape (n_people,), float64
        The same, merely counted.
    """

    won: FloatArray
    tried: FloatArray
    raw_won: FloatArray
    raw_tried: FloatArray


def decay_weights(age_days: FloatArray, half_life_days: float) -> FloatArray:
    """Give the weight of the past.

    Parameters
    ----------
    age_days : ndarray, float64
        Days before ``as_of``.
    half_life_days : float
        Days after which a trial counts half, ``> 0``; infinity never forgets.

    Returns
    -------
    ndarray, float64
        2 to the power of −age / half-life.

    Raises
    ------
    EngineError
        ``rates.bad_half_life`` unless it is above 0.

    Examples
    --------
    >>> import numpy as np
    >>> decay_weights(np.array([0.0, 90.0]), 90.0).tolist()
    [1.0, 0.5]
    """
    if not half_life_days > 0:
        raise EngineError("rates.bad_half_life", "The half-life must be above 0 days.", "half_life_days")
    return np.asarray(np.exp2(-np.asarray(age_days, dtype=np.float64) / half_life_days), dtype=np.float64)


def failure_weight(exposure: FloatArray, group_rate: float) -> FloatArray:
    """Say how much of a failure a trial without success is.

    Parameters
    ----------
    exposure : ndarray, float64
        What multiplies the rate for this trial: the share of the lag curve it has lived through, times how easy
        its lead is; ``>= 0``.
    group_rate : float
        The group's rate p, from 0 to below 1.

    Returns
    -------
    ndarray, float64
        s (1 − p) / (1 − s p), with s p held below .95; 1 for a ripe trial of an average lead.

    Notes
    -----
    The trial succeeds with chance s·θ at a person's rate θ. The log-likelihood of no success yet, ln(1 − sθ), has at
    θ = p the slope of g ln(1 − θ) with this g. With successes counted as one trial each, the expected trials are
    s per trial: each trial counts by the share of its time it has lived through, and the rate stays
    unbiased around the group's.

    Examples
    --------
    >>> import numpy as np
    >>> failure_weight(np.array([1.0, 0.5, 0.0]), 0.2).round(3).tolist()
    [1.0, 0.444, 0.0]
    """
    chance = np.minimum(exposure * group_rate, 0.95)
    return np.asarray(exposure * (1 - group_rate) / (1 - chance), dtype=np.float64)


def count_effective(
    cohorts: Cohorts, curve: LagCurve, half_life_days: float, ease: FloatArray | None = None
) -> EffectiveCounts:
    """Count each person's trials and successes by what they tell about the coming period.

    Parameters
    ----------
    cohorts : Cohorts
        Trials of one stage.
    curve : LagCurve
        The stage's lag curve.
    half_life_days : float
        As `decay_weights`.
    ease : ndarray of shape (n_cohorts,), float64, optional
        How many times the average chance these leads give anybody, from `pacemark.engine.mix.fit_mix`; default 1.

    Returns
    -------
    EffectiveCounts
        Per person; successes never exceed trials.

    Notes
    -----
    Weight w = 2^(−age / half-life). A success counts w successes and w trials; a trial without one counts
    w × `failure_weight`(share lived × ease) trials. So the current month never looks like a loss of skill, and poor
    leads do not look like a poor person.

    Examples
    --------
    >>> import numpy as np
    >>> from pacemark.engine.lags import typed_in_curve
    >>> ones = np.ones(1)
    >>> rows = Cohorts(person=np.zeros(1, int), age_days=0 * ones, tried=10 * ones, won=0 * ones, n_people=1)
    >>> found = count_effective(rows, typed_in_curve(14.0), 90.0)
    >>> found.raw_tried.tolist(), bool(found.tried[0] < 0.1)
    ([10.0], True)
    """
    weight = decay_weights(cohorts.age_days, half_life_days)
    exposure = curve.within(cohorts.age_days) * (1.0 if ease is None else ease)
    expected = float((weight * exposure * cohorts.tried).sum())
    group_rate = min(float((weight * cohorts.won).sum()) / expected, 0.95) if expected > 0 else 0.0
    failed = np.maximum(cohorts.tried - cohorts.won, 0.0) * failure_weight(exposure, group_rate)

    def per_person(values: FloatArray) -> FloatArray:
        return np.bincount(cohorts.person, values, minlength=cohorts.n_people).astype(np.float64)

    won = per_person(weight * cohorts.won)
    return EffectiveCounts(
        won=won,
        tried=won + per_person(weight * failed),
        raw_won=per_person(cohorts.won),
        raw_tried=per_person(cohorts.tried),
    )
