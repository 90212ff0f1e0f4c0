from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pacemark.web.intake.values.amounts import decimal_style, parse_amount
from pacemark.web.intake.values.refusals import CellError
from pacemark.web.shared.currency import minor_digits


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("3500", 350_000),
        ("€ 3.500,00", 350_000),
        ("€ 11398,00", 1_139_800),
        ("3,500.00", 350_000),
        ("3,500", 350_000),
        ("1.234.567", 123_456_700),
        ("1 234,50 €", 123_450),
        ("12.5", 1_250),
        ("0,5", 50),
        ("¥3万", 3_000_000),
        ("1.2万元", 1_200_000),
        ("￥９００", 90_000),
        ("RMB 900", 90_000),
        ("'1’000.00", 100_000),
        ("-12.50", -1_250),
        ("(12.50)", -1_250),
        ("0", 0),
        ("", None),
        ("  -  ", None),
        ("N/A", None),
        ("3500.000000", 350_000),
    ],
)
def test_amounts_are_understood(text: str, minor: int | None) -> None:
    assert parse_amount(text) == minor


@pytest.mark.parametrize(
    "text", ["12..3", "1,2,3", "12,34,5", "abc", "12.345,6,7", "1.5.2", "inf", "1e5", "12.", "50%", "3 or 4"]
)
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(CellError):
        parse_amount(text)


def test_a_point_before_three_digits_needs_a_word_from_the_profile() -> None:
    with pytest.raises(CellError, match="thousands or a decimal"):
        parse_amount("3.500")
    assert parse_amount("3.500", decimal=",") == 350_000
    assert parse_amount("3.500,00", decimal=".") == 350_000  # two signs leave no doubt, whatever the profile says


def test_a_fraction_finer_than_the_currency_is_refused() -> None:
    with pytest.raises(CellError, match="more decimals"):
        parse_amount("12.3456")
    with pytest.raises(CellError, match="more decimals"):
        parse_amount("12.5", digits=minor_digits("JPY"))
    assert parse_amount("1200", digits=minor_digits("JPY")) == 1200


def test_a_columns_sign_is_told_from_amounts_without_doubt() -> None:
    assert decimal_style(["3.500", "€ 2.900,00", "12"]) == ","
    assert decimal_style(["3,500", "12.5"]) == "."
    assert decimal_style(["12", "3500"]) == "auto"
    assert decimal_style(["12,5", "12.5"]) == "auto"


@given(st.integers(0, 10**14), st.sampled_from([(",", "."), (".", ","), (" ", ","), ("", ".")]))
def test_every_written_form_of_an_amount_reads_back_exactly(minor: int, signs: tuple[str, str]) -> None:
    grouping, decimal = signs
    whole, cents = divmod(minor, 100)
    text = f"{whole:,}".replace(",", grouping) + f"{decimal}{cents:02}"

    assert parse_amount(text) == minor
