"""Changing many amounts at once: each times a factor, in whole steps."""

from __future__ import annotations

from fractions import Fraction

from pacemark.engine.errors import EngineError


def rescale(amount: int, factor: Fraction, step: int = 1) -> int:
    """Multiply an amount and round it to whole steps.

    Parameters
    ----------
    amount : int
        Minor currency units, ``>= 0``.
    factor : Fraction
        Unitless, ``>= 0``: 11/10 for ten per cent more.
    step : int, default 1
        The answer is a whole multiple of this many minor units; 100 for whole major units.

    Returns
    -------
    int
        Minor currency units.

    Raises
    ------
    EngineError
        ``goals.negative`` for a negative amount or factor, ``goals.not_positive`` for a step below 1.

    Notes
    -----
    Exact product, then the nearest multiple of ``step``; halves are rounded up, away from zero. A factor of 1 changes
    nothing, not even an amount that is no whole number of steps: what nobody asked to change stays as it is.

    Examples
    --------
    >>> rescale(3_000_000, Fraction(11, 10), 100)
    3300000
    >>> rescale(1_000_050, Fraction(1, 2), 100)
    500000
    """
    if amount < 0:
        raise EngineError("goals.negative", "amount must not be negative.", "amount")
    if factor < 0:
        raise EngineError("goals.negative", "factor must not be negative.", "factor")
    if step < 1:
        raise EngineError("goals.not_positive", "step must be above zero.", "step")
    if factor == 1:
        return amount
    steps = Fraction(amount) * factor / step
    return int((2 * steps.numerator + steps.denominator) // (2 * steps.denominator)) * step
