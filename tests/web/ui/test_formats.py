from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pacemark.web.ui import formats

NUMBERS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(min_value=-(10**15), max_value=10**15),
    st.floats(min_value=-1e12, max_value=1e12),
    st.sampled_from([float("nan"), float("inf"), float("-inf"), Decimal("NaN"), Decimal("Infinity"), "", "x"]),
    st.fractions(min_value=-(10**9), max_value=10**9),
)


@pytest.mark.parametrize(
    ("minor", "zh", "en"),
    [
        (3_000_000, "30,000 元", "¥30,000"),
        (-3_000_000, "−30,000 元", "−¥30,000"),
        (123_450, "1,234.50 元", "¥1,234.50"),
        (1, "0.01 元", "¥0.01"),
        (0, "0 元", "¥0"),
        (None, "—", "—"),
        (float("nan"), "—", "—"),
    ],
)
def test_money_says_its_unit_and_shows_coins_only_when_there_are_some(minor: Any, zh: str, en: str) -> None:
    assert formats.money(minor, "zh") == zh
    assert formats.money(minor, "en") == en


def test_money_knows_other_currencies() -> None:
    assert formats.money(350_000, "en", "EUR") == "€3,500"
    assert formats.money(350_000, "zh", "EUR") == "3,500 欧元"
    assert formats.money(3500, "en", "JPY") == "¥3,500"
    assert formats.money(350_000, "zh", "XYZ") == "3,500 XYZ"
    assert formats.money(350_000, "en", "XYZ") == "XYZ 3,500"


@pytest.mark.parametrize(
    ("major", "zh", "en"),
    [
        (30_000, "3.0 万元", "¥30.0k"),
        (9_999, "9,999 元", "¥10.0k"),
        (9_999.4, "9,999 元", "¥10.0k"),
        (9_999.5, "1.0 万元", "¥10.0k"),
        (99_995_000, "1.0 亿元", "¥100.0M"),
        (99_990_000, "9,999.0 万元", "¥100.0M"),
        (999, "999 元", "¥999"),
        (-30_000, "−3.0 万元", "−¥30.0k"),
        (999_950, "100.0 万元", "¥1.0M"),
    ],
)
def test_short_money_steps_up_where_the_printed_number_does(major: float, zh: str, en: str) -> None:
    minor = round(major * 100)
    assert formats.money_short(minor, "zh") == zh
    assert formats.money_short(minor, "en") == en


@pytest.mark.parametrize(
    ("rate", "digits", "text"),
    [(0.225, 1, "22.5%"), (0.2855, 1, "28.6%"), (1, 0, "100%"), (0.005, 0, "1%"), (Fraction(1, 3), 1, "33.3%")],
)
def test_percent_rounds_halves_up_on_the_decimal_people_see(rate: Any, digits: int, text: str) -> None:
    assert formats.percent(rate, digits) == text


def test_a_rate_is_said_with_its_sample() -> None:
    assert formats.rate_with_n(9, 40) == ("22.5%", "9/40")
    assert formats.rate_with_n(970, 2440) == ("39.8%", "970/2,440")
    assert formats.rate_with_n(2.5, 10) == ("25.0%", "2.5/10")
    assert formats.rate_with_n(0, 0) == ("—", "")
    assert formats.percent_interval(0.15, 0.252) == "15.0–25.2%"
    assert formats.percent_interval(0.15, None) == "—"


def test_differences_carry_their_sign() -> None:
    assert [formats.signed(value) for value in (13, -8, 0, -0.4)] == ["+13", "−8", "0", "0"]


@pytest.mark.parametrize(
    ("seconds", "zh", "en"),
    [
        (0, "0 秒", "0 s"),
        (59, "59 秒", "59 s"),
        (180, "3 分", "3 min"),
        (3599, "59 分", "59 min"),
        (3600, "1 小时", "1 h"),
        (4980, "1 小时 23 分", "1 h 23 min"),
        (-1, "—", "—"),
        (None, "—", "—"),
    ],
)
def test_talk_time_is_never_rounded_up(seconds: Any, zh: str, en: str) -> None:
    assert formats.duration(seconds, "zh") == zh
    assert formats.duration(seconds, "en") == en


def test_dates_read_the_local_way() -> None:
    day = date(2026, 3, 17)
    assert formats.local_date(day, "zh") == "3 月 17 日 周二"
    assert formats.local_date(day, "zh", "long") == "2026 年 3 月 17 日"
    assert formats.local_date(day, "en") == "Tue 17 Mar"
    assert formats.local_date(day, "en", "month") == "Mar 2026"
    assert formats.local_date(None, "en") == "—"
    assert formats.clock_time(datetime(2026, 3, 17, 9, 5, tzinfo=UTC)) == "09:05"


@given(value=NUMBERS)
def test_nothing_ever_reads_as_nan_or_with_a_hyphen(value: Any) -> None:
    texts = [formats.count(value), formats.signed(value), formats.percent(value), formats.duration(value, "zh")]
    texts += [make(value, language) for make in (formats.money, formats.money_short) for language in ("zh", "en")]
    for text in texts:
        assert text
        assert not set(text) & {"-"}
        assert "nan" not in text.lower()
        assert "inf" not in text.lower()


@given(minor=st.integers(min_value=-(10**14), max_value=10**14))
def test_money_can_be_read_back_to_the_last_coin(minor: int) -> None:
    text = formats.money_plain(minor).replace(",", "").replace("−", "-")
    assert Decimal(text) * 100 == minor
