"""Why a day's number changed: exact sums, single causes, and symmetry."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from pacemark.engine.goals.chain import WORK_RATES, ChainInputs
from pacemark.engine.goals.change import CAUSES, DayNeed, explain_change
from pacemark.engine.goals.work_back import work_back

RATES = {
    "opportunity_per_deep_talk": Fraction(1, 4),
    "deep_talk_per_connect": Fraction(1, 5),
    "connect_per_dial": Fraction(2, 5),
}
CHAIN = ChainInputs(
    target=Fraction(30000), booked=Fraction(12000), pipeline_conversion=Fraction(1, 5), deal_value=Fraction(3000),
    expected_amount=Fraction(3000), rates=RATES,
)  # fmt: skip
DAY = DayNeed(chain=CHAIN, expected_from_open=Fraction(12000), share=Fraction(1, 11))


def _number(need: DayNeed) -> Fraction:
    there = need.chain.booked + need.expected_from_open
    dials = work_back(replace(need.chain, booked=there)).values["dials"]
    assert dials is not None
    return dials * need.share


def test_the_worked_day_and_a_deal_more() -> None:
    """3.5: 500 dials over 11 days; a deal of 3,000 more asks for 250 dials, over ten days 25 a day."""
    assert _number(DAY) == Fraction(500, 11)
    after = replace(DAY, chain=replace(CHAIN, booked=Fraction(15000)), share=Fraction(1, 10))
    found = explain_change(DAY, after)

    assert found is not None
    assert _number(after) == 25
    # The deal: -250 dials, at 1/11 or at 1/10 a day; the day: 500 or 250 dials, at 1/110 a day more.
    assert found["booked"] == -250 * (Fraction(1, 11) + Fraction(1, 10)) / 2
    assert found["days"] == (Fraction(500, 110) + Fraction(250, 110)) / 2
    assert {cause for cause, part in found.items() if part} == {"booked", "days"}


amounts = st.integers(0, 60_000).map(Fraction)
shares = st.integers(1, 25).map(lambda days: Fraction(1, days))
rates = st.integers(1, 99).map(lambda part: Fraction(part, 100))


@st.composite
def needs(draw: st.DrawFn) -> DayNeed:
    chain = ChainInputs(
        target=draw(amounts), booked=draw(amounts), pipeline_conversion=draw(rates), deal_value=Fraction(3000),
        expected_amount=Fraction(3500), closing_share=draw(rates),
        direct_opportunities=Fraction(draw(st.integers(0, 5))),
        rates={name: draw(rates) for name in WORK_RATES},
    )  # fmt: skip
    return DayNeed(chain=chain, expected_from_open=draw(amounts), share=draw(shares))


@given(before=needs(), after=needs())
def test_the_parts_add_up_exactly_and_the_way_back_is_the_opposite(before: DayNeed, after: DayNeed) -> None:
    there, back = explain_change(before, after), explain_change(after, before)

    assert there is not None
    assert back is not None
    assert list(there) == list(CAUSES)
    assert sum(there.values()) == _number(after) - _number(before)
    assert all(there[cause] == -back[cause] for cause in CAUSES)


def test_a_rate_of_zero_explains_nothing() -> None:
    gone = replace(DAY, chain=replace(CHAIN, rates={**RATES, "connect_per_dial": Fraction(0)}))
    assert explain_change(DAY, gone) is None
    assert explain_change(DAY, DAY) == dict.fromkeys(CAUSES, Fraction(0))
