"""The chance that so many opportunities bring so many deals, exactly."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtrc, betainc, betaincinv, betaln, gammaln, logsumexp

from pacemark.engine.errors import EngineError

# More opportunities than this no plan means; a search beyond it would only hide a rate of nearly nothing.
MAX_OPPORTUNITIES = 1_000_000_000
# Above so many terms a sum over deals gives way to an average over quantiles of the rate.
_MAX_TERMS = 200_000
_N_QUANTILES = 20_001
# Binary rounding must not deny a confidence that is met exactly (one coin, one head, 50 %).
_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True)
class WinRate:
    """A win rate, known or estimated, and the part of it that lands inside the period.

    Parameters
    ----------
    mean : float
        The rate, 0–1.
    a, b : float or None
        Parameters of its Beta distribution when it is an estimate, both ``> 0``; None when it is known.
    closing_share : float, default 1.0
        Share of the wins that close inside the period, 0–1.
    """

    mean: float
    a: float | None = None
    b: float | None = None
    closing_share: float = 1.0


def chance_of_deals(needed_deals: int, opportunities: int, rate: WinRate) -> float:
    """Give the chance of at least so many deals from so many opportunities.

    Parameters
    ----------
    needed_deals : int
        Deals needed, ``>= 0``.
    opportunities : int
        Opportunities, ``>= 0``.
    rate : WinRate
        Win rate, known or estimated.

    Returns
    -------
    float
        Probability, 0–1; 1 when no deal is needed.

    Notes
    -----
    A known rate gives the binomial tail at rate × closing share. An estimated one gives the beta-binomial tail; with
    a closing share c below 1, each win lands with chance c: 1 − Σ_w P(w wins) P(Bin(w, c) < needed).
    Exact to rounding; only where that sum would exceed 200,000 terms is it an average over 20,001 quantiles.

    Examples
    --------
    >>> round(chance_of_deals(10, 50, WinRate(mean=0.2)), 4)
    0.5563
    >>> round(chance_of_deals(10, 50, WinRate(mean=0.2, a=20, b=80)), 4)
    0.5344
    """
    if needed_deals <= 0:
        return 1.0
    if needed_deals > opportunities:
        return 0.0
    if rate.a is None or rate.b is None:
        return _clipped(float(bdtrc(needed_deals - 1, opportunities, rate.mean * rate.closing_share)))
    if rate.closing_share <= 0.0:
        return 0.0
    wins = _wins_that_matter(needed_deals, opportunities, rate.closing_share)
    if len(wins) > _MAX_TERMS:
        at = betaincinv(rate.a, rate.b, (np.arange(_N_QUANTILES) + 0.5) / _N_QUANTILES)
        return _clipped(float(_binomial_tail(needed_deals, opportunities, at * rate.closing_share).mean()))
    log_wins = _log_beta_binomial(wins, opportunities, rate.a, rate.b)
    if rate.closing_share < 1.0:
        too_few = betainc(np.maximum(wins - needed_deals + 1, 1), needed_deals, 1 - rate.closing_share)
        with np.errstate(divide="ignore"):
            log_wins = log_wins + np.log(np.where(wins < needed_deals, 1.0, too_few))
    return _clipped(1.0 - math.exp(float(logsumexp(log_wins))))


def opportunities_for(needed_deals: int, confidence: float, rate: WinRate) -> int:
    """Find the fewest opportunities that bring so many deals with a confidence.

    Parameters
    ----------
    needed_deals : int
        Deals needed, ``>= 0``.
    confidence : float
        Chance to be reached, strictly between 0 and 1.
    rate : WinRate
        Win rate, known or estimated.

    Returns
    -------
    int
        The smallest number whose chance reaches the confidence; 0 when no deal is needed.

    Raises
    ------
    EngineError
        ``chance.no_rate`` when nothing is ever won inside the period; ``chance.out_of_reach`` when a thousand million
        opportunities would not do.

    Notes
    -----
    The chance rises with the number, so doubling and then halving finds it.

    Examples
    --------
    >>> opportunities_for(10, 0.8, WinRate(mean=0.2)), opportunities_for(10, 0.8, WinRate(mean=0.2, a=20, b=80))
    (61, 66)
    """
    if needed_deals <= 0:
        return 0
    if rate.mean * rate.closing_share <= 0.0:
        message = "With a rate of 0 no number of opportunities reaches a confidence."
        raise EngineError("chance.no_rate", message, "rate")

    def reaches(opportunities: int) -> bool:
        return chance_of_deals(needed_deals, opportunities, rate) >= confidence - _ROUNDING

    low, high = needed_deals - 1, needed_deals
    while not reaches(high):
        if high >= MAX_OPPORTUNITIES:
            message = "Not even 1,000,000,000 opportunities reach this confidence at this rate."
            raise EngineError("chance.out_of_reach", message, "rate")
        low, high = high, min(2 * high, MAX_OPPORTUNITIES)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if reaches(middle) else (middle, high)
    return high


def _wins_that_matter(needed_deals: int, opportunities: int, closing_share: float) -> NDArray[np.float64]:
    # With so many wins too few landing is rarer than 1e-15; more wins cannot matter.
    last = (needed_deals + 9.0 * math.sqrt(needed_deals) + 45.0) / closing_share
    last = needed_deals - 1 if closing_share >= 1.0 else min(last * 1.5, float(opportunities))
    # One term past the limit is enough to tell that there are too many.
    return np.arange(0, min(last, _MAX_TERMS) + 1, dtype=np.float64)


def _binomial_tail(needed_deals: int, opportunities: int, rates: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(betainc(float(needed_deals), float(opportunities - needed_deals + 1), rates), dtype=np.float64)


def _log_beta_binomial(wins: NDArray[np.float64], opportunities: int, a: float, b: float) -> NDArray[np.float64]:
    ways = gammaln(opportunities + 1.0) - gammaln(wins + 1) - gammaln(opportunities - wins + 1)
    return np.asarray(ways + betaln(a + wins, b + opportunities - wins) - betaln(a, b), dtype=np.float64)


def _clipped(probability: float) -> float:
    return min(max(probability, 0.0), 1.0)
