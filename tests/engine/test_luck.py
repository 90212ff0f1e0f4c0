"""How much of a ranking is real."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from pacemark.engine.errors import EngineError
from pacemark.engine.process.luck import luck_json, luck_share
from pacemark.engine.rates import shrink_json


def _people(won: list[int], tried: int | list[int]) -> dict[str, object]:
    trials = tried if isinstance(tried, list) else [tried] * len(won)
    return {"people": [{"won": x, "tried": n} for x, n in zip(won, trials, strict=True)]}


def test_the_worked_group() -> None:
    answer = luck_json({"mean": 0.2, "observed_variance": "0.0040", "tried": 50, "observed_rate": 0.3})

    assert (answer["luck_variance"], answer["skill_variance"]) == (0.0032, 0.0008)
    assert (answer["reliability"], answer["half_point"], answer["estimate"]) == (0.2, 200, 0.22)
    assert (answer["rankable"], answer["p"]) == (False, None)


def test_a_group_of_people_by_hand() -> None:
    won = [5, 15, 10, 22]
    answer = luck_json(_people(won, 50))
    rates = np.array(won) / 50
    observed, luck = rates.var(ddof=1), 0.26 * 0.74 / 50
    table = np.array([won, [50 - x for x in won]])

    assert answer["observed_variance"] == pytest.approx(observed, abs=1e-8)
    assert answer["luck_variance"] == pytest.approx(luck, abs=1e-8)
    assert answer["reliability"] == pytest.approx((observed - luck) / observed, abs=1e-4)
    assert answer["p"] == pytest.approx(stats.chi2_contingency(table, correction=False).pvalue, abs=1e-6)
    for person, rate in zip(answer["people"], rates, strict=True):
        assert person["estimate"] == pytest.approx(0.26 + (observed - luck) / observed * (rate - 0.26), abs=1e-6)
    assert (answer["rankable"], answer["display"]) == (True, "ranking")


def test_unequal_trials_give_the_estimates_of_shrink() -> None:
    people = _people([5, 15, 10, 22], [50, 60, 70, 55])
    found, shrunk = luck_json(people), shrink_json(people)

    assert [person["estimate"] for person in found["people"]] == [person["mean"] for person in shrunk["people"]]
    assert found["half_point"] == pytest.approx(shrunk["prior"]["strength"] + 1, abs=0.01)


def test_less_variance_than_luck_makes_is_no_skill() -> None:
    answer = luck_json(_people([10, 10, 10, 11], 50))

    assert (answer["skill_variance"], answer["half_point"], answer["display"]) == (0, None, "names")
    assert {person["estimate"] for person in answer["people"]} == {0.205}


@pytest.mark.parametrize(("won", "tried"), [([3], 10), ([0, 0, 0], 10), ([10, 10], 10), ([0, 0, 5], [0, 0, 10])])
def test_nothing_to_compare_is_answered_and_not_ranked(won: list[int], tried: int | list[int]) -> None:
    answer = luck_json(_people(won, tried))

    assert (answer["rankable"], answer["display"]) == (False, "names")
    assert len(answer["people"]) == len(won)


def test_between_a_ranking_and_names_there_are_groups() -> None:
    rng = np.random.default_rng(1)
    rates = 0.2 + 0.025 * rng.standard_normal(400)
    answer = luck_share(rng.binomial(100, rates).astype(float), np.full(400, 100.0))

    assert answer.p is not None and answer.p < 0.05
    assert answer.reliability is not None and answer.reliability < 0.5
    assert answer.display == "groups"


def test_the_best_of_twenty_equal_people_looks_good_and_nobody_is_ranked() -> None:
    rng = np.random.default_rng(7)
    best, ranked = [], 0
    for _ in range(300):
        won = rng.binomial(50, 0.2, 20).astype(float)
        best.append(won.max() / 50)
        ranked += luck_share(won, np.full(20, 50.0)).display == "ranking"

    assert np.mean(best) == pytest.approx(0.31, abs=0.01)
    assert ranked / 300 <= 0.05


def test_skill_is_recovered_from_many() -> None:
    rng = np.random.default_rng(2)
    rates = rng.beta(20, 80, 3000)
    found = luck_share(rng.binomial(120, rates).astype(float), np.full(3000, 120.0))

    assert found.skill_variance == pytest.approx(0.16 / 101, rel=0.1)
    assert found.half_point == pytest.approx(101, rel=0.1)
    assert found.estimates is not None
    assert ((found.estimates.mean - rates) ** 2).mean() < 0.75 * ((found.estimates.raw - rates) ** 2).mean()


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ({"people": []}, "process.no_data"),
        (_people([0, 0], 0), "process.no_data"),
        (_people([6], 5), "process.won_above_tried"),
        ({"mean": 0.2, "observed_variance": -1, "tried": 50}, "process.negative"),
        ({"mean": 0.2, "observed_variance": 2, "tried": 50}, "process.rate_out_of_range"),
        ({"mean": 0.2, "observed_variance": 0.004, "tried": 0}, "process.not_positive"),
        ({"mean": 0.2}, "process.missing_key"),
    ],
)
def test_bad_input_is_named(payload: dict[str, object], code: str) -> None:
    with pytest.raises(EngineError) as caught:
        luck_json(payload)

    assert caught.value.code == code


def test_an_interval_never_claims_more_than_the_group_has_seen() -> None:
    alone = luck_json({"people": [{"won": 3, "tried": 10}]})["people"][0]
    low, high = alone["interval"]
    assert low < 0.2
    assert high > 0.4
    without = luck_json({"people": [{"won": 0, "tried": 10}] * 2})["people"][0]
    assert without["estimate"] == 0
    assert without["interval"] == [0, round(float(stats.beta.ppf(0.9, 0.5, 20.5)), 6)]
