"""What the calculator refuses: by code, by field, with exit 2, and in one sentence."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pacemark.engine.calc import METHODS, calculate, calculate_text
from pacemark.engine.errors import EngineError
from tests.support.calc_inputs import GOOD, RATES

_GONE = object()
# method, what is changed, the error's code (None: any), the error's field (None: any)
_BAD: list[tuple[str, dict[str, Any], str | None, str | None]] = [
    ("quantify", {"amount": -1}, "goals.negative", "amount"),
    ("quantify", {"amount": True}, "goals.not_a_number", "amount"),
    ("quantify", {"amount": None}, "goals.not_a_number", "amount"),
    ("quantify", {"amount": [1]}, "goals.not_a_number", "amount"),
    ("quantify", {"amount": "ninety"}, "goals.not_a_number", "amount"),
    ("quantify", {"amount": "1/0"}, "goals.not_a_number", "amount"),
    ("quantify", {"amount": "1e400"}, "goals.number_too_large", "amount"),
    ("quantify", {"amount": 10**19}, "goals.number_too_large", "amount"),
    ("quantify", {"amount": "1e-31"}, "goals.number_too_precise", "amount"),
    ("quantify", {"amount": _GONE}, "goals.missing_key", "amount"),
    ("quantify", {"amounts": 1}, "goals.unknown_key", "amounts"),
    ("quantify", {"weights": [0, 0]}, "goals.weights_all_zero", "weights"),
    ("quantify", {"weights": []}, "goals.weights_all_zero", "weights"),
    ("quantify", {"weights": [1, -1, 1]}, "goals.negative", "weights.1"),
    ("quantify", {"weights": [1, None, 1]}, "goals.not_a_number", "weights.1"),
    ("quantify", {"weights": "1,1,1"}, "goals.not_a_list", "weights"),
    ("quantify", {"weights": {"0": 1}}, "goals.not_a_list", "weights"),
    ("quantify", {"workdays": [21, 18]}, "goals.length_mismatch", "workdays"),
    ("quantify", {"workdays": [0, 0, 0]}, "goals.weights_all_zero", "weights"),
    ("quantify", {"workdays": [-1, 1, 1]}, "goals.negative", "workdays.0"),
    ("quantify", {"closed": [1, 2]}, "goals.length_mismatch", "closed"),
    ("quantify", {"closed": [-1, None, None]}, "goals.negative", "closed.0"),
    ("quantify", {"closed": [90001, None, None]}, "goals.closed_above_amount", "closed"),
    ("quantify", {"closed": [1, 2, 3]}, "goals.no_open_period", "closed"),
    ("quantify", {"weights": [1, 1, 0], "closed": [1, 2, None]}, "goals.no_open_period", "closed"),
    ("quantify", {"step": 0}, "goals.not_positive", "step"),
    ("quantify", {"step": -1}, "goals.negative", "step"),
    ("decompose", {"pipeline_conversion": 1.01}, "goals.rate_out_of_range", "pipeline_conversion"),
    ("decompose", {"pipeline_conversion": -0.01}, "goals.rate_out_of_range", "pipeline_conversion"),
    ("decompose", {"pipeline_conversion": _GONE}, "goals.missing_key", "pipeline_conversion"),
    ("decompose", {"win_rate": 2}, "goals.rate_out_of_range", "win_rate"),
    ("decompose", {"rates": {**RATES, "connect_per_dial": 40}}, "goals.rate_out_of_range", "rates.connect_per_dial"),
    ("decompose", {"rates": {**RATES, "connect": 0.4}}, "goals.unknown_key", "rates.connect"),
    ("decompose", {"rates": {"connect_per_dial": 0.4}}, "goals.missing_key", "rates.opportunity_per_deep_talk"),
    ("decompose", {"rates": None}, "goals.not_an_object", "rates"),
    ("decompose", {"rates": _GONE}, "goals.missing_key", "rates"),
    ("decompose", {"target": -30000}, "goals.negative", "target"),
    ("decompose", {"target": _GONE}, "goals.missing_key", "target"),
    ("decompose", {"deal_value": -1}, "goals.negative", "deal_value"),
    ("decompose", {"deal_value": _GONE}, "goals.missing_key", "deal_value"),
    ("decompose", {"expected_amount": -1}, "goals.negative", "expected_amount"),
    ("decompose", {"days": 0}, "goals.not_positive", "days"),
    ("decompose", {"days": _GONE}, "goals.missing_key", "days"),
    ("decompose", {"days_per_week": 0}, "goals.not_positive", "days_per_week"),
    ("decompose", {"capacity_dials_per_day": -1}, "goals.negative", "capacity_dials_per_day"),
    ("decompose", {"closing_share": 1.5}, "goals.rate_out_of_range", "closing_share"),
    ("decompose", {"open_closing_share": 1.5}, "goals.rate_out_of_range", "open_closing_share"),
    ("decompose", {"open_pipeline": -1}, "goals.negative", "open_pipeline"),
    ("decompose", {"direct_opportunities": -1}, "goals.negative", "direct_opportunities"),
    ("decompose", {"role": "boss"}, "goals.not_one_of", "role"),
    ("decompose", {"opportunities_target": 50}, "goals.not_in_role", "opportunities_target"),
    ("decompose", {"role": "setter", "opportunities_target": 50}, "goals.two_targets", "opportunities_target"),
    ("decompose", {"peers": {"connect_per_dial": 1.1}}, "goals.rate_out_of_range", "peers.connect_per_dial"),
    ("decompose", {"peers": {"dials": 1}}, "goals.unknown_key", "peers.dials"),
    ("decompose", {"day": 1}, "goals.unknown_key", "day"),
    ("replan", {"day": 23}, "goals.day_out_of_range", "day"),
    ("replan", {"day": -1}, "goals.negative", "day"),
    ("replan", {"day": _GONE}, "goals.missing_key", "day"),
    ("replan", {"booked": -1}, "goals.negative", "booked"),
    ("replan", {"booked": _GONE}, "goals.missing_key", "booked"),
    ("replan", {"days": 0}, "goals.not_positive", "days"),
    ("replan", {"rates": {**RATES, "connect_per_dial": "nan"}}, "goals.not_a_number", "rates.connect_per_dial"),
    ("shrink", {"won": 6}, None, None),
    ("shrink", {"won": -1}, None, "won"),
    ("shrink", {"prior": {"mean": 1.2, "strength": 100}}, None, "prior.mean"),
    ("shrink", {"prior": {"mean": 0.2, "strength": -1}}, None, "prior.strength"),
    ("shrink", {"prior": {"mean": 0.2, "strength": 100, "colour": 1}}, None, "prior.colour"),
    ("shrink", {"wins": 1}, None, "wins"),
    ("shrink", {"people": [{"won": 3, "tried": 2}]}, None, None),
    ("attain", {"rate": 1.2}, None, "rate"),
    ("attain", {"rate": {"a": -1, "b": 80}}, None, "rate.a"),
    ("attain", {"needed_deals": -1}, None, "needed_deals"),
    ("attain", {"opportunities": _GONE, "confidence": 0.8, "rate": 0}, None, "rate"),
    ("attain", {"opportunities": _GONE, "confidence": 1.5}, None, "confidence"),
    ("attain", {"odds": 1}, None, "odds"),
]  # fmt: skip


def _changed(method: str, change: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in {**GOOD[method], **change}.items() if value is not _GONE}


def _sentence_of(text: str) -> dict[str, Any]:
    answer = json.loads(text)
    assert set(answer) == {"error"}
    assert set(answer["error"]) == {"code", "message", "field"}
    message = answer["error"]["message"]
    assert message.endswith(".")
    assert "\n" not in message
    assert "Traceback" not in message
    error: dict[str, Any] = answer["error"]
    return error


@pytest.mark.parametrize("method", METHODS)
def test_the_input_that_is_varied_is_good(method: str) -> None:
    exit_code, text = calculate_text(method, json.dumps(GOOD[method]))

    assert exit_code == 0, text


@pytest.mark.parametrize(("method", "change", "code", "field"), _BAD)
def test_bad_input_is_refused_by_code_and_field(
    method: str, change: dict[str, Any], code: str | None, field: str | None
) -> None:
    exit_code, text = calculate_text(method, json.dumps(_changed(method, change)))
    error = _sentence_of(text)

    assert exit_code == 2
    assert code in (None, error["code"])
    assert field in (None, error["field"])
    assert error["code"] != "calc.internal"


@pytest.mark.parametrize(
    ("text", "code", "field"),
    [
        ("", "calc.malformed_json", None),
        ("{", "calc.malformed_json", None),
        ("{'amount': 1}", "calc.malformed_json", None),
        ('{"amount": 1,}', "calc.malformed_json", None),
        ("[]", "calc.not_an_object", None),
        ("null", "calc.not_an_object", None),
        ('"quantify"', "calc.not_an_object", None),
        (b"\xff\xfe{", "calc.not_utf8", None),
        ("[" * 100_000, "calc.too_deep", None),
        ('{"a":' * 100_000, "calc.too_deep", None),
        ('{"amount": 1, "amount": 2, "weights": [1]}', "calc.duplicate_key", "amount"),
        ('{"amount": NaN, "weights": [1]}', "goals.not_a_number", "amount"),
        ('{"amount": Infinity, "weights": [1]}', "goals.number_too_large", "amount"),
        ('{"amount": 1, "weights": [-Infinity]}', "goals.number_too_large", "weights.0"),
        ('{"amount": 1e400, "weights": [1]}', "goals.number_too_large", "amount"),
        ('{"amount": 1e99999999999999999999, "weights": [1]}', "goals.number_too_large", "amount"),
        ('{"amount": 1e999999999, "weights": [1]}', "goals.number_too_large", "amount"),
        ('{"amount": 1, "weights": [1e-999999999]}', "goals.number_too_precise", "weights.0"),
        ('{"amount": %s, "weights": [1]}' % ("9" * 10_000), "goals.number_too_large", "amount"),
        ('{"amount": "%s", "weights": [1]}' % ("9" * 10_000), "goals.not_a_number", "amount"),
        ('{"\\ud800": 1, "amount": 1, "weights": [1]}', "goals.unknown_key", "\ud800"),
    ],
)  # fmt: skip
def test_text_that_is_no_input_is_refused(text: str | bytes, code: str, field: str | None) -> None:
    exit_code, answer = calculate_text("quantify", text)
    error = _sentence_of(answer)

    assert (2, code, field) == (exit_code, error["code"], error["field"])
    assert answer.isascii()


def test_an_unknown_method_names_those_there_are() -> None:
    exit_code, text = calculate_text("divine", "{}")

    assert exit_code == 2
    assert all(name in _sentence_of(text)["message"] for name in METHODS)


def test_a_byte_order_mark_is_no_fault() -> None:
    assert calculate_text("quantify", b'\xef\xbb\xbf{"amount": 1, "weights": [1]}') == (0, '{"parts": [1]}')


def test_floats_given_by_a_program_are_the_decimals_they_print_as() -> None:
    change = {"role": "setter", "target": _GONE, "opportunities_target": 21.0, "days": 1}
    rates = {"opportunity_per_deep_talk": 0.35, "deep_talk_per_connect": 1, "connect_per_dial": 1}
    answer = calculate("decompose", _changed("decompose", {**change, "rates": rates}))

    assert answer["per_day"]["dials"]["rounded"] == 60


def test_an_answer_too_large_for_a_double_is_an_error_and_not_infinity(monkeypatch: pytest.MonkeyPatch) -> None:
    for value in (10**301, -(10**301), float("inf"), float("nan")):
        monkeypatch.setattr("pacemark.engine.calc.METHODS", {"huge": _answering(value)})
        with pytest.raises(EngineError) as caught:
            calculate("huge", {})
        assert caught.value.code == "calc.no_finite_answer"


def test_a_fault_of_ours_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pacemark.engine.calc.METHODS", {"broken": _answering(object())})

    exit_code, text = calculate_text("broken", "{}")

    assert (exit_code, _sentence_of(text)["code"]) == (2, "calc.internal")


def _answering(value: object) -> Any:
    from pacemark.engine.calc import Method

    return Method(name="planted", summary="a planted answer", answer=lambda payload: {"value": value})
