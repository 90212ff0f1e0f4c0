from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pacemark.engine.errors import EngineError
from pacemark.engine.goals.chain import WORK_RATES, ChainInputs, WorkSpan
from pacemark.engine.goals.decompose import decompose
from pacemark.engine.goals.replan import replan

_INPUTS = ChainInputs(
    target=Fraction(30000),
    pipeline_conversion=Fraction(1, 5),
    deal_value=Fraction(3000),
    expected_amount=Fraction(3000),
    rates={name: Fraction(1, 4) for name in WORK_RATES},
)
_MONTH = WorkSpan(days=Fraction(22))


@pytest.mark.parametrize(
    ("booked", "status"),
    [
        (14850, "on_track"),
        (14849, "behind"),
        (12150, "behind"),
        (12149, "at_risk"),
        (99999, "on_track"),
        (0, "at_risk"),
    ],
)
def test_status_turns_at_99_and_81_per_cent_of_what_is_asked_by_now(booked: int, status: str) -> None:
    assert replan(replace(_INPUTS, booked=Fraction(booked)), _MONTH, Fraction(11)).status == status


@given(st.integers(0, 60_000), st.integers(0, 22), st.integers(0, 300_000))
def test_the_gap_is_what_decompose_would_ask_for_over_the_days_left(booked: int, day: int, open_pipeline: int) -> None:
    inputs = replace(_INPUTS, booked=Fraction(booked), open_pipeline=Fraction(open_pipeline))
    now = replan(inputs, _MONTH, Fraction(day))
    gap = max(Fraction(0), 30000 - booked - Fraction(open_pipeline, 5))
    fresh = decompose(replace(_INPUTS, target=gap), replace(_MONTH, days=Fraction(22 - day)))

    assert now.remaining.chain.values["gap"] == gap
    assert now.remaining.per_day == fresh.per_day
    assert all(value is None or value >= 0 for value in now.remaining.chain.values.values())


@given(st.integers(0, 60_000), st.integers(1, 22))
def test_projection_keeps_the_pace(booked: int, day: int) -> None:
    now = replan(replace(_INPUTS, booked=Fraction(booked)), _MONTH, Fraction(day))

    assert now.projection is not None
    assert now.pace is not None
    assert now.projection == now.pace * 30000
    assert now.pro_rata * 22 == 30000 * day


@given(st.integers(0, 21), st.integers(1, 10_000))
def test_more_booked_never_asks_for_more_work(day: int, more: int) -> None:
    less = replan(replace(_INPUTS, booked=Fraction(5000)), _MONTH, Fraction(day)).remaining.per_day["dials"]
    now = replan(replace(_INPUTS, booked=Fraction(5000 + more)), _MONTH, Fraction(day)).remaining.per_day["dials"]

    assert less is not None
    assert now is not None
    assert now < less


@pytest.mark.parametrize(("day", "days", "code"), [(23, 22, "goals.day_out_of_range"), (0, 0, "goals.not_positive")])
def test_impossible_days_are_refused(day: int, days: int, code: str) -> None:
    with pytest.raises(EngineError) as caught:
        replan(_INPUTS, WorkSpan(days=Fraction(days)), Fraction(day))

    assert caught.value.code == code
