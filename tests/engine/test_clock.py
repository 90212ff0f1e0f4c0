"""The recycle clock against worked case 8, a walk by hand day by day, and its promises."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pacemark.engine.errors import EngineError
from pacemark.engine.resources.clock import ClockRule, Hold, days_after, first_due, next_step, prolonged

BEGAN = date(2019, 3, 25)
DAYS = st.dates(date(2024, 1, 1), date(2024, 12, 31))


def test_worked_case_8_in_calendar_days() -> None:
    rule = ClockRule(default_days=10, extension_days=3, maximum_days=20)
    due = first_due(rule, BEGAN)
    seen = [due]
    for activity in (date(2019, 3, 28), date(2019, 4, 2), date(2019, 4, 5), date(2019, 4, 12), date(2019, 4, 14)):
        due = prolonged(rule, Hold(began_on=BEGAN, due_on=due), activity)
        seen.append(due)
    days = [(4, 4), (4, 4), (4, 5), (4, 8), (4, 14), (4, 14)]
    assert seen == [date(2019, month, day) for month, day in days]


@given(day=DAYS, count=st.integers(0, 40), off=st.sets(st.integers(0, 6), max_size=6))
def test_working_days_are_counted_as_a_walk_counts_them(day: date, count: int, off: set[int]) -> None:
    workdays = [d for n in range(800) if (d := date(2023, 12, 1) + timedelta(n)).weekday() not in off]
    walked, left = day, count
    while left:
        walked += timedelta(1)
        left -= walked in workdays or walked > workdays[-1]
    assert days_after(day, count, workdays) == walked


@given(
    began=DAYS, activities=st.lists(st.integers(-5, 60), max_size=12), default=st.integers(0, 30),
    extension=st.integers(0, 30), more=st.integers(0, 30),
)  # fmt: skip
def test_a_due_day_never_moves_back_and_never_past_the_maximum(
    began: date, activities: list[int], default: int, extension: int, more: int
) -> None:
    rule = ClockRule(default_days=default, extension_days=extension, maximum_days=default + more)
    due = first_due(rule, began)
    for offset in activities:
        later = prolonged(rule, Hold(began_on=began, due_on=due), began + timedelta(offset))
        assert due <= later <= began + timedelta(default + more)
        due = later


def test_steps_come_in_their_order_and_the_exempt_are_left_alone() -> None:
    rule = ClockRule(remind_days_before=3, escalate_days_before=1)
    hold = Hold(began_on=BEGAN, due_on=date(2019, 4, 4))
    steps = [next_step(rule, hold, date(2019, 3, 30) + timedelta(n)) for n in range(8)]
    assert steps == ["none", "none", "remind", "remind", "escalate", "escalate", "recycle", "recycle"]
    locked = Hold(began_on=BEGAN, due_on=date(2019, 4, 4), is_exempt=True)
    assert next_step(rule, locked, date(2020, 1, 1)) == "none"


def test_a_shorter_rule_takes_no_promised_day_away() -> None:
    rule = ClockRule(default_days=2, extension_days=1, maximum_days=4)
    assert prolonged(rule, Hold(began_on=BEGAN, due_on=date(2019, 4, 14)), date(2019, 3, 26)) == date(2019, 4, 14)


@pytest.mark.parametrize("fields", [{"default_days": -1}, {"maximum_days": 5}, {"extension_days": 10**6}])
def test_rules_that_cannot_be_kept_are_refused(fields: dict[str, int]) -> None:
    with pytest.raises(EngineError):
        ClockRule(**fields)
