"""How many digits of an amount are minor units (ISO 4217), for the currencies that differ from two."""

from __future__ import annotations

_WITHOUT = frozenset({"JPY", "KRW", "VND", "CLP", "ISK", "XAF", "XOF", "UGX", "PYG"})
_THREE = frozenset({"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"})


def minor_digits(currency: str) -> int:
    """Return 2 for most currencies, 0 for those without coins, 3 for dinars."""
    return 0 if currency in _WITHOUT else 3 if currency in _THREE else 2
