"""One's own deal value, leaning on peers."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import optimize, stats

from pacemark.engine.errors import EngineError
from pacemark.engine.values import ValuePrior, deal_logs, fit_values, shrink_values

PRIOR = ValuePrior(median=3000.0, tau=0.15, sigma=0.40)


def test_worked_numbers() -> None:
    found = shrink_values(deal_logs(np.zeros(4, int), np.full(4, 4200.0), 1), PRIOR)

    assert found.weight.round(2).tolist() == [0.36]
    assert found.median.round(2).tolist() == [3386.31]
    assert found.mean.round(2).tolist() == [3694.86]


def test_deals_without_an_amount_stay_out_of_it() -> None:
    amounts = np.array([4000.0, 0.0, np.nan, -50.0, 4000.0])
    found = deal_logs(np.zeros(5, int), amounts, 2)

    assert found.n_deals.tolist() == [2, 0]
    assert np.exp(found.log_mean[0]) == pytest.approx(4000)


def test_a_person_without_deals_has_the_median_of_the_group() -> None:
    found = shrink_values(deal_logs(np.array([1]), np.array([9000.0]), 2), PRIOR)

    assert found.median[0] == pytest.approx(3000)
    assert 3000 < found.median[1] < 9000
    assert found.log_median_sd[0] == pytest.approx(0.15)


def _group(seed: int, n_people: int, n_deals: int, tau: float, sigma: float) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    person = np.repeat(np.arange(n_people), n_deals)
    logs = np.log(3000) + tau * rng.standard_normal(n_people)[person] + sigma * rng.standard_normal(len(person))
    return person, np.exp(logs)


def test_the_fit_recovers_the_spreads() -> None:
    fits = [fit_values(deal_logs(*_group(seed, 300, 8, 0.2, 0.4), 300)) for seed in range(5)]

    assert np.mean([fit.tau for fit in fits]) == pytest.approx(0.2, rel=0.1)
    assert np.mean([fit.sigma for fit in fits]) == pytest.approx(0.4, rel=0.03)
    assert np.mean([fit.median for fit in fits]) == pytest.approx(3000, rel=0.03)


def test_people_who_do_not_differ_share_a_value() -> None:
    person, amount = _group(1, 100, 10, 0.0, 0.4)
    logs = deal_logs(person, amount, 100)
    found = shrink_values(logs, fit_values(logs))

    assert found.median == pytest.approx(np.full(100, 3000.0), rel=0.12)


def test_the_fit_is_at_the_top_of_the_likelihood_of_all_deals() -> None:
    person, amount = _group(2, 12, 5, 0.3, 0.5)
    prior = fit_values(deal_logs(person, amount, 12))
    logs = np.log(amount).reshape(12, 5)

    def depth(at: np.ndarray) -> float:
        sigma, tau = np.exp(at[:2])
        law = stats.multivariate_normal(np.full(5, at[2]), sigma**2 * np.eye(5) + tau**2)
        weak = ((at[:2] - np.log([0.4, 0.15])) ** 2).sum() / 2
        return float(weak - law.logpdf(logs).sum())

    best = optimize.minimize(depth, np.array([-1.0, -1.0, 8.0]), method="Nelder-Mead", options={"xatol": 1e-6}).x
    assert (prior.sigma, prior.tau, prior.median) == pytest.approx(tuple(np.exp(best)), rel=0.01)


def test_old_deals_count_less() -> None:
    person, amount = np.array([0, 0]), np.array([1000.0, 4000.0])
    found = deal_logs(person, amount, 1, weight=np.array([0.25, 1.0]))

    assert found.n_deals.tolist() == [1.25]
    assert np.exp(found.log_mean[0]) > 2500
    assert found.freedom[0] < 1


def test_one_fixed_price_is_no_fault() -> None:
    logs = deal_logs(np.array([0, 0, 1]), np.full(3, 2980.0), 3)
    found = shrink_values(logs, fit_values(logs))

    assert found.mean == pytest.approx(np.full(3, 2980.0), rel=0.01)


def test_without_deals_there_must_be_something_to_lean_on() -> None:
    none = deal_logs(np.zeros(0, int), np.zeros(0), 2)

    assert fit_values(none, lean_on=PRIOR) == PRIOR
    with pytest.raises(EngineError) as caught:
        fit_values(none)
    assert caught.value.code == "values.no_data"
