"""What scores are measured against: leads alone must not show, what was made of them must, and chance be shrunk."""

from __future__ import annotations

import numpy as np
import pytest

from pacemark.engine.errors import EngineError
from pacemark.engine.mix import LeadMix
from pacemark.engine.resources.expectation import MAX_STRENGTH, expectation_of

EASE = np.array([0.30, 0.10])  # what a lead of grade A, and of grade B, gives anybody


def _world(skill: np.ndarray, of_grade_a: np.ndarray, n_leads: int, seed: int = 1, *, sure: bool = False) -> LeadMix:
    """Make one cell per person and grade, drawn or (sure) exactly as expected."""
    person = np.repeat(np.arange(len(skill)), 2)
    grade = np.tile(np.arange(2), len(skill))
    exposed = n_leads * np.where(grade == 0, of_grade_a[person], 1 - of_grade_a[person])
    rate = EASE[grade] * skill[person]
    rng = np.random.default_rng(seed)
    won = exposed * rate if sure else rng.binomial(exposed.round().astype(int), rate).astype(float)
    return LeadMix(person=person, kinds={"grade": grade}, exposed=exposed.round() if not sure else exposed, won=won)


def _values(mix: LeadMix, n_people: int) -> list[float]:
    return [float(100 * ratio) for ratio in expectation_of(mix, n_people).ratio]


def test_better_leads_alone_score_nothing() -> None:
    of_grade_a = np.array([0.9, 0.7, 0.3, 0.1])
    mix = _world(np.ones(4), of_grade_a, 2000, sure=True)

    assert _values(mix, 4) == pytest.approx([100] * 4, abs=1.5)
    won = np.bincount(mix.person, mix.won)
    assert won[0] > 2 * won[3], "the raw numbers would have ranked them"


def test_the_better_person_scores_higher_on_worse_leads() -> None:
    skill, of_grade_a = np.array([1.3, 1.0, 1.0, 0.8]), np.array([0.1, 0.5, 0.5, 0.9])
    scores = _values(_world(skill, of_grade_a, 3000, sure=True), 4)

    assert scores == sorted(scores, reverse=True)
    assert scores[0] / scores[3] == pytest.approx(1.3 / 0.8, rel=0.1)


def test_people_who_differ_by_chance_alone_are_drawn_together() -> None:
    spreads = []
    for seed in range(20):
        mix = _world(np.ones(40), np.full(40, 0.5), 100, seed)
        won = np.bincount(mix.person, mix.won)
        spreads.append((np.std(_values(mix, 40)), 100 * np.std(won / won.mean())))
    shrunk, raw = np.mean(spreads, axis=0)

    assert shrunk < raw / 4


def test_a_shrunk_score_is_nearer_the_truth_than_the_raw_one() -> None:
    errors = []
    for seed in range(20):
        skill = np.random.default_rng(seed).gamma(25, 1 / 25, 60)
        mix = _world(skill, np.full(60, 0.5), 120, seed)
        won = np.bincount(mix.person, mix.won)
        truth = skill / skill.mean()
        shrunk = np.array(_values(mix, 60)) / 100
        errors.append((np.mean((shrunk - truth) ** 2), np.mean((won / won.mean() - truth) ** 2)))
    of_shrunk, of_raw = np.mean(errors, axis=0)

    assert of_shrunk < 0.75 * of_raw


def test_expected_and_actual_agree_in_total() -> None:
    found = expectation_of(_world(np.array([1.3, 0.7, 1.0]), np.array([0.2, 0.5, 0.9]), 400), 3)

    assert found.expected.sum() == pytest.approx(found.actual.sum())


def test_nobody_is_judged_without_data() -> None:
    none = LeadMix(person=np.array([0]), kinds={}, exposed=np.array([0.0]), won=np.array([0.0]))
    found = expectation_of(none, 2)

    assert found.ratio.tolist() == [1.0, 1.0]
    assert found.strength == MAX_STRENGTH


@pytest.mark.parametrize(("person", "won"), [(0, -1.0), (0, 9.0), (0, float("nan")), (3, 1.0), (-1, 1.0)])
def test_bad_input_is_refused(person: int, won: float) -> None:
    mix = LeadMix(person=np.array([person]), kinds={}, exposed=np.array([5.0]), won=np.array([won]))
    with pytest.raises(EngineError) as refused:
        expectation_of(mix, 1)

    assert refused.value.code == "resources.bad_scores"
