"""The composite score: corrected for the leads received, shrunk, weights of 100."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pacemark.engine.errors import EngineError
from pacemark.engine.resources.score import Part, composite


def _part(actual: int, expected: Fraction | int, weight: int, n: int = 50) -> Part:
    return Part(code="x", actual=actual, n=n, expected=Fraction(expected), weight=weight)


def test_a_score_worked_by_hand() -> None:
    # (10+5)/(5+5) = 3/2 of 60, (0+5)/(5+5) = 1/2 of 40
    assert composite([_part(10, 5, 60), _part(0, 5, 40)]) == Fraction(60 * 3, 200) + Fraction(40, 200)


def test_the_stronger_the_prior_the_nearer_to_as_others_do() -> None:
    strengths = (Fraction(1), Fraction(5), Fraction(1000))
    parts = [Part(code="x", actual=10, n=50, expected=Fraction(5), weight=100, strength=one) for one in strengths]
    # (10 + 1) / (5 + 1), (10 + 5) / (5 + 5), (10 + 1000) / (5 + 1000)
    assert [composite([part]) for part in parts] == [Fraction(11, 6), Fraction(3, 2), Fraction(202, 201)]


def test_few_trials_say_nothing_and_little_data_says_little() -> None:
    assert composite([_part(3, 1, 100, n=4)], min_trials=5) is None
    little, much = composite([_part(2, 1, 100)]), composite([_part(200, 100, 100)])
    assert little is not None and much is not None
    assert 1 < little < much < 2


@given(st.integers(0, 100), st.fractions(0, 100), st.integers(0, 100))
def test_more_successes_never_lower_a_score(actual: int, expected: Fraction, weight: int) -> None:
    rest = _part(3, 3, 100 - weight)
    fewer = composite([_part(actual, expected, weight), rest])
    more = composite([_part(actual + 1, expected, weight), rest])
    assert fewer is not None and more is not None
    assert more >= fewer >= 0


@pytest.mark.parametrize(
    ("parts", "code"),
    [([_part(1, 1, 99)], "resources.weights_not_hundred"), ([_part(-1, 1, 100)], "resources.bad_scores")],
)
def test_bad_input_is_refused_by_code(parts: list[Part], code: str) -> None:
    with pytest.raises(EngineError) as caught:
        composite(parts)
    assert caught.value.code == code
