"""What is left of a plan as it is stored, printed and sent: one JSON document per person, money in major units."""

from __future__ import annotations

import math
from typing import Any

from pacemark.web.goals.bridge.document_parts import Part, plan_parts
from pacemark.web.goals.bridge.replanning import RATES, Replanned, Standing

CONFIDENCES = (0.5, 0.8, 0.9)
_KEPT = ("role", "currency", "minor_units", "target", "target_basis", "capacity_dials_per_day", "expected_amount")


def replan_documents(found: Replanned) -> list[dict[str, Any]]:
    """Return everyone's document in the order of people."""
    plans = {str(confidence): plan_parts(found.batch.plans[confidence]) for confidence in CONFIDENCES}
    means = {name: getattr(found.inputs, name).mean.tolist() for name in RATES}
    values = found.inputs.deal_value.mean.tolist()
    return [
        {
            **_kept(person),
            **_stand(found, index),
            "rates": {
                name: _rate(person, name, means[name][index]) for name in RATES if name in person.content["rates"]
            },
            "deal_value": {"mean": values[index]},
            "pipeline_conversion": means["win_rate"][index] * values[index] / person.content["expected_amount"],
            **_outlook(found, index),
            "plans": {key: _with_booked(parts[index], person) for key, parts in plans.items()},
        }
        for index, person in enumerate(found.ground.people)
    ]


def _kept(person: Standing) -> dict[str, Any]:
    return {"rep_id": person.rep_id, **{name: person.content[name] for name in _KEPT}, "plan_version": person.version}


def _rate(person: Standing, name: str, mean: float) -> Part:
    return {"mean": mean, "peers": person.content["rates"][name].get("peers")}


def _stand(found: Replanned, index: int) -> dict[str, Any]:
    """Return where the month stands and what the rest is worked back from."""
    ground, inputs = found.ground, found.inputs
    person, needed = ground.people[index], float(found.needed[index])
    course = found.courses[index]
    return {
        "period": ground.period.label,
        "as_of": ground.as_of.isoformat(),
        "booked": 0.0 if person.is_setter else person.booked_minor / person.content["minor_units"],
        "opportunities_target": None if math.isnan(needed) else needed,
        "sourced": person.sourced if person.is_setter else None,
        "day": person.n_days - len(person.days_left),
        "days_all": person.n_days,
        "days": len(person.days_left),
        "days_per_week": float(inputs.days_per_week[index]),
        "pro_rata": course.pro_rata,
        "pace": course.pace,
        "status": course.status,
        "closing_share": float(inputs.closing_share[index]),
        "open_pipeline": {"count": int(inputs.open_count[index]), "chance": float(inputs.open_chance[index])},
        "expected_from_open": float(found.batch.expected_from_open[index]),
        "direct_opportunities": float(inputs.direct_opportunities[index]),
        "weekdays": (person.content.get("carried") or {}).get("weekdays"),
    }


def _outlook(found: Replanned, index: int) -> dict[str, Any]:
    """Return where the month ends at the pace shown; a setter's is in opportunities."""
    person, outlook = found.ground.people[index], found.outlook
    there = person.sourced if person.is_setter else person.booked_minor / person.content["minor_units"]
    ends = {name: there + float(getattr(outlook, name)[index]) for name in ("mean", "low", "high")}
    return {
        "projection": ends,
        "chance": float(outlook.chance[index]),
        "shown_per_day": float(found.shown_per_day[index]),
    }


def _with_booked(plan: Part, person: Standing) -> Part:
    """Let the most that can be reached hold what is there already."""
    if plan["reachable"] is None:
        return plan
    there = person.sourced if person.is_setter else person.booked_minor / person.content["minor_units"]
    return {**plan, "reachable": plan["reachable"] + there}


def in_minor(content: dict[str, Any], amount: float) -> int:
    """Return an amount of a document in minor units; a setter's opportunities are worth their share of the target."""
    scale, needed = int(content["minor_units"]), content["opportunities_target"]
    if needed is None:
        return round(amount * scale)
    return round(amount * content["target"] / needed * scale) if needed else 0
