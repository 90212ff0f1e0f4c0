"""Facts to each person's own rates and values: rows in, the engine's estimates out."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pacemark.engine.cohorts import Cohorts, EffectiveCounts, count_effective
from pacemark.engine.handover import keep_own, own_shares
from pacemark.engine.lags import LagCurve, Trials, fit_lag_curve, typed_in_curve
from pacemark.engine.memory import Memory, Panel, learn_memory
from pacemark.engine.priors import typed_in_prior
from pacemark.engine.rates import GroupedEstimates, shrink_in_groups
from pacemark.web.goals.bridge.ground import PlanGround
from pacemark.web.organization.queries import Member
from pacemark.web.pipeline.choices import Stage
from pacemark.web.pipeline.queries import CohortArrays, LossLags, WinLagArrays

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

MONTH_DAYS = 30.0
MONTHS_BACK = 12
TENURE_BANDS_DAYS = (90, 365)
RATE_NAMES = {
    Stage.CONNECT: "connect_per_dial",
    Stage.DEEP_TALK: "deep_talk_per_connect",
    Stage.OPPORTUNITY: "opportunity_per_deep_talk",
    Stage.WIN: "win_rate",
}
# 行业经验值: what an organisation without any record of a stage starts from, worth twenty trials.
TYPED_IN = {
    Stage.CONNECT: typed_in_prior(0.40, 20.0),
    Stage.DEEP_TALK: typed_in_prior(0.15, 20.0),
    Stage.OPPORTUNITY: typed_in_prior(0.25, 20.0),
    Stage.WIN: typed_in_prior(0.20, 20.0),
}
ON_THE_SPOT = typed_in_curve(horizon_days=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class StageEstimate:
    """One stage for everyone: effective and raw counts, and the estimates."""

    counts: EffectiveCounts
    grouped: GroupedEstimates
    memory: Memory


@dataclass(frozen=True, slots=True, kw_only=True)
class RateEstimates:
    """Everyone's rates at every stage, and how long wins take."""

    stages: dict[Stage, StageEstimate]
    win_lag: LagCurve
    loss_lag: LagCurve | None


def estimate_rates(ground: PlanGround) -> RateEstimates:
    """Estimate everyone's rates from what was known at ``as_of``.

    A setter does not close and a closer hardly dials: the stages that are not theirs are left to those whose they are.
    """
    place = {person.rep_id: index for index, person in enumerate(ground.people)}
    levels = group_levels(ground.people, ground.roles, ground.as_of)
    win_lag = fit_win_lag(ground.cohorts, ground.lags, ground.as_of)
    stages = {}
    for stage in RATE_NAMES:
        mine = _cohorts_of(stage, ground.cohorts, place, ground.as_of, _bystanders(stage, ground.roles))
        stages[stage] = _estimate(stage, mine, win_lag if stage is Stage.WIN else ON_THE_SPOT, levels)
    stages[Stage.OPPORTUNITY] = _kept(stages[Stage.OPPORTUNITY], ground, place)
    loss_lag = fit_loss_lag(ground.cohorts, ground.losses, ground.as_of)
    return RateEstimates(stages=stages, win_lag=win_lag, loss_lag=loss_lag)


def _estimate(stage: Stage, cohorts: Cohorts, curve: LagCurve, levels: list[IntArray]) -> StageEstimate:
    """Estimate one stage; how long and how far the past is trusted is itself learned from the past."""
    memory = learn_memory(_panel(cohorts, curve))
    counts = count_effective(cohorts, curve, memory.half_life_days)
    grouped = shrink_in_groups(counts.won, counts.tried, levels, typed_in=TYPED_IN[stage], trust=memory.trust)
    return StageEstimate(counts=counts, grouped=grouped, memory=memory)


def _kept(sourcing: StageEstimate, ground: PlanGround, place: dict[int, int]) -> StageEstimate:
    """Leave to full-cycle reps what they come to own themselves: what others close is not in their chain."""
    owned, n_people = ground.owned, len(place)
    at = np.array([place.get(rep_id, -1) for rep_id in owned.rep_id.tolist()], dtype=np.int64)
    mine = at >= 0
    own = np.bincount(at[mine], (owned.opportunities - owned.not_own_talk)[mine], minlength=n_people)
    sourced = np.bincount(at[mine], owned.sourced[mine], minlength=n_people)
    whole = np.array([role == "full_cycle" for role in ground.roles])
    share = np.where(whole, own_shares(np.where(whole, own, 0.0), np.where(whole, sourced, 0.0)), 1.0)
    grouped = replace(sourcing.grouped, estimates=keep_own(sourcing.grouped.estimates, share))
    return replace(sourcing, grouped=grouped)


def _panel(cohorts: Cohorts, curve: LagCurve) -> Panel:
    """Return the last year by person and month of thirty days, oldest first."""
    back = np.floor(cohorts.age_days / MONTH_DAYS).astype(np.int64)
    n_periods = int(min(MONTHS_BACK, back.max(initial=0) + 1))
    keep = back < n_periods
    cells = Cohorts(
        person=cohorts.person[keep] * n_periods + (n_periods - 1 - back[keep]),
        age_days=cohorts.age_days[keep],
        tried=cohorts.tried[keep],
        won=cohorts.won[keep],
        n_people=cohorts.n_people * n_periods,
    )
    counts = count_effective(cells, curve, math.inf)
    shape = (cohorts.n_people, n_periods)
    age_days = (np.arange(n_periods, dtype=np.float64)[::-1] + 0.5) * MONTH_DAYS
    return Panel(won=counts.won.reshape(shape), tried=counts.tried.reshape(shape), age_days=age_days)


def group_levels(people: list[Member], roles: list[str], as_of: date) -> list[IntArray]:
    """Return the groups each person leans on, the closest first: grade × role × tenure band, then role."""
    closest = [(person.grade_id, role, tenure_band(person, as_of)) for person, role in zip(people, roles, strict=True)]
    return [_codes(closest), _codes(roles)]


def tenure_band(person: Member, as_of: date) -> int:
    """Return 0 for newcomers, 1 for the first year, 2 after that or when the hiring day is not known."""
    if person.hired_on is None:
        return len(TENURE_BANDS_DAYS)
    days = (as_of - person.hired_on).days
    return sum(days >= limit for limit in TENURE_BANDS_DAYS)


def fit_win_lag(cohorts: CohortArrays, lags: WinLagArrays, as_of: date) -> LagCurve:
    """Learn how long it takes until a win counts, from everyone's opportunities and the wins known at ``as_of``.

    A win without a closing day counts on the day its opportunity opened: there its revenue stands, and there it became
    known. Left out, it would seem to come late, and the month's share of new wins would be too low.
    """
    return fit_lag_curve(_watched(cohorts, lags.opened_on, lags.closed_on, lags.won, as_of))


def fit_loss_lag(cohorts: CohortArrays, losses: LossLags, as_of: date) -> LagCurve | None:
    """Learn how long what is lost stays open; nothing where the source does not date its losses."""
    if not len(losses.lost):
        return None
    return fit_lag_curve(_watched(cohorts, losses.opened_on, losses.closed_on, losses.lost, as_of))


def _watched(cohorts: CohortArrays, opened_on: IntArray, closed_on: IntArray, count: IntArray, as_of: date) -> Trials:
    """Return everyone's opportunities as trials, and how long those took that closed."""
    today = as_of.toordinal()
    rows = cohorts.stage == Stage.WIN
    age = np.repeat((today - opened_on).astype(np.float64), count)
    return Trials(
        age_days=(today - cohorts.trial_on[rows]).astype(np.float64),
        tried=cohorts.trials[rows].astype(np.float64),
        win_lag_days=np.repeat((closed_on - opened_on).astype(np.float64), count),
        win_age_days=age,
    )


def _cohorts_of(
    stage: Stage, cohorts: CohortArrays, place: dict[int, int], as_of: date, bystanders: frozenset[int]
) -> Cohorts:
    """Pick one stage's rows of the people at hand; those of bystanders are left out."""
    rows = cohorts.stage == stage
    who = np.array([place.get(int(rep), -1) for rep in np.unique(cohorts.rep_id[rows])], dtype=np.int64)
    person = who[np.unique(cohorts.rep_id[rows], return_inverse=True)[1]] if len(who) else np.empty(0, dtype=np.int64)
    keep = (person >= 0) & ~np.isin(person, list(bystanders))
    return Cohorts(
        person=person[keep],
        age_days=(as_of.toordinal() - cohorts.trial_on[rows][keep]).astype(float),
        tried=cohorts.trials[rows][keep].astype(float),
        won=cohorts.successes[rows][keep].astype(float),
        n_people=len(place),
    )


def _bystanders(stage: Stage, roles: list[str]) -> frozenset[int]:
    idle = "setter" if stage is Stage.WIN else "closer"
    return frozenset(index for index, role in enumerate(roles) if role == idle)


def _codes(keys: list[Any]) -> IntArray:
    known: dict[Any, int] = {}
    return np.array([known.setdefault(key, len(known)) for key in keys], dtype=np.int64)
