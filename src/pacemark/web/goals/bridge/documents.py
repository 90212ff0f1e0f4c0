"""A plan as it is stored, printed and sent: one JSON document per person, money in major units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from pacemark.web.goals.bridge.carried import carried_parts
from pacemark.web.goals.bridge.document_parts import Part, plain, plan_parts, rate_parts, rounded_up, value_parts
from pacemark.web.goals.bridge.estimating import RATE_NAMES, group_levels
from pacemark.web.goals.bridge.planning import Planned, marks_of
from pacemark.web.pipeline.choices import Stage

__all__ = ["documents_of", "rounded_up"]

CLOSER_RATES = ("win_rate",)
CONFIDENCES = (0.5, 0.8, 0.9)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    """Everyone's parts, each list in the order of people."""

    rates: dict[str, list[Part]]
    deal_values: list[Part]
    plans: dict[str, list[Part]]
    capacity_dials_per_day: list[float | None]
    conversion: list[float]
    carried: list[Part]


def documents_of(planned: Planned) -> list[dict[str, Any]]:
    """Return everyone's document in the order of people."""
    parts = _parts(planned)
    return [_document(planned, parts, index) for index in range(len(planned.ground.people))]


def _parts(planned: Planned) -> _Parts:
    ground, inputs = planned.ground, planned.inputs
    codes = group_levels(ground.people, ground.roles, ground.as_of)[1]
    win = planned.rates.stages[Stage.WIN].grouped.estimates.mean
    return _Parts(
        rates={name: rate_parts(planned.rates.stages[stage], codes) for stage, name in RATE_NAMES.items()},
        deal_values=value_parts(planned.values, planned.deals, codes),
        plans={str(confidence): plan_parts(planned.batch.plans[confidence]) for confidence in CONFIDENCES},
        capacity_dials_per_day=plain(inputs.capacity_dials_per_day),
        conversion=np.asarray(win * planned.values.mean / inputs.expected_amount).tolist(),
        carried=carried_parts(ground, inputs),
    )


def _document(planned: Planned, parts: _Parts, person: int) -> dict[str, Any]:
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
        "capacity_dials_per_day": parts.capacity_dials_per_day[person] if role != "closer" else None,
        "rates": {
            name: rates[person] for name, rates in parts.rates.items() if role != "closer" or name in CLOSER_RATES
        },
        "deal_value": parts.deal_values[person],
        "expected_amount": float(inputs.expected_amount[person]),
        "pipeline_conversion": parts.conversion[person],
        "closing_share": float(inputs.closing_share[person]),
        "open_pipeline": {"count": int(inputs.open_count[person]), "chance": float(inputs.open_chance[person])},
        "expected_from_open": float(planned.batch.expected_from_open[person]),
        "direct_opportunities": float(inputs.direct_opportunities[person]),
        "marks": marks_of(planned, person),
        "carried": parts.carried[person],
        "plans": {confidence: plans[person] for confidence, plans in parts.plans.items()},
    }
