"""How likely so few, or so many, successes are by chance: known rates, estimated rates, rates that wobble."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc, betaincinv, betaln, gammaln

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

# Terms further than this many standard deviations into the tail add nothing that a double could hold.
_REACH_SD = 12.0
_LEAST_REACH = 400
_MOST_CELLS = 2_000_000
# A sum of more terms gives way to an average over so many quantiles of the rate.
_MOST_TERMS = 200_000
_N_QUANTILES = 4_001
# An a + b beyond this is a rate as good as known; the sums would lose their digits.
MOST_CERTAIN = 1e7


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """The rates that are held to be usual, each as a Beta distribution with this mean.

    Parameters
    ----------
    mean : ndarray, float64
        The usual rate, 0–1; NaN for unknown.
    certainty : ndarray of the same shape, float64
        a + b, ``> 0``; infinity for a rate that is known.
    """

    mean: FloatArray
    certainty: FloatArray

    def wobbling(self, dispersion: FloatArray | float) -> Baseline:
        """Return what one period may show: the same mean, made less certain by a wobble of so many parts of the rate.

        The variances of estimate and wobble add: v + d² (m² + v), at most that of an even spread to both ends.
        """
        spread = self.mean * (1 - self.mean)
        with np.errstate(divide="ignore", invalid="ignore"):
            variance = spread / (self.certainty + 1)
            wobble = np.asarray(dispersion, dtype=np.float64) ** 2 * (self.mean**2 + variance)
            certainty = np.maximum(spread / (variance + wobble) - 1, 1e-3)
        certainty = np.where(wobble > 0, certainty, self.certainty)
        return Baseline(mean=self.mean, certainty=np.asarray(certainty, dtype=np.float64))


def tail_at_most(won: FloatArray, tried: FloatArray, baseline: Baseline) -> FloatArray:
    """Give the chance of at most so many successes.

    Parameters
    ----------
    won : ndarray of shape (n_cells,), float64
        Whole numbers; below 0 the chance is 0.
    tried : ndarray of shape (n_cells,), float64
        Whole numbers ``>= 0``.
    baseline : Baseline
        Of shape (n_cells,).

    Returns
    -------
    ndarray of shape (n_cells,), float64
        Binomial tails where the rate is known, beta-binomial ones where it is estimated; NaN where it is unknown.

    Notes
    -----
    Binomial: the regularised incomplete beta function. Beta-binomial: its terms summed from the last one outwards,
    each being the one before it times a ratio, on whichever side of the mean is shorter.

    Examples
    --------
    >>> known = Baseline(mean=np.array([0.2]), certainty=np.array([np.inf]))
    >>> tail_at_most(np.array([6.0]), np.array([52.0]), known).round(4).tolist()
    [0.0823]
    """
    won, tried = np.asarray(won, dtype=np.float64), np.asarray(tried, dtype=np.float64)
    found = np.full(won.shape, np.nan)
    rate, certainty = baseline.mean, baseline.certainty
    some = ~np.isnan(rate)
    sure = some & ((certainty >= MOST_CERTAIN) | (rate <= 0) | (rate >= 1))
    found[sure] = _binomial(won[sure], tried[sure], rate[sure])
    unsure = np.flatnonzero(some & ~sure)
    a = rate[unsure] * certainty[unsure]
    found[unsure] = _beta_binomial(won[unsure], tried[unsure], a, certainty[unsure] - a)
    return found


def tail_at_least(won: FloatArray, tried: FloatArray, baseline: Baseline) -> FloatArray:
    """Give the chance of at least so many successes.

    Parameters
    ----------
    won : ndarray of shape (n_cells,), float64
        Whole numbers.
    tried : ndarray of shape (n_cells,), float64
        Whole numbers ``>= 0``.
    baseline : Baseline
        Of shape (n_cells,).

    Returns
    -------
    ndarray of shape (n_cells,), float64
        As `tail_at_most`, of failures.

    Examples
    --------
    >>> coin = Baseline(mean=np.array([0.5]), certainty=np.array([np.inf]))
    >>> tail_at_least(np.array([2.0]), np.array([2.0]), coin).tolist()
    [0.25]
    """
    turned = Baseline(mean=1 - baseline.mean, certainty=baseline.certainty)
    return tail_at_most(np.asarray(tried) - np.asarray(won), tried, turned)


def _binomial(won: FloatArray, tried: FloatArray, rate: FloatArray) -> FloatArray:
    inside = (won >= 0) & (won < tried)
    found = np.where(won < 0, 0.0, 1.0)
    found[inside] = betainc(tried[inside] - won[inside], won[inside] + 1, 1 - rate[inside])
    return found


def _beta_binomial(won: FloatArray, tried: FloatArray, a: FloatArray, b: FloatArray) -> FloatArray:
    """Sum the tail; above the mean, one less the tail of the failures."""
    found = np.where(won < 0, 0.0, 1.0)
    inside = np.flatnonzero((won >= 0) & (won < tried))
    if not len(inside):
        return found
    won, tried, a, b = won[inside], tried[inside], a[inside], b[inside]
    above = won > tried * a / (a + b)
    last = np.where(above, tried - won - 1, won)
    a, b = np.where(above, b, a), np.where(above, a, b)
    sums = _sums(last, tried, a, b)
    found[inside] = np.clip(np.where(above, 1 - sums, sums), 0.0, 1.0)
    return found


def _sums(last: FloatArray, tried: FloatArray, a: FloatArray, b: FloatArray) -> FloatArray:
    mean = a / (a + b)
    deviation = np.sqrt(tried * mean * (1 - mean) * (1 + (tried - 1) / (a + b + 1)))
    reach = np.minimum(last, np.maximum(np.ceil(_REACH_SD * deviation), _LEAST_REACH)).astype(np.int64)
    # A distribution heaped up at its ends has no tail to cut off.
    reach = np.where((a < 1) | (b < 1), last.astype(np.int64), reach)
    sums = np.empty(len(last))
    for place in np.flatnonzero(reach > _MOST_TERMS):
        sums[place] = _averaged(last[place], tried[place], a[place], b[place])
    order = np.argsort(reach, kind="stable")
    order = order[reach[order] <= _MOST_TERMS]
    begin = 0
    while begin < len(order):
        end = begin + 1
        while end < len(order) and (end + 1 - begin) * (reach[order[end]] + 1) <= _MOST_CELLS:
            end += 1
        some = order[begin:end]
        sums[some] = _block(last[some], tried[some], a[some], b[some], int(reach[some[-1]]))
        begin = end
    return sums


def _averaged(last: float, tried: float, a: float, b: float) -> float:
    rate = betaincinv(a, b, (np.arange(_N_QUANTILES) + 0.5) / _N_QUANTILES)
    return float(betainc(tried - last, last + 1, 1 - rate).mean())


def _block(last: FloatArray, tried: FloatArray, a: FloatArray, b: FloatArray, reach: int) -> FloatArray:
    """Return Σ of the terms last, last − 1, …: P(k − 1) / P(k) = k (n − k + b) / ((n − k + 1) (a + k − 1))."""
    choose = gammaln(tried + 1) - gammaln(last + 1) - gammaln(tried - last + 1)
    first = choose + betaln(last + a, tried - last + b) - betaln(a, b)
    k = last[:, None] - np.arange(reach)[None, :]
    n = tried[:, None]
    live = k >= 1
    k = np.where(live, k, 1.0)
    ratio = np.where(live, k * (n - k + b[:, None]) / ((n - k + 1) * (a[:, None] + k - 1)), 0.0)
    return np.asarray(np.exp(first) * (1 + np.cumprod(ratio, axis=1).sum(axis=1)), dtype=np.float64)
