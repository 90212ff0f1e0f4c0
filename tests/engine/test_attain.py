"""The chance of a number of deals, and the plan for a chance."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

from pacemark.engine.attain import WinRate, chance_of_deals, opportunities_for
from pacemark.engine.chance import attain_json
from pacemark.engine.errors import EngineError

ESTIMATE = {"a": 20, "b": 80}


@pytest.mark.parametrize(
    ("rate", "probability", "needed_80", "at_80", "needed_90"),
    [(0.2, 0.5563, 61, 0.8041, 69), (ESTIMATE, 0.5344, 66, 0.809, 77)],
)
def test_worked_numbers(rate: object, probability: float, needed_80: int, at_80: float, needed_90: int) -> None:
    assert attain_json({"needed_deals": 10, "opportunities": 50, "rate": rate}) == {"probability": probability}
    assert attain_json({"needed_deals": 10, "confidence": 0.8, "rate": rate}) == {
        "opportunities_needed": needed_80,
        "probability": at_80,
    }
    assert attain_json({"needed_deals": 10, "confidence": "0.9", "rate": rate})["opportunities_needed"] == needed_90


def test_nothing_needed_is_certain_and_a_part_of_a_deal_needs_a_whole_one() -> None:
    assert attain_json({"needed_deals": 0, "opportunities": 0, "rate": 0}) == {"probability": 1}
    assert attain_json({"needed_deals": "9.1", "opportunities": 50, "rate": 0.2}) == {"probability": 0.5563}
    assert attain_json({"needed_deals": 1, "opportunities": 9, "rate": 0}) == {"probability": 0}


def test_a_confidence_met_exactly_is_met() -> None:
    assert attain_json({"needed_deals": 1, "confidence": 0.5, "rate": "1/2"})["opportunities_needed"] == 1
    assert attain_json({"needed_deals": 3, "confidence": 0.9, "rate": 1})["opportunities_needed"] == 3


def test_the_closing_share_thins_the_rate() -> None:
    thinned = attain_json({"needed_deals": 4, "opportunities": 50, "rate": 0.2, "closing_share": 0.36})

    assert thinned["probability"] == pytest.approx(stats.binom.sf(3, 50, 0.072), abs=5e-5)


@given(st.integers(1, 60), st.integers(0, 400), st.floats(0.5, 80), st.floats(0.5, 80))
def test_an_estimated_rate_gives_the_beta_binomial_tail(needed: int, n: int, a: float, b: float) -> None:
    found = chance_of_deals(needed, n, WinRate(mean=a / (a + b), a=a, b=b))

    assert found == pytest.approx(stats.betabinom.sf(needed - 1, n, a, b), abs=1e-9)


@pytest.mark.parametrize(("needed", "n", "a", "b", "share"), [(2, 40, 3, 30, 0.3), (30, 500, 20, 80, 0.36)])
def test_an_estimated_rate_that_closes_in_part_is_the_integral_over_the_rate(
    needed: int, n: int, a: float, b: float, share: float
) -> None:
    def integrand(rate: float) -> float:
        return float(stats.binom.sf(needed - 1, n, rate * share) * stats.beta.pdf(rate, a, b))

    expected = integrate.quad(integrand, 0, 1, limit=400)[0]

    found = chance_of_deals(needed, n, WinRate(mean=a / (a + b), a=a, b=b, closing_share=share))
    assert found == pytest.approx(expected, abs=1e-7)


@given(st.integers(1, 40), st.floats(0.02, 0.9), st.floats(0.05, 0.98))
def test_the_plan_is_the_smallest_that_reaches_its_confidence(needed: int, rate: float, confidence: float) -> None:
    n = opportunities_for(needed, confidence, WinRate(mean=rate))

    assert stats.binom.sf(needed - 1, n, rate) >= confidence - 1e-9
    assert stats.binom.sf(needed - 1, n - 1, rate) < confidence + 1e-9


def test_more_confidence_needs_more_and_doubt_needs_more_still() -> None:
    known = [opportunities_for(10, confidence, WinRate(mean=0.2)) for confidence in (0.5, 0.8, 0.9, 0.99)]
    doubted = [opportunities_for(10, confidence, WinRate(mean=0.2, a=20, b=80)) for confidence in (0.8, 0.9, 0.99)]

    assert known == sorted(set(known))
    assert all(np.array(doubted) > known[1:])


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"rate": 0, "confidence": 0.8}, "chance.no_rate", "rate"),
        ({"closing_share": 0, "confidence": 0.8}, "chance.no_rate", "rate"),
        ({"rate": 1.5, "opportunities": 5}, "chance.rate_out_of_range", "rate"),
        ({"rate": None, "opportunities": 5}, "chance.not_a_number", "rate"),
        ({"rate": {"a": 0, "b": 3}, "opportunities": 5}, "chance.not_positive", "rate.a"),
        ({"rate": {"a": 1}, "opportunities": 5}, "chance.missing_key", "rate.b"),
        ({"confidence": 1}, "chance.confidence_out_of_range", "confidence"),
        ({"confidence": 0}, "chance.confidence_out_of_range", "confidence"),
        ({}, "chance.one_of_two", "confidence"),
        ({"confidence": 0.8, "opportunities": 5}, "chance.one_of_two", "confidence"),
        ({"opportunities": 2.5}, "chance.not_whole", "opportunities"),
        ({"opportunities": 10**12}, "chance.number_too_large", "opportunities"),
        ({"needed_deals": -1, "opportunities": 5}, "chance.negative", "needed_deals"),
        ({"needed_deals": 10**12, "opportunities": 5}, "chance.number_too_large", "needed_deals"),
        ({"rate": {"a": "0.01", "b": 5}, "confidence": 0.99}, "chance.out_of_reach", "rate"),
        ({"opportunities": 5, "odds": 1}, "chance.unknown_key", "odds"),
    ],
)
def test_bad_input_is_named(change: dict[str, object], code: str, field: str) -> None:
    with pytest.raises(EngineError) as caught:
        attain_json({"needed_deals": 10, "rate": 0.2, **change})

    assert (caught.value.code, caught.value.field) == (code, field)
