"""What a full-cycle rep hands over is not in their own chain; and deals that come back are worth nothing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta

from pacemark.engine.errors import EngineError
from pacemark.engine.handover import keep_own, own_shares
from pacemark.engine.priors import fit_prior, typed_in_prior
from pacemark.engine.rates import shrink
from pacemark.engine.values import DealLogs, ValuePrior, kept_share, net_of_returns, shrink_values

counts = st.integers(0, 200)


@given(people=st.lists(st.tuples(counts, counts), min_size=1, max_size=30))
def test_shares_lie_between_own_and_everyones(people: list[tuple[int, int]]) -> None:
    own = np.array([float(min(pair)) for pair in people])
    sourced = np.array([float(max(pair)) for pair in people])
    shares = own_shares(own, sourced)
    usual = (own.sum() + 0.5) / (sourced.sum() + 0.5)
    raw = np.divide(own, sourced, out=np.full(len(own), usual), where=sourced > 0)

    assert ((shares > 0) & (shares <= 1)).all()
    assert (shares >= np.minimum(raw, usual) - 1e-12).all() and (shares <= np.maximum(raw, usual) + 1e-12).all()


def test_nobody_hands_over_and_nothing_changes() -> None:
    counted = np.array([0.0, 7.0, 120.0])
    rates = shrink(np.array([0.0, 20.0, 50.0]), np.array([0.0, 80.0, 200.0]), 0.25, 100.0)
    same = keep_own(rates, own_shares(counted + 1, counted))

    for name in ("mean", "a", "b", "low", "high"):
        assert getattr(same, name).tolist() == getattr(rates, name).tolist()


def test_a_thinned_rate_is_as_doubtful_in_proportion() -> None:
    rates = shrink(np.array([50.0]), np.array([200.0]), 0.25, 100.0)
    thin = keep_own(rates, np.array([0.4]))
    whole, part = beta(rates.a[0], rates.b[0]), beta(thin.a[0], thin.b[0])

    assert part.mean() == pytest.approx(0.1) == thin.mean[0]
    assert part.std() / part.mean() == pytest.approx(whole.std() / whole.mean())
    assert thin.low[0] == pytest.approx(part.ppf(0.1)) and thin.high[0] == pytest.approx(part.ppf(0.9))
    assert thin.raw[0] == pytest.approx(0.1)


@pytest.mark.parametrize("share", [0.0, 1.1, float("nan")])
def test_no_share(share: float) -> None:
    with pytest.raises(EngineError, match="share"):
        keep_own(shrink(np.ones(1), np.ones(1) * 4, 0.25, 100.0), np.array([share]))
    with pytest.raises(EngineError, match="counts"):
        own_shares(np.array([-1.0]), np.array([2.0]))


def test_typed_in_rates_count_as_the_trials_they_are_worth() -> None:
    """By hand: with one success each time and all people alike, the mean is (20 x .15 + 3) / (20 + 10)."""
    lean = typed_in_prior(0.15, 20.0)
    found = fit_prior(np.array([3.0]), np.array([10.0]), lean_on=lean)
    light = fit_prior(np.array([3.0]), np.array([10.0]))

    assert 0.15 < found.mean < 0.225  # nearer to what was typed in than to the record of ten
    assert abs(light.mean - 0.3) < 0.1
    many = fit_prior(np.full(40, 60.0), np.full(40, 200.0), lean_on=lean)
    assert many.mean == pytest.approx((40 * 60 + 20 * 0.15) / (40 * 200 + 20), abs=2e-3)


def test_deals_given_back_are_deals_worth_nothing() -> None:
    amounts = np.array([3000.0] * 97 + [0.0] * 3 + [np.nan] * 9)
    kept = kept_share(amounts)
    one = DealLogs(n_deals=np.array([5.0]), log_mean=np.log([3000.0]), log_square=np.zeros(1), freedom=np.zeros(1))
    gross = shrink_values(one, ValuePrior(median=3000.0, tau=0.15, sigma=0.4))
    net = net_of_returns(gross, kept)

    assert kept == pytest.approx(107 / 110)
    assert kept_share(amounts, np.where(amounts == 0, 2.0, 1.0)) == pytest.approx(107 / 113)
    assert kept_share(np.zeros(0)) == 1.0
    assert net.mean[0] == pytest.approx(gross.mean[0] * kept) and net.median[0] == pytest.approx(
        np.exp(net.log_median[0])
    )
    with pytest.raises(EngineError, match="kept"):
        net_of_returns(gross, 0.0)
