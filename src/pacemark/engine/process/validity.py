"""Whether a number that moves also moves the result: rank correlations between people and within a person."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

FloatArray = NDArray[np.float64]

# How many of the following weeks' deals are looked at.
HORIZON_WEEKS = 2
_INTERVAL = 0.95
# The spread of Fisher's z of a rank correlation is about 1.03 / √(n − 3).
_FISHER_FACTOR = 1.06
_LEAST_WEEKS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Correlation:
    """A rank correlation of every metric with later deals.

    Parameters
    ----------
    value : ndarray of shape (n_metrics,), float64
        −1 to 1; NaN for a metric (or deals) without any difference.
    low, high : ndarray of shape (n_metrics,), float64
        95 % interval.
    spread : ndarray of shape (n_metrics,), float64
        Standard error on Fisher's scale, artanh of the value.
    p : ndarray of shape (n_metrics,), float64
        One-sided chance of so high a value where there is no connection.
    """

    value: FloatArray
    low: FloatArray
    high: FloatArray
    spread: FloatArray
    p: FloatArray


def ranks(values: FloatArray) -> FloatArray:
    """Rank along the last axis; equal values share the mean of their ranks.

    Parameters
    ----------
    values : ndarray of any shape, float64
        NaN takes part in no ranking.

    Returns
    -------
    ndarray of the same shape, float64
        From 1; NaN where the value is.

    Examples
    --------
    >>> ranks(np.array([3.0, 1.0, 3.0, np.nan])).tolist()
    [2.5, 1.0, 2.5, nan]
    """
    order = np.argsort(values, axis=-1, kind="stable")
    ordered = np.take_along_axis(values, order, axis=-1)
    place = np.broadcast_to(np.arange(values.shape[-1], dtype=np.float64), values.shape)
    is_new = np.ones(values.shape, dtype=bool)
    is_new[..., 1:] = ordered[..., 1:] != ordered[..., :-1]
    first = np.maximum.accumulate(np.where(is_new, place, 0.0), axis=-1)
    is_last = np.ones(values.shape, dtype=bool)
    is_last[..., :-1] = is_new[..., 1:]
    last = np.minimum.accumulate(np.where(is_last, place, np.inf)[..., ::-1], axis=-1)[..., ::-1]
    found = np.empty(values.shape)
    np.put_along_axis(found, order, (first + last) / 2 + 1, axis=-1)
    return np.where(np.isnan(values), np.nan, found)


def later_deals(deals: FloatArray, horizon_weeks: int = HORIZON_WEEKS) -> FloatArray:
    """Give the mean deals of the weeks that follow each week.

    Parameters
    ----------
    deals : ndarray of shape (n_people, n_weeks), float64
        Deals per week, oldest first; NaN for a week without the person.
    horizon_weeks : int, default 2
        So many weeks, or as many as there are.

    Returns
    -------
    ndarray of shape (n_people, n_weeks), float64
        NaN in the last week, and where no following week is known.

    Examples
    --------
    >>> later_deals(np.array([[1.0, 2.0, 4.0]]), 2).tolist()
    [[3.0, 4.0, nan]]
    """
    known = ~np.isnan(deals)
    sums = np.cumsum(np.where(known, deals, 0.0), axis=1)
    counts = np.cumsum(known, axis=1)
    n_weeks = deals.shape[1]
    end = np.minimum(np.arange(n_weeks) + horizon_weeks, n_weeks - 1)
    total, number = sums[:, end] - sums, counts[:, end] - counts
    found = np.divide(total, number, out=np.full(deals.shape, np.nan), where=number > 0)
    return np.asarray(found, dtype=np.float64)


def validity_between(metrics: FloatArray, deals: FloatArray) -> Correlation:
    """Correlate people's metrics with their deals of later weeks, between people.

    Parameters
    ----------
    metrics : ndarray of shape (n_metrics, n_people, n_weeks), float64
        Metrics, oldest week first; NaN where unknown.
    deals : ndarray of shape (n_people, n_weeks), float64
        Deals of the same weeks.

    Returns
    -------
    Correlation
        Spearman's, of each person's mean over all weeks but the last with the mean of the weeks that follow.

    References
    ----------
    .. [1] D. G. Bonett and T. A. Wright, "Sample size requirements for estimating Pearson, Kendall and Spearman
       correlations", Psychometrika 65, 2000.

    Examples
    --------
    >>> rows = np.arange(20.0)[:, None] + np.zeros(5)
    >>> validity_between(rows[None], rows).value.tolist()
    [1.0]
    """
    later = later_deals(deals)
    usable = ~np.isnan(metrics) & ~np.isnan(later)
    number = usable.sum(axis=2)
    own = _means(np.where(usable, metrics, 0.0), number)
    theirs = _means(np.where(usable, later, 0.0), number)
    x, y = ranks(own), ranks(theirs)
    n_people = (~np.isnan(x)).sum(axis=1)
    x, y = _centred(x), _centred(y)
    value = _ratio((x * y).sum(axis=1), np.sqrt((x**2).sum(axis=1) * (y**2).sum(axis=1)))
    return _correlation(value, np.sqrt(_FISHER_FACTOR / np.maximum(n_people - 3, 1)))


def validity_within(metrics: FloatArray, deals: FloatArray) -> Correlation:
    """Correlate a person's weeks with the person's deals of the weeks after.

    Parameters
    ----------
    metrics : ndarray of shape (n_metrics, n_people, n_weeks), float64
        Metrics, oldest week first; NaN where unknown.
    deals : ndarray of shape (n_people, n_weeks), float64
        Deals of the same weeks.

    Returns
    -------
    Correlation
        Of ranks within each person, both freed of what all people share in a week (seasons, holidays).

    Notes
    -----
    ρ = Σ_i s_i / √(Σ_i u_i Σ_i v_i), s_i being person i's sum of products of both deviations, u and v of their
    squares. Its spread comes from people, Σ (s_i − ρ (u_i a + v_i / a) / 2)², a = √(Σv / Σu), so that weeks which hang
    together (windows of deals overlap) do not count as independent.

    Examples
    --------
    >>> weeks = np.arange(12.0) * np.array([[1.0], [-1.0]] * 10)
    >>> bool(validity_within(weeks[None], weeks).value[0] > 0.9)
    True
    """
    later = later_deals(deals)
    n_metrics = len(metrics)
    value, spread = np.full(n_metrics, np.nan), np.full(n_metrics, np.nan)
    for place in range(n_metrics):  # one metric at a time: 2,000 people × 26 weeks stay in the processor's cache
        usable = ~np.isnan(metrics[place]) & ~np.isnan(later)
        usable &= usable.sum(axis=1, keepdims=True) >= _LEAST_WEEKS
        x, y = (_deviations(np.where(usable, side, np.nan)) for side in (metrics[place], later))
        value[place], spread[place] = _clustered(x, y)
    return _correlation(value, spread)


def _clustered(x: FloatArray, y: FloatArray) -> tuple[float, float]:
    products, u, v = (x * y).sum(axis=1), (x**2).sum(axis=1), (y**2).sum(axis=1)
    scale = float(np.sqrt(u.sum() * v.sum()))
    if scale <= 1e-9:
        return float("nan"), float("nan")
    value = float(np.clip(products.sum() / scale, -1.0, 1.0))
    ratio = float(np.sqrt(v.sum() / u.sum()))
    residual = products - value * (u * ratio + v / ratio) / 2
    error = float(np.sqrt((residual**2).sum())) / scale
    # On Fisher's scale the error grows towards the ends.
    return value, max(error, 1e-6) / max(1 - value**2, 1e-6)


def _deviations(values: FloatArray) -> FloatArray:
    """Return ranks within each row, less the row's mean and the week's; 0 where unknown."""
    ranked = ranks(values)
    known = ~np.isnan(ranked)
    rows = np.where(known, ranked, 0.0)
    # Two rounds take out both means where weeks are missing; without gaps the first is exact.
    for _ in range(2):
        rows -= np.where(known, _ratio(rows.sum(axis=1), known.sum(axis=1))[:, None], 0.0)
        rows -= np.where(known, _ratio(rows.sum(axis=0), known.sum(axis=0))[None, :], 0.0)
    return np.where(known, rows, 0.0)


def _correlation(value: FloatArray, spread: FloatArray) -> Correlation:
    z = np.arctanh(np.clip(value, -0.999999, 0.999999))
    reach = float(ndtri((1 + _INTERVAL) / 2))
    return Correlation(
        value=value,
        low=np.minimum(np.tanh(z - reach * spread), value),
        high=np.maximum(np.tanh(z + reach * spread), value),
        spread=np.where(np.isnan(value), np.nan, spread),
        p=np.asarray(ndtr(-z / spread), dtype=np.float64),
    )


def _centred(values: FloatArray) -> FloatArray:
    known = ~np.isnan(values)
    mean = _ratio(np.where(known, values, 0.0).sum(axis=1), known.sum(axis=1))
    return np.where(known, values - mean[:, None], 0.0)


def _means(sums: FloatArray, number: NDArray[np.int64]) -> FloatArray:
    total = sums.sum(axis=2)
    return np.asarray(np.divide(total, number, out=np.full(total.shape, np.nan), where=number > 0), dtype=np.float64)


def _ratio(top: FloatArray, bottom: FloatArray | NDArray[np.int64]) -> FloatArray:
    bottom = np.asarray(bottom, dtype=np.float64)
    found = np.divide(top, bottom, out=np.full(np.shape(bottom), np.nan), where=bottom > 1e-12)
    return np.asarray(found, dtype=np.float64)
