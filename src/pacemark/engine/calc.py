"""The calculator: JSON in, method, JSON out; the same for the command line, the API and the pages."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from pacemark.engine.chance import attain_json
from pacemark.engine.errors import EngineError
from pacemark.engine.goals.decompose import decompose_json
from pacemark.engine.goals.quantify import quantify_json
from pacemark.engine.goals.replan import replan_json
from pacemark.engine.padding import padding_json
from pacemark.engine.process.audit_json import audit_json
from pacemark.engine.process.diagnosis import diagnose_json
from pacemark.engine.process.execution import execution_json
from pacemark.engine.process.luck import luck_json
from pacemark.engine.rates import shrink_json
from pacemark.engine.resources.allocate_json import allocate_json
from pacemark.engine.results.climbing import ladder_json
from pacemark.engine.results.proving import case_json

EXIT_OK = 0
EXIT_BAD_INPUT = 2
MAX_TEXT_LENGTH = 20_000_000
MAX_INTEGER_DIGITS = 40
# Larger answers would be read as infinity by every JSON reader that uses doubles.
MAX_ANSWER = 10**300


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """One method of the calculator.

    Parameters
    ----------
    name : str
        What a person types: ``pacemark calc NAME``.
    summary : str
        One plain English line for the help.
    answer : callable
        Takes the JSON object, returns the answer; raises EngineError on bad input.
    """

    name: str
    summary: str
    answer: Callable[[dict[str, Any]], dict[str, Any]]


_ALL = (
    Method(name="quantify", summary="an amount over periods", answer=quantify_json),
    Method(name="decompose", summary="a result back to today's work", answer=decompose_json),
    Method(name="shrink", summary="one's own rate, leaning on peers", answer=shrink_json),
    Method(name="attain", summary="the chance, and the plan for a chance", answer=attain_json),
    Method(name="replan", summary="what is left to do in the middle of the period", answer=replan_json),
    Method(name="diagnose", summary="where the gap came from, and whether it is luck", answer=diagnose_json),
    Method(name="luck", summary="how much of a ranking is real", answer=luck_json),
    Method(name="padding", summary="talks stretched past the threshold", answer=padding_json),
    Method(name="audit", summary="which metrics deserve to be watched", answer=audit_json),
    Method(name="execution", summary="coaching done", answer=execution_json),
    Method(name="allocate", summary="leads to reps by shares, with the ledger carried", answer=allocate_json),
    Method(name="ladder", summary="the next tier in sight, and the work it takes", answer=ladder_json),
    Method(name="case", summary="a success others can reuse, and whether a trial bears it out", answer=case_json),
)
METHODS: Mapping[str, Method] = MappingProxyType({method.name: method for method in _ALL})


def calculate(method: str, payload: object) -> dict[str, Any]:
    """Answer one method for an input that has been parsed already.

    Parameters
    ----------
    method : str
        A key of ``METHODS``.
    payload : object
        The JSON object. Numbers may be int, Decimal, text, or float (taken as the shortest decimal that prints the
        same); `calculate_text` is the exact way in for JSON text.

    Returns
    -------
    dict
        JSON-ready: Fractions have become ints where integral and else floats; nothing is NaN or infinite.

    Raises
    ------
    EngineError
        ``calc.unknown_method``, ``calc.not_an_object``, ``calc.no_finite_answer``, or what the method refuses.

    Examples
    --------
    >>> calculate("quantify", {"amount": 100, "weights": [1, 1, 1]})
    {'parts': [34, 33, 33]}
    """
    chosen = METHODS.get(method)
    if chosen is None:
        message = f"There is no such method; the methods are: {', '.join(METHODS)}."
        raise EngineError("calc.unknown_method", message, "method")
    if not isinstance(payload, Mapping):
        raise EngineError("calc.not_an_object", "The input must be one JSON object, such as {...}.")
    answer = _json_ready(chosen.answer(dict(payload)))
    if not isinstance(answer, dict):
        raise TypeError(f"method {method} answered with {type(answer).__name__}")
    return answer


def calculate_text(method: str, text: str | bytes) -> tuple[int, str]:
    """Answer one method for JSON text, whatever the text is.

    Parameters
    ----------
    method : str
        A key of ``METHODS``.
    text : str or bytes
        JSON; bytes are UTF-8, with or without a byte order mark.

    Returns
    -------
    exit_code : int
        0, or 2 when the input is at fault.
    json_text : str
        The answer, or ``{"error": {"code", "message", "field"}}``; one line, ASCII, never NaN or Infinity.

    Notes
    -----
    Never raises. Decimals are read as decimals, so that ceil(21/0.35) is 60.

    Examples
    --------
    >>> calculate_text("quantify", '{"amount": 100, "weights": [1, 1, 1]}')
    (0, '{"parts": [34, 33, 33]}')
    >>> calculate_text("quantify", "[]")[0]
    2
    """
    try:
        return EXIT_OK, json.dumps(calculate(method, parse_json(text)), allow_nan=False)
    except EngineError as error:
        return EXIT_BAD_INPUT, json.dumps({"error": error.as_dict()})
    except Exception:  # a promise of the contract: a fault of ours is still one sentence, never a traceback
        fault = EngineError("calc.internal", "The calculator could not answer this input; please report it.")
        return EXIT_BAD_INPUT, json.dumps({"error": fault.as_dict()})


def parse_json(text: str | bytes) -> Any:
    """Parse JSON text without losing a digit or hiding a repeated key.

    Parameters
    ----------
    text : str or bytes
        JSON; bytes are UTF-8, with or without a byte order mark.

    Returns
    -------
    object
        Decimals for numbers with a point or an exponent, ints for the rest.

    Raises
    ------
    EngineError
        ``calc.too_long``, ``calc.not_utf8``, ``calc.malformed_json``, ``calc.too_deep``, ``calc.duplicate_key``.

    Notes
    -----
    Numbers beyond all bounds, NaN and Infinity are kept as Decimals, for the reader of the field to refuse by name.

    Examples
    --------
    >>> parse_json('{"rate": 0.35}')
    {'rate': Decimal('0.35')}
    """
    if len(text) > MAX_TEXT_LENGTH:
        raise EngineError("calc.too_long", f"The input is longer than {MAX_TEXT_LENGTH} characters.")
    try:
        plain = text.decode("utf-8-sig") if isinstance(text, bytes) else text.removeprefix("\ufeff")
        return json.loads(
            plain,
            parse_float=_decimal_of,
            parse_int=_integer_of,
            parse_constant=Decimal,
            object_pairs_hook=_object_of,
        )
    except UnicodeDecodeError:
        raise EngineError("calc.not_utf8", "The input is not UTF-8 text.") from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise EngineError("calc.malformed_json", f"The input is not JSON: it breaks off at {where}.") from None
    except RecursionError:
        raise EngineError("calc.too_deep", "The input is nested too deeply.") from None


def _decimal_of(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:  # an exponent of twenty digits
        return Decimal("Infinity")


def _integer_of(text: str) -> int | Decimal:
    # Python refuses to convert very long integers, and slowly converts long ones.
    return int(text) if len(text) <= MAX_INTEGER_DIGITS else Decimal("Infinity")


def _object_of(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    seen: dict[str, Any] = {}
    for key, value in pairs:
        if key in seen:
            raise EngineError("calc.duplicate_key", f"{key[:60]} is given twice.", key[:60])
        seen[key] = value
    return seen


def _json_ready(value: Any) -> Any:
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, Mapping):
        return {str(key): _json_ready(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_json_ready(item) for item in value]
    return _number(value)


def _number(value: int | float | Fraction) -> int | float:
    if isinstance(value, float):
        # NumPy's doubles are floats of another name; here they become plain.
        plain: int | float = float(value)
        usable = math.isfinite(value)
    else:
        usable = -MAX_ANSWER <= value <= MAX_ANSWER
        plain = value.numerator if value.denominator == 1 else float(value) if usable else math.nan
    if not usable:
        raise EngineError("calc.no_finite_answer", "The answer is larger than any number that can be used.")
    return plain
