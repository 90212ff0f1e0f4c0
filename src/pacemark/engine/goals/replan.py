"""Replan: where a period will end, and what is left to do, in the middle of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Literal

from pacemark.engine.errors import EngineError
from pacemark.engine.fields import fields_of
from pacemark.engine.goals.chain import ChainInputs, Reason, WorkSpan
from pacemark.engine.goals.decompose import Decomposition, answer_of, decompose, reason_json
from pacemark.engine.goals.reading import CHAIN_KEYS, read_inputs, read_peers, read_span

Status = Literal["on_track", "behind", "at_risk"]
ON_TRACK_FROM = Fraction(99, 100)
BEHIND_FROM = Fraction(81, 100)


@dataclass(frozen=True, slots=True, kw_only=True)
class Replan:
    """A period in the middle: its pace, and the chain for what is missing.

    Parameters
    ----------
    pro_rata : Fraction
        What the target asks by now, in its own unit.
    pace : Fraction or None
        booked / pro_rata; None when nothing is asked yet.
    status : {"on_track", "behind", "at_risk"}
        From the pace: at least .99, at least .81, below; on_track when nothing is asked yet.
    projection : Fraction or None
        Where the period ends at this pace; None before the first day is completed.
    remaining : Decomposition
        The chain for the gap over the days left.
    """

    pro_rata: Fraction
    pace: Fraction | None
    status: Status
    projection: Fraction | None
    remaining: Decomposition


def replan(inputs: ChainInputs, span: WorkSpan, day: Fraction, peers: Mapping[str, Fraction] | None = None) -> Replan:
    """Judge the pace and work the gap back over the days that are left.

    Parameters
    ----------
    inputs : ChainInputs
        Target, ``booked`` so far, open pipeline, conversion, values and rates.
    span : WorkSpan
        The whole period: all its working days, above 0.
    day : Fraction
        Working days completed, 0 to ``span.days``.
    peers : mapping of str to Fraction, optional
        Upper quartile of peers per rate, for the cheapest mix when the gap does not fit.

    Returns
    -------
    Replan
        Exact.

    Raises
    ------
    EngineError
        ``goals.day_out_of_range``, ``goals.not_positive``.

    Notes
    -----
    pro_rata = target x day / days; pace = booked / pro_rata; projection = booked x days / day; the gap is never
    negative; its chain is that of `decompose` over days - day. With no day left a gap is not feasible.

    Examples
    --------
    >>> inputs = ChainInputs(role="closer", target=Fraction(30000), booked=Fraction(12000),
    ...     pipeline_conversion=Fraction(1, 5), deal_value=Fraction(3000), expected_amount=Fraction(3000))
    >>> now = replan(inputs, WorkSpan(days=Fraction(22)), Fraction(11))
    >>> str(now.pace), now.status, int(now.projection or 0)
    ('4/5', 'at_risk', 24000)
    """
    if span.days <= 0:
        raise EngineError("goals.not_positive", "days must be above zero.", "days")
    if not 0 <= day <= span.days:
        message = "day is the number of working days completed; it must be between 0 and days."
        raise EngineError("goals.day_out_of_range", message, "day")
    target = inputs.target if inputs.opportunities_target is None else inputs.opportunities_target
    pro_rata = (target or Fraction(0)) * day / span.days
    pace = inputs.booked / pro_rata if pro_rata else None
    return Replan(
        pro_rata=pro_rata,
        pace=pace,
        status=status_of(pace),
        projection=inputs.booked * span.days / day if day else None,
        remaining=decompose(inputs, replace(span, days=span.days - day), peers),
    )


def status_of(pace: Fraction | None) -> Status:
    """Tell how a pace is judged.

    Parameters
    ----------
    pace : Fraction or None
        Done / asked by now; None when nothing is asked yet.

    Returns
    -------
    {"on_track", "behind", "at_risk"}
        At least .99, at least .81, below; on_track when nothing is asked yet.

    Examples
    --------
    >>> [status_of(Fraction(percent, 100)) for percent in (99, 98, 81, 80)]
    ['on_track', 'behind', 'behind', 'at_risk']
    """
    if pace is None or pace >= ON_TRACK_FROM:
        return "on_track"
    return "behind" if pace >= BEHIND_FROM else "at_risk"


def replan_json(payload: dict[str, Any]) -> dict[str, Any]:
    """Answer the calculator's ``replan``.

    Parameters
    ----------
    payload : dict
        ``day``, ``days``, ``booked`` and the keys of ``decompose``.

    Returns
    -------
    dict
        ``pro_rata``, ``pace``, ``status``, ``projection``, ``days_left`` and, at top level, the answer of
        ``decompose`` for the gap.

    Raises
    ------
    EngineError
        As `replan` and `decompose_json`.

    Notes
    -----
    See `replan`.

    Examples
    --------
    >>> answer = replan_json({"target": 30000, "day": 11, "days": 22, "booked": 12000, "open_pipeline": 60000,
    ...     "pipeline_conversion": "0.2", "deal_value": 3000, "role": "closer"})
    >>> int(answer["gap"]), int(answer["opportunities"])
    (6000, 10)
    """
    fields = fields_of(payload, "goals", optional=(*CHAIN_KEYS, "days", "day", "booked"))
    inputs = read_inputs(fields, booked=fields.amount("booked"))
    span, day = read_span(fields), fields.amount("day")
    now = replan(inputs, span, day, read_peers(fields))
    answer = answer_of(inputs, now.remaining)
    answer["reasons"] |= _reasons(now)
    pace = {"pro_rata": now.pro_rata, "pace": now.pace, "status": now.status, "projection": now.projection}
    return {**pace, "days_left": span.days - day, **answer}


def _reasons(now: Replan) -> dict[str, dict[str, str | None]]:
    reasons = {}
    if now.pace is None:
        message = "Nothing is asked yet: no working day is completed, or the target is zero."
        reasons["pace"] = reason_json(Reason(code="goals.nothing_asked_yet", message=message, field="day"))
    if now.projection is None:
        message = "No working day is completed, so there is no pace to project."
        reasons["projection"] = reason_json(Reason(code="goals.no_day_completed", message=message, field="day"))
    return reasons
