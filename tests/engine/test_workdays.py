from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pacemark.engine.errors import EngineError
from pacemark.engine.workdays import (
    ALTERNATING_WEEKS,
    ONE_REST_DAY,
    TWO_REST_DAYS,
    Schedule,
    WorkingPattern,
    day_weights,
    deal_over_days,
    deal_over_weeks,
    working_days,
)

_FIRST, _LAST = date(2024, 9, 30), date(2024, 10, 13)  # two weeks from a Monday, around the National Day holiday
_HOLIDAYS = {date(2024, 10, day): False for day in range(1, 8)} | {date(2024, 10, 12): True}


def _numbers(days: tuple[date, ...]) -> list[int]:
    return [day.day for day in days]


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        (Schedule(pattern=TWO_REST_DAYS), [30, 1, 2, 3, 4, 7, 8, 9, 10, 11]),
        (Schedule(pattern=ONE_REST_DAY), [30, 1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12]),
        (Schedule(calendar=_HOLIDAYS), [30, 8, 9, 10, 11, 12]),
        (
            Schedule(pattern=WorkingPattern(weeks=TWO_REST_DAYS.weeks, follows_calendar=False), calendar=_HOLIDAYS),
            [30, 1, 2, 3, 4, 7, 8, 9, 10, 11],
        ),
        (
            Schedule(calendar=_HOLIDAYS, roster={date(2024, 10, 1): True, date(2024, 10, 8): False}),
            [30, 1, 9, 10, 11, 12],
        ),
        (
            Schedule(calendar=_HOLIDAYS, roster={date(2024, 10, 9): True}, leave=frozenset({date(2024, 10, 9)})),
            [30, 8, 10, 11, 12],
        ),
    ],
    ids=[
        "two rest days",
        "one rest day",
        "holidays and make-up",
        "own calendar",
        "roster over calendar",
        "leave over all",
    ],
)
def test_the_strongest_word_wins(schedule: Schedule, expected: list[int]) -> None:
    assert _numbers(working_days(_FIRST, _LAST, schedule)) == expected


def test_alternating_weeks_keep_their_turn_before_and_after_the_anchor() -> None:
    saturdays = {
        day.isoformat()
        for day in working_days(date(2023, 12, 18), date(2024, 1, 28), Schedule(pattern=ALTERNATING_WEEKS))
        if day.weekday() == 5
    }

    assert saturdays == {"2023-12-23", "2024-01-06", "2024-01-20"}


def test_an_anchor_in_the_middle_of_a_week_counts_as_its_monday() -> None:
    moved = WorkingPattern(weeks=ALTERNATING_WEEKS.weeks, anchor_monday=date(2024, 1, 7))
    span = (date(2024, 1, 1), date(2024, 3, 31))

    assert working_days(*span, Schedule(pattern=moved)) == working_days(*span, Schedule(pattern=ALTERNATING_WEEKS))


def test_an_empty_span_has_no_days() -> None:
    assert working_days(_LAST, _FIRST, Schedule()) == ()


@pytest.mark.parametrize("weeks", [(), (frozenset({7}),), (frozenset({-1}),)])
def test_a_pattern_that_is_none_is_refused(weeks: tuple[frozenset[int], ...]) -> None:
    with pytest.raises(EngineError) as caught:
        working_days(_FIRST, _LAST, Schedule(pattern=WorkingPattern(weeks=weeks)))

    assert caught.value.code == "periods.bad_pattern"


_TOTALS = st.fractions(0, 5000, max_denominator=60)
_DAYS = st.lists(st.fractions(0, 3, max_denominator=8), min_size=1, max_size=31).filter(any)


@given(_TOTALS, _DAYS)
def test_days_sum_to_the_total_rounded_up_once_and_keep_the_pace(total: Fraction, weights: list[Fraction]) -> None:
    parts = deal_over_days(total, weights)
    done = pace = Fraction(0)

    assert sum(parts) == ceil(total)
    for part, weight in zip(parts, weights, strict=True):
        share = total * weight / sum(weights)
        done, pace = done + part, pace + share
        assert pace <= done < pace + 1
        assert abs(part - share) < 1
        assert weight > 0 or part == 0


def test_fifty_a_month_is_fifty_and_not_three_a_day() -> None:
    days = working_days(date(2024, 4, 1), date(2024, 4, 30), Schedule())
    parts = deal_over_days(Fraction(50), [1] * len(days))

    assert len(days) == 22
    assert (sum(parts), set(parts)) == (50, {2, 3})


@given(_TOTALS, st.lists(st.lists(st.integers(1, 3), max_size=7), min_size=1, max_size=6).filter(any))
def test_weeks_sum_to_the_month_and_keep_their_shape(total: Fraction, weeks: list[list[int]]) -> None:
    dealt = deal_over_weeks(total, weeks)

    assert [len(week) for week in dealt] == [len(week) for week in weeks]
    assert sum(map(sum, dealt)) == ceil(total)


def test_a_weekday_profile_shifts_work_to_the_strong_days() -> None:
    monday = date(2024, 4, 1)
    week = [monday + timedelta(days=offset) for offset in range(5)]

    assert deal_over_days(Fraction(10), day_weights(week, [4, 1, 1, 2, 2, 0, 0])) == (4, 1, 1, 2, 2)
    assert day_weights(week[:1], [0, 1, 1, 1, 1, 1, 1]) == (1,)


@pytest.mark.parametrize(
    ("total", "weights", "code"),
    [(-1, [1], "periods.negative_total"), (1, [], "periods.bad_weights"), (1, [0], "periods.bad_weights"),
     (1, [2, -1], "periods.bad_weights")],
)  # fmt: skip
def test_what_cannot_be_dealt_is_refused(total: int, weights: list[int], code: str) -> None:
    with pytest.raises(EngineError) as caught:
        deal_over_days(Fraction(total), weights)

    assert caught.value.code == code


@pytest.mark.parametrize("profile", [[1] * 6, [1, 1, 1, 1, 1, 1, -1]])
def test_a_profile_has_seven_weights(profile: list[int]) -> None:
    with pytest.raises(EngineError):
        day_weights([date(2024, 4, 1)], profile)
