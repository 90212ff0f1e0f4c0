"""How much somebody will do next month: by hand, by plain loops, and the edges."""

from __future__ import annotations

import math

import numpy as np
import pytest

from pacemark.engine.errors import EngineError
from pacemark.engine.goals.pace import N_SCENARIOS, WorkHistory, learn_pace, pace_per_day, work_scenarios


def _history(work: list[list[float]], days: list[list[float]]) -> WorkHistory:
    return WorkHistory(work=np.array(work, dtype=float), days=np.array(days, dtype=float))


def _some_floor(n_people: int = 40, n_months: int = 8) -> WorkHistory:
    rng = np.random.default_rng(7)
    days = rng.integers(0, 23, (n_people, n_months)).astype(float) * (rng.random((n_people, n_months)) < 0.9)
    work = rng.poisson(30 * days * np.exp(0.4 * rng.standard_normal(days.shape)))
    return WorkHistory(work=work.astype(np.float64), days=days)


def _pace_in_words(work: list[float], days: list[float]) -> float:
    weights = [0.5 ** ((len(work) - 1 - month) / 2) for month in range(len(work))]
    n_days = sum(weight * day for weight, day in zip(weights, days, strict=True))
    done = sum(weight * amount for weight, amount, day in zip(weights, work, days, strict=True) if day)
    return done / n_days if n_days else 0.0


def test_a_month_two_months_back_counts_half() -> None:
    found = pace_per_day(_history([[100, 0, 400]], [[10, 0, 10]]))

    assert found[0] == pytest.approx((0.5 * 100 + 400) / (0.5 * 10 + 10))


def test_pace_and_spread_are_those_of_plain_loops() -> None:
    history = _some_floor()
    squares, paces = [], []
    for work, days in zip(history.work.tolist(), history.days.tolist(), strict=True):
        paces.append(_pace_in_words(work, days))
        for month in range(1, len(work)):
            expected = _pace_in_words(work[:month], days[:month]) * days[month]
            if work[month - 1] > 0 and days[month - 1] > 0 and expected > 0.5:
                squares.append(min(1.0, abs(math.log((work[month] + 0.5) / (expected + 0.5)))) ** 2)
    found = learn_pace(history)

    assert found.per_day.tolist() == pytest.approx(paces)
    assert found.n_forecasts == len(squares) > 100
    assert found.spread == pytest.approx(math.sqrt((sum(squares) + 10 * 0.09) / (len(squares) + 10)))


def test_without_a_past_the_usual_spread_and_no_work() -> None:
    found = learn_pace(_history([[], []], [[], []]))

    assert (found.per_day.tolist(), found.n_forecasts) == ([0.0, 0.0], 0)
    assert found.spread == pytest.approx(0.3)


def test_the_order_of_people_does_not_matter() -> None:
    history, order = _some_floor(), np.random.default_rng(1).permutation(40)
    found = learn_pace(history)
    shuffled = learn_pace(WorkHistory(work=history.work[order], days=history.days[order]))

    assert shuffled.per_day.tolist() == found.per_day[order].tolist()
    assert shuffled.spread == pytest.approx(found.spread)


def test_somebody_who_stops_counts_as_missed_by_a_factor_of_e() -> None:
    assert learn_pace(_history([[1000, 0]], [[20, 20]])).spread == pytest.approx(math.sqrt((1 + 0.9) / 11))


def test_scenarios_are_whole_and_spread_as_told() -> None:
    found = work_scenarios(np.array([40_000.0, 0.0]), 0.3)

    assert found.shape == (2, N_SCENARIOS)
    assert (found == np.rint(found)).all()
    assert found[1].tolist() == [0.0] * N_SCENARIOS
    assert np.median(found[0]) == 40_000
    # Fifteen middles of equal parts have a little less spread than the whole distribution.
    assert 0.27 < np.log(found[0]).std() < 0.3
    assert (np.diff(found[0]) > 0).all()


@pytest.mark.parametrize(
    ("work", "days"), [([[1.0]], [[1.0, 2.0]]), ([[-1.0]], [[1.0]]), ([[1.0]], [[np.nan]]), ([1.0], [1.0])]
)
def test_what_is_no_history_is_refused(work: list[list[float]], days: list[list[float]]) -> None:
    with pytest.raises(EngineError) as caught:
        _history(work, days)
    assert caught.value.code == "goals.bad_work_history"
