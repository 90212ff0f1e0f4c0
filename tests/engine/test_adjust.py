"""Many amounts times a factor: exact, in whole steps, halves up."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pacemark.engine.errors import EngineError
from pacemark.engine.goals.adjust import rescale

AMOUNTS = st.integers(0, 10**12)
PERCENTS = st.integers(0, 100_000)


@pytest.mark.parametrize(
    ("amount", "percent", "step", "expected"),
    [
        (30_000_00, 110, 100, 33_000_00),
        (30_000_00, 97, 100, 29_100_00),
        (10_001_00, 50, 100, 5_001_00),  # 5,000.5 goes up
        (333_33, 100, 100, 333_33),  # nothing asked, nothing changed
        (333_33, 0, 100, 0),
        (0, 250, 100, 0),
        (12_345, 110, 1, 13_580),  # yen have no coins; 13,579.5 goes up
    ],
)
def test_amounts_worked_by_hand(amount: int, percent: int, step: int, expected: int) -> None:
    assert rescale(amount, Fraction(percent, 100), step) == expected


@given(AMOUNTS, PERCENTS.filter(lambda percent: percent != 100), st.sampled_from([1, 100, 1000]))
def test_it_agrees_with_decimal_arithmetic(amount: int, percent: int, step: int) -> None:
    exact = Decimal(amount) * percent / 100 / step
    assert rescale(amount, Fraction(percent, 100), step) == int(exact.quantize(Decimal(1), ROUND_HALF_UP)) * step


@pytest.mark.parametrize(
    ("values", "code", "field"),
    [
        ((-1, Fraction(1), 1), "goals.negative", "amount"),
        ((1, Fraction(-1), 1), "goals.negative", "factor"),
        ((1, Fraction(1), 0), "goals.not_positive", "step"),
    ],
)
def test_what_cannot_be_meant_is_refused(values: tuple[int, Fraction, int], code: str, field: str) -> None:
    with pytest.raises(EngineError) as caught:
        rescale(*values)
    assert (caught.value.code, caught.value.field) == (code, field)
