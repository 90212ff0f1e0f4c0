"""The next tier in sight: worked numbers elsewhere; here an oracle, and what must always hold."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import betabinom, binom

from pacemark.engine.calc import calculate
from pacemark.engine.errors import EngineError
from pacemark.engine.results.ladder import next_tier
from tests.support.calc_inputs import GOOD

BASE = GOOD["ladder"]


def _ladder(**changes: Any) -> dict[str, Any]:
    return calculate("ladder", {**BASE, **changes})


@given(
    booked=st.integers(0, 60_000), opened=st.integers(0, 80), rate=st.integers(1, 99), share=st.integers(1, 100),
    value=st.integers(100, 9000), day=st.integers(0, 21),
)  # fmt: skip
def test_every_number_follows_from_the_binomial_and_the_chain(
    booked: int, opened: int, rate: int, share: int, value: int, day: int
) -> None:
    answer = _ladder(
        booked=booked, open_opportunities=opened, rate=f"{rate}/100", closing_share=f"{share}/100", deal_value=value,
        day=day,
    )  # fmt: skip
    target = next((tier for tier in BASE["tiers"] if tier > booked), None)
    assert answer["next"] == target
    if target is None:
        return
    missing, worth = target - booked, Fraction(rate * share * value, 10_000)
    gap = max(missing - opened * worth, Fraction(0))

    assert answer["deals_needed"] == math.ceil(Fraction(missing, value))
    thinned = rate * share / 10_000
    assert answer["probability"] == pytest.approx(binom.sf(answer["deals_needed"] - 1, opened, thinned), abs=6e-5)
    assert answer["opportunities"] == pytest.approx(float(gap / worth))
    assert answer["deep_talks_per_day"]["exact"] == pytest.approx(float(gap / worth * 4 / (22 - day)))
    assert answer["deep_talks_per_day"]["rounded"] == math.ceil(gap / worth * 4 / (22 - day))
    enough = answer["opportunities_needed"]
    assert binom.sf(answer["deals_needed"] - 1, enough, thinned) >= 0.8 - 1e-9
    assert binom.sf(answer["deals_needed"] - 1, enough - 1, thinned) < 0.8 + 1e-9


def test_an_estimated_rate_is_a_beta_binomial() -> None:
    answer = _ladder(rate={"a": 20, "b": 80})

    assert answer["probability"] == pytest.approx(betabinom.sf(1, 25, 20, 80), abs=6e-5)
    assert answer["expected_from_open"] == 15_000


@given(tiers=st.lists(st.integers(1, 10**9), min_size=1, max_size=6, unique=True), booked=st.integers(0, 10**9))
def test_no_tier_is_ever_skipped(tiers: list[int], booked: int) -> None:
    rising = sorted(tiers)
    answer = _ladder(tiers=rising, booked=booked)

    if answer["next"] is None:
        assert booked >= rising[-1] and not answer["offered"]
        return
    below = [tier for tier in rising if tier < answer["next"]]
    assert all(booked >= tier for tier in below) and booked < answer["next"]
    assert answer["offered"] == bool(below)
    for beyond in rising[len(below) + 1 :]:
        assert _ladder(tiers=rising, booked=booked, aim=beyond)["offered"] is False


def test_a_tier_that_is_behind_needs_nothing() -> None:
    answer = _ladder(booked=40_000, aim=30_000)

    assert (answer["deals_needed"], answer["probability"], answer["opportunities"]) == (0, 1, 0)
    assert answer["offered"] is False and answer["next"] == 45_000


@pytest.mark.parametrize(
    ("change", "lacking", "code"),
    [
        ({"rate": 0}, "opportunities_needed", "results.no_rate"),
        ({"rate": 0}, "deep_talks", "results.rate_is_zero"),
        ({"closing_share": 0}, "new_pipeline", "results.rate_is_zero"),
        ({"deal_value": 0}, "deals_needed", "results.amount_is_zero"),
        ({"deal_value": "1e-30"}, "deals_needed", "results.out_of_reach"),
        ({"opportunity_per_deep_talk": 0, "open_opportunities": 0}, "deep_talks", "results.rate_is_zero"),
    ],
)
def test_what_cannot_be_computed_is_null_and_says_why(change: dict[str, Any], lacking: str, code: str) -> None:
    answer = _ladder(**change)

    assert answer[lacking] is None
    assert answer["reasons"][lacking]["code"] == code


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"tiers": []}, "results.no_tiers"),
        ({"tiers": [30000, 30000]}, "results.tiers_not_rising"),
        ({"tiers": [0, 30000]}, "results.not_positive"),
        ({"aim": 40_000}, "results.aim_is_no_tier"),
        ({"day": 23}, "results.day_out_of_range"),
        ({"confidence": 1}, "results.confidence_out_of_range"),
        ({"open_opportunities": 2.5}, "results.not_whole"),
        ({"open_opportunities": 10**12}, "results.number_too_large"),
    ],
)
def test_refused(change: dict[str, Any], code: str) -> None:
    with pytest.raises(EngineError) as caught:
        _ladder(**change)

    assert caught.value.code == code


def test_money_given_back_can_put_a_tier_ahead_again() -> None:
    tiers = [Fraction(30), Fraction(36)]

    assert next_tier(tiers, Fraction(36)) is None
    assert next_tier(tiers, Fraction(35)) == 36
    assert next_tier(tiers, Fraction(-5)) == 30
