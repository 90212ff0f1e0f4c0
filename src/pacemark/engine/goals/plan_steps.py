"""The steps of one person's plan, for "see the maths"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from pacemark.engine.goals.plan_batch import PersonPlan, PlanBatch, plan_of
from pacemark.engine.goals.plan_inputs import PlanInputs

_RATES = ("connect_per_dial", "deep_talk_per_connect", "opportunity_per_deep_talk")
_STAGES = ("dials", "connects", "deep_talks", "opportunities_from_talks")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanStep:
    """One line of a plan's maths.

    Parameters
    ----------
    stage : str
        What is computed.
    code : str
        Stable, ``goals.step.STAGE`` for what is worked back, ``goals.step.solved`` for the work that was searched, and
        ``goals.step.forward.STAGE`` for what follows from it; the web words it.
    formula : str
        In identifiers, for example ``opportunities_from_talks / opportunity_per_deep_talk``.
    inputs : mapping of str to float or None
        The numbers that stand in it.
    result : float or None
        None where it cannot be computed.
    """

    stage: str
    code: str
    formula: str
    inputs: Mapping[str, float | None]
    result: float | None


def plan_steps(inputs: PlanInputs, batch: PlanBatch, person: int, confidence: float) -> tuple[PlanStep, ...]:
    """Write out one person's plan step by step.

    Parameters
    ----------
    inputs : PlanInputs
        What the plans were made from.
    batch : PlanBatch
        The plans.
    person : int
        Place of the person in the inputs.
    confidence : float
        One of ``batch.plans``.

    Returns
    -------
    tuple of PlanStep
        In the order of the maths: a textbook plan is worked back from the target, a solved one forward from the work.
    """
    plan = plan_of(batch, person, confidence)
    known = _known(inputs, batch, person)
    if plan.method == "textbook":
        return (*_need(inputs.roles[person], known, plan), *_back(plan, known))
    return _forward(plan, known)


def _known(inputs: PlanInputs, batch: PlanBatch, person: int) -> dict[str, float | None]:
    value = float(inputs.deal_value.mean[person])
    open_value = float(inputs.open_value[person])
    found: dict[str, float | None] = {name: float(getattr(inputs, name).mean[person]) for name in (*_RATES, "win_rate")}
    plain = ("target", "expected_amount", "closing_share", "open_count", "open_chance", "direct_opportunities", "days")
    found |= {name: float(getattr(inputs, name)[person]) for name in plain}
    found |= {"deal_value": value, "open_value": value if np.isnan(open_value) else open_value}
    needed = float(batch.needed_opportunities[person])
    found |= {
        "expected_from_open": float(batch.expected_from_open[person]),
        "odds_without_work": float(batch.odds_without_work[person]),
        "needed_opportunities": None if np.isnan(needed) else needed,
    }
    return found


def _need(role: str, known: Mapping[str, float | None], plan: PersonPlan) -> list[PlanStep]:
    if role == "setter":
        formula = "target / (win_rate * deal_value * closing_share)"
        names = ("target", "win_rate", "deal_value", "closing_share")
        return [_step("needed_opportunities", formula, _some(known, *names), known["needed_opportunities"])]
    expected = known["expected_from_open"] or 0.0
    gap = max(0.0, (known["target"] or 0.0) - expected)
    opportunities = plan.stages["opportunities"]
    worth = _some(known, "win_rate", "deal_value", "closing_share")
    return [
        _step(
            "expected_from_open",
            "open_count * open_chance * open_value",
            _some(known, "open_count", "open_chance", "open_value"),
            expected,
        ),
        _step("gap", "max(0, target - expected_from_open)", _some(known, "target", "expected_from_open"), gap),
        _step(
            "opportunities",
            "gap / (win_rate * deal_value * closing_share)",
            {"gap": gap, **worth},
            None if plan.reason else _divided(gap, worth, opportunities),
        ),
    ]


def _divided(gap: float, worth: Mapping[str, float | None], stood_in: float | None) -> float | None:
    product = 1.0
    for factor in worth.values():
        product *= factor or 0.0
    return gap / product if product > 0 else stood_in


def _back(plan: PersonPlan, known: Mapping[str, float | None]) -> list[PlanStep]:
    if plan.stages["dials"] is None and not plan.reason:
        return []
    steps = [
        _step(
            "opportunities_from_talks",
            "max(0, opportunities - direct_opportunities)",
            _some(known, "direct_opportunities"),
            plan.stages["opportunities_from_talks"],
        )
    ]
    for rate, stage, done in reversed(list(zip(_RATES, _STAGES, _STAGES[1:], strict=False))):
        inputs = {done: plan.stages[done], rate: known[rate]}
        steps.append(_step(stage, f"{done} / {rate}", inputs, plan.stages[stage]))
    return steps


def _forward(plan: PersonPlan, known: Mapping[str, float | None]) -> tuple[PlanStep, ...]:
    work = "opportunities" if plan.stages["dials"] is None else "dials"
    asked = {"confidence": plan.confidence, "odds": plan.odds, **_some(known, "target", "odds_without_work")}
    solved = PlanStep(
        stage=work,
        code="goals.step.solved",
        formula=f"least {work} whose odds >= confidence",
        inputs=asked,
        result=plan.stages[work],
    )
    if work == "opportunities":
        return (solved,)
    steps = [solved]
    for rate, done, stage in zip(_RATES, _STAGES, _STAGES[1:], strict=False):
        inputs = {done: plan.stages[done], rate: known[rate]}
        code = f"goals.step.forward.{stage}"
        formula = f"{done} * {rate}"
        steps.append(PlanStep(stage=stage, code=code, formula=formula, inputs=inputs, result=plan.stages[stage]))
    return tuple(steps)


def _some(known: Mapping[str, float | None], *names: str) -> dict[str, float | None]:
    return {name: known[name] for name in names}


def _step(stage: str, formula: str, inputs: Mapping[str, float | None], result: float | None) -> PlanStep:
    return PlanStep(stage=stage, code=f"goals.step.{stage}", formula=formula, inputs=inputs, result=result)
