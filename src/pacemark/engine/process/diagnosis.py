"""The calculator's ``diagnose``: where the gap came from, in money, and whether it is luck."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from pacemark.engine.checks import rate_of
from pacemark.engine.errors import EngineError
from pacemark.engine.fields import Fields, fields_of
from pacemark.engine.process.evidence import MOST_P, Verdict, more_trials, weigh
from pacemark.engine.process.waterfall import split_change
from pacemark.engine.tails import Baseline

_AREA = "process"
COUNTS = ("dials", "connects", "deep_talks", "opportunities", "deals")
# Each rate with the count it leads from and the count it leads to.
STAGE_RATES = {
    "connect_per_dial": ("dials", "connects"),
    "deep_talk_per_connect": ("connects", "deep_talks"),
    "opportunity_per_deep_talk": ("deep_talks", "opportunities"),
    "deal_per_opportunity": ("opportunities", "deals"),
}
FACTORS = ("dials", *STAGE_RATES, "deal_value")
# What a person probably lacks where a rate is low; a hypothesis to listen for, which the web words.
LIKELY_ABILITY = {
    "deep_talk_per_connect": "communication",
    "opportunity_per_deep_talk": "product_knowledge",
    "deal_per_opportunity": "closing",
    "deal_value": "packaging",
}
MAX_COUNT = 1_000_000_000
_CENTS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Funnel:
    """One period's work and result.

    Parameters
    ----------
    counts : mapping of str to Fraction
        The ``COUNTS``, each ``>= 0`` and none above the one before it.
    deal_value : Fraction or None
        Won amount per deal; None when there was no deal.
    """

    counts: Mapping[str, Fraction]
    deal_value: Fraction | None

    def factor(self, name: str) -> Fraction | None:
        """Return one of ``FACTORS``; None for a rate without trials."""
        if name == "dials":
            return self.counts["dials"]
        if name == "deal_value":
            return self.deal_value if self.counts["deals"] else None
        tried, won = (self.counts[stage] for stage in STAGE_RATES[name])
        return won / tried if tried else None


def contributions(plan: Funnel, actual: Funnel) -> dict[str, Fraction]:
    """Give each factor's part in the gap.

    Parameters
    ----------
    plan, actual : Funnel
        Two periods, or what was planned and what was done.

    Returns
    -------
    dict of str to Fraction
        Money by factor, in the order of ``FACTORS``; they add up to actual less planned revenue exactly.

    Notes
    -----
    `pacemark.engine.process.waterfall.split_change` over dials × four rates × deal value. A rate without trials takes
    the other side's value and so contributes 0.

    Examples
    --------
    >>> names = dict(zip(COUNTS, map(Fraction, (2500, 1000, 200, 50, 10))))
    >>> plan = Funnel(counts=names, deal_value=Fraction(3000))
    >>> gap = contributions(plan, Funnel(counts={**names, "deals": Fraction(6)}, deal_value=Fraction(3000)))
    >>> {name: int(part) for name, part in gap.items() if part}
    {'deal_per_opportunity': -12000}
    """
    before, after = [], []
    for name in FACTORS:
        planned, done = plan.factor(name), actual.factor(name)
        before.append(planned if planned is not None else done if done is not None else Fraction(1))
        after.append(done if done is not None else before[-1])
    return dict(zip(FACTORS, split_change(before, after), strict=True))


def diagnose_json(payload: dict[str, Any]) -> dict[str, Any]:
    """Answer the calculator's ``diagnose``.

    Parameters
    ----------
    payload : dict
        ``plan`` and ``actual``, each with ``dials``, ``connects``, ``deep_talks``, ``opportunities``, ``deals`` and
        ``deal_value``; optionally ``baseline`` (by rate a number or ``{"a", "b"}``; default: the plan's rate) and
        ``dispersion`` (month-to-month standard deviation as a part of the rate, one number or one by rate).

    Returns
    -------
    dict
        ``contributions`` by factor and ``total``, in money to two places, adding up exactly; ``luck`` by rate with
        ``p``, ``verdict``, ``tried``, ``won``, ``expected``, ``more_trials`` and, for a shortfall,
        ``likely_ability``.

    Raises
    ------
    EngineError
        ``process.…`` for bad input; ``process.won_above_tried`` when a stage has more than the one before it.

    Examples
    --------
    >>> chain = {"dials": 2500, "connects": 1000, "deep_talks": 200, "opportunities": 50, "deals": 10}
    >>> found = diagnose_json({"plan": {**chain, "deal_value": 3000}, "actual": {**chain, "deals": 6,
    ...     "deal_value": 3000}})
    >>> int(found["total"]), found["luck"]["deal_per_opportunity"]["verdict"]
    (-12000, 'not_ruled_out')
    """
    fields = fields_of(payload, _AREA, required=["plan", "actual"], optional=["baseline", "dispersion"])
    plan, actual = _funnel(fields, "plan", is_counted=False), _funnel(fields, "actual", is_counted=True)
    usual = _baseline(fields, plan)
    parts, total = _in_cents(contributions(plan, actual))
    return {"contributions": parts, "total": total, "luck": _luck(plan, actual, usual)}


def _funnel(fields: Fields, side: str, *, is_counted: bool) -> Funnel:
    chain = fields.child(side, required=[*COUNTS], optional=["deal_value"])
    counts = {name: Fraction(chain.count(name)) if is_counted else chain.amount(name) for name in COUNTS}
    for tried, won in STAGE_RATES.values():
        if counts[tried] > MAX_COUNT:
            raise EngineError("process.number_too_large", f"{tried} is larger than can be meant.", chain.field(tried))
        if counts[won] > counts[tried]:
            message = f"There cannot be more {won} than {tried}."
            raise EngineError("process.won_above_tried", message, chain.field(won))
    value = chain.amount("deal_value") if counts["deals"] or chain.has("deal_value") else None
    return Funnel(counts=counts, deal_value=value)


def _baseline(fields: Fields, plan: Funnel) -> Baseline:
    given = fields.child("baseline", optional=[*STAGE_RATES]) if fields.has("baseline") else None
    means, certainties = [], []
    for name in STAGE_RATES:
        if given is None or not given.has(name):
            planned = plan.factor(name)
            means.append(math.nan if planned is None else float(planned))
            certainties.append(math.inf)
        elif isinstance(given.values[name], Mapping):
            beta = given.child(name, required=["a", "b"])
            a, b = beta.positive("a"), beta.positive("b")
            means.append(float(a / (a + b)))
            certainties.append(float(a + b))
        else:
            means.append(float(rate_of(given.values[name], given.field(name), _AREA)))
            certainties.append(math.inf)
    return Baseline(mean=np.array(means), certainty=np.array(certainties)).wobbling(_dispersion(fields))


def _dispersion(fields: Fields) -> np.ndarray[Any, np.dtype[np.float64]]:
    if isinstance(fields.values.get("dispersion"), Mapping):
        given = fields.child("dispersion", optional=[*STAGE_RATES])
        return np.array([float(given.rate(name, 0)) for name in STAGE_RATES])
    return np.full(len(STAGE_RATES), float(fields.rate("dispersion", 0)))


def _luck(plan: Funnel, actual: Funnel, usual: Baseline) -> dict[str, dict[str, Any]]:
    tried, won = (np.array([float(actual.counts[stages[side]]) for stages in STAGE_RATES.values()]) for side in (0, 1))
    planned = np.array([float(plan.counts[stages[0]]) for stages in STAGE_RATES.values()])
    found = weigh(won, tried, usual, planned)
    more = more_trials(won, tried, usual)
    answer = {}
    for place, name in enumerate(STAGE_RATES):
        p, verdict = float(found.p[place]), _verdict(float(found.p[place]), bool(found.is_enough[place]))
        answer[name] = {
            "p": None if math.isnan(p) or not tried[place] else round(p, 6),
            "verdict": verdict,
            "tried": int(tried[place]),
            "won": int(won[place]),
            "expected": None if math.isnan(found.expected[place]) else round(float(found.expected[place]), 2),
            "more_trials": int(more[place]) if verdict != "skill" and math.isfinite(more[place]) else None,
            "likely_ability": LIKELY_ABILITY.get(name) if won[place] < found.expected[place] else None,
        }
    return answer


def _verdict(p: float, is_enough: bool) -> Verdict:
    if not is_enough or math.isnan(p):
        return "not_enough_data"
    return "skill" if p < MOST_P else "not_ruled_out"


def _in_cents(parts: Mapping[str, Fraction]) -> tuple[dict[str, Fraction], Fraction]:
    """Round to two places so that the shown parts still add up to the shown total."""
    total = round(sum(parts.values(), Fraction(0)) * _CENTS)
    cents = {name: math.floor(part * _CENTS) for name, part in parts.items()}
    by_rest = sorted(parts, key=lambda name: cents[name] - parts[name] * _CENTS)
    for name in by_rest[: total - sum(cents.values())]:
        cents[name] += 1
    return {name: Fraction(cent, _CENTS) for name, cent in cents.items()}, Fraction(total, _CENTS)
