"""What the engine decided → the records that are kept: ids, codes and numbers, no personal data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pacemark.engine.resources.arrivals import Decision
from pacemark.engine.resources.contest import Standing
from pacemark.engine.resources.eligibility import Exclusion

MAX_REASONS = 200_000


def evidence_of(decision: Decision) -> dict[str, Any]:
    """Return a decision's record: the winning key of both levels, and what differed from the run."""
    return {
        "team": decision.team,
        "place": decision.place,
        "team_level": _standing(decision.team_level),
        "rep_level": _standing(decision.rep_level),
        "excluded": exclusions_of(decision.excluded),
    }


def exclusions_of(exclusions: Mapping[str, Exclusion]) -> dict[str, Any]:
    """Return reasons by rep id."""
    return {name: exclusion.as_json() for name, exclusion in exclusions.items()}


def counted(exclusions: Mapping[str, Exclusion]) -> dict[str, Any]:
    """Return how many reps each reason held for; where thousands of leads wait, a list each would fill the disk."""
    numbers: dict[str, int] = {}
    for exclusion in exclusions.values():
        numbers[exclusion.code] = numbers.get(exclusion.code, 0) + 1
    return {"*": {"code": max(numbers, key=lambda code: numbers[code]), "reps": numbers}} if numbers else {}


def _standing(standing: Standing) -> dict[str, Any]:
    return {
        "due": standing.due,
        "share": str(standing.share),
        "before": str(standing.before),
        "after": str(standing.after),
        "rivals": standing.n_rivals,
        "runner_up": standing.runner_up,
    }
