"""The most that can be reached with a given amount of work."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from pacemark.engine.goals.plan_chain import PlanChain
from pacemark.engine.odds import Sources, beta_moments, factorial_moments
from pacemark.engine.reach import mean_deal
from pacemark.engine.scenarios import ChainOdds, mixture_of
from pacemark.engine.sums import MAX_SIGMA

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


def expected_result(chain: PlanChain, people: IntArray, work: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Give the expected result of some people's work, and the chance of it.

    Parameters
    ----------
    chain : PlanChain
        Everyone's chain.
    people : ndarray of shape (n_asked,), int64
        Places of the people asked for.
    work : ndarray of shape (n_asked,), float64
        Their dials, for closers opportunities; whole numbers.

    Returns
    -------
    result, odds : ndarray of shape (n_asked,), float64
        Money, for setters opportunities; and its chance, 0–1.
    """
    odds = chain.odds.take(people)
    mean, _spread = _result_shape(odds, work)
    need = np.where(chain.is_setter[people], np.floor(mean), mean)
    return need * chain.unit[people], _chance(odds, need, work)


def reachable_result(
    chain: PlanChain, people: IntArray, work: FloatArray, confidence: float
) -> tuple[FloatArray, FloatArray]:
    """Give the result that some people's work reaches at about a confidence, and its true chance.

    Parameters
    ----------
    chain : PlanChain
        Everyone's chain.
    people : ndarray of shape (n_asked,), int64
        Places of the people asked for.
    work : ndarray of shape (n_asked,), float64
        Their dials, for closers opportunities; whole numbers.
    confidence : float
        Strictly between 0 and 1.

    Returns
    -------
    result, odds : ndarray of shape (n_asked,), float64
        Money, for setters a whole number of opportunities; and its chance, near the confidence (0 with chance 1 where
        even one deal is less likely than that).

    Notes
    -----
    A log-normal result of the same mean and variance gives the first answer; the probit of its true chance mends it.
    """
    odds = chain.odds.take(people)
    is_setter = chain.is_setter[people]
    mean, spread = _result_shape(odds, work)
    aim = float(ndtri(confidence))
    log_need = np.log(np.maximum(mean, 1e-9)) - spread**2 / 2 - aim * spread
    first = _probit(_chance(odds, np.exp(log_need), work))
    need = np.exp(log_need + np.clip((first - aim) * spread, -1.0, 1.0))
    need = np.where(is_setter, np.floor(need), need)
    reached = _chance(odds, need, work)
    # A person of whom hardly a deal is expected reaches no amount at this confidence but none at all.
    hopeless = reached < confidence - 0.1
    need = np.where(hopeless, 0.0, need)
    return need * chain.unit[people], np.where(hopeless, 1.0, reached)


def deal_sources(odds: ChainOdds) -> Sources:
    """Say where deals come from, every open opportunity counting as one of its size.

    Parameters
    ----------
    odds : ChainOdds
        Entries of ``n_people``.

    Returns
    -------
    Sources
        Without the mixture that `pacemark.engine.scenarios` makes of them.
    """
    moments = [_moments(odds, stage) for stage in range(4)]
    return Sources(
        work_moments=moments[0] * moments[1] * moments[2] * odds.closing_share ** np.arange(4)[:, None],
        win_moments=moments[3],
        direct=odds.direct * odds.closing_share,
        open_count=odds.open_count * odds.open_size,
        open_floor=np.zeros_like(odds.need),
        open_slope=odds.open_chance / moments[3][1],
    )


def _result_shape(odds: ChainOdds, work: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the mean result in median deals, and the standard deviation of its log."""
    counts = factorial_moments(deal_sources(odds), work)
    sigma = np.minimum(odds.sigma, MAX_SIGMA)
    deals = np.maximum(counts[1], 1e-9)
    variance = counts[2] + deals - deals**2 + deals * np.expm1(sigma**2)
    spread = np.log1p(np.maximum(variance, 0.0) / deals**2) + odds.doubt**2
    return deals * mean_deal(sigma, odds.doubt), np.clip(np.sqrt(spread), 0.02, 2.0)


def _moments(odds: ChainOdds, stage: int) -> FloatArray:
    certain = np.isinf(odds.rate_a[stage])
    return np.where(certain, 1.0, beta_moments(np.where(certain, 1.0, odds.rate_a[stage]), odds.rate_b[stage]))


def _chance(odds: ChainOdds, need: FloatArray, work: FloatArray) -> FloatArray:
    return mixture_of(replace(odds, need=need)).chance(np.arange(len(need)), work)


def _probit(chance: FloatArray) -> FloatArray:
    return np.asarray(ndtri(np.clip(chance, 1e-9, 1 - 1e-9)), dtype=np.float64)
