from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pacemark.engine.goals.chain import WORK_RATES, ChainInputs
from pacemark.engine.goals.remedy import Mix, cheapest_mix
from pacemark.engine.goals.work_back import work_back

_BASE = ChainInputs(
    target=Fraction(30000),
    pipeline_conversion=Fraction(1, 5),
    deal_value=Fraction(3000),
    expected_amount=Fraction(3000),
    rates={
        "opportunity_per_deep_talk": Fraction(1, 4),
        "deep_talk_per_connect": Fraction(1, 5),
        "connect_per_dial": Fraction(2, 5),
    },
)
_PEERS = {
    "opportunity_per_deep_talk": Fraction(3, 10),
    "deep_talk_per_connect": Fraction(1, 4),
    "connect_per_dial": Fraction(43, 100),
}


def _dials_at(mix: Mix, inputs: ChainInputs) -> float:
    rates = {**inputs.rates, **{name: Fraction(rate) for name, rate in mix.rates.items() if name in WORK_RATES}}
    conversion = mix.rates.get("pipeline_conversion")
    moved = replace(inputs, rates=rates)
    if conversion is not None:
        moved = replace(moved, pipeline_conversion=Fraction(conversion))
    return float(work_back(moved).values["dials"] or 0)


@settings(max_examples=40)
@given(st.integers(1700, 2499))
def test_the_mix_fits_and_asks_nothing_that_peers_do_not_show(capacity: int) -> None:
    mix = cheapest_mix(_BASE, Fraction(capacity), _PEERS)
    possible = 2500 / (1.2 * 1.25 * 1.075)

    assert mix.enough is (capacity >= possible)
    for name, rate in mix.rates.items():
        assert float(_BASE.rates[name] or 0) - 1e-12 <= rate <= float(_PEERS[name]) + 1e-12
    assert _dials_at(mix, _BASE) == pytest.approx(capacity if mix.enough else possible, rel=1e-9)


@pytest.mark.parametrize("capacity", [1700, 2000, 2300])
def test_no_mix_on_a_fine_grid_is_cheaper(capacity: int) -> None:
    mix = cheapest_mix(_BASE, Fraction(capacity), _PEERS)
    steps = [step / 50 for step in range(51)]
    gains = [float(_PEERS[name] / (_BASE.rates[name] or 1)) - 1 for name in WORK_RATES]
    fitting = [
        sum(shares)
        for shares in product(steps, repeat=3)
        if capacity * (1 + gains[0] * shares[0]) * (1 + gains[1] * shares[1]) * (1 + gains[2] * shares[2]) >= 2500
    ]

    assert sum(mix.moved.values()) <= min(fitting) + 1e-9
    assert sum(mix.moved.values()) > min(fitting) - 0.06


def test_peers_with_a_better_conversion_are_part_of_the_mix() -> None:
    peers = {**_PEERS, "pipeline_conversion": Fraction(3, 10)}
    mix = cheapest_mix(_BASE, Fraction(2000), peers)

    assert mix.enough
    assert mix.rates["pipeline_conversion"] > 0.2
    assert _dials_at(mix, _BASE) <= 2000 * (1 + 1e-9)
    assert sum(mix.moved.values()) < sum(cheapest_mix(_BASE, Fraction(2000), _PEERS).moved.values())


def test_a_rate_above_its_peers_stays_and_falling_short_is_said() -> None:
    mix = cheapest_mix(_BASE, Fraction(100), {**_PEERS, "connect_per_dial": Fraction(1, 10)})

    assert not mix.enough
    assert mix.rates["connect_per_dial"] == pytest.approx(0.4)
    assert mix.moved == {"opportunity_per_deep_talk": 1.0, "deep_talk_per_connect": 1.0, "connect_per_dial": 0.0}


def test_a_conversion_above_its_peers_stays_too() -> None:
    mix = cheapest_mix(_BASE, Fraction(100), {**_PEERS, "pipeline_conversion": Fraction(1, 10)})

    assert not mix.enough
    assert (mix.rates["pipeline_conversion"], mix.moved["pipeline_conversion"]) == (0.2, 0.0)


def test_a_setter_is_not_told_to_convert_better() -> None:
    setter = replace(_BASE, role="setter")

    assert "pipeline_conversion" not in cheapest_mix(setter, Fraction(2400), {"pipeline_conversion": Fraction(1)}).rates
