from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pacemark.engine.errors import EngineError
from pacemark.engine.periods import months_of_quarter, quarter_of, sales_month, sales_month_of, shift_month, weeks_of

_LABELS = st.builds("{:04d}-{:02d}".format, st.integers(1990, 2080), st.integers(1, 12))
_STARTS = st.integers(1, 31)


@pytest.mark.parametrize(
    ("label", "start_day", "first", "last"),
    [
        ("2024-02", 1, "2024-02-01", "2024-02-29"),
        ("2024-01", 26, "2023-12-26", "2024-01-25"),
        ("2024-03", 26, "2024-02-26", "2024-03-25"),
        ("2024-02", 15, "2024-02-15", "2024-03-14"),
        ("2024-02", 16, "2024-01-16", "2024-02-15"),
        ("2024-03", 31, "2024-02-29", "2024-03-30"),
        ("2023-03", 29, "2023-02-28", "2023-03-28"),
        ("2024-05", 31, "2024-04-30", "2024-05-30"),
        ("2024-06", 31, "2024-05-31", "2024-06-29"),
    ],
)
def test_sales_month(label: str, start_day: int, first: str, last: str) -> None:
    month = sales_month(label, start_day)

    assert (month.label, month.first.isoformat(), month.last.isoformat()) == (label, first, last)


@given(_LABELS, _STARTS)
def test_months_follow_each_other_without_gap_or_overlap(label: str, start_day: int) -> None:
    month, following = sales_month(label, start_day), sales_month(shift_month(label, 1), start_day)

    assert following.first - month.last == timedelta(days=1)
    assert 27 <= month.n_days <= 32


@given(st.dates(date(1990, 1, 1), date(2080, 12, 31)), _STARTS)
def test_every_day_lies_in_the_month_that_is_found_for_it(day: date, start_day: int) -> None:
    month = sales_month_of(day, start_day)

    assert month.holds(day)
    assert month == sales_month(month.label, start_day)


@given(_LABELS, st.integers(-500, 500))
def test_shifting_there_and_back_is_nothing(label: str, n_months: int) -> None:
    assert shift_month(shift_month(label, n_months), -n_months) == label


def test_a_quarter_is_three_months_that_know_it() -> None:
    months = months_of_quarter("2024-Q1", 26)

    assert [month.label for month in months] == ["2024-01", "2024-02", "2024-03"]
    assert {quarter_of(month.label) for month in months} == {"2024-Q1"}
    assert (months[0].first, months[2].last) == (date(2023, 12, 26), date(2024, 3, 25))


@given(_LABELS, _STARTS)
def test_weeks_are_exactly_the_month(label: str, start_day: int) -> None:
    month = sales_month(label, start_day)
    weeks = weeks_of(month)
    days = [week.first + timedelta(days=offset) for week in weeks for offset in range(week.n_days)]

    assert days == [month.first + timedelta(days=offset) for offset in range(month.n_days)]
    assert all(week.first.weekday() == 0 for week in weeks[1:])
    assert all(week.last.weekday() == 6 for week in weeks[:-1])
    assert len({week.label for week in weeks}) == len(weeks)


@pytest.mark.parametrize(
    "label", ["", "2024", "2024-13", "2024-1", "24-01", "2024-00", " 2024-01", "0001-01", "9999-12"]
)
def test_what_is_no_month_is_refused(label: str) -> None:
    for reader in (sales_month, quarter_of):
        with pytest.raises(EngineError, match="written like"):
            reader(label)


@pytest.mark.parametrize("start_day", [0, 32, -1])
def test_a_month_starts_on_a_day_there_is(start_day: int) -> None:
    with pytest.raises(EngineError) as caught:
        sales_month("2024-01", start_day)

    assert caught.value.code == "periods.bad_start_day"


def test_what_is_no_quarter_is_refused() -> None:
    with pytest.raises(EngineError):
        months_of_quarter("2024-Q5")
