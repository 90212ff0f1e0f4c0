"""Stated chances against simulation and independent formulas; scores against hand and brute force."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from pacemark.engine.errors import EngineError
from pacemark.engine.goals import backtest
from pacemark.engine.goals.backtest import calibrate, score_rules
from pacemark.engine.goals.plan import plan_people
from pacemark.engine.goals.plan_inputs import BetaRates, DealValues, PlanInputs
from pacemark.engine.goals.stated import PlainRecord, chance_by_scenarios, naive_chances

FloatArray = NDArray[np.float64]


def _closers(target: list[float], *, a: float = 20.0, b: float = 80.0) -> PlanInputs:
    n = len(target)
    ones = np.ones(n)
    certain = BetaRates(a=1e6 * ones, b=1e-6 * ones)
    return PlanInputs(
        roles=["closer"] * n,
        target=np.array(target),
        opportunities_target=np.nan * ones,
        days=22 * ones,
        days_per_week=5 * ones,
        capacity_dials_per_day=np.nan * ones,
        capacity_opportunities=np.nan * ones,
        connect_per_dial=certain,
        deep_talk_per_connect=certain,
        opportunity_per_deep_talk=certain,
        win_rate=BetaRates(a=a * ones, b=b * ones),
        deal_value=DealValues(log_median=np.log(3000) * ones, log_median_sd=0.05 * ones, sigma=0.4 * ones),
        expected_amount=3000 * ones,
        closing_share=0.5 * ones,
        open_count=20 * ones,
        open_chance=0.1 * ones,
        open_value=np.nan * ones,
        direct_opportunities=0 * ones,
    )


# --- what is stated ---------------------------------------------------------------------------------------------------


def test_a_single_scenario_is_what_the_plan_prints_for_that_work() -> None:
    inputs = _closers([20_000.0, 40_000.0])
    plan = plan_people(inputs).plans[0.5]
    found = chance_by_scenarios(inputs, np.ceil(plan.stages["opportunities"])[:, None])

    assert found.tolist() == pytest.approx(plan.odds.tolist())


def test_not_knowing_the_work_is_the_mean_over_it_and_agrees_with_simulation() -> None:
    rng = np.random.default_rng(3)
    work = np.array([10.0, 40.0, 90.0])
    n = 60_000
    win = rng.beta(20, 80, n)
    tries = rng.choice(work, n)
    deals = rng.binomial(tries.astype(int), win * 0.5) + rng.binomial(20, np.minimum(win / 0.2 * 0.1, 1))
    most = int(deals.max())
    values = np.exp(0.4 * rng.standard_normal((n, most))) * (np.arange(most) < deals[:, None])
    money = values.sum(axis=1) * 3000 * np.exp(0.05 * rng.standard_normal(n))
    for target in (5_000.0, 20_000.0, 45_000.0):
        (found,) = chance_by_scenarios(_closers([target]), work[None, :])
        assert found == pytest.approx((money >= target).mean(), abs=0.009), target


def _record(**changed: list[float]) -> PlainRecord:
    given = {
        "target": [30_000.0, 10_000.0, 8_000.0],
        "last_deals": [10.0, 0.0, 4.0],
        "opportunities": [50.0, 30.4, 12.0],
        "won": [40.0, 0.0, 9.0],
        "tried": [200.0, 0.0, 30.0],
        "deals": [30.0, 0.0, 9.0],
        "money": [90_000.0, 0.0, 18_000.0],
        "group": [0.0, 0.0, 1.0],
        **changed,
    }
    arrays = {name: np.array(values) for name, values in given.items()}
    return PlainRecord(**{**arrays, "group": arrays["group"].astype(np.int64)})


def test_rules_of_thumb_by_independent_formulas() -> None:
    found = naive_chances(_record())

    last = [stats.poisson.sf(9, 12), 0.0, stats.poisson.sf(3, 4.8)]
    assert found["last_month_x_1.2"].tolist() == pytest.approx(last, abs=1e-5)
    # 40.2 opportunities each in the first group; 10,000 takes four deals of 3,000.
    group = [stats.binom.sf(9, 40, 0.2), stats.binom.sf(3, 40, 0.2), stats.binom.sf(3, 12, 0.3)]
    assert found["group_averages"].tolist() == pytest.approx(group)
    # Whoever has neither trial nor deal takes the group's rate and value, with opportunities of their own.
    own = [stats.binom.sf(9, 50, 0.2), stats.binom.sf(3, 30, 0.2), stats.binom.sf(3, 12, 0.3)]
    assert found["raw_own_rates"].tolist() == pytest.approx(own)


def test_without_any_deal_value_no_chance_is_stated() -> None:
    nothing = [0.0] * 3
    for chances in naive_chances(_record(deals=nothing, money=nothing)).values():
        assert chances.tolist() == nothing


@pytest.mark.parametrize("bad", [{"won": [-1.0, 0, 0]}, {"target": [np.nan, 1, 1]}, {"money": [1.0]}])
def test_what_is_no_record_is_refused(bad: dict[str, list[float]]) -> None:
    with pytest.raises(EngineError) as caught:
        _record(**bad)
    assert caught.value.code == "goals.bad_record"


# --- what came of it --------------------------------------------------------------------------------------------------


def _history(n: int, seed: int = 5, shift: float = 0.0) -> tuple[FloatArray, NDArray[np.bool_]]:
    """Return chances, and outcomes that come true with that chance moved by ``shift``."""
    rng = np.random.default_rng(seed)
    stated = rng.beta(3, 2, n)
    return stated, rng.random(n) < np.clip(stated + shift, 0, 1)


def test_scores_by_hand() -> None:
    came = np.array([True, False, True, False])
    ours, other = score_rules({"pacemark": np.array([1.0, 0.0, 0.5, 0.5]), "coin": np.full(4, 0.5)}, came)

    assert (ours.brier, other.brier) == (0.125, 0.25)
    assert ours.worse_by is None
    assert other.worse_by is not None
    differs = [0.25, 0.25, 0.0, 0.0]
    assert other.worse_by.mean == 0.125
    assert other.worse_by.error == pytest.approx(np.std(differs, ddof=1) / 2)
    assert (ours.n, ours.stated, ours.observed) == (4, 0.5, 0.5)


def test_edges_of_the_bins_belong_to_the_upper_one_and_one_to_the_last() -> None:
    stated = np.array([0.0, 0.2, 0.39, 0.4, 0.8, 1.0])
    found = calibrate(stated, np.array([False, True, False, True, True, False]))

    assert [(one.low, one.high, one.n, one.observed) for one in found] == [
        (0.0, 0.2, 1, 0.0),
        (0.2, 0.4, 2, 0.5),
        (0.4, 0.6, 1, 1.0),
        (0.8, 1.0, 2, 0.5),
    ]
    assert [one.stated for one in found] == pytest.approx([0.0, 0.295, 0.4, 0.9])
    assert found[0].interval[0] == 0.0
    assert found[2].interval[1] == 1.0
    assert found[1].interval == pytest.approx(stats.beta.ppf([0.025, 0.975], 1.5, 1.5))


def test_intervals_are_those_of_the_mean_and_the_same_every_time() -> None:
    stated, came = _history(400)
    chances = {"pacemark": stated, "coin": np.full(400, 0.5)}
    ours, coin = score_rules(chances, came)
    squares = (stated - came) ** 2

    for interval, values in ((ours.brier_interval, squares), (coin.worse_by.interval, 0.25 - squares)):  # type: ignore[union-attr]
        reach = 1.96 * values.std() / 20
        assert interval == pytest.approx((values.mean() - reach, values.mean() + reach), abs=0.12 * reach)
    assert score_rules(chances, came) == (ours, coin)


def test_honest_statements_are_rarely_blamed_and_wrong_ones_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backtest, "N_RESAMPLES", 2)
    blamed = {"large_p": 0, "bins_p": 0}
    for seed in range(200):
        stated, came = _history(150, seed)
        (score,) = score_rules({"pacemark": stated}, came)
        for name in blamed:
            p = getattr(score, name)
            blamed[name] += p < 0.05
    assert all(2 <= count <= 20 for count in blamed.values()), blamed

    (wrong,) = score_rules({"pacemark": _history(400, shift=-0.15)[0]}, _history(400, shift=-0.15)[1])
    assert wrong.large_p is not None
    assert wrong.bins_p is not None
    assert max(wrong.large_p, wrong.bins_p) < 1e-4


def test_p_of_calibration_by_the_book() -> None:
    stated = np.array([0.1, 0.1, 0.3, 0.9])
    came = np.array([False, True, False, True])
    (score,) = score_rules({"pacemark": stated}, came)
    variance = (stated * (1 - stated)).sum()
    z_squares = [0.8**2 / 0.18, 0.3**2 / 0.21, 0.1**2 / 0.09]

    assert score.large_p == pytest.approx(2 * stats.norm.sf(0.6 / math.sqrt(variance)))
    assert score.bins_p == pytest.approx(stats.chi2.sf(sum(z_squares), 3))


def test_certainty_has_no_p_and_one_statement_no_error() -> None:
    (score,) = score_rules({"pacemark": np.array([1.0, 0.0])}, np.array([True, False]))
    assert (score.brier, score.large_p, score.bins_p) == (0.0, None, None)
    _, other = score_rules({"pacemark": np.array([1.0]), "coin": np.array([0.5])}, np.array([True]))
    assert other.worse_by is not None
    assert (other.worse_by.error, other.worse_by.interval) == (0.0, (0.25, 0.25))


def test_nothing_stated_has_no_score_and_nonsense_is_refused() -> None:
    nothing, came = np.empty(0), np.array([True])
    assert score_rules({"pacemark": nothing}, nothing.astype(bool)) == ()
    for chances in ({"coin": np.array([0.5])}, {"pacemark": np.array([1.5])}, {"pacemark": nothing}):
        with pytest.raises(EngineError) as caught:
            score_rules(chances, came)
        assert caught.value.code == "goals.bad_statements"
