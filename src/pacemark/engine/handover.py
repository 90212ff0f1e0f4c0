"""Opportunities that a full-cycle rep's talks bring, but somebody else comes to own."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv

from pacemark.engine.errors import EngineError
from pacemark.engine.rates import Estimates

FloatArray = NDArray[np.float64]

# A person's own share leans on everyone's as on so many opportunities.
_LEAN = 20.0


def own_shares(own: FloatArray, sourced: FloatArray) -> FloatArray:
    """Estimate which share of the opportunities that each person's talks bring stays their own.

    Parameters
    ----------
    own : ndarray of shape (n_people,), float64
        Opportunities owned that a deep talk of one's own preceded, lately; more than ``sourced`` counts as all.
    sourced : ndarray of shape (n_people,), float64
        Opportunities that a deep talk of one's own preceded, whoever owns them, in the same days, ``>= 0``.

    Returns
    -------
    ndarray of shape (n_people,), float64
        (own + 20 g) / (sourced + 20) with g everyone's share; above 0, at most 1, and 1 where nobody hands over.

    Raises
    ------
    EngineError
        ``rates.bad_counts`` for negative counts or unequal lengths.

    Examples
    --------
    >>> import numpy as np
    >>> own_shares(np.array([30.0, 10.0]), np.array([30.0, 30.0])).round(3).tolist()
    [0.868, 0.468]
    """
    if own.shape != sourced.shape or (own < 0).any() or (sourced < 0).any():
        raise EngineError("rates.bad_counts", "Own and sourced opportunities must be counts, one per person.", "own")
    kept = np.minimum(own, sourced)
    total = float(sourced.sum())
    # Half an opportunity keeps the share above 0 where everything is handed over.
    usual = (float(kept.sum()) + 0.5) / (total + 0.5)
    return np.asarray((kept + _LEAN * usual) / (sourced + _LEAN), dtype=np.float64)


def keep_own(estimates: Estimates, share: FloatArray) -> Estimates:
    """Thin a rate to the successes that stay one's own.

    Parameters
    ----------
    estimates : Estimates
        Rates of ``n_people``.
    share : ndarray of shape (n_people,), float64
        Share of the successes that stay, above 0, at most 1, taken for known.

    Returns
    -------
    Estimates
        Means and raw rates times the share, as doubtful as before in proportion: the relative variance stays. Whoever
        keeps everything is unchanged.

    Raises
    ------
    EngineError
        ``rates.bad_share`` outside these bounds.

    Examples
    --------
    >>> import numpy as np
    >>> from pacemark.engine.rates import shrink
    >>> whole = shrink(np.array([50.0]), np.array([200.0]), 0.25, 100.0)
    >>> keep_own(whole, np.array([0.5])).mean.tolist()
    [0.125]
    """
    if not ((share > 0) & (share <= 1)).all():
        raise EngineError("rates.bad_share", "The share that stays one's own must be above 0 and at most 1.", "share")
    mean = estimates.mean * share
    certainty = (1 - mean) * (estimates.a + estimates.b + 1) / (share * (1 - estimates.mean)) - 1
    a, b = np.where(share < 1, mean * certainty, estimates.a), np.where(share < 1, (1 - mean) * certainty, estimates.b)
    low, high = (np.where(share < 1, betaincinv(a, b, level), old) for level, old in _ends(estimates))
    return replace(estimates, mean=mean, a=a, b=b, low=low, high=high, raw=estimates.raw * share)


def _ends(estimates: Estimates) -> tuple[tuple[float, FloatArray], tuple[float, FloatArray]]:
    return (0.1, estimates.low), (0.9, estimates.high)
