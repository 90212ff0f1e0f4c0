from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pacemark.engine.apportion import apportion
from pacemark.engine.errors import EngineError

_WEIGHTS = st.lists(st.fractions(0, 50, max_denominator=40), min_size=1, max_size=12).filter(any)


@given(st.integers(0, 10**9), _WEIGHTS)
def test_parts_add_up_and_stay_within_one_unit(total: int, weights: list[Fraction]) -> None:
    parts = apportion(total, weights)

    assert sum(parts) == total
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - total * weight / sum(weights)) < 1
        assert weight > 0 or part == 0


@given(st.integers(0, 10**6), _WEIGHTS, st.fractions(Fraction(1, 100), 100))
def test_only_the_proportions_of_weights_count(total: int, weights: list[Fraction], scale: Fraction) -> None:
    assert apportion(total, weights) == apportion(total, [weight * scale for weight in weights])


@given(st.integers(0, 12), st.lists(st.integers(0, 5), min_size=1, max_size=3).filter(any))
def test_no_other_split_is_nearer_to_the_exact_shares(total: int, weights: list[int]) -> None:
    shares = [Fraction(total * weight, sum(weights)) for weight in weights]
    distance = {
        split: sum(abs(part - share) for part, share in zip(split, shares, strict=True))
        for split in product(range(total + 1), repeat=len(weights))
        if sum(split) == total
    }

    assert distance[apportion(total, weights)] == min(distance.values())


def test_equal_rests_go_to_the_earlier_entry() -> None:
    assert apportion(2, [1, 1, 1, 1]) == (1, 1, 0, 0)
    assert apportion(5, [1, 1, 2]) == (1, 1, 3)  # shares 1.25, 1.25, 2.5
    assert apportion(3, [1, 3, 1, 1]) == (1, 2, 0, 0)  # shares .5, 1.5, .5, .5


def test_the_alabama_paradox_is_as_described() -> None:
    weights = [6, 6, 2]

    assert (apportion(10, weights)[2], apportion(11, weights)[2]) == (2, 1)


@pytest.mark.parametrize(
    ("total", "weights", "code"),
    [
        (-1, [1], "apportion.bad_total"),
        (True, [1], "apportion.bad_total"),
        (1.5, [1], "apportion.bad_total"),
        (1, [], "apportion.bad_weights"),
        (1, [0, 0], "apportion.bad_weights"),
        (1, [2, -1], "apportion.bad_weights"),
        (1, [0.5, 0.5], "apportion.bad_weights"),
    ],
)
def test_what_cannot_be_split_is_refused(total: int, weights: list[int], code: str) -> None:
    with pytest.raises(EngineError) as caught:
        apportion(total, weights)

    assert caught.value.code == code
