"""A practice on trial: whom it must believe, and whom not, in worlds where the truth is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pacemark.engine.errors import EngineError
from pacemark.engine.results.case import Verdict
from pacemark.engine.results.practice import PracticeTrial, judge_practice

N_PEOPLE, N_ADOPTERS = 40, 10
KIND_RATES = np.array([0.45, 0.28, 0.17])


def _trial(
    seed: int, *, uplift: float = 1.0, adopters_ability: float = 1.0, better_leads: bool = False, everyone: float = 1.0
) -> PracticeTrial:
    """Return seven months before and two months during a trial: 100 deep talks a month, abilities 12 % apart."""
    rng = np.random.default_rng(seed)
    adopter = np.arange(N_PEOPLE) < N_ADOPTERS
    ability = (1 + 0.12 * rng.standard_normal(N_PEOPLE)) * np.where(adopter, adopters_ability, 1.0)
    cells = [(person, kind, during) for person in range(N_PEOPLE) for kind in range(3) for during in (False, True)]
    person, kind, during = (np.array(column) for column in zip(*cells, strict=True))
    exposed = np.where(during, 200.0, 700.0) / 3
    if better_leads:
        exposed = np.where(adopter[person] & during, 200.0 * np.array([0.8, 0.15, 0.05])[kind], exposed)
    wobble = 1 + 0.05 * rng.standard_normal((2, N_PEOPLE))
    rate = KIND_RATES[kind] * ability[person] * wobble[during.astype(int), person]
    rate = rate * np.where(during, everyone, 1.0) * np.where(adopter[person] & during, uplift, 1.0)
    exposed = np.round(exposed)
    won = rng.binomial(exposed.astype(int), np.clip(rate, 0, 1)).astype(float)
    return PracticeTrial(
        person=person, kind=kind, is_during=during, exposed=exposed, won=won, is_adopter=adopter
    )  # fmt: skip


def _verdicts(seeds: range, claimed: float = 0.08, **world: float | bool) -> list[Verdict]:
    return [judge_practice(_trial(seed, **world), claimed) for seed in seeds]  # type: ignore[arg-type]


def test_what_works_is_verified_and_its_size_is_found() -> None:
    found = _verdicts(range(60), uplift=1.3)

    assert sum(one.status == "verified" for one in found) >= 57
    assert np.mean([one.difference or 0 for one in found]) == pytest.approx(0.3 * 0.3, abs=0.012)
    covered = [(one.low or 0) <= 0.09 <= (one.high or 0) for one in found]
    assert np.mean(covered) == pytest.approx(0.9, abs=0.1)


def test_the_size_is_what_it_is_at_the_time_and_with_the_leads_of_the_trial() -> None:
    found = _verdicts(range(40), uplift=1.3, everyone=1.25, better_leads=True)
    usual = KIND_RATES @ [0.8, 0.15, 0.05] * 1.25

    assert np.mean([one.difference or 0 for one in found]) == pytest.approx(0.3 * usual, rel=0.12)


@pytest.mark.parametrize(
    "world", [{}, {"adopters_ability": 1.15}, {"better_leads": True}, {"everyone": 1.25}],
    ids=["nothing", "able adopters", "better leads", "a good month for all"],
)  # fmt: skip
def test_what_does_nothing_is_not(world: dict[str, float | bool]) -> None:
    found = _verdicts(range(100), **world)

    assert sum(one.status == "verified" for one in found) <= 11  # 5 in 100 by chance
    assert sum(one.status == "refuted" for one in found) >= 50


def test_calls_alone_would_have_believed_the_able_adopters() -> None:
    """The plain 2 × 2 table is fooled where people differ: that is why people are compared, not calls."""
    fooled = 0
    for seed in range(40):
        trial = _trial(seed, adopters_ability=1.15)
        during, ours = trial.is_during, trial.is_adopter[trial.person]
        rates = [trial.won[during & side].sum() / trial.exposed[during & side].sum() for side in (ours, ~ours)]
        fooled += rates[0] > rates[1] * 1.08

    assert fooled > 20


def test_the_order_and_the_cutting_of_cells_do_not_matter() -> None:
    trial = _trial(1, uplift=1.1)
    order = np.random.default_rng(0).permutation(len(trial.person))
    mixed = replace(
        trial, person=trial.person[order], kind=trial.kind[order], is_during=trial.is_during[order],
        exposed=trial.exposed[order], won=trial.won[order],
    )  # fmt: skip
    halves = {name: np.repeat(getattr(trial, name), 2) for name in ("person", "kind", "is_during")}
    cut = replace(trial, **halves, exposed=np.repeat(trial.exposed / 2, 2), won=np.repeat(trial.won / 2, 2))

    for other in (mixed, cut):
        assert judge_practice(other, 0.05).p == pytest.approx(judge_practice(trial, 0.05).p)


def test_too_few_people_stay_undecided() -> None:
    trial = _trial(1, uplift=1.5)
    two = replace(trial, is_adopter=np.arange(N_PEOPLE) < 2)
    nobody = replace(trial, is_adopter=np.zeros(N_PEOPLE, dtype=bool))
    empty = replace(trial, exposed=0 * trial.exposed, won=0 * trial.won)

    for one in (two, nobody, empty):
        assert judge_practice(one, 0.05) == Verdict(status="tried", difference=None, low=None, high=None, p=1.0)


@pytest.mark.parametrize("change", [{"won": -1.0}, {"exposed": -1.0}])
def test_refused(change: dict[str, float]) -> None:
    trial = _trial(1)
    with pytest.raises(EngineError, match="negative"):
        replace(trial, **{name: np.full(len(trial.person), value) for name, value in change.items()})
    with pytest.raises(EngineError, match="adopter"):
        replace(trial, is_adopter=np.zeros(3, dtype=bool))
    with pytest.raises(EngineError, match="one number"):
        replace(trial, kind=np.zeros(3, dtype=np.int64))
