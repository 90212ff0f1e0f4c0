"""Where a gap in money came from: each factor's part, and the parts add up to the gap exactly."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

_CLOSE = 0.5


def split_change(before: Sequence[Fraction], after: Sequence[Fraction]) -> list[Fraction]:
    """Give each factor's part in the change of a product.

    Parameters
    ----------
    before, after : sequence of Fraction, length n_factors
        The factors, each ``>= 0``; their products are what changed.

    Returns
    -------
    list of Fraction, length n_factors
        They sum to the change exactly. Logarithms make the parts inexact in the 15th digit; the largest part takes
        that up.

    Notes
    -----
    All factors above 0: the logarithmic mean Divisia index, L × ln(x₁ / x₀) with
    L = (R₁ − R₀) / ln(R₁ / R₀) (L = R where R₁ = R₀). Any factor 0: the Shapley value, each factor's effect averaged
    over all orders in which the factors may change. Guaranteed: a factor that did not change has part 0; the order of
    the factors does not matter.

    References
    ----------
    .. [1] B. W. Ang, "Decomposition analysis for policymaking in energy: which is the preferred method?",
       Energy Policy 32, 2004.
    .. [2] L. S. Shapley, "A value for n-person games", 1953.

    Examples
    --------
    >>> parts = split_change([Fraction(10), Fraction(3000)], [Fraction(6), Fraction(3000)])
    >>> [int(part) for part in parts]
    [-12000, 0]
    """
    if any(value == 0 for value in (*before, *after)):
        return _shapley(before, after)
    first, last = math.prod(before, start=Fraction(1)), math.prod(after, start=Fraction(1))
    logs = [_log_ratio(new, old) for old, new in zip(before, after, strict=True)]
    whole = _log_ratio(last, first)
    scale = (last - first) / Fraction(whole) if whole else first
    parts = [scale * Fraction(log) for log in logs]
    largest = max(range(len(parts)), key=lambda place: abs(parts[place]))
    parts[largest] += last - first - sum(parts)
    return parts


def split_changes(before: FloatArray, after: FloatArray) -> FloatArray:
    """Give each factor's part in the change of a product, for many products at once.

    Parameters
    ----------
    before, after : ndarray of shape (n_rows, n_factors), float64
        Factors ``>= 0``; NaN for a rate without trials, which takes the other side's value (1 where both are NaN).

    Returns
    -------
    ndarray of shape (n_rows, n_factors), float64
        As `split_change`, to floating point: rows sum to the change of their product.

    Notes
    -----
    See `split_change`.

    Examples
    --------
    >>> split_changes(np.array([[50.0, 0.2], [0.0, 0.5]]), np.array([[50.0, 0.1], [10.0, 0.5]])).tolist()
    [[0.0, -5.0], [5.0, 0.0]]
    """
    before, after = known_factors(before, after)
    parts = np.zeros(before.shape)
    zero = ((before == 0) | (after == 0)).any(axis=1)
    plain = np.flatnonzero(~zero)
    parts[plain] = _logarithmic(before[plain], after[plain])
    hard = np.flatnonzero(zero)
    parts[hard] = _shapley_rows(before[hard], after[hard])
    return parts


def known_factors(before: FloatArray, after: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Fill in rates that had no trials with the other side's.

    Parameters
    ----------
    before, after : ndarray of shape (n_rows, n_factors), float64
        Factors, NaN for a rate without trials.

    Returns
    -------
    before, after : ndarray of shape (n_rows, n_factors), float64
        Without NaN; 1 where neither side had trials.

    Examples
    --------
    >>> [side.tolist() for side in known_factors(np.array([[np.nan, 2.0]]), np.array([[np.nan, np.nan]]))]
    [[[1.0, 2.0]], [[1.0, 2.0]]]
    """
    filled_before = np.where(np.isnan(before), np.where(np.isnan(after), 1.0, after), before)
    filled_after = np.where(np.isnan(after), filled_before, after)
    return filled_before, filled_after


def whole_parts(parts: FloatArray, totals: IntArray) -> IntArray:
    """Round each row's parts to whole units so that they still sum to the row's total.

    Parameters
    ----------
    parts : ndarray of shape (n_rows, n_parts), float64
        Parts in minor units.
    totals : ndarray of shape (n_rows,), int64
        What each row must sum to, within ``n_parts`` of the sum of its parts.

    Returns
    -------
    ndarray of shape (n_rows, n_parts), int64
        Largest remainders go up; equal ones in the order of the parts. A part of exactly 0 stays 0 while others can
        take the rest.

    Examples
    --------
    >>> whole_parts(np.array([[0.5, 0.0, 0.5]]), np.array([1])).tolist()
    [[1, 0, 0]]
    """
    down = np.floor(parts)
    rest = parts - down
    short = totals - down.sum(axis=1).astype(np.int64)
    # Rounding of floats may ask a unit back; then the smallest remainders give it.
    order = np.argsort(-rest, axis=1, kind="stable")
    rank = np.empty_like(order)
    np.put_along_axis(rank, order, np.broadcast_to(np.arange(parts.shape[1]), parts.shape), axis=1)
    up = rank < short[:, None]
    lower = rank >= parts.shape[1] + np.minimum(short, 0)[:, None]
    # What is far off (a total of another source) goes to the first part rather than missing.
    whole = down.astype(np.int64) + up - lower
    whole[:, 0] += totals - whole.sum(axis=1)
    return np.asarray(whole, dtype=np.int64)


def _log_ratio(new: Fraction, old: Fraction) -> float:
    if new == old:
        return 0.0
    change = new / old - 1
    if abs(change) < _CLOSE:
        return math.log1p(float(change))
    ratio = new / old
    return math.log(ratio.numerator) - math.log(ratio.denominator)


def _shapley(before: Sequence[Fraction], after: Sequence[Fraction]) -> list[Fraction]:
    n_factors = len(before)
    parts = []
    for place in range(n_factors):
        others = [other for other in range(n_factors) if other != place]
        step = after[place] - before[place]
        part = Fraction(0)
        for size in range(n_factors if step else 0):
            weight = Fraction(1, n_factors * math.comb(n_factors - 1, size))
            for moved in combinations(others, size):
                chosen = (after[other] if other in moved else before[other] for other in others)
                part += weight * step * math.prod(chosen, start=Fraction(1))
        parts.append(part)
    return parts


def _logarithmic(before: FloatArray, after: FloatArray) -> FloatArray:
    first, last = before.prod(axis=1), after.prod(axis=1)
    logs = np.log(after / before)
    whole = logs.sum(axis=1)
    change = last - first
    with np.errstate(divide="ignore", invalid="ignore"):
        scale = np.where(np.abs(whole) > 1e-9, change / whole, (first + last) / 2)
    parts = logs * scale[:, None]
    largest = np.argmax(np.abs(parts), axis=1)
    parts[np.arange(len(parts)), largest] += change - parts.sum(axis=1)
    return np.asarray(parts, dtype=np.float64)


def _shapley_rows(before: FloatArray, after: FloatArray) -> FloatArray:
    n_rows, n_factors = before.shape
    parts = np.zeros((n_rows, n_factors))
    step = after - before
    for place in range(n_factors):
        others = [other for other in range(n_factors) if other != place]
        for size in range(n_factors):
            weight = 1 / (n_factors * math.comb(n_factors - 1, size))
            for moved in combinations(others, size):
                kept = [other for other in others if other not in moved]
                parts[:, place] += weight * after[:, list(moved)].prod(axis=1) * before[:, kept].prod(axis=1)
    return np.asarray(parts * step, dtype=np.float64)
