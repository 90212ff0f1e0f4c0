"""Whatever is typed, the calculator answers with JSON: no exception, no NaN, no Infinity."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from pacemark.engine.calc import METHODS, calculate_text
from pacemark.engine.goals.reading import CHAIN_KEYS
from tests.support.calc_inputs import GOOD

_RATE_KEYS = ("opportunity_per_deep_talk", "deep_talk_per_connect", "connect_per_dial")
_INNER_KEYS = ("prior", "mean", "strength", "people", "confidence", "a", "b", *_RATE_KEYS)
_KEYS = st.sampled_from([*CHAIN_KEYS, *_INNER_KEYS, *(key for good in GOOD.values() for key in good)])
_NUMBERS = st.one_of(
    st.integers(-2, 400),
    st.integers(),
    st.floats(),
    st.floats(0, 1),
    st.sampled_from(["0.35", "7/20", "1/0", "1e18", "1e-30", "", " 1 ", "-0", "½", "１", "NaN", "setter", "closer"]),
    st.sampled_from([0, 1, 10**18, 1e-30, 1e18]),
)
_SCALARS = st.one_of(_NUMBERS, st.none(), st.booleans(), st.text(max_size=5))
_VALUES = st.recursive(
    _SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(_KEYS, inner, max_size=5)),
    max_leaves=12,
)
_UNIT = st.one_of(st.none(), st.sampled_from([0, 1, "1e-30"]), st.floats(0, 1))
_SIZE = st.one_of(st.integers(0, 40), st.sampled_from([0, "1e18", "1e-30", 10**18]), st.floats(0, 1e17))
_GOALS = st.fixed_dictionaries(
    {"target": _SIZE, "deal_value": _SIZE, "rates": st.fixed_dictionaries(dict.fromkeys(_RATE_KEYS, _UNIT))},
    optional={
        "pipeline_conversion": _UNIT, "win_rate": _UNIT, "expected_amount": _SIZE, "closing_share": _UNIT,
        "open_pipeline": _SIZE, "open_closing_share": _UNIT, "direct_opportunities": _SIZE, "days_per_week": _SIZE,
        "capacity_dials_per_day": _SIZE, "role": st.sampled_from(["full_cycle", "setter", "closer"]),
        "peers": st.dictionaries(st.sampled_from([*_RATE_KEYS, "pipeline_conversion", "win_rate"]), _UNIT),
        "days": _SIZE, "day": _SIZE, "booked": _SIZE,
    },
)  # fmt: skip


def _check(method: str, text: str | bytes) -> None:
    exit_code, answer = calculate_text(method, text)

    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    parsed = json.loads(answer, parse_constant=refuse)
    assert exit_code == (2 if "error" in parsed else 0)
    assert parsed.get("error", {}).get("code") != "calc.internal", (method, text)


@settings(max_examples=150)
@given(st.sampled_from([*METHODS]), st.dictionaries(_KEYS, _VALUES, max_size=3))
def test_a_good_input_with_anything_put_into_it(method: str, change: dict[str, Any]) -> None:
    _check(method, json.dumps({**GOOD[method], **change}))


@settings(max_examples=150)
@given(st.data(), st.sampled_from([*METHODS]), st.one_of(_SIZE, _UNIT))
def test_a_good_input_with_one_edge_number(data: st.DataObject, method: str, value: object) -> None:
    key = data.draw(st.sampled_from([*GOOD[method]]))
    _check(method, json.dumps({**GOOD[method], key: value}))


@settings(max_examples=150)
@given(st.sampled_from(["decompose", "replan"]), _GOALS)
def test_chains_at_the_edges_of_what_is_allowed(method: str, payload: dict[str, Any]) -> None:
    if method == "decompose":
        payload = {key: value for key, value in payload.items() if key not in ("day", "booked")}
    _check(method, json.dumps(payload))


@given(st.sampled_from([*METHODS, "divine"]), st.one_of(st.text(), st.binary()))
def test_any_text_and_any_bytes(method: str, text: str | bytes) -> None:
    _check(method, text)
