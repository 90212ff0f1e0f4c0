"""Every worked number, through the calculator's front door: JSON text in, JSON text out."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pacemark.engine.calc import calculate_text

_CASES = json.loads((Path(__file__).parent / "golden" / "worked.json").read_text(encoding="utf-8"))


def _at(answer: Any, path: str) -> Any:
    for key in path.split("."):
        answer = answer[int(key)] if isinstance(answer, list) else answer[key]
    return answer


@pytest.mark.parametrize("case", _CASES, ids=[f"{case['method']}: {case['name']}" for case in _CASES])
def test_worked_number(case: dict[str, Any]) -> None:
    exit_code, text = calculate_text(case["method"], json.dumps(case["input"]))
    answer = json.loads(text)

    assert exit_code == 0, answer
    for path, expected in case["answer"].items():
        actual = _at(answer, path)
        if isinstance(expected, str) and isinstance(actual, int | float):
            # A number in quotes is printed to that many places; everything else is exact.
            places = Decimal(expected).as_tuple().exponent
            assert Decimal(expected) == round(Decimal(repr(actual)), -int(places)), path
        else:
            assert expected == actual, path


def test_no_answer_has_a_float_where_the_number_is_whole() -> None:
    _, text = calculate_text("quantify", '{"amount": 90000.0, "weights": [0.8, 1.0, 1.2]}')

    assert text == '{"parts": [24000, 30000, 36000]}'


def test_steps_show_the_formula_its_numbers_and_its_result() -> None:
    case = next(case for case in _CASES if case["name"] == "expected amount by win rate")
    steps = json.loads(calculate_text("decompose", json.dumps(case["input"]))[1])["steps"]
    shown = {step["stage"]: step for step in steps}

    assert shown["opportunities"] == {
        "stage": "opportunities",
        "code": "goals.step.opportunities",
        "formula": "pipeline / expected_amount",
        "inputs": {"pipeline": 250000, "expected_amount": 5000},
        "result": 50,
    }
    for step in steps:
        assert eval(step["formula"], {"max": max}, step["inputs"]) == pytest.approx(step["result"]), step["stage"]
