"""Reading numbers a person typed: exact, bounded, and refused with the field's name."""

from __future__ import annotations

import math
import re
from decimal import Decimal
from fractions import Fraction
from typing import Any

from pacemark.engine.errors import EngineError

# Beyond these nothing on a sales floor is meant, and arithmetic on them could take for ever:
# Fraction(Decimal("1e999999999")) would build a number of a billion digits.
MAX_MAGNITUDE = 10**18
MAX_DECIMAL_PLACES = 30
MAX_LIST_LENGTH = 200_000

_DECIMAL_TEXT = re.compile(r"[+-]?(\d{1,60}(\.\d{0,60})?|\.\d{1,60})([eE][+-]?\d{1,4})?", re.ASCII)
_RATIO_TEXT = re.compile(r"([+-]?\d{1,30}) ?/ ?(\d{1,30})", re.ASCII)


def fraction_of(value: object, field: str, area: str) -> Fraction:
    """Read a number exactly, never through a binary float.

    Parameters
    ----------
    value : object
        An int, a Decimal, a Fraction, text such as ``"0.35"`` or ``"7/20"``, or a float, which is taken as the
        shortest decimal that prints the same (0.35 is 7/20).
    field : str
        Dotted path, for the error.
    area : str
        First half of the error code.

    Returns
    -------
    Fraction
        The exact value; its magnitude is at most 10**18 and it has at most 30 decimal places.

    Raises
    ------
    EngineError
        ``area.not_a_number`` (also for booleans, null, NaN), ``area.number_too_large`` (also for infinities),
        ``area.number_too_precise``.

    Examples
    --------
    >>> fraction_of("0.35", "rate", "goals") == fraction_of(0.35, "rate", "goals") == Fraction(7, 20)
    True
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal | Fraction):
        raise _not_a_number(field, area)
    if isinstance(value, int):
        exact = Fraction(value)
    elif isinstance(value, Fraction):
        exact = value
    elif isinstance(value, str):
        exact = _fraction_of_text(value.strip(" "), field, area)
    else:
        exact = _fraction_of_decimal(Decimal(repr(value)) if isinstance(value, float) else value, field, area)
    if abs(exact) > MAX_MAGNITUDE:
        raise _too_large(field, area)
    return exact


def amount_of(value: object, field: str, area: str) -> Fraction:
    """Read an exact number that is at least zero.

    Parameters
    ----------
    value : object
        As for `fraction_of`.
    field : str
        Dotted path, for the error.
    area : str
        First half of the error code.

    Returns
    -------
    Fraction
        The exact value, ``>= 0``.

    Raises
    ------
    EngineError
        As `fraction_of`, and ``area.negative``.
    """
    exact = fraction_of(value, field, area)
    if exact < 0:
        raise EngineError(f"{area}.negative", f"{field} must not be negative.", field)
    return exact


def positive_of(value: object, field: str, area: str) -> Fraction:
    """Read an exact number above zero.

    Parameters
    ----------
    value : object
        As for `fraction_of`.
    field : str
        Dotted path, for the error.
    area : str
        First half of the error code.

    Returns
    -------
    Fraction
        The exact value, ``> 0``.

    Raises
    ------
    EngineError
        As `amount_of`, and ``area.not_positive`` for zero.
    """
    exact = amount_of(value, field, area)
    if exact == 0:
        raise EngineError(f"{area}.not_positive", f"{field} must be above zero.", field)
    return exact


def rate_of(value: object, field: str, area: str) -> Fraction:
    """Read an exact rate, 0 to 1.

    Parameters
    ----------
    value : object
        As for `fraction_of`.
    field : str
        Dotted path, for the error.
    area : str
        First half of the error code.

    Returns
    -------
    Fraction
        The exact rate, from 0 to 1, both allowed; never a percentage.

    Raises
    ------
    EngineError
        As `fraction_of`, and ``area.rate_out_of_range``.
    """
    exact = fraction_of(value, field, area)
    if not 0 <= exact <= 1:
        message = f"{field} is a rate and must be between 0 and 1 (write 35 % as 0.35)."
        raise EngineError(f"{area}.rate_out_of_range", message, field)
    return exact


def count_of(value: object, field: str, area: str) -> int:
    """Read a whole number that is at least zero.

    Parameters
    ----------
    value : object
        As for `fraction_of`; 5.0 and "5" are whole too.
    field : str
        Dotted path, for the error.
    area : str
        First half of the error code.

    Returns
    -------
    int
        The count, ``>= 0``.

    Raises
    ------
    EngineError
        As `amount_of`, and ``area.not_whole``.
    """
    exact = amount_of(value, field, area)
    if exact.denominator != 1:
        raise EngineError(f"{area}.not_whole", f"{field} must be a whole number.", field)
    return exact.numerator


def list_of(value: object, field: str, area: str) -> list[Any]:
    """Read a list of bounded length.

    Parameters
    ----------
    value : object
        A JSON array, or a tuple.
    field : str
        Dotted path, for the error.
    area : str
        First half of the error code.

    Returns
    -------
    list
        The items, unread.

    Raises
    ------
    EngineError
        ``area.not_a_list`` or ``area.too_many``.
    """
    if not isinstance(value, list | tuple):
        raise EngineError(f"{area}.not_a_list", f"{field} must be a list.", field)
    if len(value) > MAX_LIST_LENGTH:
        raise EngineError(f"{area}.too_many", f"{field} may have at most {MAX_LIST_LENGTH} entries.", field)
    return list(value)


def _fraction_of_text(text: str, field: str, area: str) -> Fraction:
    ratio = _RATIO_TEXT.fullmatch(text)
    if ratio is not None:
        numerator, denominator = int(ratio[1]), int(ratio[2])
        if denominator == 0:
            raise _not_a_number(field, area)
        return Fraction(numerator, denominator)
    if _DECIMAL_TEXT.fullmatch(text) is None:
        raise _not_a_number(field, area)
    return _fraction_of_decimal(Decimal(text), field, area)


def _fraction_of_decimal(value: Decimal, field: str, area: str) -> Fraction:
    if value.is_nan():
        raise _not_a_number(field, area)
    if value.is_infinite():
        raise _too_large(field, area)
    if value == 0:
        return Fraction(0)
    # The size is judged before the conversion, which is what could be slow.
    if value.adjusted() > math.log10(MAX_MAGNITUDE):
        raise _too_large(field, area)
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -MAX_DECIMAL_PLACES:
        message = f"{field} may have at most {MAX_DECIMAL_PLACES} decimal places."
        raise EngineError(f"{area}.number_too_precise", message, field)
    return Fraction(value)


def _not_a_number(field: str, area: str) -> EngineError:
    return EngineError(f"{area}.not_a_number", f'{field} must be a number, such as 0.35 or "7/20".', field)


def _too_large(field: str, area: str) -> EngineError:
    return EngineError(f"{area}.number_too_large", f"{field} is larger than anything that can be meant.", field)
