from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from pacemark.engine.errors import EngineError
from pacemark.engine.goals.quantify import quantify
from pacemark.engine.goals.seasons import MonthTotal, season_weights

_SEASON = [0.7, 0.6, 1.1, 1.0, 0.9, 1.2, 1.0, 0.8, 1.3, 1.1, 1.3, 1.0]


def _history(n_months: int, *, growth: float = 0.0, reps: float = 10.0, seed: int | None = None) -> list[MonthTotal]:
    noise = np.random.default_rng(seed).normal(0, 0.03, n_months) if seed is not None else np.zeros(n_months)
    return [
        MonthTotal(
            year=2022 + place // 12,
            month=place % 12 + 1,
            amount=reps * (1 + growth * place) * 30_000 * _SEASON[place % 12] * (1 + noise[place]),
            active_reps=reps,
            workdays=21,
        )
        for place in range(n_months)
    ]


def test_under_two_years_the_weights_are_flat_and_say_why() -> None:
    learned = season_weights(_history(23))

    assert learned.weights == (Fraction(1),) * 12
    assert (learned.reason, learned.n_months, learned.trust) == ("goals.season_history_short", 23, 0.0)


def test_two_years_are_believed_by_two_thirds() -> None:
    learned = season_weights(_history(24))

    assert learned.reason is None
    mean = sum(_SEASON) / 12
    for weight, season in zip(learned.weights, _SEASON, strict=True):
        assert float(weight) == pytest.approx(1 + 2 / 3 * (season / mean - 1), abs=6e-5)


def test_more_years_are_believed_more_and_the_mean_stays_one() -> None:
    short, long = season_weights(_history(24)), season_weights(_history(60))

    assert abs(float(long.weights[1]) - 0.6) < abs(float(short.weights[1]) - 0.6)
    for learned in (short, long):
        assert float(sum(learned.weights)) == pytest.approx(12, abs=1e-3)


def test_growth_is_not_taken_for_a_season() -> None:
    flat = [
        MonthTotal(year=2022 + place // 12, month=place % 12 + 1, amount=1000 + 50 * place, active_reps=1, workdays=20)
        for place in range(30)
    ]

    assert set(season_weights(flat).weights) == {Fraction(1)}


def test_holidays_are_not_counted_twice() -> None:
    """February has 14 working days and ordinary ones: quantify takes them off once, the season must not again."""
    days = [22, 14, *[22] * 10]
    history = [
        MonthTotal(
            year=2022 + place // 12, month=place % 12 + 1, amount=1000 * days[place % 12], active_reps=1,
            workdays=days[place % 12],
        )
        for place in range(36)
    ]  # fmt: skip
    learned = season_weights(history)
    parts = quantify(Fraction(sum(days)), learned.weights, workdays=[Fraction(count) for count in days])

    assert set(learned.weights) == {Fraction(1)}
    assert parts == tuple(days)
    assert season_weights([*history, replace(history[0], year=2030, workdays=0)]) == learned


def test_hiring_is_not_taken_for_a_season() -> None:
    steady = _history(36)
    hiring = [
        MonthTotal(
            year=row.year,
            month=row.month,
            amount=row.amount * (place + 1),
            active_reps=row.active_reps * (place + 1),
            workdays=21,
        )
        for place, row in enumerate(steady)
    ]

    assert season_weights(hiring).weights == season_weights(steady).weights


def test_a_planted_season_is_found_through_growth_and_noise_in_any_order() -> None:
    history = _history(30, growth=0.005, seed=7)
    learned = season_weights(history)

    assert np.corrcoef([float(weight) for weight in learned.weights], _SEASON)[0, 1] > 0.97
    assert season_weights(history[::-1]) == learned


def test_months_without_people_are_left_out_and_unseen_months_stay_ordinary() -> None:
    history = [row for row in _history(48) if row.month != 2]
    learned = season_weights([*history, MonthTotal(year=2030, month=2, amount=1e9, active_reps=0, workdays=20)])

    assert learned.n_months == 44
    assert learned.weights[1] == 1


def test_no_revenue_is_flat_and_negative_months_do_not_become_negative_weights() -> None:
    nothing = [
        MonthTotal(year=2022 + p // 12, month=p % 12 + 1, amount=0, active_reps=1, workdays=20) for p in range(24)
    ]
    refunds = [
        MonthTotal(year=r.year, month=r.month, amount=-9e9 if r.month == 2 else 1e10, active_reps=1, workdays=20)
        for r in nothing
    ]

    assert season_weights(nothing).reason == "goals.season_no_revenue"
    assert all(weight >= 0 and math.isfinite(weight) for weight in season_weights(refunds).weights)


@pytest.mark.parametrize(("months", "code"), [([1, 1], "goals.month_twice"), ([13], "goals.bad_month")])
def test_a_muddled_history_is_refused(months: list[int], code: str) -> None:
    with pytest.raises(EngineError) as caught:
        season_weights([MonthTotal(year=2024, month=month, amount=1, active_reps=1, workdays=20) for month in months])

    assert caught.value.code == code
