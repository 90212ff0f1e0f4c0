"""Plans for many people: the textbook chain with its odds, and the least work for a chance."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest

from pacemark.engine.errors import EngineError
from pacemark.engine.goals.chain import ChainInputs
from pacemark.engine.goals.plan import MAX_WORK, plan_people
from pacemark.engine.goals.plan_batch import WORK, PersonPlan, PlanBatch, plan_of
from pacemark.engine.goals.plan_inputs import BetaRates, DealValues, PlanInputs
from pacemark.engine.goals.plan_steps import plan_steps
from pacemark.engine.goals.work_back import work_back
from tests.support.chain_simulation import ChainCase, simulate

FULL, SETTER, CLOSER = "full_cycle", "setter", "closer"
CONFIDENCES = (0.5, 0.8, 0.9)
STRENGTHS = {"connect_per_dial": 5000.0, "deep_talk_per_connect": 1500.0, "opportunity_per_deep_talk": 400.0}
MEANS = {"connect_per_dial": 0.4, "deep_talk_per_connect": 0.2, "opportunity_per_deep_talk": 0.25}


def _inputs(*roles: str, **changes: float) -> PlanInputs:
    """Return the essay's chain (10 deals from 2,500 dials), with doubt, for each role; changes are for everyone."""
    size = len(roles)
    plain = {
        "target": 30_000.0,
        "opportunities_target": math.nan,
        "days": 22.0,
        "days_per_week": 5.0,
        "capacity_dials_per_day": math.nan,
        "capacity_opportunities": math.nan,
        "expected_amount": 3000.0,
        "closing_share": 1.0,
        "open_count": 0.0,
        "open_chance": 0.1,
        "open_value": math.nan,
        "direct_opportunities": 0.0,
        "win_rate": 0.2,
        "win_strength": 100.0,
        "sigma": 0.4,
        "doubt": 0.1,
        **changes,
    }
    rates = {name: _beta(MEANS[name], STRENGTHS[name], size) for name in MEANS}
    win = _beta(plain.pop("win_rate"), plain.pop("win_strength"), size)
    sigma, doubt = plain.pop("sigma"), plain.pop("doubt")
    log_median = math.log(3000) - (sigma**2 + doubt**2) / 2  # so that the expected value is 3,000
    value = DealValues(
        log_median=np.full(size, log_median), log_median_sd=np.full(size, doubt), sigma=np.full(size, sigma)
    )
    columns = {name: np.full(size, number) for name, number in plain.items()}
    return PlanInputs(roles=roles, win_rate=win, deal_value=value, **rates, **columns)  # type: ignore[arg-type]


def _beta(mean: float, strength: float, size: int) -> BetaRates:
    return BetaRates(a=np.full(size, mean * strength), b=np.full(size, (1 - mean) * strength))


def _person(inputs: PlanInputs, confidence: float, person: int = 0) -> PersonPlan:
    return plan_of(plan_people(inputs), person, confidence)


def test_the_half_plan_is_the_essays_chain_with_its_own_odds() -> None:
    plan = _person(_inputs(FULL), 0.5)

    assert plan.method == "textbook"
    expected = {
        "dials": 2500,
        "connects": 1000,
        "deep_talks": 200,
        "opportunities": 50,
        "deals": 10,
        "pipeline": 150_000,
    }
    assert {stage: plan.stages[stage] for stage in expected} == pytest.approx(expected)
    assert plan.per_day["dials"] == pytest.approx(2500 / 22)
    assert plan.per_week["dials"] == pytest.approx(2500 / 22 * 5)
    assert 0.4 < (plan.odds or 0) < 0.5  # not a coin flip even: less


def test_the_half_plan_is_what_decompose_says() -> None:
    changes = {"open_count": 9.0, "open_chance": 0.14, "closing_share": 0.4, "direct_opportunities": 6.0}
    plan = _person(_inputs(FULL, expected_amount=5000.0, **changes), 0.5)
    chain = work_back(
        ChainInputs(
            target=Fraction(30_000),
            win_rate=Fraction(1, 5),
            deal_value=Fraction(3000),
            expected_amount=Fraction(5000),
            closing_share=Fraction(2, 5),
            # 9 open of 5,000 convert by .12; 9 x .14 x 3,000 is what they bring in time.
            open_pipeline=Fraction(45_000),
            open_closing_share=Fraction(7, 10),
            direct_opportunities=Fraction(6),
            rates={name: Fraction(str(mean)) for name, mean in MEANS.items()},
        )
    )

    for stage in ("pipeline", "opportunities", "opportunities_from_talks", "deals", "deep_talks", "connects", "dials"):
        assert plan.stages[stage] == pytest.approx(float(chain.values[stage] or 0))


def test_a_solved_plan_is_the_least_that_reaches_its_confidence() -> None:
    inputs = _inputs(FULL, closing_share=0.6, open_count=12.0)
    for confidence in (0.8, 0.9):
        plan = _person(inputs, confidence)
        dials = plan.stages["dials"] or 0
        case = ChainCase(
            stages=tuple((MEANS[name] * STRENGTHS[name], (1 - MEANS[name]) * STRENGTHS[name]) for name in MEANS),
            closing_share=0.6,
            work=int(dials),
            open_count=12,
            open_chance=0.1,
            need=30_000 / float(np.exp(inputs.deal_value.log_median[0])),
            sigma=0.4,
            doubt=0.1,
        )
        fewer = plan_people(replace(inputs, capacity_dials_per_day=np.array([(dials - 1) / 22])))

        assert dials == int(dials)
        assert plan.odds == pytest.approx(simulate(case, 200_000, seed=1), abs=0.008)
        assert fewer.odds_at_capacity[0] < confidence <= (plan.odds or 0)


def test_more_confidence_asks_for_more_and_known_rates_for_less() -> None:
    batch = plan_people(_inputs(FULL, SETTER, CLOSER), (0.5, 0.6, 0.8, 0.9, 0.95))
    for person, work in ((0, "dials"), (1, "dials"), (2, "opportunities")):
        solved = [batch.plans[confidence].stages[work][person] for confidence in (0.6, 0.8, 0.9, 0.95)]

        assert solved == sorted(set(solved))
    sure = plan_people(_inputs(FULL, win_strength=1e9, doubt=0.0)).plans[0.8].stages["dials"][0]
    assert sure < batch.plans[0.8].stages["dials"][0]


def test_a_closer_starts_at_opportunities_and_has_no_dials() -> None:
    inputs = _inputs(CLOSER, win_strength=1e9, sigma=0.0, doubt=0.0)
    plan = _person(inputs, 0.8)

    assert plan.stages["opportunities"] == 61  # the worked number: .8041
    assert plan.odds == pytest.approx(0.8041, abs=5e-5)
    assert [plan.stages[stage] for stage in WORK[:3]] == [None] * 3
    assert _person(inputs, 0.5).stages["opportunities"] == pytest.approx(50)
    assert _person(inputs, 0.5).odds == pytest.approx(0.5563, abs=5e-5)


def test_a_setter_ends_at_opportunities() -> None:
    batch = plan_people(_inputs(SETTER, SETTER, opportunities_target=math.nan, closing_share=0.5))
    plan = plan_of(batch, 0, 0.5)

    assert batch.needed_opportunities.tolist() == pytest.approx([100, 100])  # 30,000 / (.2 x 3,000 x .5)
    assert plan.stages["dials"] == pytest.approx(5000)
    assert plan.stages["deals"] is None
    counted = _person(_inputs(SETTER, opportunities_target=30.0), 0.5)
    assert counted.stages["dials"] == pytest.approx(1500)
    # A part of an opportunity is a whole one, but for the rounding of floats.
    whole, part, hair = (_person(_inputs(SETTER, opportunities_target=n), 0.8) for n in (30.0, 29.5, 29.0 + 1e-12))
    assert part.stages["dials"] == whole.stages["dials"] > (hair.stages["dials"] or 0)


def test_direct_opportunities_and_the_open_pipeline_spare_work() -> None:
    base = plan_people(_inputs(FULL)).plans[0.8].stages["dials"][0]
    for change in ({"direct_opportunities": 8.0}, {"open_count": 15.0}, {"open_count": 15.0, "open_value": 6000.0}):
        assert plan_people(_inputs(FULL, **change)).plans[0.8].stages["dials"][0] < base
    assert plan_people(_inputs(FULL, closing_share=0.36)).plans[0.8].stages["dials"][0] > 2 * base


def test_a_plan_beyond_capacity_says_what_can_be_reached() -> None:
    inputs = _inputs(FULL, SETTER, capacity_dials_per_day=100.0)
    batch = plan_people(inputs)
    for person in (0, 1):
        for confidence in CONFIDENCES:
            plan = plan_of(batch, person, confidence)
            assert plan.feasible is False
            assert plan.reachable is not None and plan.reachable_odds is not None
    rep, setter = plan_of(batch, 0, 0.8), plan_of(batch, 1, 0.8)

    assert 0 < (rep.reachable or 0) < 30_000
    assert rep.reachable_odds == pytest.approx(0.8, abs=0.02)
    assert (setter.reachable or 0) < 50 and setter.reachable == int(setter.reachable or 0)
    assert (setter.reachable_odds or 0) > 0.78
    assert plan_of(batch, 0, 0.5).reachable == pytest.approx(30_000 * 2200 / 2500)
    assert batch.odds_at_capacity[0] < (plan_of(batch, 0, 0.5).odds or 0)
    reduced = replace(inputs, target=np.array([rep.reachable or 0, 30_000.0]))
    assert plan_people(reduced).odds_at_capacity[0] == pytest.approx(rep.reachable_odds, abs=1e-6)


def test_a_plan_within_capacity_is_feasible_and_without_capacity_nobody_knows() -> None:
    assert _person(_inputs(FULL, capacity_dials_per_day=400.0), 0.9).feasible is True
    assert _person(_inputs(FULL), 0.9).feasible is None
    assert _person(_inputs(CLOSER, capacity_opportunities=55.0), 0.8).feasible is False
    assert _person(_inputs(FULL, days=0.0), 0.8).feasible is False
    assert _person(_inputs(FULL, days=0.0), 0.8).per_day["dials"] is None


def test_a_target_that_is_reached_asks_for_nothing() -> None:
    for role in (FULL, SETTER, CLOSER):
        for confidence in CONFIDENCES:
            plan = _person(_inputs(role, target=-500.0), confidence)

            assert plan.odds == 1
            assert plan.stages["opportunities_from_talks" if role != CLOSER else "opportunities"] == 0


@pytest.mark.parametrize("change", [{"closing_share": 0.0}, {"win_rate": 1e-9, "win_strength": 1e3}])
@pytest.mark.parametrize("role", [FULL, SETTER, CLOSER])
def test_a_chain_that_leads_nowhere_has_a_reason_and_no_number(role: str, change: dict[str, float]) -> None:
    batch = plan_people(_inputs(role, **change))
    for confidence, reason in ((0.5, "goals.rate_near_zero"), (0.8, "goals.out_of_reach"), (0.9, "goals.out_of_reach")):
        plan = plan_of(batch, 0, confidence)

        assert (plan.reason, plan.odds, plan.feasible) == (reason, None, None)
        assert set(plan.stages.values()) == {None}


def test_nobody_ever_gets_infinity() -> None:
    rng = np.random.default_rng(2)
    size = 150
    inputs = _inputs(*rng.choice([FULL, SETTER, CLOSER], size))
    wild = replace(
        inputs,
        target=np.exp(rng.uniform(-5, 25, size)) - 100,
        days=np.floor(rng.uniform(0, 23, size)),
        closing_share=rng.choice([0.0, 0.01, 0.5, 1.0], size),
        open_count=rng.choice([0.0, 1.0, 40.0, 900.0], size),
        open_chance=rng.uniform(0, 1, size),
        open_value=np.exp(rng.uniform(0, 20, size)),
        direct_opportunities=rng.choice([0.0, 0.5, 300.0], size),
        win_rate=BetaRates(a=np.exp(rng.uniform(-12, 10, size)), b=np.exp(rng.uniform(-12, 10, size))),
        capacity_dials_per_day=rng.choice([0.0, 80.0, math.nan], size),
    )
    batch = plan_people(wild)
    for person in range(size):
        for confidence in CONFIDENCES:
            plan = plan_of(batch, person, confidence)
            numbers = [*plan.stages.values(), *plan.per_day.values(), plan.odds, plan.reachable, plan.reachable_odds]

            assert all(number is None or (math.isfinite(number) and number >= 0) for number in numbers)
            assert plan.reason is not None or plan.stages["opportunities"] is not None
            assert (plan.stages["dials"] or 0) <= MAX_WORK
            assert plan.reason or 0 <= (plan.odds or 0) <= 1
            assert len(plan_steps(wild, batch, person, confidence)) > 0


def _taken(inputs: PlanInputs, order: np.ndarray) -> PlanInputs:
    def of(value: object) -> object:
        if isinstance(value, np.ndarray):
            return value[order]
        if isinstance(value, BetaRates | DealValues):
            return replace(value, **{name: getattr(value, name)[order] for name in value.__slots__})
        return [value[place] for place in order]  # type: ignore[index]

    return PlanInputs(**{name: of(getattr(inputs, name)) for name in PlanInputs.__slots__})


def _mixed(size: int) -> PlanInputs:
    rng = np.random.default_rng(3)
    return replace(
        _inputs(*rng.choice([FULL, SETTER, CLOSER], size), capacity_dials_per_day=110.0),
        target=rng.uniform(5000, 60_000, size),
        open_count=rng.poisson(8, size).astype(float),
        open_value=rng.uniform(1500, 9000, size),
        win_rate=_of_strengths(rng.uniform(10, 400, size)),
    )


def _of_strengths(strength: np.ndarray) -> BetaRates:
    return BetaRates(a=0.2 * strength, b=0.8 * strength)


def _same(one: PlanBatch, place: int, other: PlanBatch, there: int) -> None:
    for confidence in CONFIDENCES:
        here, found = plan_of(one, place, confidence), plan_of(other, there, confidence)
        assert found.stages == pytest.approx(here.stages, nan_ok=True)
        assert (found.odds, found.reachable) == (pytest.approx(here.odds), pytest.approx(here.reachable))


def test_neither_the_order_nor_the_company_changes_a_plan() -> None:
    inputs = _mixed(60)
    together = plan_people(inputs)
    shuffled = np.random.default_rng(4).permutation(60)
    other = plan_people(_taken(inputs, shuffled))
    for place in range(60):
        _same(together, int(shuffled[place]), other, place)
    for person in (0, 7, 33):
        _same(together, person, plan_people(_taken(inputs, np.array([person]))), 0)


def test_the_steps_multiply_out() -> None:
    inputs = _inputs(FULL, open_count=9.0, closing_share=0.5, direct_opportunities=3.0)
    batch = plan_people(inputs)
    plan = plan_of(batch, 0, 0.5)
    steps = {step.stage: step for step in plan_steps(inputs, batch, 0, 0.5)}

    assert list(steps) == [
        "expected_from_open",
        "gap",
        "opportunities",
        "opportunities_from_talks",
        "deep_talks",
        "connects",
        "dials",
    ]
    assert steps["gap"].result == pytest.approx(30_000 - 9 * 0.1 * 3000)
    for stage in ("opportunities_from_talks", "deep_talks", "connects", "dials"):
        assert steps[stage].result == plan.stages[stage]
    connects, rate = steps["dials"].inputs["connects"], steps["dials"].inputs["connect_per_dial"]
    assert steps["dials"].result == pytest.approx((connects or 0) / (rate or 1))
    assert steps["opportunities"].result == pytest.approx(plan.stages["opportunities"])


def test_the_steps_of_a_solved_plan_run_forward_from_the_work() -> None:
    inputs = _inputs(FULL, CLOSER, SETTER)
    batch = plan_people(inputs)
    steps = plan_steps(inputs, batch, 0, 0.8)

    assert [step.stage for step in steps] == ["dials", "connects", "deep_talks", "opportunities_from_talks"]
    assert steps[0].code == "goals.step.solved"
    for before, step in pairwise(steps):
        assert step.result == pytest.approx(math.prod(number or 0 for number in step.inputs.values()))
        assert step.inputs[before.stage] == before.result
    assert [step.stage for step in plan_steps(inputs, batch, 1, 0.8)] == ["opportunities"]
    assert next(step.stage for step in plan_steps(inputs, batch, 2, 0.5)) == "needed_opportunities"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"closing_share": 1.2}, "closing_share"),
        ({"target": math.nan}, "target"),
        ({"expected_amount": 0.0}, "expected_amount"),
        ({"open_count": -1.0}, "open_count"),
        ({"sigma": -0.1}, "deal_value.sigma"),
        ({"days": math.inf}, "days"),
    ],
)
def test_what_no_plan_can_be_made_from_is_refused(change: dict[str, float], field: str) -> None:
    with pytest.raises(EngineError) as caught:
        _inputs(FULL, **change)

    assert (caught.value.code, caught.value.field) == ("goals.bad_plan_inputs", field)


def test_an_unknown_role_is_refused() -> None:
    with pytest.raises(EngineError) as caught:
        _inputs("manager")

    assert caught.value.field == "roles"


def test_nobody_is_no_fault() -> None:
    assert plan_people(_inputs()).plans[0.8].odds.tolist() == []
