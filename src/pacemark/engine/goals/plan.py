"""Plans for thousands of people at once: the textbook chain, and the least work for a chance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pacemark.engine.goals.plan_batch import DOES_NOT_FIT, FITS, UNKNOWN, WORK, Plan, PlanBatch
from pacemark.engine.goals.plan_chain import PlanChain, chain_of
from pacemark.engine.goals.plan_inputs import PlanInputs
from pacemark.engine.goals.reachable import expected_result, reachable_result
from pacemark.engine.least import least_work
from pacemark.engine.scenarios import Mixture, mixture_of

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

TEXTBOOK_CONFIDENCE = 0.5
CONFIDENCES = (0.5, 0.8, 0.9)
# More dials in one period than a floor of ten thousand makes: a plan that needs them has no rate to stand on.
MAX_WORK = 10_000_000.0
_RATE_NEAR_ZERO, _OUT_OF_REACH = 1, 2
# Work is a whole number of dials; a float's last digits must not cost one more.
_ROUNDING = 1e-9


def plan_people(inputs: PlanInputs, confidences: Sequence[float] = CONFIDENCES) -> PlanBatch:
    """Plan everyone's period at several confidences.

    Parameters
    ----------
    inputs : PlanInputs
        Targets, days, rates, values and open pipeline of ``n_people``.
    confidences : sequence of float, default (0.5, 0.8, 0.9)
        Each strictly between 0 and 1. At 0.5 it is the textbook chain, with its own odds; the others are solved.

    Returns
    -------
    PlanBatch
        One `Plan` per confidence.

    Notes
    -----
    Textbook: gap = max(0, target − open_count × open_chance × open value); opportunities = gap / (deal value × win
    rate × closing share); then back through the mean rates, direct opportunities subtracted: the chain of
    `pacemark.engine.goals.decompose`. Solved: the fewest dials (for closers new opportunities) whose chance over the
    whole chain, `pacemark.engine.odds.chance_of_target`, reaches the confidence; the other stages are that work times
    the mean rates. Guaranteed: a higher solved confidence never asks for less than a lower one; the order of people
    does not matter. Not guaranteed: that a solved plan asks for more than the textbook one.

    References
    ----------
    .. [1] docs/methods/plan.md
    """
    chain = chain_of(inputs)
    desk = _Desk(inputs=inputs, chain=chain, mixture=mixture_of(chain.odds), capacity=_capacity(inputs, chain))
    textbook = _textbook_work(chain)
    plans = {}
    for confidence in sorted(confidences):
        if confidence == TEXTBOOK_CONFIDENCE:
            plans[confidence] = _textbook_plan(desk, textbook)
        else:
            plans[confidence] = _solved_plan(desk, confidence, textbook)
    return PlanBatch(
        plans=plans,
        needed_opportunities=np.where(chain.is_setter & np.isfinite(chain.gap), chain.gap, np.nan),
        expected_from_open=chain.open_money,
        odds_without_work=desk.mixture.chance(np.arange(inputs.n_people), np.zeros(inputs.n_people)),
        capacity=desk.capacity,
        odds_at_capacity=_chance_where(desk, np.isfinite(desk.capacity), np.floor(desk.capacity + _ROUNDING)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Desk:
    inputs: PlanInputs
    chain: PlanChain
    mixture: Mixture
    capacity: FloatArray


def _capacity(inputs: PlanInputs, chain: PlanChain) -> FloatArray:
    dials = inputs.capacity_dials_per_day * inputs.days
    return np.minimum(np.where(chain.is_closer, inputs.capacity_opportunities, dials), MAX_WORK)


def _textbook_work(chain: PlanChain) -> FloatArray:
    """Return the exact work of the chain at mean rates; infinite where a rate is too close to zero."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        work = np.maximum(_textbook_opportunities(chain) - chain.direct, 0.0) / chain.opportunity_per_work
    work = np.where(chain.gap <= 0, 0.0, work)
    return np.where(work <= MAX_WORK, work, np.inf)


def _textbook_opportunities(chain: PlanChain) -> FloatArray:
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        needed = np.where(chain.is_setter, chain.gap, chain.gap / (chain.value * chain.win * chain.share))
    return np.where(chain.gap <= 0, 0.0, needed)


def _textbook_plan(desk: _Desk, work: FloatArray) -> Plan:
    odds = _chance_where(desk, np.isfinite(work), np.ceil(work - _ROUNDING))
    short = _misses(desk, work)
    best, best_odds = np.full(len(work), np.nan), np.full(len(work), np.nan)
    if len(short):
        full = np.floor(desk.capacity[short] + _ROUNDING)
        best[short], best_odds[short] = expected_result(desk.chain, short, full)
    return _plan(desk, TEXTBOOK_CONFIDENCE, _Found(work=work, odds=odds, best=best, best_odds=best_odds))


def _solved_plan(desk: _Desk, confidence: float, textbook: FloatArray) -> Plan:
    guess = np.where(np.isfinite(textbook), textbook * (1 + confidence - TEXTBOOK_CONFIDENCE) + 1, MAX_WORK / 10)
    work, odds = least_work(desk.mixture.chance, confidence, guess, MAX_WORK)
    odds = np.where(np.isfinite(work), odds, np.nan)
    short = _misses(desk, work)
    best, best_odds = np.full(len(work), np.nan), np.full(len(work), np.nan)
    if len(short):
        full = np.floor(desk.capacity[short] + _ROUNDING)
        best[short], best_odds[short] = reachable_result(desk.chain, short, full, confidence)
    return _plan(desk, confidence, _Found(work=work, odds=odds, best=best, best_odds=best_odds))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    work: FloatArray
    odds: FloatArray
    best: FloatArray
    best_odds: FloatArray


def _misses(desk: _Desk, work: FloatArray) -> IntArray:
    """Return the people whose work does not fit into their capacity."""
    return np.flatnonzero(work > desk.capacity * (1 + _ROUNDING) + _ROUNDING)


def _chance_where(desk: _Desk, asked: NDArray[np.bool_], work: FloatArray) -> FloatArray:
    odds = np.full(len(work), np.nan)
    some = np.flatnonzero(asked)
    if len(some):
        odds[some] = desk.mixture.chance(some, work[some])
    return odds


def _plan(desk: _Desk, confidence: float, found: _Found) -> Plan:
    is_textbook = confidence == TEXTBOOK_CONFIDENCE
    missing = _RATE_NEAR_ZERO if is_textbook else _OUT_OF_REACH
    reason = np.where(np.isfinite(found.work), 0, missing)
    feasible = np.full(len(reason), UNKNOWN)
    feasible[np.isfinite(desk.capacity)] = FITS
    feasible[_misses(desk, found.work)] = DOES_NOT_FIT
    # Without a working day no work fits, whatever is known of the capacity.
    feasible[(found.work > 0) & (desk.inputs.days <= 0) & ~desk.chain.is_closer] = DOES_NOT_FIT
    # More direct opportunities than are needed stay out of the textbook chain, as in `decompose`.
    most = _textbook_opportunities(desk.chain) if is_textbook else np.full(len(reason), np.inf)
    stages = _stages(desk, np.where(np.isfinite(found.work), found.work, np.nan), most)
    per_day = {stage: _pace(stages[stage], desk.inputs.days) for stage in WORK}
    return Plan(
        confidence=confidence,
        method="textbook" if is_textbook else "solved",
        stages=stages,
        per_day=per_day,
        per_week={stage: pace * desk.inputs.days_per_week for stage, pace in per_day.items()},
        odds=found.odds,
        feasible=feasible,
        reachable=found.best,
        reachable_odds=found.best_odds,
        reason=reason,
    )


def _stages(desk: _Desk, work: FloatArray, most: FloatArray) -> Mapping[str, FloatArray]:
    chain = desk.chain
    connects = work * chain.rates[0]
    deep_talks = connects * chain.rates[1]
    from_talks = deep_talks * chain.rates[2]
    opportunities = np.minimum(from_talks + chain.direct, most)
    nobody = np.full(len(work), np.nan)
    return {
        "dials": np.where(chain.is_closer, nobody, work),
        "connects": np.where(chain.is_closer, nobody, connects),
        "deep_talks": np.where(chain.is_closer, nobody, deep_talks),
        "opportunities_from_talks": np.where(chain.is_closer, nobody, from_talks),
        "opportunities": opportunities,
        "deals": np.where(chain.is_setter, nobody, opportunities * chain.win * chain.share),
        "pipeline": opportunities * desk.inputs.expected_amount,
    }


def _pace(amount: FloatArray, days: FloatArray) -> FloatArray:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(days > 0, amount / days, np.where(amount == 0, 0.0, np.nan))
