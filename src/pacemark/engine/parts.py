"""The chance of a target where one distribution cannot stand for all deals: part by part."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv

FloatArray = NDArray[np.float64]

_N_NODES = 64
# A rate this well known has one value.
_KNOWN = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """One person's sources of deals.

    Parameters
    ----------
    work : float
        Whole number ``>= 0``.
    work_moments, win_moments : ndarray of shape (4,), float64
        As `pacemark.engine.odds.Sources`.
    direct, open_count, open_floor, open_slope : float
        As there.
    """

    work: float
    work_moments: FloatArray
    win_moments: FloatArray
    direct: float
    open_count: float
    open_floor: float
    open_slope: float


def deal_chances(parts: Parts, n_counts: int) -> FloatArray:
    """Give the probabilities of the numbers of deals of one person.

    Parameters
    ----------
    parts : Parts
        Work, direct and open opportunities.
    n_counts : int
        Numbers 0 to ``n_counts`` − 1 are wanted; what lies beyond is given to the last.

    Returns
    -------
    ndarray of shape (n_counts,), float64
        Probabilities; they sum to 1.

    Notes
    -----
    Averages over 64 equally likely values of the win rate w. Given w the three parts are independent: Poisson(direct
    w), binomial (or negative binomial) open ones, and the binomial with uncertain chance q w, for which a
    beta-binomial with the same first two moments stands. They are joined by convolution. Slow and sure: for the few
    people for whom `pacemark.engine.odds` finds that its one distribution misses the mean.

    Examples
    --------
    >>> import numpy as np
    >>> one = np.ones(4)
    >>> coins = Parts(
    ...     work=0.0, work_moments=one, win_moments=one, direct=0.0, open_count=2.0, open_floor=0.0, open_slope=0.5
    ... )
    >>> deal_chances(coins, 4).round(3).tolist()
    [0.25, 0.5, 0.25, 0.0]
    """
    size = 2 * n_counts
    total = np.zeros(n_counts)
    for win in _win_nodes(parts.win_moments):
        joined = _binomial(parts.open_count, min(parts.open_floor + parts.open_slope * win, 1.0), size)
        if parts.direct > 0:
            joined = _join(joined, _poisson(parts.direct * win, size))
        if parts.work > 0:
            joined = _join(joined, _uncertain_binomial(parts.work, parts.work_moments * win ** np.arange(4), size))
        total += joined[:n_counts]
    total = np.maximum(total, 0.0) / _n_nodes(parts.win_moments)
    total[-1] += max(1.0 - float(total.sum()), 0.0)
    return np.asarray(total / total.sum(), dtype=np.float64)


def _n_nodes(moments: FloatArray) -> int:
    return 1 if moments[2] - moments[1] ** 2 <= _KNOWN * moments[1] ** 2 else _N_NODES


def _win_nodes(moments: FloatArray) -> FloatArray:
    mean, spread = float(moments[1]), float(moments[2] - moments[1] ** 2)
    if _n_nodes(moments) == 1:
        return np.array([mean])
    strength = (mean - float(moments[2])) / spread
    return np.asarray(betaincinv(mean * strength, (1 - mean) * strength, (np.arange(_N_NODES) + 0.5) / _N_NODES))


def _poisson(mean: float, size: int) -> FloatArray:
    return _from_ratios(np.log(mean) - np.log(np.arange(1, size)) if mean > 0 else np.full(size - 1, -np.inf))


def _binomial(count: float, chance: float, size: int) -> FloatArray:
    if count == 0 or chance == 0:
        return _from_ratios(np.full(size - 1, -np.inf))
    if chance >= 1:
        return _certain(round(count), size)
    at = np.arange(size - 1)
    # A negative count with a negative chance is a negative binomial: both signs cancel.
    with np.errstate(invalid="ignore", divide="ignore"):
        return _from_ratios(np.log(np.maximum((count - at) * chance, 0.0)) - np.log((at + 1) * (1 - chance)))


def _uncertain_binomial(count: float, moments: FloatArray, size: int) -> FloatArray:
    mean, spread = float(moments[1]), float(moments[2] - moments[1] ** 2)
    if mean <= 0 or spread <= _KNOWN * mean**2 or mean >= 1:
        return _binomial(count, min(mean, 1.0), size)
    strength = (mean - float(moments[2])) / spread
    a, b = mean * strength, (1 - mean) * strength
    at = np.arange(size - 1)
    with np.errstate(invalid="ignore", divide="ignore"):
        rise = np.maximum(count - at, 0.0) * (a + at) / ((at + 1) * np.maximum(b + count - at - 1, 1e-300))
        return _from_ratios(np.log(rise))


def _from_ratios(log_rise: FloatArray) -> FloatArray:
    log_chance = np.concatenate([[0.0], np.cumsum(log_rise)])
    chance = np.exp(log_chance - log_chance.max())
    return np.asarray(chance / chance.sum(), dtype=np.float64)


def _certain(count: int, size: int) -> FloatArray:
    chance = np.zeros(size)
    chance[min(count, size - 1)] = 1.0
    return chance


def _join(left: FloatArray, right: FloatArray) -> FloatArray:
    length = len(left) + len(right)
    joined = np.fft.irfft(np.fft.rfft(left, length) * np.fft.rfft(right, length), length)
    return np.asarray(joined[: len(left)], dtype=np.float64)
