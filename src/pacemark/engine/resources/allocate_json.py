"""The calculator's ``allocate``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pacemark.engine.fields import fields_of
from pacemark.engine.resources.allocation import allocate
from pacemark.engine.resources.arrivals import Allocation, Decision, Waiting
from pacemark.engine.resources.contest import Standing
from pacemark.engine.resources.eligibility import Exclusion
from pacemark.engine.resources.fairness import fairness
from pacemark.engine.resources.ledger import ledger_of
from pacemark.engine.resources.policy import AREA
from pacemark.engine.resources.reading import arrivals_of, desk_of

# Beyond these an answer would be longer than anybody can read: the numbers stay, their reasons are left out.
MAX_EXPLAINED = 20_000
MAX_REASONS = 200_000


def allocate_json(payload: dict[str, Any]) -> dict[str, Any]:
    """Answer the calculator's ``allocate``.

    Parameters
    ----------
    payload : dict
        ``leads`` (a list, ``{"count": n}`` or counts per grade) and ``reps``; optionally ``teams``, ``policy`` and the
        ``ledger`` of an answer before.

    Returns
    -------
    dict
        ``assignments`` with reasons, ``waiting`` with reasons, ``counts``, ``counts_by_grade``, ``ledger``,
        ``fairness``.

    Raises
    ------
    EngineError
        Codes of `allocate` and of the readers, area ``resources``.

    Notes
    -----
    See `allocate` for the rule. Above 20,000 leads a reason is only team and grade; above 200,000 reasons of waiting
    leads, a lead that waits like the one before says ``same_as``.

    Examples
    --------
    >>> answer = allocate_json({"leads": {"count": 3}, "reps": [{"id": "a"}, {"id": "b", "off": "on_leave"}]})
    >>> answer["counts"]
    {'a': 3, 'b': 0}
    """
    fields = fields_of(payload, AREA, required=["leads", "reps"], optional=["teams", "policy", "ledger"])
    arrivals, desk = arrivals_of(payload["leads"]), desk_of(fields)
    ledger = ledger_of(fields.values.get("ledger") or {})
    is_explained = len(arrivals.ids) <= MAX_EXPLAINED
    run = allocate(arrivals, desk, ledger, evidence=is_explained)
    team_of = {rep.id: rep.team for rep in desk.reps}
    measured = fairness(run, desk)
    decisions = iter(run.decisions)
    return {
        "assignments": [
            {
                "lead": lead,
                "rep": rep,
                "reason": _reason(next(decisions)) if is_explained else {"team": team_of[rep], "grade": grade},
            }
            for lead, grade, rep in zip(arrivals.ids, arrivals.grades, run.owners, strict=True)
            if rep is not None
        ],
        "waiting": _waiting(run.waiting),
        "counts": run.received,
        "counts_by_grade": _by_grade(run),
        "shares": {name: run.shares.get(name, 0) for name in team_of},
        "ledger": run.ledger.as_json(),
        "fairness": {
            "jain": measured.jain,
            "max_deviation": measured.max_deviation,
            "below_floor": measured.below_floor,
            "max_minus_min": measured.max_minus_min,
        },
    }


def _by_grade(run: Allocation) -> dict[str, dict[str, int]]:
    return {
        grade: {name: counts.get(name, 0) for name in run.received} for grade, counts in run.received_by_grade.items()
    }


def _reason(decision: Decision) -> dict[str, Any]:
    return {
        "team": decision.team,
        "grade": decision.grade,
        "place": decision.place,
        "team_level": _standing(decision.team_level),
        "rep_level": _standing(decision.rep_level),
        "excluded": _exclusions(decision.excluded),
    }


def _standing(standing: Standing) -> dict[str, Any]:
    return {
        "due": standing.due,
        "share": standing.share,
        "before": standing.before,
        "after": standing.after,
        "rivals": standing.n_rivals,
        "runner_up": standing.runner_up,
    }


def _exclusions(exclusions: Mapping[str, Exclusion]) -> dict[str, Any]:
    return {name: exclusion.as_json() for name, exclusion in exclusions.items()}


def _waiting(leads: Sequence[Waiting]) -> list[dict[str, Any]]:
    answer: list[dict[str, Any]] = []
    spelled, last, shown = 0, None, ""
    for lead in leads:
        if spelled > MAX_REASONS and last is lead.exclusions:
            answer.append({"lead": lead.lead, "same_as": shown})
            continue
        answer.append({"lead": lead.lead, "reasons": _exclusions(lead.exclusions)})
        spelled, last, shown = spelled + len(lead.exclusions), lead.exclusions, lead.lead
    return answer
