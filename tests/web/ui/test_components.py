from __future__ import annotations

import math
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pacemark.web.ui.components import SLIDER_WIDTH, RateSpan, Stage, css_percent, ring_lines, share_of, slider_lines

ANY_NUMBER = st.floats(allow_nan=True, allow_infinity=True)
RATES = st.floats(min_value=0, max_value=1)


def test_the_ring_ends_where_the_drawn_reference_does() -> None:
    # 46 of 83 on a radius of 52: 181.1 of 326.7; 43 should be done by now: 186.5 degrees
    lines = ring_lines(Stage(label="", done=46, required=83, expected=43))
    assert (lines.arc, lines.tick) == ("181.1 326.7", "186.5")


def test_a_ring_is_full_at_most_and_has_a_tick_only_when_something_is_required() -> None:
    assert ring_lines(Stage(label="", done=91, required=83)).arc == "326.7 326.7"
    assert ring_lines(Stage(label="", done=5, required=0, expected=2)).tick is None


@given(done=ANY_NUMBER, required=ANY_NUMBER)
def test_a_share_is_always_between_nothing_and_all(done: float, required: float) -> None:
    share = share_of(done, required)
    assert 0 <= share <= 1
    assert css_percent(share).endswith("%")


def test_missing_odds_draw_nothing() -> None:
    assert css_percent(None) == css_percent(math.nan) == "0%"
    assert css_percent(0.5432) == "54.3%"


@given(values=st.lists(RATES, min_size=3, max_size=3).map(sorted), raw=st.none() | RATES, trial=st.none() | RATES)
def test_the_slider_keeps_order_and_stays_inside(values: list[float], raw: Any, trial: Any) -> None:
    low, mean, high = values
    lines = slider_lines(RateSpan(label="", mean=mean, low=low, high=high, raw=raw, trial=trial))
    assert 0 <= float(lines.low) <= float(lines.mean) <= float(lines.high) <= SLIDER_WIDTH
    for place in (lines.raw, lines.trial):
        assert place is None or 0 <= float(place) <= SLIDER_WIDTH
    assert (lines.trial_from is None) == (trial is None)


def test_the_slider_places_values_in_proportion() -> None:
    span = RateSpan(label="", mean=0.5, low=0.25, high=0.75, peers_low=0.0, peers_high=1.0, scale=(0.0, 1.0))
    lines = slider_lines(span)
    assert (lines.low, lines.mean, lines.high) == ("41.5", "79.0", "116.5")
    assert (lines.peers_left, lines.peers_width) == ("4.0", "150.0")
