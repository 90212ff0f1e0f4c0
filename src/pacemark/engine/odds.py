"""The chance of a target over the whole chain, every rate uncertain."""

from __future__ import annotations

from dataclasses import dataclass, fields
from math import comb

import numpy as np
from numpy.typing import NDArray

from pacemark.engine.parts import Parts, deal_chances
from pacemark.engine.reach import RewardTable

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

# Numbers of deals looked at per person: people are worked in batches of about equal width.
_WIDTHS = (16, 24, 32, 48, 64, 96, 160, 320, 800)
# Deals looked at, in standard deviations below and above the mean.
_BELOW, _ABOVE, _FEW = 6.5, 8.5, 24.0
# Where deals are many, four cells per standard deviation stand for single deals.
_CELLS_PER_DEVIATION = 4.0
# Numbers worked at a time, so that they stay in the processor's cache.
_BATCH_SIZE = 32_768
# One distribution serves where its mean is right to this share of a standard deviation.
_MISSED, _NOTHING = 0.03, 1e-9
_MOST_PARTS = 1500.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Where deals come from, one entry per person.

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
        Opportunities open at the start. Need not be whole, and may be negative together with ``open_slope``: a
        negative binomial count.
    open_floor, open_slope : ndarray of shape (n_people,), float64
        The chance of an open one is floor + slope × w: it rises and falls with the win rate.
    """

    work_moments: FloatArray
    win_moments: FloatArray
    direct: FloatArray
    open_count: FloatArray
    open_floor: FloatArray
    open_slope: FloatArray

    def take(self, index: IntArray) -> Sources:
        """Return the entries of some people, in that order."""
        return Sources(**{field.name: getattr(self, field.name)[..., index] for field in fields(self)})


@dataclass(frozen=True, slots=True, kw_only=True)
class DealLaw:
    """How work becomes deals, and what they must reach, one entry per person.

    Parameters
    ----------
    sources : Sources
        Where deals come from.
    table : RewardTable
        The chance that a number of deals reaches the target.
    index : ndarray of shape (n_people,), int64
        Each entry's place in the table.
    """

    sources: Sources
    table: RewardTable
    index: IntArray

    def take(self, index: IntArray) -> DealLaw:
        """Return the entries of some people, in that order."""
        return DealLaw(sources=self.sources.take(index), table=self.table, index=self.index[index])


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
    By thinning the chain is one count of deals: Bin(work, q·w) + Poisson(direct · w) + Bin(open, floor + slope · w).
    The first three factorial moments of that sum are exact for independent Beta rates. The distribution whose
    successive probabilities have the ratio (P + S d + d²) / ((d + 1)(γ + d)) and whose first three factorial moments
    are the same stands for it (Ord's family; binomial, Poisson and beta-binomial are members, and exact). The chance is
    Σ P(d deals) × P(d deals reach the amount). Where that distribution misses the mean, `deal_chances` replaces it.
    Within .005 of simulation in 99 of 100 chains of ``bench/trials_chance.py``, and in all whose open opportunities are
    of ordinary size.

    References
    ----------
    .. [1] J. K. Ord, "On a system of discrete distributions", Biometrika 54, 1967.
    """
    moments = factorial_moments(law.sources, work)
    chance, served = _chances(law, work, moments)
    if served.all():
        return chance
    most = moments[1] + _ABOVE * np.sqrt(np.maximum(moments[2] + moments[1] - moments[1] ** 2, 0.0))
    for who in np.flatnonzero(~served & (most <= _MOST_PARTS)):
        chance[who] = _chance_by_parts(law, int(who), work, most[who])
    # Where deals are too many for that, a binomial or negative binomial law has at least mean and variance.
    many = np.flatnonzero(~served & ~(most <= _MOST_PARTS))
    if len(many):
        two = moments[:, many]
        one_less = np.maximum(2 * two[2] * two[2] / two[1] - two[2] * two[1], 0.0)
        chance[many], _ = _chances(law.take(many), work[many], np.stack([two[0], two[1], two[2], one_less]))
    return np.nan_to_num(chance, nan=0.0)


def _chances(law: DealLaw, work: FloatArray, moments: FloatArray) -> tuple[FloatArray, BoolArray]:
    """Return the chances by one law of Ord's family each, and for whom it has the right mean."""
    mean = moments[1]
    deviation = np.sqrt(np.maximum(moments[2] + mean - mean**2, 0.0))
    # Few deals are looked at one by one from none on: their tails are long, as deviations go.
    first = np.where(mean > _FEW, np.maximum(np.floor(mean - _BELOW * deviation), 0.0), 0.0)
    step = np.where(mean > _CELLS_PER_DEVIATION * deviation, np.floor(deviation / _CELLS_PER_DEVIATION), 1.0)
    step = np.maximum(step, 1.0)
    width = (mean + _ABOVE * deviation + 6.0 - first) / step
    step = np.where(width > _WIDTHS[-1], np.ceil(step * width / _WIDTHS[-1]), step)
    width = np.minimum(width, _WIDTHS[-1])
    # Where the number of deals is bounded, the ratio beyond the bound may be nought over nought.
    bounded = (law.sources.direct == 0) & (law.sources.open_count >= 0)
    most = np.where(bounded, work + np.ceil(law.sources.open_count), np.inf)
    chance, served = np.empty(len(mean)), np.empty(len(mean), dtype=np.bool_)
    for some, cells in _batches(width):
        counts = first[some, None] + step[some, None] * np.arange(cells, dtype=np.float64)
        weights = deal_weights(moments[:, some], counts, step[some, None])
        weights[counts > most[some, None]] = 0.0
        reached = _cell_chance(law.table, law.index[some], counts, step[some, None])
        with np.errstate(over="ignore", invalid="ignore"):
            total = weights.sum(axis=1)
            chance[some] = np.clip(np.einsum("ij,ij->i", weights, reached) / total, 0.0, 1.0)
            off = np.abs(np.einsum("ij,ij->i", weights, counts) / total - mean[some])
        served[some] = (off <= _MISSED * deviation[some]) | (mean[some] <= _NOTHING)
    return chance, served


def factorial_moments(sources: Sources, work: FloatArray) -> FloatArray:
    """Give the exact first factorial moments of the number of deals.

    Parameters
    ----------
    sources : Sources
        Entries of ``n_people``.
    work : ndarray of shape (n_people,), float64
        Whole numbers ``>= 0``.

    Returns
    -------
    ndarray of shape (4, n_people), float64
        E[1], E[D], E[D(D − 1)], E[D(D − 1)(D − 2)].
    """
    # Work and direct opportunities wait for the same win rate: their moments of order i go with w to the power of i.
    fresh = _of_sum(_falling(work) * sources.work_moments, sources.direct ** np.arange(4)[:, None])
    if not sources.open_count.any():
        return fresh * sources.win_moments
    ripe, floor, slope = _falling(sources.open_count), sources.open_floor, sources.open_slope
    found = np.zeros_like(sources.win_moments)
    for order, opened in ((n, k) for n in range(4) for k in range(n + 1)):
        chance = np.zeros_like(work)
        for power in range(opened + 1):
            ways = comb(opened, power) * floor ** (opened - power) * slope**power
            chance += ways * sources.win_moments[order - opened + power]
        found[order] += comb(order, opened) * fresh[order - opened] * ripe[opened] * chance
    return found


def _chance_by_parts(law: DealLaw, who: int, work: FloatArray, most: float) -> float:
    one = law.sources.take(np.array([who]))
    parts = Parts(
        work=float(work[who]),
        work_moments=one.work_moments[:, 0],
        win_moments=one.win_moments[:, 0],
        direct=float(one.direct[0]),
        open_count=float(one.open_count[0]),
        open_floor=float(one.open_floor[0]),
        open_slope=float(one.open_slope[0]),
    )
    n_counts = int(most) + 10
    reached = law.table.at(law.index[who : who + 1], np.arange(n_counts, dtype=np.float64)[None, :])[0]
    return float(deal_chances(parts, n_counts) @ reached)


def _falling(count: FloatArray) -> FloatArray:
    two = count * (count - 1)
    return np.stack([np.ones_like(count), count, two, two * (count - 2)])


def _of_sum(left: FloatArray, right: FloatArray) -> FloatArray:
    # Factorial moments of a sum of independent counts follow the binomial theorem.
    return np.stack([sum(comb(m, j) * left[j] * right[m - j] for j in range(m + 1)) for m in range(4)])


def _batches(width: FloatArray) -> list[tuple[IntArray, int]]:
    kind = np.searchsorted(np.array(_WIDTHS[:-1]), width)
    found = []
    for batch, cells in enumerate(_WIDTHS):
        index = np.flatnonzero(kind == batch)
        rows = max(_BATCH_SIZE // cells, 1)
        found += [(index[start : start + rows], cells) for start in range(0, len(index), rows)]
    return found


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
        Proportional to the probabilities; not finite where no law of the family has these moments.
    """
    ratio_zero, ratio_one, ratio_two = (_ratio(moments[m + 1], moments[m])[:, None] for m in range(3))
    # Ord's parameters, all multiplied by one divisor that vanishes for binomial and Poisson counts.
    divisor = 2 * ratio_one - ratio_zero - ratio_two
    g = 2 * (ratio_one - ratio_two - 1)
    p = ratio_zero * g
    s = g * (ratio_one - ratio_zero) - (ratio_one + 1) * divisor
    # The middle of a step's single ratios stands for all of them.
    at = counts[:, :-1] + (step - 1) / 2
    upper = divisor * at
    lower = upper + (g + divisor + s)
    lower *= at + 1
    upper += s
    upper *= at
    upper += p
    with np.errstate(divide="ignore", invalid="ignore"):
        upper /= lower
    # Past the largest possible number the ratio turns negative: nothing more follows.
    upper[~((upper > 0) & np.isfinite(upper))] = 0.0
    weights = np.ones_like(counts)
    if (step == 1).all():
        with np.errstate(over="ignore"):
            np.cumprod(upper, axis=1, out=weights[:, 1:])
        return weights
    with np.errstate(divide="ignore"):
        np.cumsum(np.log(upper) * step, axis=1, out=weights[:, 1:])
    weights[:, 0] = 0.0
    weights -= weights.max(axis=1, keepdims=True)
    return np.exp(weights)


def _ratio(upper: FloatArray, lower: FloatArray) -> FloatArray:
    return np.divide(upper, lower, out=np.zeros_like(upper), where=lower > 0)


def _cell_chance(table: RewardTable, index: IntArray, counts: FloatArray, step: FloatArray) -> FloatArray:
    if (step == 1).all():
        return table.at(index, counts)
    edges = np.concatenate([counts - step / 2, counts[:, -1:] + step / 2], axis=1)
    return table.mean_between(index, edges)
