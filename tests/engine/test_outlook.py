"""Where a period ends at the pace shown: against simulation, by hand, and at the edges."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from pacemark.engine.goals.outlook import carried_pace, look_ahead
from pacemark.engine.goals.pace import WorkHistory, pace_per_day, work_scenarios
from pacemark.engine.goals.plan_inputs import BetaRates, DealValues, PlanInputs
from pacemark.engine.goals.stated import chance_by_scenarios

N_DRAWS = 120_000
FULL = {
    "roles": ["full_cycle"], "target": 20_000.0, "days": 11.0, "days_per_week": 5.0,
    "capacity_dials_per_day": np.nan, "capacity_opportunities": np.nan, "opportunities_target": np.nan,
    "connect_per_dial": (400.0, 600.0), "deep_talk_per_connect": (60.0, 240.0),
    "opportunity_per_deep_talk": (30.0, 90.0), "win_rate": (20.0, 80.0),
    "deal_value": (float(np.log(3000)), 0.1, 0.4), "expected_amount": 3000.0, "closing_share": 0.5,
    "open_count": 12.0, "open_chance": 0.1, "open_value": np.nan, "direct_opportunities": 2.0,
}  # fmt: skip


def _beta(pair: tuple[float, float]) -> BetaRates:
    return BetaRates(a=np.array([pair[0]]), b=np.array([pair[1]]))


def _made(**changed: Any) -> PlanInputs:
    given: dict[str, Any] = {**FULL, **changed}
    value = given.pop("deal_value")
    rates = {name: _beta(entry) for name, entry in given.items() if isinstance(entry, tuple)}
    plain = {name: np.array([entry]) for name, entry in given.items() if name not in rates and name != "roles"}
    deal_value = DealValues(
        log_median=np.array([value[0]]), log_median_sd=np.array([value[1]]), sigma=np.array([value[2]])
    )
    return PlanInputs(roles=given["roles"], **plain, **rates, deal_value=deal_value)


def _simulated(inputs: PlanInputs, scenarios: NDArray[np.float64]) -> NDArray[np.float64]:
    """Live the rest of the period many times: every rate drawn, then every dial."""
    rng = np.random.default_rng(3)
    rates = [
        rng.beta(rate.a[0], rate.b[0], N_DRAWS)
        for rate in (inputs.connect_per_dial, inputs.deep_talk_per_connect, inputs.opportunity_per_deep_talk)
    ]
    win = rng.beta(inputs.win_rate.a[0], inputs.win_rate.b[0], N_DRAWS)
    work = rng.choice(scenarios[0], N_DRAWS).astype(int)
    each = np.ones(N_DRAWS) if inputs.roles[0] == "closer" else rates[0] * rates[1] * rates[2]
    fresh = rng.binomial(work, each) + (
        0 if inputs.roles[0] == "closer" else rng.poisson(inputs.direct_opportunities[0], N_DRAWS)
    )
    if inputs.roles[0] == "setter":
        return np.asarray(fresh, dtype=np.float64)
    mean = inputs.win_rate.mean[0]
    opened = rng.binomial(int(inputs.open_count[0]), np.clip(inputs.open_chance[0] / mean * win, 0, 1))
    deals = rng.binomial(fresh, win * inputs.closing_share[0]) + opened
    doubt, sigma = inputs.deal_value.log_median_sd[0], inputs.deal_value.sigma[0]
    centre = inputs.deal_value.log_median[0] + doubt * rng.standard_normal(N_DRAWS)
    values = np.exp(sigma * rng.standard_normal((N_DRAWS, max(int(deals.max()), 1))))
    total = (values * (np.arange(values.shape[1]) < deals[:, None])).sum(axis=1)
    return np.asarray(np.exp(centre) * total, dtype=np.float64)


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"win_rate": (4.0, 16.0), "open_count": 0.0, "direct_opportunities": 0.0},
        {"deal_value": (float(np.log(3000)), 0.3, 0.9)},
        {"roles": ["closer"]},
        {"closing_share": 0.02, "open_count": 2.0, "direct_opportunities": 0.0},
    ],
)
@pytest.mark.parametrize("dials", [200.0, 1500.0])
def test_the_band_is_that_of_lives_lived(changed: dict[str, Any], dials: float) -> None:
    inputs = _made(**changed)
    expected = dials / 12 if inputs.roles[0] == "closer" else dials
    scenarios = work_scenarios(np.array([expected]), 0.25)
    lived = _simulated(inputs, scenarios)
    found = look_ahead(inputs, scenarios)

    assert found.mean[0] == pytest.approx(lived.mean(), rel=0.02, abs=20)
    for edge, share in ((found.low[0], 0.1), (found.high[0], 0.9)):
        below, up_to = (lived < edge - 0.5).mean(), (lived <= edge + 0.5).mean()
        assert below - 0.02 <= share <= up_to + 0.02


def test_a_setters_band_is_whole_opportunities() -> None:
    inputs = _made(roles=["setter"], opportunities_target=20.0)
    scenarios = work_scenarios(np.array([900.0]), 0.2)
    lived = _simulated(inputs, scenarios)
    found = look_ahead(inputs, scenarios)

    assert found.mean[0] == pytest.approx(lived.mean(), rel=0.02)
    for edge, share in ((found.low[0], 0.1), (found.high[0], 0.9)):
        assert edge == int(edge)
        assert (lived < edge).mean() <= share + 0.02
        assert (lived <= edge).mean() >= share - 0.02


def test_the_chance_is_that_of_the_plan_for_that_work() -> None:
    inputs, scenarios = _made(), work_scenarios(np.array([1500.0]), 0.25)

    assert look_ahead(inputs, scenarios).chance == pytest.approx(chance_by_scenarios(inputs, scenarios))


def test_nothing_to_come_brings_nothing_and_more_work_never_less() -> None:
    idle = look_ahead(_made(open_count=0.0, direct_opportunities=0.0), np.zeros((1, 15)))
    assert (idle.mean[0], idle.low[0], idle.high[0], idle.chance[0]) == (0, 0, 0, 0)
    assert look_ahead(_made(target=-5.0, open_count=0.0), np.zeros((1, 15))).chance[0] == 1

    found = [look_ahead(_made(), np.full((1, 15), dials)) for dials in (0.0, 500.0, 5_000.0, 200_000.0)]
    for name in ("mean", "low", "high", "chance"):
        values = [float(getattr(one, name)[0]) for one in found]
        assert values == sorted(values)
        assert np.isfinite(values).all()
    assert all(one.low[0] <= one.mean[0] <= one.high[0] for one in found[1:])


def test_a_month_carried_on_is_one_history() -> None:
    """The sums of the months before, and the days of this one, give what all of them give together."""
    rng = np.random.default_rng(5)
    days = rng.integers(0, 23, (30, 7)).astype(float)
    work = rng.poisson(40 * days).astype(float)
    weight = np.exp2(-np.arange(5, -1, -1) / 2.0)
    before = [(table[:, :6] * weight).sum(axis=1) for table in (work, days)]

    carried = carried_pace(before[0], before[1], work[:, 6], days[:, 6])
    assert carried == pytest.approx(pace_per_day(WorkHistory(work=work, days=days)))
    assert carried_pace(np.zeros(1), np.zeros(1), np.zeros(1), np.zeros(1)).tolist() == [0.0]
