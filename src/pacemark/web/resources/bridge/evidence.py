"""What the engine decided → the records that are kept: ids, codes and numbers, no personal data."""

from __future__ import annotations

import json
from collections.abc import Mapping
from math import gcd
from typing import Any

from pacemark.engine.resources.arrivals import Decision
from pacemark.engine.resources.contest import Standing
from pacemark.engine.resources.eligibility import Exclusion

MAX_REASONS = 200_000


def evidence_text(decision: Decision) -> str:
    """Return a decision's record as JSON: the winning key of both levels, and what differed from the run.

    Put together by hand, because a hundred thousand of them are written at once; ids are quoted as JSON does.
    """
    excluded = json.dumps(exclusions_of(decision.excluded)) if decision.excluded else "{}"
    team, teams = json.dumps(decision.team), _told(decision.team_level)
    return (
        f'{{"team": {team}, "place": {decision.place}, "team_level": {teams}, '
        f'"rep_level": {_told(decision.rep_level)}, "excluded": {excluded}}}'
    )


def exclusions_of(exclusions: Mapping[str, Exclusion]) -> dict[str, Any]:
    """Return reasons by rep id."""
    return {name: exclusion.as_json() for name, exclusion in exclusions.items()}


def counted(exclusions: Mapping[str, Exclusion]) -> dict[str, Any]:
    """Return how many reps each reason held for; where thousands of leads wait, a list each would fill the disk."""
    numbers: dict[str, int] = {}
    for exclusion in exclusions.values():
        numbers[exclusion.code] = numbers.get(exclusion.code, 0) + 1
    return {"*": {"code": max(numbers, key=lambda code: numbers[code]), "reps": numbers}} if numbers else {}


def _told(standing: Standing) -> str:
    share, owed, runner_up = _ratio(standing.weight, standing.total), standing.owed, standing.runner_up
    after = owed + standing.credit - standing.unit
    return (
        f'{{"due": {standing.due}, "share": "{share}", "before": "{_ratio(owed, standing.unit)}", '
        f'"after": "{_ratio(after, standing.unit)}", "rivals": {standing.n_rivals}, '
        f'"runner_up": {"null" if runner_up is None else json.dumps(runner_up)}}}'
    )


def _ratio(numerator: int, denominator: int) -> str:
    """Return what ``str(Fraction(numerator, denominator))`` does, without making one."""
    common = gcd(numerator, denominator)
    return f"{numerator // common}" if common == denominator else f"{numerator // common}/{denominator // common}"
