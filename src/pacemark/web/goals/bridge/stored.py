"""Stored plans to the engine's values, and the engine's answers to what is stored. Money is in major units here."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from pacemark.engine.goals.chain import WORK_RATES, ChainInputs, WorkSpan


def exact(value: float | int | None) -> Fraction | None:
    """Return a stored number as the fraction that its shortest decimal text means."""
    return None if value is None else Fraction(repr(value))


def chain_of(content: dict[str, Any]) -> ChainInputs:
    """Return what a stored plan was worked back from."""
    rates = content["rates"]
    is_closer = content["role"] == "closer"
    there = content["booked"] + content["expected_from_open"]
    return ChainInputs(
        role=content["role"],
        target=exact(content["target"]),
        booked=exact(there) or Fraction(0),
        win_rate=exact(rates["win_rate"]["mean"]),
        deal_value=exact(content["deal_value"]["mean"]),
        expected_amount=exact(content["expected_amount"]),
        closing_share=exact(content["closing_share"]) or Fraction(0),
        direct_opportunities=exact(content["direct_opportunities"]) or Fraction(0),
        rates={} if is_closer else {name: exact(rates[name]["mean"]) for name in WORK_RATES},
    )


def span_of(content: dict[str, Any]) -> WorkSpan:
    """Return the time a stored plan was made for."""
    return WorkSpan(
        days=Fraction(content["days"]),
        days_per_week=exact(content["days_per_week"]) or Fraction(5),
        capacity_dials_per_day=exact(content["capacity_dials_per_day"]),
    )


def peers_of(content: dict[str, Any]) -> dict[str, Fraction]:
    """Return peers' upper quartiles, where there are peers."""
    peers = {name: rate.get("peers") for name, rate in content["rates"].items()}
    return {name: Fraction(repr(pair[1])) for name, pair in peers.items() if pair}
