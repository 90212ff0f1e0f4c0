"""Decompose: a result back to today's work, and whether it fits into the day."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from pacemark.engine.fields import fields_of
from pacemark.engine.goals.chain import WORK_STAGES, Chain, ChainInputs, Reason, WorkSpan
from pacemark.engine.goals.feasibility import Feasibility, fit_capacity
from pacemark.engine.goals.reading import CHAIN_KEYS, read_inputs, read_peers, read_span
from pacemark.engine.goals.work_back import work_back

# Typed-in rates are rounded; half a per cent of the conversion is not a contradiction.
IDENTITY_TOLERANCE = Fraction(1, 200)
NEED_KEYS = ("expected_from_pipeline", "gap", "pipeline", "deals", *WORK_STAGES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decomposition:
    """A chain, dealt over the time there is.

    Parameters
    ----------
    chain : Chain
        Exact numbers, reasons and steps.
    per_day, per_week : mapping of str to Fraction or None
        Exact pace of each stage of work; None where unknown, or where no day is left for what is missing.
    feasibility : Feasibility
        Whether the dials fit, and what would have to change.
    """

    chain: Chain
    per_day: Mapping[str, Fraction | None]
    per_week: Mapping[str, Fraction | None]
    feasibility: Feasibility


def decompose(inputs: ChainInputs, span: WorkSpan, peers: Mapping[str, Fraction] | None = None) -> Decomposition:
    """Work a target back and deal it over the days there are.

    Parameters
    ----------
    inputs : ChainInputs
        Target, conversion, values and rates.
    span : WorkSpan
        Days left, days per week, capacity.
    peers : mapping of str to Fraction, optional
        Upper quartile of peers per rate, for the cheapest mix when the chain does not fit.

    Returns
    -------
    Decomposition
        Exact; rounding up is left to the display, once.

    Notes
    -----
    per_day = stage / days; per_week = per_day x days_per_week (a pace: in the last three days of a period it is
    what a whole week at that pace would hold). Pages deal whole numbers over days with `periods.deal_over_days`.

    Examples
    --------
    >>> from pacemark.engine.goals.chain import WORK_RATES
    >>> rates = {name: Fraction(1, 2) for name in WORK_RATES}
    >>> inputs = ChainInputs(role="setter", opportunities_target=Fraction(11), rates=rates)
    >>> str(decompose(inputs, WorkSpan(days=Fraction(22))).per_day["dials"])
    '4'
    """
    chain = work_back(inputs)
    per_day = {stage: _pace(chain.values[stage], span.days) for stage in WORK_STAGES}
    per_week = {stage: None if pace is None else pace * span.days_per_week for stage, pace in per_day.items()}
    fitted = fit_capacity(inputs, chain, _capacity(span), peers)
    return Decomposition(chain=chain, per_day=per_day, per_week=per_week, feasibility=fitted)


def decompose_json(payload: dict[str, Any]) -> dict[str, Any]:
    """Answer the calculator's ``decompose``.

    Parameters
    ----------
    payload : dict
        ``target``, ``pipeline_conversion`` (or ``win_rate``), ``deal_value``, ``rates``, ``days``; optionally
        ``days_per_week``, ``capacity_dials_per_day``, ``expected_amount``, ``closing_share``, ``open_pipeline``,
        ``open_closing_share``, ``role``, ``opportunities_target``, ``direct_opportunities``, ``peers``.

    Returns
    -------
    dict
        ``pipeline``, ``deals`` and the stages of work, exact; ``per_day`` and ``per_week`` as ``{"exact", "rounded"}``
        per stage; ``feasible``, ``remedy``, ``reachable``, ``identity``, ``reasons``, ``steps``.

    Raises
    ------
    EngineError
        Area ``goals``: a rate outside 0 to 1, a negative amount, an unknown key, no days.

    Notes
    -----
    A rate of 0 or null is no error: what it makes impossible to compute is null and explained in ``reasons``.
    See `decompose` for the method and the documentation page for every key.

    Examples
    --------
    >>> rates = {"opportunity_per_deep_talk": "0.25", "deep_talk_per_connect": "0.2", "connect_per_dial": "0.4"}
    >>> answer = decompose_json(
    ...     {"target": 30000, "pipeline_conversion": "0.2", "deal_value": 3000, "rates": rates, "days": 22}
    ... )
    >>> int(answer["dials"]), answer["per_day"]["dials"]["rounded"]
    (2500, 114)
    """
    fields = fields_of(payload, "goals", optional=(*CHAIN_KEYS, "days"))
    inputs = read_inputs(fields)
    answer = decompose(inputs, read_span(fields), read_peers(fields))
    return answer_of(inputs, answer)


def answer_of(inputs: ChainInputs, decomposition: Decomposition) -> dict[str, Any]:
    """Put a decomposition into the calculator's words.

    Parameters
    ----------
    inputs : ChainInputs
        What it was worked back from.
    decomposition : Decomposition
        The chain with its pace and feasibility.

    Returns
    -------
    dict
        The answer of ``decompose``; numbers still exact Fractions.
    """
    chain, fitted = decomposition.chain, decomposition.feasibility
    answer: dict[str, Any] = {key: chain.values.get(key) for key in NEED_KEYS}
    if inputs.direct_opportunities:
        answer["direct_opportunities"] = inputs.direct_opportunities
        answer["opportunities_from_talks"] = chain.values.get("opportunities_from_talks")
    answer["per_day"] = {stage: _shown(pace) for stage, pace in decomposition.per_day.items()}
    answer["per_week"] = {stage: _shown(pace) for stage, pace in decomposition.per_week.items()}
    answer["feasible"] = fitted.feasible
    answer["remedy"] = _remedy(fitted)
    answer["reachable"] = fitted.reachable
    answer["identity"] = _identity(inputs, chain)
    answer["reasons"] = _reasons(decomposition)
    answer["steps"] = [
        {"stage": step.stage, "code": step.code, "formula": step.formula, "inputs": step.inputs, "result": step.result}
        for step in chain.steps
    ]
    return answer


def reason_json(reason: Reason) -> dict[str, str | None]:
    """Put a reason into the calculator's words.

    Parameters
    ----------
    reason : Reason
        Why a number is not there.

    Returns
    -------
    dict
        ``{"code", "message", "field"}``, the shape of errors.
    """
    return {"code": reason.code, "message": reason.message, "field": reason.field}


def _pace(need: Fraction | None, days: Fraction) -> Fraction | None:
    if need == 0:
        return Fraction(0)
    return None if need is None or days == 0 else need / days


def _capacity(span: WorkSpan) -> Fraction | None:
    # Without a day left nothing fits, whatever a day would hold.
    if span.days == 0:
        return Fraction(0)
    return None if span.capacity_dials_per_day is None else span.capacity_dials_per_day * span.days


def _shown(pace: Fraction | None) -> dict[str, Fraction | int | None]:
    return {"exact": pace, "rounded": None if pace is None else math.ceil(pace)}


def _remedy(fitted: Feasibility) -> dict[str, Any] | None:
    if fitted.remedy is None:
        return None
    mix = fitted.mix
    return {
        **fitted.remedy,
        "impossible": [name for name, rate in fitted.remedy.items() if rate is None],
        "mix": None if mix is None else {"enough": mix.enough, "rates": mix.rates, "moved": mix.moved},
    }


def _identity(inputs: ChainInputs, chain: Chain) -> dict[str, Any] | None:
    """Show conversion = win rate x deal value / expected amount, the missing one of the two rates computed."""
    conversion, deal_value, expected = chain.values["pipeline_conversion"], inputs.deal_value, inputs.expected_amount
    if conversion is None or not deal_value or not expected:
        return None
    win_rate = inputs.win_rate if inputs.win_rate is not None else conversion * expected / deal_value
    implied = win_rate * deal_value / expected
    return {
        "pipeline_conversion": conversion,
        "win_rate": win_rate,
        "deal_value": deal_value,
        "expected_amount": expected,
        "implied_conversion": implied,
        "holds": win_rate <= 1 and abs(implied - conversion) <= IDENTITY_TOLERANCE * conversion,
    }


def _reasons(decomposition: Decomposition) -> dict[str, dict[str, str | None]]:
    chain = decomposition.chain
    reasons = {key: reason_json(chain.reasons[key]) for key in NEED_KEYS if key in chain.reasons}
    lost = [stage for stage, pace in decomposition.per_day.items() if pace is None and chain.values[stage] is not None]
    if lost:
        message = "No working day is left for what is missing."
        reasons["per_day"] = reason_json(Reason(code="goals.no_days_left", message=message, field="day"))
    return reasons
