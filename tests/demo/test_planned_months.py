"""八成把握 in small: months worked at exactly the planned dials, with the made-up people's true rates.

`bench/trials_confidence.py` does the same for 200 organisations; here a few, with the room that few leave to chance.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from pacemark.demo.spec import DemoSpec
from tests.support.made_up_ground import planning_at
from tests.support.planned_months import Kept, Tally, try_seed
from tests.support.practice_trials import judged
from tests.support.true_months import TrueMonth, reaches, true_month

SEEDS = range(900, 905)


@pytest.fixture(scope="module")
def kept() -> list[Kept]:
    return [one for seed in SEEDS for one in try_seed(seed, draws=60)]


def test_plans_keep_their_word(kept: list[Kept]) -> None:
    rows = Tally(kept=kept).main_rows()

    assert [round(promised, 1) for promised, _ in rows] == [0.5, 0.8, 0.9]
    for promised, reached in rows:
        assert reached == pytest.approx(promised, abs=0.06)
    assert len(kept) > 600


def test_every_role_and_every_target_is_near_its_word(kept: list[Kept]) -> None:
    for name in ("role", "target_factor"):
        for value in {getattr(one, name) for one in kept}:
            ones = [one for one in kept if getattr(one, name) == value and one.confidence == 0.8 and one.has_work]

            assert np.mean([one.reached for one in ones]) == pytest.approx(0.8, abs=0.09), value


def test_the_draws_are_those_of_the_truth_they_are_given() -> None:
    """By hand: ten deals of 3,000 need about so many of 1,000 dials; half the dials bring half."""
    month = TrueMonth(
        to_opportunity=np.array([0.4, 0.2, 0.25]), win_rate=0.5, in_time=1.0, direct=0.0,
        open_chances=np.zeros(0), refundable_minor=np.zeros(0), refund_chances=np.zeros(0), own_refund_chance=0.0,
    )  # fmt: skip
    mean = 300_000 * np.exp(0.08)

    def share(work: int, deals: float, given: TrueMonth = month) -> float:
        return float(reaches(given, work, deals * mean, "full_cycle", 4000, seed=1).mean())

    assert share(1000, 10) == pytest.approx(0.47, abs=0.05)
    assert share(500, 10) < 0.05
    assert share(2000, 10) > 0.95
    assert share(1000, 10, replace(month, in_time=0.5)) == pytest.approx(share(500, 10), abs=0.03)
    assert share(0, 1.5, replace(month, open_chances=np.array([1.0, 1.0, 0.0]))) == pytest.approx(0.75, abs=0.1)
    assert share(1000, 10, replace(month, own_refund_chance=0.2)) < share(1000, 10) - 0.1
    assert reaches(month, 1000, 20, "setter", 4000, seed=1).mean() == pytest.approx(0.53, abs=0.05)
    assert reaches(month, 20, 0.0, "closer", 10, seed=1).all()


def test_the_truth_is_read_from_the_world() -> None:
    spec = DemoSpec(seed=7, end=date(2025, 6, 30), months=5, advance_days=31)
    planning = planning_at(spec, spec.end + timedelta(days=1))
    people = planning.world.layout.people
    for place in range(0, len(planning.people), 7):
        rep, month = planning.people[place], true_month(planning, place)

        assert month.to_opportunity[0] == pytest.approx(0.4 * people.reach[rep])
        assert month.win_rate == pytest.approx(0.33 * people.closing[rep])
        assert 0.3 < month.in_time < 0.6  # a median of 14 days leaves about half of a month's wins inside it
        assert len(month.open_chances) == (planning.ground.opportunities.rep_id == rep + 1).sum()
        assert (month.open_chances < 0.5).all() and 0 <= month.own_refund_chance < 0.03


def test_the_planted_practice_is_verified_and_the_sham_is_not() -> None:
    found = [judged(seed) for seed in (41, 42)]

    assert [one["practice"].status for one in found] == ["verified"] * 2
    assert "verified" not in [one["sham"].status for one in found]
