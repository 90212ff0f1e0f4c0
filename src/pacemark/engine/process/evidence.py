"""Whether a rate's shortfall can be told from chance, and how many more trials would tell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from pacemark.engine.tails import Baseline, tail_at_least, tail_at_most

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
Verdict = Literal["skill", "not_ruled_out", "not_enough_data"]

MOST_P = 0.05
LEAST_TRIALS = 10.0
LEAST_EXPECTED = 5.0
# More trials than this nobody will ever have; the answer is then that they would not tell.
_MOST_TRIALS = 1e6
_GROWTH = 1.04
_N_ROUNDS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What chance says of counted successes, one entry per cell.

    Parameters
    ----------
    p : ndarray, float64
        Chance of a result at least as far from the baseline, on the side where it lies; NaN without a baseline.
    expected : ndarray, float64
        Successes that the baseline expects of these trials; NaN without a baseline.
    is_below : ndarray, bool
        Whether there were at most as many successes as expected.
    is_enough : ndarray, bool
        Whether there are enough trials to say anything.
    """

    p: FloatArray
    expected: FloatArray
    is_below: BoolArray
    is_enough: BoolArray


def weigh(won: FloatArray, tried: FloatArray, usual: Baseline, planned: FloatArray | None = None) -> Evidence:
    """Weigh counted successes against what is usual.

    Parameters
    ----------
    won, tried : ndarray of any one shape, float64
        Successes and trials, won ≤ tried. Trials that count by parts (unripe ones) are rounded to whole ones.
    usual : Baseline
        Of the same shape, its wobble included.
    planned : ndarray of the same shape, float64, optional
        Trials that the plan expected.

    Returns
    -------
    Evidence
        Of the same shape.

    Notes
    -----
    The tail of `pacemark.engine.tails`. Enough: at least 10 trials, planned and real, and at least 5 expected
    successes.

    Examples
    --------
    >>> usual = Baseline(mean=np.array([0.2]), certainty=np.array([np.inf]))
    >>> weigh(np.array([6.0]), np.array([52.0]), usual).p.round(4).tolist()
    [0.0823]
    """
    shape = won.shape
    won, mean = np.round(won.ravel()), usual.mean.ravel()
    tried = np.maximum(np.round(tried.ravel()), won)
    flat = Baseline(mean=mean, certainty=np.broadcast_to(usual.certainty, shape).ravel())
    expected = tried * mean
    is_below = ~(won > expected)
    p = np.where(is_below, tail_at_most(won, tried, flat), tail_at_least(won, tried, flat))
    least = tried if planned is None else np.minimum(tried, planned.ravel())
    is_enough = (least >= LEAST_TRIALS) & (expected >= LEAST_EXPECTED)
    return Evidence(
        p=np.asarray(p, dtype=np.float64).reshape(shape),
        expected=np.asarray(expected, dtype=np.float64).reshape(shape),
        is_below=np.asarray(is_below).reshape(shape),
        is_enough=np.asarray(is_enough).reshape(shape),
    )


def more_trials(won: FloatArray, tried: FloatArray, usual: Baseline, level: float = MOST_P) -> FloatArray:
    """Say about how many more trials would tell, if the rate stays what it was.

    Parameters
    ----------
    won, tried : ndarray of shape (n_cells,), float64
        Successes and trials so far.
    usual : Baseline
        Of shape (n_cells,), its wobble included.
    level : float, default 0.05
        Chance below which luck is ruled out.

    Returns
    -------
    ndarray of shape (n_cells,), float64
        0 where these trials tell already; infinity where a million would not, since the rate lies within what is
        uncertain about the baseline; NaN without trials or baseline.

    Notes
    -----
    Starts near n = p(1 − p) / ((d / z)² − v), d being the distance from the baseline and v the baseline's own
    variance, and adds a twenty-fifth until the tail itself is below the level, a part of a success being shared
    between the whole numbers beside it.

    Examples
    --------
    >>> usual = Baseline(mean=np.array([0.2]), certainty=np.array([np.inf]))
    >>> more_trials(np.array([6.0]), np.array([52.0]), usual).tolist()
    [19.0]
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = np.where(tried > 0, won / tried, np.nan)
        spread = usual.mean * (1 - usual.mean)
        room = ((usual.mean - rate) / ndtri(level)) ** 2 - spread / (usual.certainty + 1)
        start = np.where(room > 0, 0.8 * spread / room, np.inf)
    total = np.where(_tells(rate, tried, usual, level), tried, np.ceil(np.maximum(start, tried + 1)))
    open_ = np.flatnonzero(np.isfinite(total) & (total > tried) & (total < _MOST_TRIALS))
    for _ in range(_N_ROUNDS):
        some = Baseline(mean=usual.mean[open_], certainty=usual.certainty[open_])
        open_ = open_[~_tells(rate[open_], total[open_], some, level)]
        if not len(open_):
            break
        total[open_] = np.ceil(total[open_] * _GROWTH)
        open_ = open_[total[open_] < _MOST_TRIALS]
    total[open_] = np.inf
    unknown = np.isnan(rate) | np.isnan(usual.mean)
    return np.where(unknown, np.nan, np.where(total >= _MOST_TRIALS, np.inf, total - tried))


def _tells(rate: FloatArray, tried: FloatArray, usual: Baseline, level: float) -> BoolArray:
    """Say whether so many trials at this rate rule luck out; between two whole successes the chance is shared."""
    won = rate * tried
    part = np.where(np.abs(won - np.round(won)) < 1e-9, 0.0, won - np.floor(won))
    low = np.where(part > 0, np.floor(won), np.round(won))
    p = np.full(len(rate), 1.0)
    below = rate <= usual.mean
    for side, chosen in ((tail_at_most, np.isfinite(won) & below), (tail_at_least, np.isfinite(won) & ~below)):
        some = Baseline(mean=usual.mean[chosen], certainty=usual.certainty[chosen])
        ends = [side(np.minimum(low[chosen] + step, tried[chosen]), tried[chosen], some) for step in (0.0, 1.0)]
        p[chosen] = (1 - part[chosen]) * ends[0] + part[chosen] * ends[1]
    return np.asarray(p < level)
