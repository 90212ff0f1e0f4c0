"""Weekday profiles: a planted one is found, chance is shrunk away, thin history is flat."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from pacemark.engine.errors import EngineError
from pacemark.engine.goals.weekdays import WeekdayHistory, learn_weekdays

TRUE = np.array([1.3, 1.0, 0.9, 1.0, 0.8])


def _history(shape: NDArray[np.float64], n_weeks: int, seed: int = 1) -> WeekdayHistory:
    """Let people work with the given mean per weekday, in dials, for some weeks."""
    rng = np.random.default_rng(seed)
    days = rng.poisson(np.repeat(shape[:, None, :], n_weeks, axis=1)).astype(float)
    none = np.zeros((len(shape), 2))
    return WeekdayHistory(
        work=np.hstack([days.sum(axis=1), none]),
        squares=np.hstack([(days**2).sum(axis=1), none]),
        days=np.hstack([np.full((len(shape), 5), float(n_weeks)), none]),
        weeks=np.full(len(shape), float(n_weeks)),
    )


def test_what_everybody_shares_is_found_and_chance_is_not_taken_for_a_habit() -> None:
    paces = np.linspace(20, 120, 60)[:, None]
    found = learn_weekdays(_history(paces * TRUE, 12))

    assert found.strength > 50, "people do not differ"
    assert found.weights[:, :5] == pytest.approx(np.tile(TRUE / TRUE.mean(), (60, 1)), abs=0.04)
    assert found.weights[:, 5:] == pytest.approx(1.0)


def test_ones_own_habit_is_kept() -> None:
    habits = np.where(np.arange(40)[:, None] % 2, TRUE, TRUE[::-1])
    found = learn_weekdays(_history(100 * habits, 20))

    assert found.strength < 10
    assert found.weights[:, :5] == pytest.approx(habits / habits.mean(axis=1, keepdims=True), abs=0.08)


@pytest.mark.parametrize(("n_weeks", "is_flat"), [(7, True), (8, False)])
def test_under_eight_weeks_there_is_no_profile(n_weeks: int, *, is_flat: bool) -> None:
    found = learn_weekdays(_history(np.tile(100 * TRUE, (3, 1)), n_weeks))

    assert found.is_flat.tolist() == [is_flat] * 3
    assert (found.weights == 1).all() == is_flat


def test_weights_lie_between_ones_own_and_everybodys() -> None:
    history = _history(80 * np.random.default_rng(2).uniform(0.5, 1.5, (25, 5)), 10)
    found = learn_weekdays(history).weights[:, :5]
    usual = history.work.sum(axis=1, keepdims=True) / history.days.sum(axis=1, keepdims=True)
    own = (history.work / np.maximum(history.days, 1) / usual)[:, :5]
    everybody = own.mean(axis=0)

    assert (found >= np.minimum(own, everybody) - 1e-9).all()
    assert (found <= np.maximum(own, everybody) + 1e-9).all()


def test_edges() -> None:
    nobody = np.zeros((2, 7))
    assert (
        learn_weekdays(WeekdayHistory(work=nobody, squares=nobody, days=nobody, weeks=np.zeros(2))).weights == 1
    ).all()
    with pytest.raises(EngineError, match="seven columns") as refused:
        WeekdayHistory(work=nobody[:, :5], squares=nobody, days=nobody, weeks=np.zeros(2))
    assert refused.value.code == "goals.bad_weekday_history"
    with pytest.raises(EngineError, match="not negative"):
        WeekdayHistory(work=nobody - 1, squares=nobody, days=nobody, weeks=np.zeros(2))
