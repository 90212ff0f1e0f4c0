"""What if: a stored plan or replan to the numbers of a form, and a form's numbers to the engine and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pacemark.engine.chance import attain_json
from pacemark.engine.errors import EngineError
from pacemark.engine.goals.plan import plan_people
from pacemark.engine.goals.plan_batch import PersonPlan, plan_of
from pacemark.engine.goals.plan_inputs import BetaRates, DealValues, PlanInputs
from pacemark.engine.goals.replan import replan_json

FloatArray = NDArray[np.float64]

PERCENTS = (
    "win_rate", "opportunity_per_deep_talk", "deep_talk_per_connect", "connect_per_dial", "closing_share",
    "open_closing_share",
)  # fmt: skip
WORK_RATES = ("opportunity_per_deep_talk", "deep_talk_per_connect", "connect_per_dial")
CONFIDENCES = (0.5, 0.8, 0.9)
# Deals of a typed-in plan differ as they usually do, and a typed-in rate is as sure as so many trials.
_USUAL_SIGMA, _USUAL_STRENGTH = 0.4, 100.0
_TINY, _MOST_OPEN = 1e-9, 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Odds:
    """The number of opportunities that a chance takes: at a known win rate, and at one as uncertain as it is."""

    confidence: float | None
    known: tuple[int, float] | None
    uncertain: tuple[int, float] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What came of a trial: the calculator's answer, the odds of its deals, and the plans over the whole chain."""

    answer: dict[str, Any]
    needed_deals: int
    odds: tuple[Odds, ...]
    plans: dict[str, PersonPlan]


def typed_of(content: Mapping[str, Any], *, digits: int = 2) -> dict[str, str]:
    """Return a plan's or replan's numbers as the form shows them: per cents, and nothing finer than can be meant."""
    rates, win = content["rates"], content["rates"]["win_rate"]["mean"]
    count, chance = content["open_pipeline"]["count"], content["open_pipeline"]["chance"]
    share = chance / win if win else 0.0
    worth = content["expected_amount"] * count
    strength = _strength(content)
    numbers: dict[str, float | None] = {
        "target": content["target"],
        "booked": _booked(content),
        **{name: 100 * rates[name]["mean"] if name in rates else None for name in ("win_rate", *WORK_RATES)},
        "deal_value": content["deal_value"]["mean"],
        "expected_amount": content["expected_amount"],
        "closing_share": 100 * content["closing_share"],
        # What is open can be likelier than a new one's win: then there is as much more of it.
        "open_pipeline": worth * max(share, 1.0),
        "open_closing_share": 100 * min(share, 1.0),
        "direct_opportunities": content["direct_opportunities"],
        "days": content.get("days_all", content["days"]),
        "day": content.get("day", 0),
        "days_per_week": content["days_per_week"],
        "capacity_dials_per_day": content["capacity_dials_per_day"],
        "won": win * strength,
        "lost": (1 - win) * strength,
    }
    return {name: "" if value is None else _text(value, digits) for name, value in numbers.items()}


def _booked(content: Mapping[str, Any]) -> float:
    """Return what is there already; a setter's opportunities at their share of the target."""
    needed, booked = content.get("opportunities_target"), float(content["booked"])
    return content["target"] * content["sourced"] / needed if needed else booked


def _strength(content: Mapping[str, Any]) -> float:
    carried = content.get("carried")
    if not carried:
        return _USUAL_STRENGTH
    a, b = carried["betas"]["win_rate"]
    return float(a + b)


def _text(value: float, digits: int) -> str:
    return f"{value:.{digits}f}".rstrip("0").rstrip(".") if digits else f"{value:.0f}"


def try_out(typed: Mapping[str, str], role: str, content: Mapping[str, Any] | None) -> Tried:
    """Work a trial out with the engine of the calculator; raises its errors, with the field's name."""
    answer = replan_json(payload_of(typed, role, content))
    deals = answer["deals"]
    needed = -(-deals.numerator // deals.denominator) if isinstance(deals, Fraction) else 0
    plans = _plans(typed, role, content)
    return Tried(answer=answer, needed_deals=needed, odds=_odds(typed, answer, needed), plans=plans)


def payload_of(typed: Mapping[str, str], role: str, content: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the calculator's input; what is empty is unknown, or the calculator's default."""
    payload: dict[str, Any] = {"role": role, "booked": "0", "day": "0"}
    for name in ("target", "booked", "deal_value", "expected_amount", "open_pipeline", "direct_opportunities", "days",
                 "day", "days_per_week", "capacity_dials_per_day"):  # fmt: skip
        if typed.get(name):
            payload[name] = typed[name]
    for name in ("win_rate", "closing_share", "open_closing_share"):
        if typed.get(name):
            payload[name] = _share(typed[name])
    payload.setdefault("target", "0")
    payload.setdefault("deal_value", None)
    payload.setdefault("win_rate", None)
    payload.setdefault("days", None)
    if role != "closer":
        payload["rates"] = {name: _share(typed[name]) if typed.get(name) else None for name in WORK_RATES}
        if content is not None and (peers := _peers(content)):
            payload["peers"] = peers
    return payload


def _share(text: str) -> str:
    """Return a per cent as an exact share."""
    return str(Fraction(text) / 100)


def _peers(content: Mapping[str, Any]) -> dict[str, str]:
    found = {name: (content["rates"].get(name) or {}).get("peers") for name in (*WORK_RATES, "win_rate")}
    return {name: repr(pair[1]) for name, pair in found.items() if pair}


def _odds(typed: Mapping[str, str], answer: Mapping[str, Any], needed: int) -> tuple[Odds, ...]:
    """Return the odds of the chain's own opportunities, and the opportunities of 80 and 90 %."""
    opportunities = answer["opportunities"]
    if not typed.get("win_rate") or not needed or not isinstance(opportunities, Fraction):
        return ()
    whole = -(-opportunities.numerator // opportunities.denominator)
    common: dict[str, Any] = {"needed_deals": needed}
    if typed.get("closing_share"):
        common["closing_share"] = _share(typed["closing_share"])
    beta = {"a": typed["won"], "b": typed["lost"]} if typed.get("won") and typed.get("lost") else None
    rows = []
    for confidence in (None, *CONFIDENCES[1:]):
        asked = {"opportunities": whole} if confidence is None else {"confidence": str(confidence)}
        rates = (_share(typed["win_rate"]), beta)
        known, uncertain = (None if rate is None else _attained({**common, **asked, "rate": rate}) for rate in rates)
        rows.append(Odds(confidence=confidence, known=known, uncertain=uncertain))
    return tuple(rows)


def _attained(payload: dict[str, Any]) -> tuple[int, float] | None:
    """Return opportunities and their chance; nothing where no number of them is enough."""
    try:
        found = attain_json(payload)
    except EngineError as error:
        if error.code in {"chance.no_rate", "chance.out_of_reach"}:
            return None
        raise
    return int(found.get("opportunities_needed", payload.get("opportunities", 0))), float(found["probability"])


def _plans(typed: Mapping[str, str], role: str, content: Mapping[str, Any] | None) -> dict[str, PersonPlan]:
    """Return the plans over the whole chain, every rate as uncertain as one's own; none where some is unknown."""
    needed = ("win_rate", "deal_value", *(() if role == "closer" else WORK_RATES))
    numbers = {name: float(Fraction(text)) for name, text in typed.items() if text}
    if not all(numbers.get(name) for name in needed) or not numbers.get("days"):
        return {}
    batch = plan_people(_inputs(numbers, role, (content or {}).get("carried") or {}))
    return {str(confidence): plan_of(batch, 0, confidence) for confidence in CONFIDENCES}


def _one(value: float) -> FloatArray:
    return np.array([value], dtype=np.float64)


def _beta(name: str, numbers: Mapping[str, float], carried: Mapping[str, Any]) -> BetaRates:
    """Return a rate with the mean that was typed, as sure as one's own history makes it."""
    a, b = (carried.get("betas") or {}).get(name) or (_USUAL_STRENGTH / 2, _USUAL_STRENGTH / 2)
    if name == "win_rate" and numbers.get("won") and numbers.get("lost"):
        a, b = numbers["won"], numbers["lost"]
    mean = min(max(numbers.get(name, 50.0) / 100, _TINY), 1 - _TINY)
    return BetaRates(a=_one(max(mean * (a + b), _TINY)), b=_one(max((1 - mean) * (a + b), _TINY)))


def _value(value: float, carried: Mapping[str, Any]) -> DealValues:
    _log_median, doubt, sigma = carried.get("value") or (0.0, 0.0, _USUAL_SIGMA)
    log_median = float(np.log(value)) - (doubt**2 + sigma**2) / 2
    return DealValues(log_median=_one(log_median), log_median_sd=_one(doubt), sigma=_one(sigma))


def _inputs(numbers: Mapping[str, float], role: str, carried: Mapping[str, Any]) -> PlanInputs:
    expected = numbers.get("expected_amount") or numbers["deal_value"]
    closing = numbers.get("closing_share", 100.0)
    days = max(numbers["days"] - numbers.get("day", 0.0), 0.0)
    open_chance = numbers["win_rate"] * numbers.get("open_closing_share", closing) / 10_000
    return PlanInputs(
        roles=[role],  # type: ignore[list-item]
        target=_one(numbers.get("target", 0.0) - numbers.get("booked", 0.0)),
        opportunities_target=_one(np.nan),
        days=_one(days),
        days_per_week=_one(numbers.get("days_per_week", 5.0)),
        capacity_dials_per_day=_one(numbers.get("capacity_dials_per_day", np.nan) if days else 0.0),
        capacity_opportunities=_one(np.nan),
        **{name: _beta(name, numbers, carried) for name in ("win_rate", *WORK_RATES)},
        deal_value=_value(numbers["deal_value"], carried),
        expected_amount=_one(expected),
        closing_share=_one(min(closing / 100, 1.0)),
        open_count=_one(min(round(numbers.get("open_pipeline", 0.0) / expected), _MOST_OPEN)),
        open_chance=_one(min(open_chance, 1.0)),
        open_value=_one(np.nan),
        direct_opportunities=_one(numbers.get("direct_opportunities", 0.0)),
    )
