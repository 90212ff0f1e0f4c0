"""Talks stretched past the threshold: the curve against a general optimiser, and trials with honest people."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize, stats

from pacemark.engine.errors import EngineError
from pacemark.engine.padding import check_padding, months_to_pool, near_threshold, padding_json
from pacemark.engine.talks import smooth_counts, talk_histograms
from tests.support.padded_talks import honest_talks, padded_team


def _brute_force(seconds: np.ndarray) -> tuple[int, float]:
    """Count bins by plain comparison and fit the curve by a general optimiser."""
    starts = range(90, 240, 5)
    counts = np.array([sum(start <= second < start + 5 for second in seconds) for start in starts])
    kept = np.array([not 150 <= start < 190 for start in starts])
    x = (np.array(starts) + 2.5 - 180) / 60

    def loss(shape: np.ndarray) -> float:
        log = shape[0] + shape[1] * x + shape[2] * x**2
        return float((np.exp(log) - counts * log)[kept].sum())

    best = optimize.minimize(loss, np.array([np.log(counts[kept].mean()), 0.0, 0.0]), method="Nelder-Mead",
                             options={"xatol": 1e-9, "fatol": 1e-12, "maxiter": 5000}).x  # fmt: skip
    just_past = [place for place, start in enumerate(starts) if 180 <= start < 190]
    fitted = sum(np.exp(best[0] + best[1] * x[place] + best[2] * x[place] ** 2) for place in just_past)
    return int(counts[just_past].sum()), float(fitted)


@pytest.mark.parametrize("seed", range(4))
def test_the_fit_and_the_chance_are_those_of_independent_code(seed: int) -> None:
    seconds = honest_talks(np.random.default_rng(seed), 1320)
    observed, fitted = _brute_force(seconds)
    answer = padding_json({"durations": seconds.tolist(), "threshold": 180})

    assert (answer["observed"], answer["fitted"]) == (observed, pytest.approx(fitted, abs=0.006))
    assert answer["p"] == pytest.approx(stats.poisson.sf(observed - 1, fitted), abs=2e-5)
    assert answer["excess"] == pytest.approx(observed - answer["fitted"], abs=0.011)


def test_a_padder_is_flagged_and_only_then_adjusted() -> None:
    rng = np.random.default_rng(5)
    honest, padder = honest_talks(rng, 1320), honest_talks(rng, 1320)
    padder[np.flatnonzero((padder >= 150) & (padder < 180))[::2]] = 183
    people = [{"id": "honest", "durations": honest.tolist()}, {"id": 7, "durations": padder.tolist()}]
    one, other = padding_json({"people": people})["people"]

    assert (one["id"], one["status"], one["adjusted"]) == ("honest", "ok", int((honest >= 180).sum()))
    assert (other["id"], other["status"]) == (7, "flag")
    assert other["adjusted"] == pytest.approx((padder >= 180).sum() - other["excess"], abs=0.01)
    assert other["q"] == pytest.approx(2 * other["p"], abs=2e-6)


def _stretched(n_just_past: int, just_past_won: int, beyond_won: int) -> dict[str, Any]:
    """Two talks a second everywhere, and so many more at 184 s; with outcomes."""
    smooth = np.repeat(np.arange(60, 300), 2)
    seconds = np.concatenate([smooth, np.full(n_just_past, 184)])
    won = np.zeros(len(seconds), dtype=int)
    won[np.flatnonzero((seconds >= 180) & (seconds < 190))[:just_past_won]] = 1
    won[np.flatnonzero((seconds >= 190) & (seconds < 240))[:beyond_won]] = 1
    return {"durations": seconds.tolist(), "outcomes": won.tolist()}


def test_flags_need_an_excess_of_ten_and_a_worse_conversion() -> None:
    # 20 talks fit just past the threshold and 100 beyond; 30 beyond have won, so 30 % there
    assert padding_json(_stretched(30, 14, 30))["status"] == "flag"  # 14 of 50
    assert padding_json(_stretched(30, 15, 30))["status"] == "ok"  # 15 of 50 is as good
    assert padding_json({"durations": _stretched(30, 15, 30)["durations"]})["status"] == "flag"
    nine, ten = (padding_json(_stretched(extra, 0, 30)) for extra in (9, 10))
    assert (nine["status"], nine["p"] < 0.05, ten["p"] < 0.05) == ("ok", True, True)
    assert (ten["excess"], ten["status"]) == (10, "flag")


def test_fewer_than_thirty_near_the_threshold_are_too_few() -> None:
    near = {"durations": [100] * 50 + [150] * 15 + [209] * 14}
    answer = padding_json(near)

    assert (answer["status"], answer["p"], answer["adjusted"]) == ("too_few", None, 14)
    assert padding_json({"durations": [*near["durations"], 209]})["status"] != "too_few"
    assert padding_json({"durations": [*near["durations"], 210, 149]})["status"] == "too_few"


def test_too_few_take_no_part_in_the_correction_for_many() -> None:
    crowd = [{"id": place, "durations": [200]} for place in range(50)]
    crowd.append({"id": "p", "durations": _stretched(40, 0, 0)["durations"]})
    answer = padding_json({"people": crowd})["people"]

    assert answer[-1]["q"] == answer[-1]["p"]
    assert {person["status"] for person in answer[:-1]} == {"too_few"}


def test_honest_people_are_left_alone_and_three_padders_found() -> None:
    flagged, raw, found = [], [], []
    for seed in range(12):
        rng, hung_up = np.random.default_rng(seed), seed % 2
        talks = 1320 * (1 + hung_up)
        team = padded_team(rng, n_people=60, n_padders=3, share=0.4, n_talks=talks, is_bimodal=bool(hung_up))
        checks = check_padding(team)
        is_flagged = np.array(checks.status) == "flag"
        flagged.append(is_flagged[3:].mean())
        raw.append((checks.p[3:] < 0.05).mean())
        found.append(is_flagged[:3].mean())

    assert np.mean(flagged) <= 0.05
    assert np.mean(raw) <= 0.08
    assert np.mean(found) >= 0.9


@given(st.lists(st.integers(0, 400), max_size=200), st.integers(60, 200), st.randoms(use_true_random=False))
def test_any_talks_in_any_order_have_an_answer(seconds: list[int], threshold: int, shuffler: Any) -> None:
    answer = padding_json({"durations": seconds, "threshold": threshold})
    shuffler.shuffle(seconds)

    assert padding_json({"durations": seconds, "threshold": threshold}) == answer
    deep = sum(second >= threshold for second in seconds)
    assert answer["adjusted"] == deep if answer["status"] != "flag" else answer["adjusted"] <= deep - 10


def test_everything_hangs_on_the_distance_from_the_threshold() -> None:
    seconds = honest_talks(np.random.default_rng(2), 2000)
    seconds = seconds[seconds >= 90]
    moved = padding_json({"durations": (seconds - 60).tolist(), "threshold": 120})

    assert moved == padding_json({"durations": seconds.tolist(), "threshold": 180})


def test_all_talks_of_one_length_still_have_a_curve() -> None:
    assert padding_json({"durations": [180] * 100})["fitted"] == 0
    assert smooth_counts(np.array([[50, 0, 0, 0, 0]]), np.ones(5, dtype=bool)).sum() == pytest.approx(50, rel=1e-3)


def test_months_are_pooled_until_there_are_enough() -> None:
    month = talk_histograms(np.zeros(90, int), np.full(90, 170), 1, 180)

    assert near_threshold(month).tolist() == [90]
    assert months_to_pool(np.array([[90, 0, 31], [0, 0, 200], [1, 1, 1]]), 120).tolist() == [3, 1, 3]


@pytest.mark.parametrize(
    ("payload", "code", "field"),
    [
        ({"durations": [-1]}, "padding.negative", "durations.0"),
        ({"durations": [1.5]}, "padding.not_whole", "durations.0"),
        ({"durations": [None]}, "padding.not_a_number", "durations.0"),
        ({"durations": [10**12]}, "padding.number_too_large", "durations.0"),
        ({"durations": [100], "outcomes": []}, "padding.length_mismatch", "outcomes"),
        ({"durations": [100], "outcomes": [2]}, "padding.not_one_of", "outcomes"),
        ({"durations": [100], "threshold": 59}, "padding.threshold_too_low", "threshold"),
        ({"people": [{"id": True, "durations": []}]}, "padding.bad_id", "people.0.id"),
        ({"people": [{"id": 1}]}, "padding.missing_key", "people.0.durations"),
    ],
)
def test_bad_input_is_named(payload: dict[str, Any], code: str, field: str) -> None:
    with pytest.raises(EngineError) as caught:
        padding_json(payload)

    assert (caught.value.code, caught.value.field) == (code, field)
