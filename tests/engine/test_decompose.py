from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from pacemark.engine.goals.chain import WORK_RATES, WORK_STAGES, ChainInputs, WorkSpan
from pacemark.engine.goals.decompose import decompose
from pacemark.engine.goals.feasibility import fit_capacity
from pacemark.engine.goals.work_back import work_back

_RATES = st.fractions(Fraction(1, 50), 1, max_denominator=100)
_MONEY = st.fractions(1, 10**6, max_denominator=100)


@st.composite
def chains(draw: st.DrawFn) -> ChainInputs:
    deal_value = draw(_MONEY)
    return ChainInputs(
        target=draw(_MONEY),
        booked=draw(st.sampled_from([Fraction(0), Fraction(500)])),
        pipeline_conversion=draw(_RATES),
        deal_value=deal_value,
        expected_amount=draw(st.one_of(st.just(deal_value), _MONEY)),
        closing_share=draw(_RATES),
        open_pipeline=draw(st.sampled_from([Fraction(0), Fraction(1000), Fraction(200_000)])),
        open_closing_share=draw(_RATES),
        direct_opportunities=draw(st.sampled_from([Fraction(0), Fraction(1, 2), Fraction(7)])),
        rates={name: draw(_RATES) for name in WORK_RATES},
    )


def _number(value: Fraction | None) -> Fraction:
    assert value is not None
    return value


@given(chains())
def test_walking_the_chain_forward_brings_the_target_back(inputs: ChainInputs) -> None:
    values = work_back(inputs).values
    sourced = _number(values["dials"])
    for name in ("connect_per_dial", "deep_talk_per_connect", "opportunity_per_deep_talk"):
        sourced *= inputs.rates[name] or 0
    pipeline = (sourced + inputs.direct_opportunities) * _number(inputs.expected_amount)
    conversion = _number(inputs.pipeline_conversion)
    won = pipeline * conversion * inputs.closing_share + inputs.open_pipeline * conversion * inputs.open_closing_share

    if _number(values["dials"]) > 0:
        assert inputs.booked + won == inputs.target
    else:
        assert inputs.booked + won >= _number(inputs.target)
    assert all(value is None or value >= 0 for value in values.values())


@given(chains(), st.sampled_from([*WORK_RATES]), st.fractions(0, 1))
def test_a_better_rate_never_asks_for_more_dials(inputs: ChainInputs, name: str, share: Fraction) -> None:
    better = _number(inputs.rates[name]) + (1 - _number(inputs.rates[name])) * share
    after = work_back(replace(inputs, rates={**inputs.rates, name: better}))

    assert _number(after.values["dials"]) <= _number(work_back(inputs).values["dials"])


@given(chains(), st.fractions(Fraction(1, 100), 100))
def test_the_currency_does_not_matter(inputs: ChainInputs, scale: Fraction) -> None:
    scaled = replace(
        inputs,
        target=_number(inputs.target) * scale,
        booked=inputs.booked * scale,
        deal_value=_number(inputs.deal_value) * scale,
        expected_amount=_number(inputs.expected_amount) * scale,
        open_pipeline=inputs.open_pipeline * scale,
    )

    assert [work_back(scaled).values[stage] for stage in WORK_STAGES] == [
        work_back(inputs).values[stage] for stage in WORK_STAGES
    ]


@given(chains())
def test_win_rate_and_conversion_are_two_ways_to_say_one_thing(inputs: ChainInputs) -> None:
    win_rate = _number(inputs.pipeline_conversion) * _number(inputs.expected_amount) / _number(inputs.deal_value)
    other = replace(inputs, pipeline_conversion=None, win_rate=win_rate)

    assert work_back(other).values == work_back(inputs).values


@given(chains(), st.fractions(Fraction(1, 2), 40, max_denominator=2), st.integers(1, 7), st.integers(0, 300))
def test_pace_times_days_is_the_need_and_feasible_means_it_fits(
    inputs: ChainInputs, days: Fraction, days_per_week: int, capacity: int
) -> None:
    span = WorkSpan(days=days, days_per_week=Fraction(days_per_week), capacity_dials_per_day=Fraction(capacity))
    answer = decompose(inputs, span)

    for stage in WORK_STAGES:
        assert _number(answer.per_day[stage]) * days == answer.chain.values[stage]
        assert answer.per_week[stage] == _number(answer.per_day[stage]) * days_per_week
    assert answer.feasibility.feasible is (_number(answer.per_day["dials"]) <= capacity)


@given(chains(), st.integers(1, 5000))
def test_each_remedy_alone_makes_the_chain_fit_exactly(inputs: ChainInputs, capacity: int) -> None:
    fitted = fit_capacity(inputs, work_back(inputs), Fraction(capacity))
    for name, rate in (fitted.remedy or {}).items():
        if rate is None:
            continue
        mended = (
            replace(inputs, pipeline_conversion=rate)
            if name == "pipeline_conversion"
            else replace(inputs, rates={**inputs.rates, name: rate})
        )
        assert work_back(mended).values["dials"] == capacity, name


@given(chains(), st.integers(0, 5000))
def test_what_is_reachable_at_capacity_would_just_fit_as_a_target(inputs: ChainInputs, capacity: int) -> None:
    fitted = fit_capacity(inputs, work_back(inputs), Fraction(capacity))
    if fitted.reachable is not None:
        reached = fitted.reachable["result"]
        assert reached < _number(inputs.target)
        assert _number(work_back(replace(inputs, target=reached)).values["dials"]) <= capacity


def test_dials_that_just_fit_are_feasible() -> None:
    inputs = ChainInputs(
        role="setter", opportunities_target=Fraction(8), rates={name: Fraction(1, 2) for name in WORK_RATES}
    )
    chain = work_back(inputs)

    assert chain.values["dials"] == 64
    assert fit_capacity(inputs, chain, Fraction(64)).feasible is True
    assert fit_capacity(inputs, chain, Fraction(63)).feasible is False


def test_a_win_rate_gets_its_remedy_as_a_win_rate() -> None:
    inputs = ChainInputs(
        target=Fraction(30000),
        win_rate=Fraction(1, 5),
        deal_value=Fraction(3000),
        expected_amount=Fraction(5000),
        rates={name: Fraction(1, 5) for name in WORK_RATES},
    )
    fitted = fit_capacity(inputs, work_back(inputs), Fraction(5000))

    assert (fitted.remedy or {})["win_rate"] == Fraction(1, 4)  # 5000 / 125 = 40 opportunities for 10 deals


def test_without_a_capacity_to_speak_of_nothing_is_possible() -> None:
    inputs = ChainInputs(
        role="setter", opportunities_target=Fraction(5), rates={name: Fraction(1, 2) for name in WORK_RATES}
    )
    fitted = fit_capacity(inputs, work_back(inputs), Fraction(0))

    assert fitted.feasible is False
    assert set((fitted.remedy or {"none": 0}).values()) == {None}
