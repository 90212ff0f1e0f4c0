"""The chance of a target over the whole chain, every rate uncertain."""

from __future__ import annotations

from dataclasses import dataclass
from math import comb

import numpy as np
from numpy.typing import NDArray

from pacemark.engine.reach import RewardTable

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

# Numbers of deals looked at per person: people are worked in batches of about equal width.
_WIDTHS = (16, 32, 64, 128, 320, 800)
# Deals looked at, in standard deviations below and above the mean.
_BELOW, _ABOVE = 8.0, 10.0
# Where deals are many, six cells per standard deviation stand for single deals.
_CELLS_PER_DEVIATION = 6.0


@dataclass(frozen=True, slots=True, kw_only=True)
class DealLaw:
    """How work becomes deals that count, one entry per person.

    Parameters
    ----------
    work_moments : ndarray of shape (4, n_people), float64
        E[q⁰] to E[q³] of q, the chance that one unit of work (a dial, or for a closer an opportunity) becomes an
        opportunity in time.
    win_moments : ndarray of shape (4, n_people), float64
        E[w⁰] to E[w³] of the win rate w; all 1 where opportunities themselves are counted.
    direct : ndarray of shape (n_people,), float64
        Opportunities in time expected without work, Poisson.
    open_count : ndarray of shape (n_people,), float64
        Opportunities open at the start. Need not be whole, and may be negative together with ``open_share``: a
        negative binomial count.
    open_share : ndarray of shape (n_people,), float64
        Chance of an open one divided by the win rate's mean; it rises and falls with the win rate.
    table : RewardTable
        The chance that a number of deals reaches the target; the deals it knows are those counted here.
    index : ndarray of shape (n_people,), int64
        Each entry's place in the table.
    """

    work_moments: FloatArray
    win_moments: FloatArray
    direct: FloatArray
    open_count: FloatArray
    open_share: FloatArray
    table: RewardTable
    index: IntArray

    def take(self, index: IntArray) -> DealLaw:
        """Return the entries of some people."""
        return DealLaw(
            work_moments=self.work_moments[:, index],
            win_moments=self.win_moments[:, index],
            direct=self.direct[index],
            open_count=self.open_count[index],
            open_share=self.open_share[index],
            table=self.table,
            index=self.index[index],
        )


def beta_moments(a: FloatArray, b: FloatArray) -> FloatArray:
    """Give the first moments of a Beta-distributed rate.

    Parameters
    ----------
    a, b : ndarray of shape (n_people,), float64
        Its parameters, both ``> 0``.

    Returns
    -------
    ndarray of shape (4, n_people), float64
        E[r⁰], E[r¹], E[r²], E[r³].

    Examples
    --------
    >>> import numpy as np
    >>> beta_moments(np.array([20.0]), np.array([80.0]))[1].tolist()
    [0.2]
    """
    one = a / (a + b)
    two = one * (a + 1) / (a + b + 1)
    return np.stack([np.ones_like(one), one, two, two * (a + 2) / (a + b + 2)])


def chance_of_target(law: DealLaw, work: FloatArray) -> FloatArray:
    """Give each person's chance of the target for an amount of work.

    Parameters
    ----------
    law : DealLaw
        Entries of ``n_people``.
    work : ndarray of shape (n_people,), float64
        Dials, or a closer's opportunities; whole numbers ``>= 0``.

    Returns
    -------
    ndarray of shape (n_people,), float64
        Probability, 0–1.

    Notes
    -----
    By thinning the chain is one count of deals: Bin(work, q·w) + Poisson(direct · w) + Bin(open, share · w). The first
    three factorial moments of that sum are exact for independent Beta rates. The distribution whose successive
    probabilities have the ratio (P + S d + d²) / ((d + 1)(γ + d)) and whose first three factorial moments are the
    same stands for it (Ord's family; binomial, Poisson and beta-binomial are members, and exact). The chance is
    Σ P(d deals) × P(d deals reach the amount). Within .005 of simulation over the cases of ``bench/trials_chance.py``.

    References
    ----------
    .. [1] J. K. Ord, "On a system of discrete distributions", Biometrika 54, 1967.
    """
    moments = factorial_moments(
        work=work,
        work_moments=law.work_moments,
        direct=law.direct,
        open_count=law.open_count,
        open_share=law.open_share,
        win_moments=law.win_moments,
    )
    mean = moments[1]
    deviation = np.sqrt(np.maximum(moments[2] + mean - mean**2, 0.0))
    first = np.maximum(np.floor(mean - _BELOW * deviation), 0.0)
    step = np.where(mean > _CELLS_PER_DEVIATION * deviation, np.floor(deviation / _CELLS_PER_DEVIATION), 1.0)
    step = np.maximum(step, 1.0)
    width = (mean + _ABOVE * deviation + 6.0 - first) / step
    step = np.where(width > _WIDTHS[-1], np.ceil(step * width / _WIDTHS[-1]), step)
    width = np.minimum(width, _WIDTHS[-1])
    chance = np.empty(len(mean))
    for some, cells in _batches(width):
        counts = first[some, None] + step[some, None] * np.arange(cells)
        weights = deal_weights(moments[:, some], counts, step[some, None])
        reached = _cell_chance(law.table, law.index[some], counts, step[some, None])
        chance[some] = np.einsum("ij,ij->i", weights, reached) / weights.sum(axis=1)
    return np.clip(chance, 0.0, 1.0)


def factorial_moments(
    *,
    work: FloatArray,
    work_moments: FloatArray,
    direct: FloatArray,
    open_count: FloatArray,
    open_share: FloatArray,
    win_moments: FloatArray,
) -> FloatArray:
    """Give the exact first factorial moments of the number of deals.

    Parameters
    ----------
    work : ndarray of shape (n_people,), float64
        Whole numbers ``>= 0``.
    work_moments, direct, open_count, open_share, win_moments : ndarray, float64
        As `DealLaw`.

    Returns
    -------
    ndarray of shape (4, n_people), float64
        E[1], E[D], E[D(D − 1)], E[D(D − 1)(D − 2)].
    """
    from_work = _falling(work) * work_moments
    from_open = _falling(open_count) * open_share ** np.arange(4)[:, None]
    from_direct = direct ** np.arange(4)[:, None]
    return _of_sum(_of_sum(from_work, from_direct), from_open) * win_moments


def _falling(count: FloatArray) -> FloatArray:
    two = count * (count - 1)
    return np.stack([np.ones_like(count), count, two, two * (count - 2)])


def _of_sum(left: FloatArray, right: FloatArray) -> FloatArray:
    # Factorial moments of a sum of independent counts follow the binomial theorem.
    return np.stack([sum(comb(m, j) * left[j] * right[m - j] for j in range(m + 1)) for m in range(4)])


def _batches(width: FloatArray) -> list[tuple[IntArray, int]]:
    kind = np.searchsorted(np.array(_WIDTHS[:-1]), width)
    found = [(np.flatnonzero(kind == batch), cells) for batch, cells in enumerate(_WIDTHS)]
    return [(index, cells) for index, cells in found if len(index)]


def deal_weights(moments: FloatArray, counts: FloatArray, step: FloatArray) -> FloatArray:
    """Give the chances of numbers of deals from their factorial moments, up to one factor per person.

    Parameters
    ----------
    moments : ndarray of shape (4, n_people), float64
        From `factorial_moments`.
    counts : ndarray of shape (n_people, n_counts), float64
        Rising numbers of deals, ``step`` apart.
    step : ndarray of shape (n_people, 1), float64
        Whole numbers ``>= 1``.

    Returns
    -------
    ndarray of shape (n_people, n_counts), float64
        Proportional to the probabilities; the first is 1.
    """
    ratio_zero, ratio_one, ratio_two = (_ratio(moments[m + 1], moments[m])[:, None] for m in range(3))
    # Ord's parameters, all multiplied by one divisor that vanishes for binomial and Poisson counts.
    divisor = 2 * ratio_one - ratio_zero - ratio_two
    g = 2 * (ratio_one - ratio_two - 1)
    p = ratio_zero * g
    s = g * (ratio_one - ratio_zero) - (ratio_one + 1) * divisor
    # The middle of a step's single ratios stands for all of them.
    at = counts[:, :-1] + (step - 1) / 2
    upper = p + at * (s + divisor * at)
    lower = (at + 1) * (g + divisor + s + divisor * at)
    with np.errstate(divide="ignore", invalid="ignore"):
        rise = upper / lower
    # Past the largest possible number the ratio turns negative: nothing more follows.
    rise[~(rise > 0)] = 0.0
    if (step > 1).any():
        rise **= step
    return np.concatenate([np.ones((len(rise), 1)), np.cumprod(rise, axis=1)], axis=1)


def _ratio(upper: FloatArray, lower: FloatArray) -> FloatArray:
    return np.divide(upper, lower, out=np.zeros_like(upper), where=lower > 0)


def _cell_chance(table: RewardTable, index: IntArray, counts: FloatArray, step: FloatArray) -> FloatArray:
    if (step == 1).all():
        return table.at(index, counts)
    return table.over(index, counts - step / 2, counts + step / 2)
