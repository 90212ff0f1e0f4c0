"""Where the gap came from and whether it is luck: by hand, by brute force, and by SciPy's distributions."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import permutations
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from pacemark.engine.errors import EngineError
from pacemark.engine.process.diagnosis import COUNTS, diagnose_json
from pacemark.engine.process.waterfall import split_change, split_changes, whole_parts

PLAN = {"dials": 2500, "connects": 1000, "deep_talks": 200, "opportunities": 50, "deals": 10, "deal_value": 3000}
ACTUAL = {"dials": 2600, "connects": 1040, "deep_talks": 208, "opportunities": 52, "deals": 6, "deal_value": 3000}


def _by_every_order(before: list[Fraction], after: list[Fraction]) -> list[Fraction]:
    """Shapley's value as it is told: change the factors in every order and average the steps."""
    parts = [Fraction(0)] * len(before)
    orders = list(permutations(range(len(before))))
    for order in orders:
        now = list(before)
        for place in order:
            old = math.prod(now)
            now[place] = after[place]
            parts[place] += Fraction(math.prod(now) - old, len(orders))
    return parts


rates = st.fractions(min_value=0, max_value=1, max_denominator=40)


@given(st.lists(st.tuples(rates, rates), min_size=2, max_size=3))
def test_with_a_zero_parts_are_those_of_every_order(pairs: list[tuple[Fraction, Fraction]]) -> None:
    before, after = [Fraction(0), *(pair[0] for pair in pairs)], [Fraction(3), *(pair[1] for pair in pairs)]

    assert split_change(before, after) == _by_every_order(before, after)


positive = st.fractions(min_value=Fraction(1, 1000), max_value=5000, max_denominator=1000)


@given(st.lists(st.tuples(positive, positive), min_size=1, max_size=6))
def test_without_zero_parts_are_the_logarithmic_mean(pairs: list[tuple[Fraction, Fraction]]) -> None:
    before, after = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    first, last = float(math.prod(before)), float(math.prod(after))
    mean = first if first == last else (last - first) / math.log(last / first)
    parts = split_change(before, after)

    assert sum(parts) == math.prod(after) - math.prod(before)
    for part, old, new in zip(parts, before, after, strict=True):
        assert float(part) == pytest.approx(mean * math.log(new / old), rel=1e-6, abs=1e-6 * max(first, last))
        assert old != new or part == 0


def test_many_at_once_are_the_same_one_by_one() -> None:
    rng = np.random.default_rng(3)
    before, after = (rng.integers(0, 6, (300, 5)) / 4 for _ in range(2))
    found = split_changes(before, after)

    for row in range(len(before)):
        exact = split_change(*([Fraction(value) for value in side[row]] for side in (before, after)))
        assert found[row] == pytest.approx([float(part) for part in exact], abs=1e-9)


def test_rates_without_trials_take_the_other_sides_value() -> None:
    before, after = np.array([[10.0, np.nan, 0.5]]), np.array([[20.0, 0.3, np.nan]])

    assert split_changes(before, after).tolist() == [[pytest.approx(10 * 0.3 * 0.5), 0.0, 0.0]]


@given(st.lists(st.lists(st.floats(-1e6, 1e6), min_size=4, max_size=4), min_size=1, max_size=8))
def test_whole_parts_sum_to_their_total(rows: list[list[float]]) -> None:
    parts = np.array(rows)
    totals = np.rint(parts.sum(axis=1)).astype(np.int64)
    whole = whole_parts(parts, totals)

    assert whole.sum(axis=1).tolist() == totals.tolist()
    assert np.abs(whole - parts).max() <= 1 + 1e-6


def test_the_worked_gap() -> None:
    answer = diagnose_json({"plan": PLAN, "actual": ACTUAL})
    parts = answer["contributions"]

    assert [float(parts[name]) for name in ("dials", "deal_per_opportunity")] == [921.35, -12921.35]
    assert answer["total"] == -12000
    assert [name for name, part in parts.items() if part == 0] == [
        "connect_per_dial", "deep_talk_per_connect", "opportunity_per_deep_talk", "deal_value",
    ]  # fmt: skip


def test_one_month_is_luck_and_three_such_months_are_not() -> None:
    one = diagnose_json({"plan": PLAN, "actual": ACTUAL})["luck"]["deal_per_opportunity"]
    thrice = {
        side: {key: value * (1 if key == "deal_value" else 3) for key, value in chain.items()}
        for side, chain in (("plan", PLAN), ("actual", ACTUAL))
    }
    three = diagnose_json(thrice)["luck"]["deal_per_opportunity"]

    assert (round(one["p"], 4), one["verdict"]) == (0.0823, "not_ruled_out")
    assert (round(three["p"], 4), three["verdict"]) == (0.0037, "skill")
    assert one["p"] == pytest.approx(stats.binom.cdf(6, 52, 0.2), abs=1e-6)
    assert stats.binom.cdf(8, 52 + one["more_trials"], 0.2) < 0.05


def test_an_estimated_baseline_and_a_wobble_make_the_beta_binomial_tail() -> None:
    given_ = {"plan": PLAN, "actual": ACTUAL, "baseline": {"deal_per_opportunity": {"a": 20, "b": 80}}}
    estimated = diagnose_json(given_)["luck"]["deal_per_opportunity"]["p"]
    wobbling = diagnose_json({**given_, "dispersion": {"deal_per_opportunity": 0.1}})["luck"]["deal_per_opportunity"]
    # Beta(20, 80) has variance .16 / 101; a wobble of a tenth adds .01 × (.04 + that)
    variance = 0.16 / 101 + 0.01 * (0.04 + 0.16 / 101)
    certainty = 0.16 / variance - 1

    assert estimated == pytest.approx(stats.betabinom.cdf(6, 52, 20, 80), abs=1e-6)
    assert wobbling["p"] == pytest.approx(stats.betabinom.cdf(6, 52, 0.2 * certainty, 0.8 * certainty), abs=1e-6)
    assert wobbling["p"] > estimated > 0.0823


def test_a_surplus_is_weighed_on_its_own_side() -> None:
    answer = diagnose_json({"plan": PLAN, "actual": {**ACTUAL, "deals": 20}})["luck"]["deal_per_opportunity"]

    assert answer["p"] == pytest.approx(stats.binom.sf(19, 52, 0.2), abs=1e-6)
    assert (answer["verdict"], answer["likely_ability"]) == ("skill", None)


@pytest.mark.parametrize(
    ("plan", "actual"),
    [
        ({"opportunities": 9, "deals": 2}, {}),  # under 10 trials planned
        ({}, {"opportunities": 20, "deals": 0}),  # 4 successes expected
        ({}, {"opportunities": 0, "deals": 0}),  # no trial at all
    ],
)
def test_a_quiet_person_gets_not_enough_data(plan: dict[str, int], actual: dict[str, int]) -> None:
    answer = diagnose_json({"plan": {**PLAN, **plan}, "actual": {**ACTUAL, **actual}})["luck"]

    assert answer["deal_per_opportunity"]["verdict"] == "not_enough_data"


def test_each_shortfall_has_its_hypothesis() -> None:
    short = {**ACTUAL, "connects": 900, "deep_talks": 150, "opportunities": 30, "deals": 3}
    luck = diagnose_json({"plan": PLAN, "actual": short})["luck"]

    assert [luck[stage]["likely_ability"] for stage in luck] == [None, "communication", "product_knowledge", "closing"]


counts = st.lists(st.integers(0, 3000), min_size=5, max_size=5).map(lambda drawn: sorted(drawn, reverse=True))


@given(counts, counts, st.integers(0, 500_000), st.integers(0, 500_000))
def test_parts_add_up_to_the_gap_whatever_is_missing(plan: list[int], actual: list[int], old: int, new: int) -> None:
    chains: dict[str, Any] = {
        side: dict(zip(COUNTS, chain, strict=True)) | {"deal_value": value / 100}
        for side, chain, value in (("plan", plan, old), ("actual", actual, new))
    }
    answer = diagnose_json(chains)
    cents = [round(100 * part) for part in answer["contributions"].values()]

    assert sum(cents) == round(100 * answer["total"]) == actual[4] * new - plan[4] * old
    assert all(entry["p"] is None or 0 <= entry["p"] <= 1 for entry in answer["luck"].values())


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"plan": {**PLAN, "deals": 51}}, "process.won_above_tried", "plan.deals"),
        ({"actual": {**ACTUAL, "dials": -1}}, "process.negative", "actual.dials"),
        ({"actual": {**ACTUAL, "deals": 5.5}}, "process.not_whole", "actual.deals"),
        ({"actual": {**ACTUAL, "deal_value": None}}, "process.not_a_number", "actual.deal_value"),
        ({"actual": {**ACTUAL, "talk_seconds": 1}}, "process.unknown_key", "actual.talk_seconds"),
        ({"baseline": {"deal_per_opportunity": 1.2}}, "process.rate_out_of_range", "baseline.deal_per_opportunity"),
        ({"baseline": {"win_rate": 0.2}}, "process.unknown_key", "baseline.win_rate"),
        ({"baseline": {"connect_per_dial": {"a": 0, "b": 1}}}, "process.not_positive", "baseline.connect_per_dial.a"),
        ({"dispersion": -0.1}, "process.rate_out_of_range", "dispersion"),
    ],
)
def test_bad_input_is_named(change: dict[str, Any], code: str, field: str) -> None:
    with pytest.raises(EngineError) as caught:
        diagnose_json({"plan": PLAN, "actual": ACTUAL, **change})

    assert (caught.value.code, caught.value.field) == (code, field)
