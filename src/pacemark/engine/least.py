"""The least whole amount of work that reaches a chance, for many people at once."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
Chance = Callable[[IntArray, FloatArray], FloatArray]

_MAX_ROUNDS = 60
# Interpolation is trusted for so many rounds; after it every second round halves the bracket.
_TRUSTED_ROUNDS = 8


def least_work(chance: Chance, confidence: float, guess: FloatArray, most: float) -> tuple[FloatArray, FloatArray]:
    """Find everyone's least whole amount of work whose chance reaches the confidence.

    Parameters
    ----------
    chance : callable
        Takes places of people and their work, both of shape (n_asked,), and returns their chances; rises with work.
    confidence : float
        Chance to be reached, strictly between 0 and 1.
    guess : ndarray of shape (n_people,), float64
        About how much it may be; only the speed depends on it.
    most : float
        No more work than this is tried.

    Returns
    -------
    work : ndarray of shape (n_people,), float64
        Whole numbers ``>= 0``; infinity where even ``most`` does not reach the confidence.
    reached : ndarray of shape (n_people,), float64
        The chance at that work (at ``most`` where it is infinity).

    Notes
    -----
    Brackets each answer, then interpolates the probit of the chance in the log of the work, which is nearly a straight
    line, and probes just beside each hit until the bracket is one unit wide. About eight chances per person.

    Examples
    --------
    >>> import numpy as np
    >>> work, _ = least_work(lambda people, work: 1 - 0.5 ** work, 0.8, np.ones(1), 1e6)
    >>> work.tolist()
    [3.0]
    """
    n_people = len(guess)
    everyone = np.arange(n_people)
    low, high = np.full(n_people, -1.0), np.full(n_people, np.inf)
    low_z, high_z = np.full(n_people, -np.inf), np.full(n_people, np.inf)
    reached, at_most = np.full(n_people, np.nan), np.zeros(n_people)
    probe = np.clip(np.rint(guess), 0.0, most)
    aim = float(ndtri(confidence))
    for round_ in range(_MAX_ROUNDS):
        open_ = everyone[(high - low > 1) & (low < most)]
        if not len(open_):
            break
        asked = probe[open_]
        found = chance(open_, asked)
        enough = found >= confidence
        z = ndtri(np.clip(found, 1e-15, 1 - 1e-15))
        hit, miss = open_[enough], open_[~enough]
        high[hit], high_z[hit], reached[hit] = asked[enough], z[enough], found[enough]
        low[miss], low_z[miss], at_most[miss] = asked[~enough], z[~enough], found[~enough]
        probe[open_] = _next_probe(low[open_], high[open_], low_z[open_] - aim, high_z[open_] - aim, round_)
        probe = np.minimum(probe, most)
    return high, np.where(np.isfinite(high), reached, at_most)


def _next_probe(low: FloatArray, high: FloatArray, below: FloatArray, above: FloatArray, round_: int) -> FloatArray:
    with np.errstate(invalid="ignore", over="ignore", divide="ignore"):
        grown = np.maximum(low, 1.0) * np.exp(np.clip(-below, 0.2, 3.0))
        shrunk = np.floor(high * np.exp(-np.clip(above, 0.2, 3.0)))
        share = -below / (above - below)
        straight = np.exp(np.log1p(low) + share * (np.log1p(high) - np.log1p(low))) - 1
    halved = (low + np.minimum(high, 1e300)) / 2
    if round_ > _TRUSTED_ROUNDS and round_ % 2:
        straight = halved
    # The step aside closes the far end of the bracket instead of creeping up to the answer.
    aside = np.maximum(0.002 * (high - low), 0.5) if round_ % 2 else np.zeros_like(low)
    straight = np.where(-below < above, straight - aside, straight + aside)
    inside = np.clip(np.where(np.isfinite(straight), np.rint(straight), np.floor(halved)), low + 1, high - 1)
    unbounded = np.where(np.isinf(high), np.ceil(np.maximum(grown, low + 1)), inside)
    return np.where(low < 0, np.where(np.isinf(high), 0.0, np.clip(shrunk, 0.0, high - 1)), unbounded)
