"""Tails of counts, and q values, against SciPy's own distributions and by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from pacemark.engine.errors import EngineError
from pacemark.engine.multiplicity import benjamini_hochberg
from pacemark.engine.tails import Baseline, tail_at_least, tail_at_most


def _cells(seed: int, n_cells: int = 400) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    tried = rng.integers(1, 3000, n_cells).astype(float)
    rate, certainty = rng.uniform(0.005, 0.95, n_cells), np.exp(rng.uniform(-2, 12, n_cells))
    won = np.floor(tried * rng.beta(rate * 40, (1 - rate) * 40))
    return won, tried, rate, certainty


def test_estimated_rates_give_beta_binomial_tails() -> None:
    won, tried, rate, certainty = _cells(1)
    usual = Baseline(mean=rate, certainty=certainty)
    oracle = stats.betabinom(tried, rate * certainty, (1 - rate) * certainty)

    assert tail_at_most(won, tried, usual) == pytest.approx(oracle.cdf(won), abs=1e-8)
    assert tail_at_least(won, tried, usual) == pytest.approx(oracle.sf(won - 1), abs=1e-8)


def test_known_rates_give_binomial_tails() -> None:
    won, tried, rate, _ = _cells(2)
    usual = Baseline(mean=rate, certainty=np.full(len(rate), np.inf))

    assert tail_at_most(won, tried, usual) == pytest.approx(stats.binom.cdf(won, tried, rate), abs=1e-12)
    assert tail_at_least(won, tried, usual) == pytest.approx(stats.binom.sf(won - 1, tried, rate), abs=1e-12)


def test_far_tails_keep_their_digits() -> None:
    usual = Baseline(mean=np.array([0.4]), certainty=np.array([500.0]))
    found = tail_at_most(np.array([200.0]), np.array([1000.0]), usual)

    assert found == pytest.approx(stats.betabinom.cdf(200, 1000, 200, 300), rel=1e-8)
    assert found[0] < 1e-12


def test_ends_and_unknown_rates() -> None:
    usual = Baseline(mean=np.array([0.2, 0.2, 0.0, 1.0, np.nan]), certainty=np.array([10.0, np.inf, 10.0, 10.0, 10.0]))
    found = tail_at_most(np.array([5.0, -1.0, 0.0, 4.0, 1.0]), np.full(5, 5.0), usual)

    assert found[:4].tolist() == [1.0, 0.0, 1.0, 0.0]
    assert np.isnan(found[4])


@given(st.floats(0.01, 0.99), st.floats(2, 1e6), st.floats(0, 0.5))
def test_a_wobble_only_ever_makes_less_certain(rate: float, certainty: float, dispersion: float) -> None:
    usual = Baseline(mean=np.array([rate]), certainty=np.array([certainty]))
    wobbling = usual.wobbling(dispersion)

    assert wobbling.mean == usual.mean
    assert wobbling.certainty[0] <= certainty * (1 + 1e-9)


def test_a_wobble_of_five_percent_of_a_known_rate_is_a_standard_deviation_of_five_percent() -> None:
    wobbling = Baseline(mean=np.array([0.2]), certainty=np.array([np.inf])).wobbling(0.05)
    a, b = 0.2 * wobbling.certainty, 0.8 * wobbling.certainty

    assert stats.beta(a, b).std() == pytest.approx(0.01)


@given(st.lists(st.one_of(st.floats(0, 1), st.just(float("nan"))), max_size=30))
def test_q_values_are_those_of_scipy(p_values: list[float]) -> None:
    found = benjamini_hochberg(np.array(p_values))
    asked = [p for p in p_values if not np.isnan(p)]
    oracle = stats.false_discovery_control(asked) if asked else []

    assert found[~np.isnan(found)] == pytest.approx(oracle)
    assert np.isnan(found).tolist() == [np.isnan(p) for p in p_values]


def test_q_values_refuse_what_is_no_probability() -> None:
    with pytest.raises(EngineError):
        benjamini_hochberg(np.array([0.5, 1.5]))
