"""What a period came to: tiers, grades, and forecasts of teams out of people's bands."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from pacemark.engine.errors import EngineError
from pacemark.engine.results.attainment import (
    GRADE_OUTCOMES,
    Remaining,
    attained_share,
    forecast_groups,
    grade_outcome,
    tiers_reached,
)


def _people(n_people: int, sigma: float = 0.5, booked: float = 0.0) -> Remaining:
    """Return people whose rest is log-normal with median 10."""
    ones = np.ones(n_people)
    ends = 10 * np.exp(np.array([-1.2815516, 1.2815516]) * sigma)
    return Remaining(
        group=np.zeros(n_people, dtype=np.int64), booked=booked * ones, mean=10 * np.exp(sigma**2 / 2) * ones,
        low=ends[0] * ones, high=ends[1] * ones,
    )  # fmt: skip


@pytest.mark.parametrize(("n_people", "n_deals"), [(6, 1.5), (12, 0.5), (12, 4.0), (60, 2.0)])
def test_a_teams_band_is_that_of_a_simulation(n_people: int, n_deals: float) -> None:
    """People who make a Poisson number of deals of varying value: their own bands in, the team's out."""
    rng = np.random.default_rng(1)
    deals = rng.poisson(n_deals, (40_000, n_people))
    value = np.exp(0.4 * rng.standard_normal((40_000, n_people, int(deals.max()))))
    drawn = (value * (np.arange(deals.max()) < deals[..., None])).sum(axis=2)
    ends = np.quantile(drawn, [0.1, 0.9], axis=0)
    people = Remaining(
        group=np.zeros(n_people, dtype=np.int64), booked=2 * np.ones(n_people), mean=drawn.mean(axis=0),
        low=ends[0], high=ends[1],
    )  # fmt: skip
    team = drawn.sum(axis=1) + 2 * n_people
    found = forecast_groups(people, np.array([np.quantile(team, 0.35)]))

    assert found.expected[0] == pytest.approx(team.mean())
    for end, share in ((found.low, 0.1), (found.high, 0.9)):
        assert (team < end[0]).mean() == pytest.approx(share, abs=0.025)
    assert found.odds[0] == pytest.approx(0.65, abs=0.025)


def test_a_person_alone_keeps_their_band_and_nobody_expects_nothing() -> None:
    one = _people(1, booked=-3.0)
    found = forecast_groups(one, np.array([np.nan, 5.0, 0.0]))

    assert (found.low[0], found.high[0]) == (one.low[0] - 3, one.high[0] - 3)
    assert np.isnan(found.odds[0])
    assert found.expected.tolist()[1:] == [0, 0] and found.odds.tolist()[1:] == [0, 1]


def test_what_moves_everyone_together_does_not_average_out() -> None:
    alone, together = (forecast_groups(_people(400), np.array([4700.0]), spread) for spread in (0.0, 0.1))

    assert together.high[0] - together.low[0] > 3 * (alone.high[0] - alone.low[0])
    assert together.expected[0] == alone.expected[0]
    wide = together.expected[0] * (1 - 1.2816 * np.hypot(0.1, 0.03))
    assert together.low[0] == pytest.approx(wide, rel=0.02)


def test_certain_money_is_certain() -> None:
    ones = np.ones(3)
    sure = Remaining(group=np.zeros(3, int), booked=0.1 * ones, mean=0.2 * ones, low=0.2 * ones, high=0.2 * ones)

    assert forecast_groups(sure, np.array([0.9])).odds.tolist() == [1]
    assert forecast_groups(sure, np.array([0.90001])).odds.tolist() == [0]
    assert forecast_groups(sure, np.array([0.9])).low == pytest.approx([0.9])


def test_the_order_of_people_does_not_matter_and_groups_are_apart() -> None:
    rng = np.random.default_rng(3)
    low, width = rng.random(30) * 5, rng.random(30) * 9
    group, order = rng.integers(0, 3, 30), rng.permutation(30)
    people = Remaining(group=group, booked=low, mean=low + width / 2, low=low, high=low + width)
    mixed = Remaining(
        group=group[order], booked=low[order], mean=(low + width / 2)[order], low=low[order], high=(low + width)[order]
    )
    target = np.array([50.0, 60.0, 70.0])
    found, again = forecast_groups(people, target), forecast_groups(mixed, target)

    assert found.high == pytest.approx(again.high) and found.odds == pytest.approx(again.odds)
    assert found.expected.sum() == pytest.approx((people.booked + people.mean).sum())


@pytest.mark.parametrize(
    ("net", "keep", "reach", "is_over", "outcome"),
    [
        (120, 90, 120, True, "promoted"),
        (119, 90, 120, True, "kept"),
        (90, 90, 120, True, "kept"),
        (89, 90, 120, True, "missed"),
        (-5, 90, 120, True, "missed"),
        (500, 90, None, True, "kept"),
        (500, 90, 120, False, "open"),
        (500, None, 120, True, "no_quota"),
        (100, 110, 95, True, "missed"),  # a next grade that asks for less promotes nobody who has not kept theirs
    ],
)
def test_grades(net: int, keep: int | None, reach: int | None, is_over: bool, outcome: str) -> None:
    assert grade_outcome(net, keep, reach, is_over=is_over) == outcome
    assert outcome in GRADE_OUTCOMES


def test_tiers_and_shares() -> None:
    assert [tiers_reached(net, [30, 36, 45]) for net in (-1, 29, 30, 36, 44, 45, 99)] == [0, 0, 1, 2, 2, 3, 3]
    assert attained_share(27, 30) == Fraction(9, 10) and attained_share(-3, 30) == Fraction(-1, 10)
    assert attained_share(27, 0) is None and attained_share(27, None) is None
    with pytest.raises(EngineError, match="above"):
        tiers_reached(1, [30, 30])


@pytest.mark.parametrize(
    ("low", "high", "group"), [(2.0, 1.0, 0), (-1.0, 1.0, 0), (1.0, np.inf, 0), (1.0, 2.0, 1), (1.0, 2.0, -1)]
)
def test_refused(low: float, high: float, group: int) -> None:
    with pytest.raises(EngineError, match=r"Every|must"):
        one = np.ones(1)
        people = Remaining(group=np.array([group]), booked=one, mean=one, low=low * one, high=high * one)
        forecast_groups(people, np.array([1.0]))
