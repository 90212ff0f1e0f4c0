"""Reading JSON objects a person typed: known keys only, each value through `checks`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeVar

from pacemark.engine.checks import amount_of, count_of, list_of, positive_of, rate_of
from pacemark.engine.errors import EngineError

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Fields:
    """One JSON object being read: its values, the method's area, and where it sits in the input.

    Parameters
    ----------
    area : str
        First half of every error code, for example ``goals``.
    values : mapping of str to object
        The object itself.
    path : str
        Dotted path of the object in the whole input; empty for the outermost.

    Examples
    --------
    >>> fields = fields_of({"rate": "7/20"}, "goals", required=["rate"])
    >>> fields.rate("rate")
    Fraction(7, 20)
    """

    area: str
    values: Mapping[str, Any]
    path: str = ""

    def field(self, key: str) -> str:
        """Return the dotted path of one key."""
        return f"{self.path}.{key}" if self.path else key

    def has(self, key: str) -> bool:
        """Tell whether the key is there with something other than null."""
        return self.values.get(key) is not None

    def amount(self, key: str, default: Fraction | int | None = None) -> Fraction:
        """Read an exact number that is at least zero; the default stands for a missing or null key."""
        return self._read(amount_of, key, None if default is None else Fraction(default))

    def positive(self, key: str, default: Fraction | int | None = None) -> Fraction:
        """Read an exact number above zero; the default stands for a missing or null key."""
        return self._read(positive_of, key, None if default is None else Fraction(default))

    def rate(self, key: str, default: Fraction | int | None = None) -> Fraction:
        """Read an exact rate, 0 to 1; the default stands for a missing or null key."""
        return self._read(rate_of, key, None if default is None else Fraction(default))

    def count(self, key: str, default: int | None = None) -> int:
        """Read a whole number that is at least zero; the default stands for a missing or null key."""
        return self._read(count_of, key, default)

    def choice(self, key: str, allowed: Sequence[str], default: str) -> str:
        """Read one of the allowed words; the default stands for a missing or null key."""
        value = self.values.get(key)
        if value is None:
            return default
        if not isinstance(value, str) or value not in allowed:
            message = f"{key} must be one of: {', '.join(allowed)}."
            raise EngineError(f"{self.area}.not_one_of", message, self.field(key))
        return value

    def items(self, key: str) -> list[Any]:
        """Read a list that must be there."""
        return list_of(self._present(key), self.field(key), self.area)

    def child(self, key: str, *, required: Collection[str] = (), optional: Collection[str] = ()) -> Fields:
        """Read an object inside this one that must be there, with the keys it may have."""
        return fields_of(self._present(key), self.area, path=self.field(key), required=required, optional=optional)

    def _present(self, key: str) -> Any:
        if key not in self.values:
            raise missing_key(self.area, self.field(key))
        return self.values[key]

    def _read(self, reader: Callable[[Any, str, str], _T], key: str, default: _T | None) -> _T:
        if default is not None and not self.has(key):
            return default
        return reader(self._present(key), self.field(key), self.area)


def fields_of(
    value: object,
    area: str,
    *,
    path: str = "",
    required: Collection[str] = (),
    optional: Collection[str] = (),
) -> Fields:
    """Take a JSON object apart, refusing keys nobody knows.

    Parameters
    ----------
    value : object
        What stood in the JSON; only an object (a mapping) is accepted.
    area : str
        First half of the error codes, for example ``goals``.
    path : str, default ""
        Dotted path of this object in the whole input.
    required : collection of str
        Keys that must be there (their value may still be null).
    optional : collection of str
        Keys that may be there.

    Returns
    -------
    Fields
        The object, ready to be read key by key.

    Raises
    ------
    EngineError
        ``area.not_an_object``, ``area.unknown_key`` or ``area.missing_key``.

    Examples
    --------
    >>> fields_of({"won": 3}, "rates", required=["won"]).count("won")
    3
    """
    if not isinstance(value, Mapping):
        raise EngineError(f"{area}.not_an_object", f"{_named(path)} must be a JSON object.", path or None)
    fields = Fields(area, value, path)
    for key in value:
        if key not in required and key not in optional:
            known = ", ".join([*required, *optional])
            shown = _shown(key)
            message = f"{shown} is not known here; known are: {known}."
            raise EngineError(f"{area}.unknown_key", message, fields.field(shown))
    for key in required:
        if key not in value:
            raise missing_key(area, fields.field(key))
    return fields


def missing_key(area: str, field: str) -> EngineError:
    """Make the error for a key that must be there.

    Parameters
    ----------
    area : str
        First half of the error code.
    field : str
        Dotted path of the missing key.

    Returns
    -------
    EngineError
        ``area.missing_key``, ready to be raised.
    """
    return EngineError(f"{area}.missing_key", f"{field} is required.", field)


def _named(path: str) -> str:
    return path or "The input"


def _shown(key: object) -> str:
    text = str(key)
    return text if len(text) <= 60 else f"{text[:60]}…"
