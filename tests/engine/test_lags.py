"""How long success takes, and what it says about a period that ends soon."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pacemark.engine.errors import EngineError
from pacemark.engine.lags import LagCurve, Trials, chance_if_open, closing_share, fit_lag_curve, typed_in_curve

HALF_AT_ONCE = LagCurve(shares=np.array([0.5, 0.5, 0.8, 1.0]))
# Speaks for next to nothing, so that a hand-made curve can be read off.
FLAT = LagCurve(shares=np.linspace(0.1, 1, 10))


def _history(seed: int, n_trials: int = 20_000, n_days: int = 200) -> Trials:
    rng = np.random.default_rng(seed)
    age = rng.integers(0, n_days, n_trials).astype(float)
    lag = np.rint(14 * np.exp(rng.standard_normal(n_trials)))
    known = (rng.random(n_trials) < 0.2) & (lag <= age)
    return Trials(age_days=age, tried=np.ones(n_trials), win_lag_days=lag[known], win_age_days=age[known])


def test_the_curve_is_recovered_from_trials_that_mostly_had_no_time_yet() -> None:
    found, true = (
        fit_lag_curve(_history(1)),
        typed_in_curve(14.0, horizon_days=len(fit_lag_curve(_history(1)).shares) - 1),
    )

    assert np.abs(found.shares - true.shares).max() < 0.03
    assert found.median_days == pytest.approx(14, abs=1)
    naive = np.mean(_history(1).win_lag_days <= 14)
    assert naive > true.shares[14] + 0.03  # what counting the known successes alone would say


def test_a_small_history_worked_by_hand() -> None:
    # 100 trials 2 days old and 100 one day old; 10 and 10 came at once, 20 of the older ones on day 2.
    trials = Trials(
        age_days=np.array([2.0, 1.0]),
        tried=np.array([100.0, 100.0]),
        win_lag_days=np.repeat([0.0, 2.0, 0.0], [10, 20, 10]),
        win_age_days=np.repeat([2.0, 2.0, 1.0], [10, 20, 10]),
    )
    nothing = LagCurve(shares=np.array([0.0, 0.0, 0.0]), basis="typed_in")
    found = fit_lag_curve(trials, nothing)
    # Day 0: 20 of 200 watched. Day 2: 20 of the 90 still watched. 1 - .9 x .7778 = .3.
    assert found.shares == pytest.approx([0.1 / 0.3, 0.1 / 0.3, 1.0])


def test_what_is_not_known_yet_is_not_used() -> None:
    trials = _history(2, 2000)
    later = Trials(
        age_days=trials.age_days,
        tried=trials.tried,
        win_lag_days=np.append(trials.win_lag_days, 150.0),
        win_age_days=np.append(trials.win_age_days, 20.0),
    )

    assert fit_lag_curve(later).shares.tolist() == fit_lag_curve(trials).shares.tolist()


def test_few_successes_lean_on_the_typed_in_curve() -> None:
    nobody = Trials(
        age_days=np.array([50.0]), tried=np.array([30.0]), win_lag_days=np.zeros(0), win_age_days=np.zeros(0)
    )
    one = Trials(
        age_days=np.array([50.0]), tried=np.array([30.0]), win_lag_days=np.array([40.0]), win_age_days=np.array([50.0])
    )

    assert fit_lag_curve(nobody).basis == "typed_in"
    assert 0.3 < fit_lag_curve(one).shares[14] < 0.6


def test_success_before_its_trial_counts_as_the_same_day() -> None:
    trials = Trials(
        age_days=np.full(40, 9.0), tried=np.ones(40), win_lag_days=np.full(30, -3.0), win_age_days=np.full(30, 9.0)
    )

    assert fit_lag_curve(trials, FLAT).shares[0] > 0.7


def test_the_closing_share_is_the_mean_over_the_days_left() -> None:
    assert closing_share(HALF_AT_ONCE, np.array([3.0, 2.0, 1.0, 0.0])) == pytest.approx((1 + 0.8 + 0.5 + 0.5) / 4)
    assert closing_share(HALF_AT_ONCE, np.zeros(0)) == 0
    assert closing_share(HALF_AT_ONCE, np.array([-1.0, 99.0])) == 0.5


def test_the_chance_of_what_is_still_open_agrees_with_simulation() -> None:
    rng = np.random.default_rng(5)
    curve = typed_in_curve(14.0)
    lag = np.searchsorted(curve.shares, rng.random(400_000))
    wins = rng.random(400_000) < 0.3
    still_open = ~(wins & (lag <= 10))
    in_time = wins & (lag <= 25)

    found = chance_if_open(np.array([0.3]), curve, np.array([10.0]), np.array([15.0]))
    assert found[0] == pytest.approx(in_time[still_open].mean(), abs=0.003)


def test_where_losses_are_recorded_what_is_open_is_likelier_to_be_won() -> None:
    rate, age, left = np.array([0.3]), np.array([10.0]), np.array([15.0])
    curve, quick_losses = typed_in_curve(14.0), typed_in_curve(5.0)

    assert chance_if_open(rate, curve, age, left, quick_losses) > chance_if_open(rate, curve, age, left)
    assert chance_if_open(rate, curve, np.array([400.0]), left)[0] == 0


@given(st.floats(0.01, 0.99), st.integers(0, 200), st.integers(0, 60))
def test_the_chance_is_one_and_rises_with_the_days_left(rate: float, age: int, left: int) -> None:
    curve = typed_in_curve(14.0)
    now, later = (
        chance_if_open(np.array([rate]), curve, np.array([float(age)]), np.array([days]))[0]
        for days in (left, left + 7.0)
    )

    assert 0 <= now <= later <= 1


def test_a_curve_that_is_none_is_refused() -> None:
    with pytest.raises(EngineError) as caught:
        typed_in_curve(0.0)
    assert caught.value.code == "lags.bad_curve"
