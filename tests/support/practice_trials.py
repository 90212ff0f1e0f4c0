"""The planted practice and the planted sham of a made-up organisation, as trials that the engine judges."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from pacemark.demo.names import CHANNELS
from pacemark.demo.rates import DEEP_TALK_SECONDS, LEAD_GRADE_RATIOS
from pacemark.demo.spec import DemoSpec
from pacemark.demo.tables import RoleCode, local_day
from pacemark.demo.worktime import day_number
from pacemark.demo.world import World, generate_world
from pacemark.engine.lags import LagCurve, Trials, fit_lag_curve
from pacemark.engine.results.case import Verdict, make_claim
from pacemark.engine.results.contrast import Stratum, Tally
from pacemark.engine.results.practice import PracticeTrial, judge_practice

N_KINDS = len(CHANNELS) * len(LEAD_GRADE_RATIOS)


@dataclass(frozen=True, slots=True, kw_only=True)
class StageTrials:
    """Every trial of one stage: who, when, with which kind of lead, how ripe, and whether it succeeded."""

    person: NDArray[np.int64]
    day: NDArray[np.int64]
    kind: NDArray[np.int64]
    exposed: NDArray[np.float64]
    won: NDArray[np.bool_]


def judged(seed: int) -> dict[str, Verdict]:
    """Return what the engine says about the planted practice and about the sham, from events alone."""
    world = generate_world(DemoSpec(seed=seed, end=date(2025, 1, 6) + timedelta(days=seed * 7919 % 720)))
    planted, people = world.layout.planted, world.layout.people
    dials, owns = people.role != RoleCode.CLOSER, people.role != RoleCode.SETTER
    return {
        "practice": _judge(world, talks(world), planted.pioneer, planted.adopters, dials),
        "sham": _judge(world, opportunities(world), planted.sham_star, planted.sham_adopters, owns),
    }


def talks(world: World) -> StageTrials:
    """Deep talks, and which of them led to an opportunity."""
    calls = world.calls
    deep = np.flatnonzero(calls.is_answered & (calls.talk_seconds >= DEEP_TALK_SECONDS))
    converts = np.zeros(len(calls.rep), dtype=bool)
    converts[world.opportunities.sourced_call[world.opportunities.sourced_call >= 0]] = True
    return StageTrials(
        person=calls.rep[deep].astype(np.int64), day=local_day(calls.started_at[deep]).astype(np.int64),
        kind=_kind(world, calls.lead[deep]), exposed=np.ones(len(deep)), won=converts[deep],
    )  # fmt: skip


def opportunities(world: World) -> StageTrials:
    """Opportunities, and which of them are won so far."""
    found, today = world.opportunities, day_number(world.layout.spec.end)
    day = local_day(found.reported_at).astype(np.int64)
    age = (today - day).astype(float)
    return StageTrials(
        person=found.owner.astype(np.int64), day=day, kind=_kind(world, found.lead),
        exposed=_curve(world, day, age).within(age), won=found.is_won,
    )  # fmt: skip


def _curve(world: World, day: NDArray[np.int64], age: NDArray[np.float64]) -> LagCurve:
    won = world.opportunities.is_won
    lag = (local_day(world.opportunities.closed_at[won]) - day[won]).astype(float)
    return fit_lag_curve(Trials(age_days=age, tried=np.ones(len(age)), win_lag_days=lag, win_age_days=age[won]))


def _kind(world: World, lead: NDArray[np.int32]) -> NDArray[np.int64]:
    cards = world.leads
    return cards.channel[lead].astype(np.int64) * len(LEAD_GRADE_RATIOS) + cards.lead_grade[lead]


def _judge(world: World, stage: StageTrials, star: int, adopters: tuple[int, ...], works: NDArray[np.bool_]) -> Verdict:
    spec, n_people = world.layout.spec, world.layout.spec.reps
    before = stage.day < day_number(spec.trial.first)
    claim = make_claim(_strata(stage, before, star, works), strength=200.0, candidates=n_people)
    some = (stage.person != star) & works[stage.person]
    is_during = ~before
    code = (stage.person * N_KINDS + stage.kind) * 2 + is_during
    cells, place = np.unique(code[some], return_inverse=True)
    return judge_practice(
        PracticeTrial(
            person=cells // 2 // N_KINDS, kind=cells // 2 % N_KINDS, is_during=cells % 2 == 1,
            exposed=np.bincount(place, stage.exposed[some]),
            won=np.bincount(place, stage.won[some]).astype(np.float64),
            is_adopter=np.isin(np.arange(n_people), adopters),
        ),
        claim.uplift,
    )  # fmt: skip


def _strata(stage: StageTrials, before: NDArray[np.bool_], star: int, works: NDArray[np.bool_]) -> list[Stratum]:
    found = []
    for kind in range(N_KINDS):
        of_kind = before & (stage.kind == kind) & works[stage.person] & (stage.exposed > 0.5)
        ours, theirs = of_kind & (stage.person == star), of_kind & (stage.person != star)
        sides = (Tally(won=int(stage.won[side].sum()), tried=int(side.sum())) for side in (ours, theirs))
        found.append(Stratum(ours=next(sides), theirs=next(sides)))
    return found
