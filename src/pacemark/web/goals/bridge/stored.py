"""Stored plans to the engine's values, and the engine's answers to what is stored. Money is in major units here."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

from pacemark.engine.goals.chain import WORK_RATES, ChainInputs, WorkSpan
from pacemark.engine.goals.change import DayNeed


def exact(value: float | int | None) -> Fraction | None:
    """Return a stored number as the fraction that its shortest decimal text means."""
    return None if value is None else Fraction(repr(value))


def chain_of(content: dict[str, Any]) -> ChainInputs:
    """Return what a stored plan was worked back from."""
    rates = content["rates"]
    is_closer = content["role"] == "closer"
    needed = content.get("opportunities_target")
    there = content["booked"] + content["expected_from_open"] if needed is None else content["sourced"]
    return ChainInputs(
        role=content["role"],
        target=exact(content["target"]) if needed is None else None,
        opportunities_target=exact(needed),
        booked=exact(there) or Fraction(0),
        win_rate=exact(rates["win_rate"]["mean"]),
        deal_value=exact(content["deal_value"]["mean"]),
        expected_amount=exact(content["expected_amount"]),
        closing_share=exact(content["closing_share"]) or Fraction(0),
        direct_opportunities=exact(content["direct_opportunities"]) or Fraction(0),
        rates={} if is_closer else {name: exact(rates[name]["mean"]) for name in WORK_RATES},
    )


def need_of(content: dict[str, Any], share: Fraction) -> DayNeed:
    """Return what one day's number was worked out from; ``share`` is the day's part of what was left."""
    done = content["booked"] if content.get("opportunities_target") is None else content["sourced"]
    return DayNeed(
        chain=replace(chain_of(content), booked=exact(done) or Fraction(0)),
        expected_from_open=exact(content["expected_from_open"]) or Fraction(0),
        share=share,
    )


def weekday_weights(content: dict[str, Any]) -> list[Fraction] | None:
    """Return the person's own weekday profile as a plan or a replan keeps it; nothing where it is flat."""
    kept = content.get("weekdays") or (content.get("carried") or {}).get("weekdays")
    return None if kept is None else [exact(weight) or Fraction(0) for weight in kept]


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
