"""Deals held back over a period's end: more of somebody's signed just after it than others' habits explain."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln, xlog1py, xlogy

from pacemark.engine.errors import EngineError
from pacemark.engine.multiplicity import benjamini_hochberg

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

# It is shown, not judged: of four who are listed, one may owe it to chance.
MOST_Q = 0.25
LEAST_BEYOND = 3.0
# At an end with fewer deals of others, their habit is not known.
LEAST_OF_OTHERS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Deferrals:
    """What was found, one entry per person.

    Parameters
    ----------
    after, around : ndarray of shape (n_people,), int64
        Deals just after the ends, and just before and after them, at the ends where others' habit is known.
    expected : ndarray of shape (n_people,), float64
        Deals just after those ends by the others' habit.
    p, q : ndarray of shape (n_people,), float64
        Chance of at least so many just after; the same with all people in mind. NaN where nothing can be told.
    is_noticed : ndarray of shape (n_people,), bool
        Asks somebody to look.
    """

    after: IntArray
    around: IntArray
    expected: FloatArray
    p: FloatArray
    q: FloatArray
    is_noticed: NDArray[np.bool_]


def find_deferrals(before: IntArray, after: IntArray) -> Deferrals:
    """Compare each person's deals just after periods' ends with those just before, by the others' habit at each end.

    Parameters
    ----------
    before, after : ndarray of shape (n_people, n_ends), int64
        Deals signed in the last and in the first few working days around the same ends, ``>= 0``.

    Returns
    -------
    Deferrals
        One entry per person.

    Raises
    ------
    EngineError
        ``process.negative_deals``.

    Notes
    -----
    At each end a deal falls just after it with the share of the others' deals that did; so a holiday at the turn of a
    month, which makes everybody sign late, excuses everybody. p = P(X ≥ after), X being a sum of binomials, exactly.
    Noticed: q < .25 (Benjamini–Hochberg) and at least 3 deals beyond what is expected. An end at which the others have
    under 8 deals is left out.

    Examples
    --------
    >>> before, after = np.array([[0, 0], [9, 8], [8, 9]]), np.array([[6, 6], [9, 9], [10, 8]])
    >>> find_deferrals(before, after).is_noticed.tolist()
    [True, False, False]
    """
    if (before < 0).any() or (after < 0).any():
        raise EngineError("process.negative_deals", "Deals cannot be fewer than none.", "deals")
    own = before + after
    others = own.sum(axis=0) - own
    is_known = others >= LEAST_OF_OTHERS
    # Leaning to a half by one deal on either side: a habit that nobody broke so far can still be broken.
    usual = np.where(is_known, (after.sum(axis=0) - after + 1.0) / (others + 2.0), 0.0)
    own, after = np.where(is_known, own, 0), np.where(is_known, after, 0)
    around, seen, expected = own.sum(axis=1), after.sum(axis=1), (own * usual).sum(axis=1)
    p = np.array(
        [_at_least(int(seen[row]), own[row], usual[row]) if around[row] else np.nan for row in range(len(own))]
    )
    q = benjamini_hochberg(p)
    is_noticed = (q < MOST_Q) & (seen - expected >= LEAST_BEYOND)
    return Deferrals(after=seen, around=around, expected=expected, p=p, q=q, is_noticed=is_noticed)


def _at_least(seen: int, tried: IntArray, share: FloatArray) -> float:
    """Return P(sum of binomials ≥ seen), by folding their masses together."""
    mass = np.ones(1)
    for n, chance in zip(tried.tolist(), share.tolist(), strict=True):
        if n:
            mass = np.convolve(mass, _masses(n, chance))
    return float(min(1.0, mass[seen:].sum()))


def _masses(n: int, chance: float) -> FloatArray:
    """Return the binomial's masses from 0 to n; ``scipy.stats`` has them too, and takes a second to load."""
    seen = np.arange(n + 1)
    ways = gammaln(n + 1) - gammaln(seen + 1) - gammaln(n - seen + 1)
    masses: FloatArray = np.exp(ways + xlogy(seen, chance) + xlog1py(n - seen, -chance))
    return masses
