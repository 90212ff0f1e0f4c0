"""Where a period will end at the pace shown: the mean, a band around it, and the chance of the target."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from pacemark.engine.goals.pace import HALF_LIFE_MONTHS
from pacemark.engine.goals.plan_chain import PlanChain, chain_of
from pacemark.engine.goals.plan_inputs import PlanInputs
from pacemark.engine.goals.reachable import deal_sources
from pacemark.engine.goals.stated import chance_by_scenarios
from pacemark.engine.odds import deal_weights, factorial_moments
from pacemark.engine.reach import mean_deal
from pacemark.engine.sums import MAX_SIGMA

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

BAND = (0.1, 0.9)
# Numbers of deals looked at per person: people are worked in batches of about equal width.
_WIDTHS = (24, 48, 96, 192, 384)
_BELOW, _ABOVE, _FEW = 6.5, 8.5, 24.0
_BISECTIONS = 30
# The band's search spans so many powers of e below one median deal, and above the mean.
_SPAN = 9.0
_MISSED = 0.03
_ROWS = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What the rest of a period brings, beyond what is booked: money, for setters opportunities.

    Parameters
    ----------
    chance : ndarray of shape (n_people,), float64
        Of the target, 0–1.
    mean : ndarray of shape (n_people,), float64
        Expected.
    low, high : ndarray of shape (n_people,), float64
        One in ten ends below, one in ten above.
    """

    chance: FloatArray
    mean: FloatArray
    low: FloatArray
    high: FloatArray


def carried_pace(work: FloatArray, days: FloatArray, work_now: FloatArray, days_now: FloatArray) -> FloatArray:
    """Carry everyone's pace on into a month that is not over.

    Parameters
    ----------
    work, days : ndarray of shape (n_people,), float64
        Weighted sums over the months before, the last of them counting 1.
    work_now, days_now : ndarray of shape (n_people,), float64
        The present month's so far.

    Returns
    -------
    ndarray of shape (n_people,), float64
        Work per working day, as `pacemark.engine.goals.pace.pace_per_day` of all these months; 0 without days.

    Examples
    --------
    >>> import numpy as np
    >>> one = np.ones(1)
    >>> carried_pace(100 * one, 20 * one, 220 * one, 22 * one).round(2).tolist()
    [8.04]
    """
    fade = 2.0 ** (-1 / HALF_LIFE_MONTHS)
    total_days = days * fade + days_now
    total = work * fade + work_now
    return np.asarray(np.divide(total, total_days, out=np.zeros(len(days)), where=total_days > 0), dtype=np.float64)


def look_ahead(inputs: PlanInputs, scenarios: FloatArray) -> Outlook:
    """Tell where everyone's period ends when the work still to come is not known for certain.

    Parameters
    ----------
    inputs : PlanInputs
        Entries of ``n_people``, as they stand now: targets less what is booked, days left, what is open.
    scenarios : ndarray of shape (n_people, n_scenarios), float64
        Equally likely amounts of work: dials, for closers new opportunities; whole numbers.

    Returns
    -------
    Outlook
        In the same order.

    Notes
    -----
    The chance is `pacemark.engine.goals.stated.chance_by_scenarios`. For the band the factorial moments of the number
    of deals, averaged over the scenarios, name one law of Ord's family (`pacemark.engine.odds`); the sum of n deals is
    taken as log-normal with its own mean and variance. Where no law of the family has these moments, the result itself
    is. Within .02 of a simulation's tenth and ninetieth percentile, read as probabilities.
    """
    chain = chain_of(inputs)
    moments = np.mean([factorial_moments(deal_sources(chain.odds), work) for work in scenarios.T], axis=0)
    mean = moments[1]
    low, high = (_quantile(chain, moments, share) for share in BAND)
    worth = np.where(chain.is_setter, 1.0, mean_deal(np.minimum(chain.odds.sigma, MAX_SIGMA), chain.odds.doubt))
    return Outlook(
        chance=chance_by_scenarios(inputs, scenarios),
        mean=mean * worth * chain.unit,
        low=low * chain.unit,
        high=high * chain.unit,
    )


def _quantile(chain: PlanChain, moments: FloatArray, share: float) -> FloatArray:
    """Return the result, in median deals or opportunities, that is not exceeded with a chance."""
    mean = moments[1]
    deviation = np.sqrt(np.maximum(moments[2] + mean - mean**2, 0.0))
    first = np.where(mean > _FEW, np.maximum(np.floor(mean - _BELOW * deviation), 0.0), 0.0)
    width = mean + _ABOVE * deviation + 6.0 - first
    step = np.maximum(np.ceil(width / _WIDTHS[-1]), 1.0)
    cells = np.searchsorted(np.array(_WIDTHS[:-1]), np.ceil(width / step))
    found = np.zeros(len(mean))
    for kind, n_cells in enumerate(_WIDTHS):
        mine = np.flatnonzero(cells == kind)
        for some in (mine[start : start + _ROWS] for start in range(0, len(mine), _ROWS)):
            counts = first[some, None] + step[some, None] * np.arange(n_cells)
            with np.errstate(over="ignore", invalid="ignore"):
                weights = deal_weights(moments[:, some], counts, step[some, None])
                weights /= weights.sum(axis=1, keepdims=True)
                off = np.abs((weights * counts).sum(axis=1) - mean[some])
            found[some] = np.where(
                off <= _MISSED * deviation[some] + 1e-9,
                _of_counts(chain, some, np.nan_to_num(weights), counts, share),
                _smooth(chain, some, moments[:, some], share),
            )
    return found


def _of_counts(chain: PlanChain, people: IntArray, weights: FloatArray, counts: FloatArray, share: float) -> FloatArray:
    """Return the quantile from the chances of numbers of deals; without spread it is the number itself."""
    running = np.cumsum(weights, axis=1)
    whole = np.take_along_axis(counts, (running < share - 1e-12).argmin(axis=1)[:, None], axis=1)[:, 0]
    sigma = np.minimum(chain.odds.sigma[people], MAX_SIGMA)[:, None]
    doubt = chain.odds.doubt[people][:, None]
    several = np.maximum(counts, 1.0)
    plain = np.log1p(np.expm1(sigma**2) / several)
    centre, spread = np.log(several) + sigma**2 / 2 - plain / 2, np.maximum(np.sqrt(plain + doubt**2), 1e-9)
    none = np.where(counts > 0, 0.0, weights).sum(axis=1)
    some = np.where(counts > 0, weights, 0.0)
    low = np.full(len(people), -_SPAN)
    high = np.log(np.maximum(counts[:, -1], 1.0)) + _SPAN
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        below = none + (some * ndtr((middle[:, None] - centre) / spread)).sum(axis=1)
        low, high = np.where(below < share, middle, low), np.where(below < share, high, middle)
    varied = np.where(none >= share, 0.0, np.exp(high))
    return np.where((sigma[:, 0] > 0) | (doubt[:, 0] > 0), varied, whole)


def _smooth(chain: PlanChain, people: IntArray, moments: FloatArray, share: float) -> FloatArray:
    """Return the quantile of a log-normal result of the same mean and variance."""
    sigma, doubt = np.minimum(chain.odds.sigma[people], MAX_SIGMA), chain.odds.doubt[people]
    deals = np.maximum(moments[1], 1e-9)
    variance = moments[2] + deals - deals**2 + deals * np.expm1(sigma**2)
    log_variance = np.log1p(np.maximum(variance, 0.0) / deals**2) + doubt**2
    mean = np.log(deals * mean_deal(sigma, doubt))
    return np.asarray(np.exp(mean - log_variance / 2 + float(ndtri(share)) * np.sqrt(log_variance)), dtype=np.float64)
