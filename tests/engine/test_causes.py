"""The four causes in money, the gap now, and days without a deal."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pacemark.engine.errors import EngineError
from pacemark.engine.process.causes import CAUSES, CauseInputs, roll_up, split_causes
from pacemark.engine.process.gap import LEVELS, ended_streaks, money_per_unit, stage_gaps, zero_streaks


def _one(**change: Any) -> CauseInputs:
    """Return a person asked for 3,600 whose fair plan is 50 × .2 × 300; 40 opportunities were won at .1."""
    return CauseInputs(
        **{
            "target_minor": np.array([3600]), "actual_minor": np.array([1300]),
            "fair": np.array([[50.0, 0.2, 300.0]]), "done": np.array([[40.0, 0.1, 300.0]]),
            "is_told": np.array([[True, True, True]]),
        }
        | change
    )  # fmt: skip


def _money(inputs: CauseInputs) -> dict[str, int]:
    return {name: int(part[0]) for name, part in split_causes(inputs).causes.items()}


def test_each_cause_by_hand() -> None:
    # 3,600 asked, 3,000 fair; 3,000 → 1,200: L = 1800 / ln 2.5 = 1964.43, of it ln .8 = −438.35 and ln .5 = −1361.65
    expected = {"goal": -600, "execution": -438, "ability": -1362, "luck": 100}

    assert _money(_one()) == expected
    assert _money(_one(is_told=np.zeros((1, 3), dtype=bool))) == {**expected, "ability": 0, "luck": 100 - 1362}
    assert _money(_one(is_coaching_missed=np.ones((1, 3), dtype=bool))) == {
        **expected,
        "execution": -1800,
        "ability": 0,
    }


def test_leads_are_a_part_of_the_goal() -> None:
    parts = split_causes(_one(fair_usual_leads_minor=np.array([3500]))).parts

    assert (parts["goal.plan"][0], parts["goal.leads"][0]) == (-100, -500)


def test_a_closers_chain_leaves_the_dials_out() -> None:
    fair, done = np.array([[np.nan, 50.0, 0.2, 300.0]]), np.array([[np.nan, 50.0, np.nan, 300.0]])
    inputs = _one(fair=fair, done=done, is_told=np.zeros((1, 4), dtype=bool), actual_minor=np.array([3000]))

    assert _money(inputs) == {"goal": -600, "execution": 0, "ability": 0, "luck": 0}


people = st.integers(1, 6)


@given(people, st.randoms(use_true_random=False))
def test_causes_add_up_exactly_for_people_teams_and_all(n_people: int, drawn: Any) -> None:
    rng = np.random.default_rng(drawn.randrange(10**6))
    factors = [rng.integers(0, 40, (n_people, 4)) * np.array([10, 0.02, 0.03, 17_777]) for _ in range(2)]
    factors[1][rng.random((n_people, 4)) < 0.1] = np.nan
    inputs = CauseInputs(
        target_minor=rng.integers(0, 10**7, n_people), actual_minor=rng.integers(0, 10**7, n_people),
        fair=factors[0], done=factors[1], is_told=rng.random((n_people, 4)) < 0.5,
        is_coaching_missed=rng.random((n_people, 4)) < 0.5,
        fair_usual_leads_minor=rng.integers(0, 10**7, n_people),
    )  # fmt: skip
    split = split_causes(inputs)
    teams = roll_up(split, rng.integers(0, 3, n_people), 3)

    assert tuple(split.causes) == CAUSES
    for one in (split, teams, roll_up(teams, np.zeros(3, dtype=np.int64), 1)):
        assert sum(one.causes.values()).tolist() == one.total_minor.tolist()
        assert sum(one.parts.values()).tolist() == one.total_minor.tolist()
    assert teams.total_minor.sum() == (inputs.actual_minor - inputs.target_minor).sum()


@pytest.mark.parametrize(
    "change", [{"fair": np.array([[50.0, 0.2]])}, {"target_minor": np.array([1, 2])}, {"done": np.full((1, 3), -1.0)}]
)
def test_what_does_not_fit_together_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(EngineError) as caught:
        split_causes(_one(**change))

    assert caught.value.code == "process.bad_causes"


@pytest.mark.parametrize(
    ("done", "due", "level"),
    [(99, 100, "ok"), (98.9, 100, "warn"), (81, 100, "warn"), (80.9, 100, "risk"), (0, 0, "nothing_due"), (5, 1, "ok"),
     (0.81 * 3, 3, "warn"), (0, 7, "risk")],
)  # fmt: skip
def test_colours_go_by_the_goal(done: float, due: float, level: str) -> None:
    found = stage_gaps(np.array([[done]]), np.array([[due]]), np.array([[100.0]]))

    assert LEVELS[found.level[0, 0]] == level
    assert found.money_minor[0, 0] == round(max(due - done, 0) * 100)


def test_a_stages_gap_is_carried_through_the_rates_behind_it() -> None:
    per_unit = money_per_unit(np.array([[0.4, 0.2, 0.25, 0.2]]), np.array([300_000.0]))

    # 3.2: 2,500 dials stand for 30,000
    assert per_unit[0] == pytest.approx([1200, 3000, 15_000, 60_000, 300_000])
    assert money_per_unit(np.array([[0.4, np.nan]]), np.array([10.0])).tolist() == [[0, 0, 10]]


def test_gaps_refuse_negative_counts() -> None:
    with pytest.raises(EngineError):
        stage_gaps(np.array([[-1.0]]), np.ones((1, 1)), np.ones((1, 1)))


@given(st.lists(st.tuples(st.integers(0, 1), st.booleans()), min_size=1, max_size=30))
def test_streaks_are_those_counted_backwards_by_hand(days: list[tuple[int, bool]]) -> None:
    deals, works = (np.array([[day[side] for day in days]]) for side in (0, 1))

    def backwards(some: list[tuple[int, bool]]) -> int:
        streak = 0
        for deal, worked in reversed(some):
            if deal:
                break
            streak += worked
        return streak

    assert zero_streaks(deals, works)[0] == backwards(days)
    assert ended_streaks(deals, works)[0] == (backwards(days[:-1]) if days[-1][0] else 0)
