"""What an old, an unripe or an easy trial tells, and how much the past foretells."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pacemark.engine.cohorts import Cohorts, count_effective, decay_weights, failure_weight
from pacemark.engine.errors import EngineError
from pacemark.engine.lags import LagCurve, typed_in_curve
from pacemark.engine.memory import Panel, learn_memory
from pacemark.engine.mix import LeadMix, fit_mix

AT_ONCE = LagCurve(shares=np.ones(1))
NEVER_FORGET = float("inf")


def _cohorts(seed: int, youngest: int, oldest: int, n_trials: int = 60_000, rate: float = 0.2) -> Cohorts:
    rng = np.random.default_rng(seed)
    age = rng.integers(youngest, oldest, n_trials).astype(float)
    lag = np.searchsorted(typed_in_curve(14.0).shares, rng.random(n_trials))
    won = (rng.random(n_trials) < rate) & (lag <= age)
    person = rng.integers(0, 30, n_trials)
    return Cohorts(person=person, age_days=age, tried=np.ones(n_trials), won=won.astype(float), n_people=31)


def test_the_past_fades_by_its_half_life() -> None:
    assert decay_weights(np.array([0.0, 30.0, 90.0]), 30.0).tolist() == [1, 0.5, 0.125]
    with pytest.raises(EngineError):
        decay_weights(np.zeros(1), 0.0)


def test_ripe_trials_at_once_are_simply_counted() -> None:
    cohorts = Cohorts(
        person=np.array([0, 0, 1]),
        age_days=np.array([1.0, 5.0, 9.0]),
        tried=np.array([10.0, 20.0, 5.0]),
        won=np.array([3.0, 4.0, 0.0]),
        n_people=3,
    )
    found = count_effective(cohorts, AT_ONCE, NEVER_FORGET)

    assert found.won.tolist() == [7, 0, 0]
    assert found.tried == pytest.approx([30, 5, 0])


def test_the_current_month_never_looks_like_a_loss_of_skill() -> None:
    for youngest, oldest in ((0, 20), (0, 200), (100, 200)):
        cohorts = _cohorts(1, youngest, oldest)
        found = count_effective(cohorts, typed_in_curve(14.0), NEVER_FORGET)

        assert found.won.sum() / found.tried.sum() == pytest.approx(0.2, abs=0.008)
    young = _cohorts(1, 0, 20)
    assert young.won.sum() / young.tried.sum() < 0.09


def test_trials_of_today_count_by_the_share_of_time_they_have_had() -> None:
    cohorts = _cohorts(2, 0, 20)
    found = count_effective(cohorts, typed_in_curve(14.0), NEVER_FORGET)
    lived = typed_in_curve(14.0).within(cohorts.age_days).sum()

    assert found.tried.sum() == pytest.approx(lived, rel=0.05)
    assert (found.won <= found.tried).all()


@given(st.floats(0, 1), st.floats(0, 0.9))
def test_a_failure_weighs_what_makes_the_rate_unbiased(exposure: float, rate: float) -> None:
    weight = failure_weight(np.array([exposure]), rate)[0]
    chance = exposure * rate

    assert chance + (1 - chance) * weight == pytest.approx(exposure, abs=1e-9)  # expected trials
    assert 0 <= weight <= 1 + 1e-12


def test_poor_leads_do_not_make_a_poor_person() -> None:
    rng = np.random.default_rng(3)
    person, poor = np.repeat([0, 1], 20_000), np.concatenate([rng.random(20_000) < 0.8, rng.random(20_000) < 0.1])
    won = rng.random(40_000) < np.where(poor, 0.1, 0.2)
    zero = np.zeros(40_000)
    cohorts = Cohorts(person=person, age_days=zero, tried=zero + 1, won=won.astype(float), n_people=2)
    effects = fit_mix(
        LeadMix(person=person, kinds={"source": poor.astype(int)}, exposed=zero + 1, won=won.astype(float))
    )
    found = count_effective(cohorts, AT_ONCE, NEVER_FORGET, ease=effects.ease({"source": poor.astype(int)}))
    rates = found.won / found.tried

    assert effects.factors["source"][1] / effects.factors["source"][0] == pytest.approx(0.5, abs=0.05)
    assert rates[0] == pytest.approx(rates[1], rel=0.05)
    raw = found.raw_won / found.raw_tried
    assert raw[0] < 0.7 * raw[1]


def test_the_mix_tells_good_people_from_easy_leads() -> None:
    rng = np.random.default_rng(4)
    n, people = 60_000, 40
    person = rng.integers(0, people, n)
    skill = np.where(np.arange(people) < 8, 1.5, 0.9)
    source = np.where(person < 8, rng.integers(0, 2, n), rng.integers(0, 5, n))  # the good ones get two sources only
    grade = rng.integers(0, 3, n)
    truth = np.array([1.6, 1.0, 0.6])[grade] * np.where(source == 4, 0.5, 1.0)
    won = (rng.random(n) < 0.15 * skill[person] * truth).astype(float)
    found = fit_mix(LeadMix(person=person, kinds={"source": source, "grade": grade}, exposed=np.ones(n), won=won))
    source_factors, grade_factors = found.factors["source"], found.factors["grade"]

    assert grade_factors[0] / grade_factors[1] == pytest.approx(1.6, abs=0.15)
    assert grade_factors[2] / grade_factors[1] == pytest.approx(0.6, abs=0.08)
    assert source_factors[0] / source_factors[3] == pytest.approx(1.0, abs=0.12)
    assert source_factors[4] / source_factors[3] == pytest.approx(0.5, abs=0.08)
    assert [factors[codes].mean() for factors, codes in ((source_factors, source), (grade_factors, grade))] == (
        pytest.approx([1, 1])
    )


def test_no_success_is_no_effect() -> None:
    two = np.array([0, 1])
    found = fit_mix(LeadMix(person=two, kinds={"grade": two}, exposed=np.ones(2), won=np.zeros(2)))

    assert found.factors["grade"].tolist() == [1, 1]
    assert found.ease({"grade": np.array([0, 7])}).tolist() == [1, 1]


def test_more_wins_than_trials_are_refused() -> None:
    one = np.ones(1)
    with pytest.raises(EngineError) as caught:
        Cohorts(person=np.zeros(1, int), age_days=one, tried=one, won=2 * one, n_people=1)
    assert caught.value.code == "rates.won_above_tried"


def _panel(seed: int, *, differ: float, drift: float = 0.0, reorganised: bool = False, n_people: int = 80) -> Panel:
    rng = np.random.default_rng(seed)
    skill = differ * rng.standard_normal(n_people)
    won, tried = np.zeros((n_people, 8)), rng.poisson(60, (n_people, 8)).astype(float)
    for period in range(8):
        if reorganised and period == 7:
            skill = -skill
        skill = np.sqrt(1 - drift**2) * skill + drift * differ * rng.standard_normal(n_people)
        won[:, period] = rng.binomial(tried[:, period].astype(int), np.clip(0.25 * (1 + skill), 0.01, 0.99))
    return Panel(won=won, tried=tried, age_days=np.arange(8)[::-1] * 30.0 + 15)


def test_lasting_differences_are_remembered_long_and_fleeting_ones_briefly() -> None:
    lasting = [learn_memory(_panel(seed, differ=0.4)) for seed in range(4)]
    fleeting = [learn_memory(_panel(seed, differ=0.4, drift=0.6)) for seed in range(4)]

    assert all(memory.basis == "learned" and memory.trust == 1.0 for memory in lasting)
    assert min(memory.half_life_days for memory in lasting) >= 90
    assert max(memory.half_life_days for memory in fleeting) <= 60
    assert all(min(memory.gain_by_period[1:]) > 0 for memory in lasting)


def test_a_past_that_does_not_predict_leaves_everyone_to_the_peers() -> None:
    found = [learn_memory(_panel(seed, differ=0.4, drift=1.0)) for seed in range(8)]

    assert sum(memory.basis == "past_does_not_predict" and memory.trust == 0.0 for memory in found) >= 6
    assert next(memory.strength_multiplier for memory in found if memory.trust == 0.0) is None


def test_a_reorganisation_is_noticed_after_one_period() -> None:
    found = learn_memory(_panel(1, differ=0.4, reorganised=True))

    assert found.gain_by_period[-1] < 0 < min(found.gain_by_period[1:-1])
    assert found.trust <= 0.1


def test_too_few_forecasts_leave_the_start() -> None:
    panel = _panel(1, differ=0.4, n_people=2)
    found = learn_memory(Panel(won=panel.won[:, :4], tried=panel.tried[:, :4], age_days=panel.age_days[:4]))

    assert (found.basis, found.half_life_days, found.trust) == ("too_little", 90.0, 1.0)
