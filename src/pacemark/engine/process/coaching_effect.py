"""What coaching did, against similar people who were not coached: a low number rebounds by itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from pacemark.engine.errors import EngineError

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
EffectVerdict = Literal["better", "worse", "not_told", "not_enough_data"]

LEAST_PEOPLE = 5
N_MATCHES = 3
_INTERVAL = 0.90
# Two people whose numbers before are further apart than this share of everyone's spread are not alike.
_FARTHEST = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class CoachingEffect:
    """What coaching did to a number, in its own unit.

    Parameters
    ----------
    effect : float or None
        Mean of (own change − change of similar uncoached people); None under 5 coached people with anybody alike.
    low, high : float or None
        90 % interval of the effect.
    change : float or None
        What the coached people's number changed by.
    rebound : float or None
        What it would have changed by anyway: the similar uncoached people's change.
    n_coached, n_alike : int
        Coached people with anybody alike, and uncoached people they were compared with.
    verdict : {"better", "worse", "not_told", "not_enough_data"}
        "better" or "worse" when the interval leaves out 0.
    """

    effect: float | None
    low: float | None
    high: float | None
    change: float | None
    rebound: float | None
    n_coached: int
    n_alike: int
    verdict: EffectVerdict


def coaching_effect(before: FloatArray, after: FloatArray, is_coached: BoolArray, group: IntArray) -> CoachingEffect:
    """Compare coached people with similar uncoached ones, before and after.

    Parameters
    ----------
    before, after : ndarray of shape (n_people,), float64
        The number that was coached, such as a rate, in equally long windows; NaN leaves a person out.
    is_coached : ndarray of shape (n_people,), bool
        Who was coached between the windows.
    group : ndarray of shape (n_people,), int64
        Only people of one group are alike, such as role × tenure band.

    Returns
    -------
    CoachingEffect
        With a 90 % interval.

    Raises
    ------
    EngineError
        ``process.bad_pairs`` for arrays of unequal length.

    Notes
    -----
    Each coached person is matched with the three uncoached people of the group whose number before is nearest (within
    half a standard deviation of everyone's), with replacement. What distance is left is taken out by the slope of
    after on before among the uncoached. Variance after Abadie and Imbens: that of the differences, and
    s² Σ_j ((Σ_i w_ij)² − Σ_i w_ij²) for people who stand beside several. The interval is Student's with one degree
    less than there are coached people. A number that was low by chance rebounds in both, so the rebound is no effect.

    References
    ----------
    .. [1] A. Abadie and G. W. Imbens, "Large sample properties of matching estimators for average treatment effects",
       Econometrica 74, 2006.

    Examples
    --------
    >>> before = np.tile(np.linspace(0.1, 0.3, 20), 2)
    >>> coached = np.arange(40) < 20
    >>> found = coaching_effect(before, before + 0.02 + 0.05 * coached, coached, np.zeros(40, int))
    >>> round(found.effect, 3), round(found.rebound, 3), found.verdict
    (0.05, 0.02, 'better')
    """
    if not len(before) == len(after) == len(is_coached) == len(group):
        raise EngineError("process.bad_pairs", "Before and after need one pair of numbers for each person.", "after")
    known = np.isfinite(before) & np.isfinite(after)
    coached, others = np.flatnonzero(known & is_coached), np.flatnonzero(known & ~is_coached)
    if not len(coached) or not len(others):
        return _nothing(0, 0)
    near, is_alike = _matches(before, coached, others, group)
    coached, near, is_alike = coached[is_alike.any(axis=1)], near[is_alike.any(axis=1)], is_alike[is_alike.any(axis=1)]
    n_alike = len(np.unique(near[is_alike]))
    if len(coached) < LEAST_PEOPLE or n_alike < LEAST_PEOPLE:
        return _nothing(len(coached), n_alike)
    weight = is_alike / is_alike.sum(axis=1, keepdims=True)
    slope, residual = _line(before[others], after[others])
    expected = (weight * (after[near] + slope * (before[coached][:, None] - before[near]))).sum(axis=1)
    difference = after[coached] - expected
    low, high = _interval(difference, near, weight, residual)
    effect, change = float(difference.mean()), float((after[coached] - before[coached]).mean())
    return CoachingEffect(
        effect=effect,
        low=low,
        high=high,
        change=change,
        rebound=change - effect,
        n_coached=len(coached),
        n_alike=n_alike,
        verdict="better" if low > 0 else "worse" if high < 0 else "not_told",
    )


def _matches(
    before: FloatArray, coached: IntArray, others: IntArray, group: IntArray
) -> tuple[IntArray, NDArray[np.bool_]]:
    """Return each coached person's nearest others, and which of these are near enough."""
    distance = np.abs(before[coached][:, None] - before[others][None, :])
    distance = np.where(group[coached][:, None] == group[others][None, :], distance, np.inf)
    n_matches = min(N_MATCHES, len(others))
    place = np.argsort(distance, axis=1, kind="stable")[:, :n_matches]
    farthest = _FARTHEST * float(np.std(before[np.concatenate([coached, others])])) + 1e-12
    return others[place], np.take_along_axis(distance, place, axis=1) <= farthest


def _line(x: FloatArray, y: FloatArray) -> tuple[float, float]:
    """Return the slope of y on x and the variance around it."""
    spread = x - x.mean()
    squares = float((spread**2).sum())
    slope = float((spread * y).sum()) / squares if squares > 0 else 0.0
    residual = y - y.mean() - slope * spread
    return slope, float((residual**2).sum()) / max(len(x) - 2, 1)


def _interval(difference: FloatArray, near: IntArray, weight: FloatArray, residual: float) -> tuple[float, float]:
    n_coached = len(difference)
    used = np.bincount(near.ravel(), weight.ravel())
    squares = np.bincount(near.ravel(), (weight**2).ravel())
    # Σ over the others of (their whole weight)² less the squares that the differences show already.
    shared = residual * float((used**2 - squares).sum())
    variance = (float(((difference - difference.mean()) ** 2).sum()) + shared) / n_coached**2
    reach = float(stdtrit(n_coached - 1, (1 + _INTERVAL) / 2)) * float(np.sqrt(variance))
    effect = float(difference.mean())
    return effect - reach, effect + reach


def _nothing(n_coached: int, n_alike: int) -> CoachingEffect:
    return CoachingEffect(
        effect=None,
        low=None,
        high=None,
        change=None,
        rebound=None,
        n_coached=n_coached,
        n_alike=n_alike,
        verdict="not_enough_data",
    )
