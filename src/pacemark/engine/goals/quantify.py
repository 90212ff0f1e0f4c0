"""Quantify: an amount over the periods of a plan, with the sum always held."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from pacemark.engine.apportion import apportion
from pacemark.engine.checks import amount_of
from pacemark.engine.errors import EngineError
from pacemark.engine.fields import Fields, fields_of


def quantify(
    amount: Fraction,
    weights: Sequence[Fraction],
    *,
    workdays: Sequence[Fraction] | None = None,
    closed: Sequence[Fraction | None] | None = None,
    step: Fraction = Fraction(1),
) -> tuple[Fraction, ...]:
    """Split an amount over periods in proportion to season weight x working days.

    Parameters
    ----------
    amount : Fraction
        What the periods must add up to; any unit (the calculator uses major currency units), ``>= 0``.
    weights : sequence of Fraction, length n_periods
        Season weight of each period, unitless, ``>= 0``; 1 is an ordinary period.
    workdays : sequence of Fraction, length n_periods, optional
        Working days of each period, ``>= 0``; without them periods count as equally long.
    closed : sequence of Fraction or None, length n_periods, optional
        For a period now closed, the target that stood in it (not what was booked); None for an open period.
    step : Fraction, default 1
        Open parts are whole multiples of this, but for the rest that no step can hold.

    Returns
    -------
    tuple of Fraction, length n_periods
        The parts, in the unit of ``amount``; closed ones unchanged.

    Raises
    ------
    EngineError
        ``goals.length_mismatch``, ``goals.weights_all_zero``, ``goals.closed_above_amount``,
        ``goals.no_open_period``, ``goals.negative``, ``goals.not_positive``.

    Notes
    -----
    1. rest = amount - sum of closed. 2. steps = the whole number of steps in the rest, split over the open periods
    by largest remainder on weight x workdays (see `apportion`); ties go to the earlier period. 3. What is left,
    less than one step, goes to the last open period that has a share. Guaranteed: the parts sum to ``amount``
    exactly; before the odd rest each open part is within one step of its exact share.

    References
    ----------
    .. [1] M. L. Balinski and H. P. Young, "Fair Representation", 1982.

    Examples
    --------
    >>> [int(part) for part in quantify(Fraction(90000), [Fraction(8), Fraction(10), Fraction(12)])]
    [24000, 30000, 36000]
    """
    held = list(closed) if closed is not None else [None] * len(weights)
    days = list(workdays) if workdays is not None else [Fraction(1)] * len(weights)
    _check_lengths(len(weights), {"workdays": days, "closed": held})
    _check_signs(amount, step, {"weights": weights, "workdays": days, "closed": held})
    claims = [weight * count for weight, count in zip(weights, days, strict=True)]
    if not any(claims):
        raise EngineError("goals.weights_all_zero", "At least one weight x workdays must be above zero.", "weights")
    rest = amount - sum((part for part in held if part is not None), Fraction(0))
    if rest < 0:
        message = "The closed periods already hold more than the amount."
        raise EngineError("goals.closed_above_amount", message, "closed")
    open_claims = [claim if part is None else Fraction(0) for claim, part in zip(claims, held, strict=True)]
    opened = _split(rest, open_claims, step)
    return tuple(share if part is None else part for share, part in zip(opened, held, strict=True))


def quantify_json(payload: dict[str, Any]) -> dict[str, Any]:
    """Answer the calculator's ``quantify``.

    Parameters
    ----------
    payload : dict
        ``amount`` and ``weights``; optionally ``workdays``, ``closed`` (null for an open period), ``step``.

    Returns
    -------
    dict
        ``{"parts": [...]}``, exact.

    Raises
    ------
    EngineError
        Codes of `quantify` and of the number readers, area ``goals``.

    Notes
    -----
    Numbers are read exactly; see `quantify` for the method.

    Examples
    --------
    >>> quantify_json({"amount": 100000, "weights": [1, 1, 1]})["parts"][0]
    Fraction(33334, 1)
    """
    fields = fields_of(payload, "goals", required=["amount", "weights"], optional=["workdays", "closed", "step"])
    parts = quantify(
        fields.amount("amount"),
        [part for part in _amounts(fields, "weights", nullable=False) if part is not None],
        workdays=[part for part in _amounts(fields, "workdays", nullable=False) if part is not None]
        if fields.has("workdays")
        else None,
        closed=_amounts(fields, "closed", nullable=True) if fields.has("closed") else None,
        step=fields.positive("step", 1),
    )
    return {"parts": list(parts)}


def _amounts(fields: Fields, key: str, *, nullable: bool) -> list[Fraction | None]:
    return [
        None if item is None and nullable else amount_of(item, f"{fields.field(key)}.{place}", fields.area)
        for place, item in enumerate(fields.items(key))
    ]


def _split(rest: Fraction, claims: Sequence[Fraction], step: Fraction) -> list[Fraction]:
    if rest == 0:
        return [Fraction(0)] * len(claims)
    if not any(claims):
        message = "There is money left to place, but no open period with a weight to hold it."
        raise EngineError("goals.no_open_period", message, "closed")
    steps = rest // step
    parts = [step * count for count in apportion(steps, claims)]
    last_open = max(place for place, claim in enumerate(claims) if claim > 0)
    parts[last_open] += rest - steps * step
    return parts


def _check_lengths(n_periods: int, others: dict[str, list[Any]]) -> None:
    if n_periods == 0:
        raise EngineError("goals.weights_all_zero", "There must be at least one period.", "weights")
    for name, values in others.items():
        if len(values) != n_periods:
            message = f"{name} must have one entry per weight, {n_periods} in all."
            raise EngineError("goals.length_mismatch", message, name)


def _check_signs(amount: Fraction, step: Fraction, lists: dict[str, Sequence[Fraction | None]]) -> None:
    if amount < 0:
        raise EngineError("goals.negative", "amount must not be negative.", "amount")
    if step <= 0:
        raise EngineError("goals.not_positive", "step must be above zero.", "step")
    for name, values in lists.items():
        for place, value in enumerate(values):
            if value is not None and value < 0:
                raise EngineError("goals.negative", f"{name} must not be negative.", f"{name}.{place}")
