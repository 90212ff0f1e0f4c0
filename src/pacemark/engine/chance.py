"""The calculator's ``attain``: the chance of a number of deals, or the plan for a chance."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

from pacemark.engine.attain import MAX_OPPORTUNITIES, WinRate, chance_of_deals, opportunities_for
from pacemark.engine.checks import rate_of
from pacemark.engine.errors import EngineError
from pacemark.engine.fields import Fields, fields_of

_AREA = "chance"
# The estimate's a + b; beyond it a rate is as good as known, and the sums would lose their digits.
_MAX_BETA = 10**9


def attain_json(payload: dict[str, Any]) -> dict[str, Any]:
    """Answer the calculator's ``attain``.

    Parameters
    ----------
    payload : dict
        ``needed_deals``; ``rate`` (win rate, a number or ``{"a", "b"}``); either ``opportunities`` or ``confidence``;
        optionally ``closing_share``. A part of a deal needs a whole one.

    Returns
    -------
    dict
        ``probability``; with a confidence also ``opportunities_needed``.

    Raises
    ------
    EngineError
        ``chance.…`` for bad input; ``chance.no_rate`` for a rate of 0 with a confidence.

    Examples
    --------
    >>> attain_json({"needed_deals": 10, "confidence": 0.8, "rate": 0.2})
    {'opportunities_needed': 61, 'probability': 0.8041}
    """
    fields = fields_of(
        payload,
        _AREA,
        required=["needed_deals", "rate"],
        optional=["opportunities", "confidence", "closing_share"],
    )
    needed = math.ceil(fields.amount("needed_deals"))
    if needed > MAX_OPPORTUNITIES:
        raise EngineError("chance.number_too_large", "needed_deals is larger than can be meant.", "needed_deals")
    rate = read_win_rate(fields)
    if fields.has("opportunities") == fields.has("confidence"):
        message = "Give either opportunities or a confidence, and not both."
        raise EngineError("chance.one_of_two", message, "confidence")
    if fields.has("opportunities"):
        return {"probability": _shown(chance_of_deals(needed, _opportunities(fields), rate))}
    confidence = fields.rate("confidence")
    if not 0 < confidence < 1:
        message = "A confidence must be above 0 and below 1, such as 0.8."
        raise EngineError("chance.confidence_out_of_range", message, "confidence")
    opportunities = opportunities_for(needed, float(confidence), rate)
    return {"opportunities_needed": opportunities, "probability": _shown(chance_of_deals(needed, opportunities, rate))}


def read_win_rate(fields: Fields) -> WinRate:
    """Read ``rate``, a number or its estimate, and ``closing_share``.

    Parameters
    ----------
    fields : Fields
        The calculator's input.

    Returns
    -------
    WinRate
        The closing share is 1 unless given; an estimate better known than a + b = 10**9 counts as known.

    Raises
    ------
    EngineError
        ``AREA.missing_key``, ``AREA.rate_out_of_range`` and the readers' other codes.
    """
    closing_share = float(fields.rate("closing_share", Fraction(1)))
    if not isinstance(fields.values.get("rate"), dict):
        rate = rate_of(fields.values.get("rate"), fields.field("rate"), fields.area)
        return WinRate(mean=float(rate), closing_share=closing_share)
    beta = fields.child("rate", required=["a", "b"])
    a, b = beta.positive("a"), beta.positive("b")
    if a + b > _MAX_BETA:
        return WinRate(mean=float(a / (a + b)), closing_share=closing_share)
    return WinRate(mean=float(a / (a + b)), a=float(a), b=float(b), closing_share=closing_share)


def _opportunities(fields: Fields) -> int:
    opportunities = fields.count("opportunities")
    if opportunities > MAX_OPPORTUNITIES:
        raise EngineError("chance.number_too_large", "opportunities is larger than can be meant.", "opportunities")
    return opportunities


def _shown(probability: float) -> float:
    return round(probability, 4)
