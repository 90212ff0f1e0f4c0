"""A plan as it is stored, printed and sent: one JSON document per person, money in major units."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from scipy.special import ndtri

from pacemark.engine.goals.plan_batch import PersonPlan, plan_of
from pacemark.web.goals.bridge.estimating import group_levels, peers_quarters
from pacemark.web.goals.bridge.planning import Planned, marks_of
from pacemark.web.pipeline.choices import Stage

CLOSER_RATES = ("win_rate",)
ALL_RATES = {
    Stage.CONNECT: "connect_per_dial",
    Stage.DEEP_TALK: "deep_talk_per_connect",
    Stage.OPPORTUNITY: "opportunity_per_deep_talk",
    Stage.WIN: "win_rate",
}
_ROUNDING = 1e-9


def documents_of(planned: Planned) -> list[dict[str, Any]]:
    """Return everyone's document in the order of people."""
    ground = planned.ground
    codes = group_levels(ground.people, ground.roles, ground.as_of)[1]
    return [_document(planned, index, codes) for index in range(len(ground.people))]


def _document(planned: Planned, person: int, codes: Any) -> dict[str, Any]:
    ground, inputs = planned.ground, planned.inputs
    member, target = ground.people[person], planned.targets[person]
    role = ground.roles[person]
    booked = 0.0 if role == "setter" else ground.booked_minor.get(member.rep_id, 0) / planned.scale
    return {
        "rep": member.name,
        "rep_id": member.rep_id,
        "employee_no": member.employee_no,
        "team": member.team_name,
        "team_id": member.team_id,
        "grade": member.grade_name,
        "role": role,
        "period": ground.period.label,
        "as_of": ground.as_of.isoformat(),
        "currency": ground.settings.currency,
        "minor_units": planned.scale,
        "target": target.amount_minor / planned.scale,
        "target_basis": str(target.basis),
        "booked": booked,
        "days": int(inputs.days[person]),
        "days_per_week": float(inputs.days_per_week[person]),
        "capacity_dials_per_day": _known(inputs.capacity_dials_per_day[person]) if role != "closer" else None,
        "rates": _rates(planned, person, codes),
        "deal_value": _deal_value(planned, person, codes),
        "expected_amount": float(inputs.expected_amount[person]),
        "pipeline_conversion": _conversion(planned, person),
        "closing_share": float(inputs.closing_share[person]),
        "open_pipeline": {"count": int(inputs.open_count[person]), "chance": float(inputs.open_chance[person])},
        "expected_from_open": float(planned.batch.expected_from_open[person]),
        "direct_opportunities": float(inputs.direct_opportunities[person]),
        "marks": marks_of(planned, person),
        "plans": {str(confidence): _plan(plan_of(planned.batch, person, confidence)) for confidence in (0.5, 0.8, 0.9)},
    }


def _rates(planned: Planned, person: int, codes: Any) -> dict[str, Any]:
    is_closer = planned.ground.roles[person] == "closer"
    found = {}
    for stage, name in ALL_RATES.items():
        if is_closer and name not in CLOSER_RATES:
            continue
        estimate = planned.rates.stages[stage]
        peers = peers_quarters(estimate.grouped.estimates.mean, codes, person)
        found[name] = {**estimate.as_json(person), "peers": peers}
    return found


def _deal_value(planned: Planned, person: int, codes: Any) -> dict[str, Any]:
    values, count = planned.values, int(planned.deals.count[person])
    reach = float(ndtri(0.9)) * float(values.log_median_sd[person])
    mean = float(values.mean[person])
    return {
        "raw": float(planned.deals.total[person]) / count if count else None,
        "tried": count,
        "mean": mean,
        "interval": [mean * math.exp(-reach), mean * math.exp(reach)],
        "from_peers": 1.0 - float(values.weight[person]),
        "peers": peers_quarters(values.mean, codes, person),
    }


def _conversion(planned: Planned, person: int) -> float:
    win = float(planned.rates.stages[Stage.WIN].grouped.estimates.mean[person])
    return win * float(planned.values.mean[person]) / float(planned.inputs.expected_amount[person])


def _plan(plan: PersonPlan) -> dict[str, Any]:
    return {
        "odds": plan.odds,
        "method": plan.method,
        **plan.stages,
        "per_day": _paces(plan.per_day),
        "per_week": _paces(plan.per_week),
        "feasible": plan.feasible,
        "reachable": plan.reachable,
        "reachable_odds": plan.reachable_odds,
        "reason": plan.reason,
    }


def _paces(paces: Mapping[str, float | None]) -> dict[str, dict[str, float | int] | None]:
    return {
        stage: None if pace is None else {"exact": pace, "rounded": rounded_up(pace)} for stage, pace in paces.items()
    }


def rounded_up(value: float) -> int:
    """Round up once, forgiving the last bits of a float."""
    return math.ceil(value - _ROUNDING)


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
