from __future__ import annotations

from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pacemark.web.process.charts import Bar, waterfall_chart

MONEY = st.integers(min_value=-(10**9), max_value=10**9)


def _bars(*money: int) -> list[Bar]:
    return [Bar(label=str(place), money_minor=amount, colour="blue") for place, amount in enumerate(money)]


@given(MONEY, st.lists(MONEY, min_size=1, max_size=6))
def test_every_step_ends_where_the_next_begins_and_stands_on_a_round_axis(whole: int, steps: list[int]) -> None:
    ends = list(accumulate(steps, initial=whole))
    first, *bars, last = _bars(whole, *steps, ends[-1])

    axis = waterfall_chart(first, bars, last, "CNY")["yAxis"]

    assert axis["min"] % axis["interval"] == 0
    assert axis["min"] <= min(ends)
    highest = max(*ends, 0)
    assert (highest - axis["min"]) / axis["interval"] <= 7, "or the labels stand in each other's place"


@pytest.mark.parametrize(("whole", "steps"), [(100, [-20, 5]), (0, [0]), (30, [-50])])
def test_what_is_drawn_adds_up(whole: int, steps: list[int]) -> None:
    ends = list(accumulate(steps, initial=whole))
    first, *bars, last = _bars(whole, *steps, ends[-1])

    series = waterfall_chart(first, bars, last, "CNY")["series"]

    drawn = [sum(abs(piece["data"][place]["value"]) for piece in series[1::2]) for place in range(len(steps) + 2)]
    assert drawn == [abs(whole), *(abs(step) for step in steps), abs(ends[-1])]
