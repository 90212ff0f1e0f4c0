"""Splitting a whole amount in proportion, to the last unit."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from pacemark.engine.errors import EngineError


def apportion(total: int, weights: Sequence[int | Fraction]) -> tuple[int, ...]:
    """Split a whole amount in proportion to weights, to the last unit.

    Parameters
    ----------
    total : int
        Amount to split, in whole units (minor currency units, leads, calls); ``>= 0``.
    weights : sequence of int or Fraction, length n
        Relative claims, unitless, each ``>= 0`` and at least one ``> 0``. Binary floats are refused: write the
        decimal as a Fraction.

    Returns
    -------
    tuple of int, length n
        Parts in the units of ``total``, in the order of ``weights``.

    Raises
    ------
    EngineError
        ``apportion.bad_total`` if ``total`` is negative or not whole; ``apportion.bad_weights`` if ``weights`` is
        empty, has a negative or inexact entry, or sums to zero.

    Notes
    -----
    Largest-remainder (Hamilton) method: each entry first gets the whole part of its exact share
    ``total * weight / sum(weights)``; the units left over go, one each, to the largest fractional rests.
    Guaranteed: the parts sum to ``total``; each part is within one unit of its exact share; equal rests go to
    the earlier entry; multiplying all weights by one number changes nothing. Not guaranteed: raising the total by
    one unit may lower a part by one (the Alabama paradox). Cost is O(n log n).

    References
    ----------
    .. [1] M. L. Balinski and H. P. Young, "Fair Representation", 1982.

    Examples
    --------
    >>> apportion(100, [1, 1, 1])
    (34, 33, 33)
    """
    _check(total, weights)
    whole = sum(weights, Fraction(0))
    shares = [total * Fraction(weight) / whole for weight in weights]
    parts = [share.numerator // share.denominator for share in shares]
    # Python's sort keeps the order of equals, so that equal rests stay in the order of the entries.
    by_rest = sorted(range(len(parts)), key=lambda index: parts[index] - shares[index])
    for index in by_rest[: total - sum(parts)]:
        parts[index] += 1
    return tuple(parts)


def _check(total: int, weights: Sequence[int | Fraction]) -> None:
    if isinstance(total, bool) or not isinstance(total, int) or total < 0:
        raise EngineError("apportion.bad_total", "The total must be a whole number that is at least zero.", "total")
    exact = all(isinstance(weight, int | Fraction) and not isinstance(weight, bool) for weight in weights)
    if not exact or not any(weights) or min(weights) < 0:
        message = "Weights must be exact numbers, none negative and not all zero."
        raise EngineError("apportion.bad_weights", message, "weights")
