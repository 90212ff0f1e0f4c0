"""The calculator's ``ladder``: reading where a person stands, and answering what the next tier takes."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from pacemark.engine.attain import MAX_OPPORTUNITIES
from pacemark.engine.chance import read_win_rate
from pacemark.engine.checks import positive_of
from pacemark.engine.errors import EngineError
from pacemark.engine.fields import Fields, fields_of
from pacemark.engine.results.ladder import DEFAULT_CONFIDENCE, Standing, climb, climb_answer

_AREA = "results"
_REQUIRED = ("tiers", "booked", "open_opportunities", "rate", "deal_value", "day", "days", "opportunity_per_deep_talk")
_OPTIONAL = ("closing_share", "expected_amount", "aim", "confidence")


def ladder_json(payload: dict[str, Any]) -> dict[str, Any]:
    """Answer the calculator's ``ladder``.

    Parameters
    ----------
    payload : dict
        ``tiers`` (rising), ``booked``, ``open_opportunities``, ``rate`` (a number or ``{"a", "b"}``), ``deal_value``,
        ``day`` (working days completed), ``days``, ``opportunity_per_deep_talk``; optionally ``closing_share``
        (default 1), ``expected_amount`` (default the deal value), ``aim`` (one of the tiers), ``confidence`` (.8).

    Returns
    -------
    dict
        As `pacemark.engine.results.ladder.climb_answer`; ``next`` is null past the last tier.

    Raises
    ------
    EngineError
        ``results.…``: tiers that do not rise, an aim that is no tier, more days completed than there are, and the
        number readers' codes.

    Examples
    --------
    >>> answer = ladder_json({
    ...     "tiers": [30000, 36000, 45000], "booked": 30000, "open_opportunities": 0, "rate": "0.2",
    ...     "deal_value": 3000, "day": 15, "days": 22, "opportunity_per_deep_talk": "0.25",
    ... })
    >>> answer["new_pipeline"], answer["deep_talks"], answer["deep_talks_per_day"]["rounded"]
    (Fraction(30000, 1), Fraction(40, 1), 6)
    """
    fields = fields_of(payload, _AREA, required=_REQUIRED, optional=_OPTIONAL)
    tiers = [positive_of(tier, f"tiers.{place}", _AREA) for place, tier in enumerate(fields.items("tiers"))]
    confidence = fields.rate("confidence", DEFAULT_CONFIDENCE)
    if not 0 < confidence < 1:
        message = "A confidence must be above 0 and below 1, such as 0.8."
        raise EngineError("results.confidence_out_of_range", message, "confidence")
    aim = fields.amount("aim") if fields.has("aim") else None
    return climb_answer(climb(tiers, _standing(fields), aim=aim, confidence=confidence))


def _standing(fields: Fields) -> Standing:
    day, days = fields.amount("day"), fields.positive("days")
    if day > days:
        raise EngineError("results.day_out_of_range", "day must not be after the period's last working day.", "day")
    opened = fields.count("open_opportunities")
    if opened > MAX_OPPORTUNITIES:
        message = "open_opportunities is larger than can be meant."
        raise EngineError("results.number_too_large", message, "open_opportunities")
    deal_value = fields.amount("deal_value")
    return Standing(
        booked=fields.amount("booked"),
        open_opportunities=opened,
        rate=read_win_rate(fields),
        deal_value=deal_value,
        expected_amount=fields.amount("expected_amount", deal_value),
        opportunity_per_deep_talk=fields.rate("opportunity_per_deep_talk"),
        exact_rate=_mean_rate(fields),
        exact_share=fields.rate("closing_share", 1),
        days_left=days - day,
    )


def _mean_rate(fields: Fields) -> Fraction:
    if not isinstance(fields.values.get("rate"), dict):
        return fields.rate("rate")
    beta = fields.child("rate", required=["a", "b"])
    a, b = beta.positive("a"), beta.positive("b")
    return a / (a + b)
