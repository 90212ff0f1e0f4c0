"""The desk as a run keeps it (JSON, as the calculator reads it) ↔ the engine's desk."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from hashlib import sha256
from typing import Any

from pacemark.engine.errors import EngineError
from pacemark.engine.fields import fields_of
from pacemark.engine.resources.arrivals import Desk
from pacemark.engine.resources.eligibility import Rep
from pacemark.engine.resources.policy import AREA, Policy, Team
from pacemark.engine.resources.reading import desk_of
from pacemark.engine.resources.shares import solve_shares

GONE = "off_duty"
COUNTERS = ("held", "held_day", "held_month")


def engine_desk(kept: Mapping[str, Any]) -> Desk:
    """Return the engine's desk of what a run keeps; its shares where they have been solved."""
    tables = {"reps": kept["reps"], "teams": kept["teams"], "policy": kept["policy"]}
    desk = desk_of(fields_of(tables, AREA, required=["reps"], optional=["teams", "policy"]))
    shares = kept.get("shares")
    return replace(desk, shares=None if shares is None else {name: Fraction(text) for name, text in shares.items()})


def with_counters(desk: Desk, counters: Mapping[str, Mapping[str, int]]) -> Desk:
    """Return the desk with what counts against the caps now: by counter, then by rep."""
    held, day, month = (counters.get(name, {}) for name in COUNTERS)
    reps = [
        replace(rep, held=held.get(rep.id, 0), held_day=day.get(rep.id, 0), held_month=month.get(rep.id, 0))
        for rep in desk.reps
    ]
    return replace(desk, reps=reps)


def without(desk: Desk, gone: Collection[str]) -> Desk:
    """Return the desk with some reps off duty for good: they left after the run began."""
    if not gone:
        return desk
    return replace(desk, reps=[replace(rep, off=GONE) if rep.id in gone else rep for rep in desk.reps])


def shares_key(desk: Desk) -> str:
    """Return what shares depend on within a policy window: who there is, scores, withholdings, teams and policy."""
    people = [[rep.id, rep.team, str(rep.score), str(rep.withheld)] for rep in desk.reps]
    teams = [[team.id, str(team.multiplier), team.rank] for team in desk.teams]
    return sha256(json.dumps([people, teams, repr(desk.policy)]).encode()).hexdigest()


def solved_shares(reps: Sequence[Rep], teams: Sequence[Team], policy: Policy, expected_leads: int) -> dict[str, str]:
    """Return the shares as text. A floor that so few leads cannot keep is lowered to what they can."""
    try:
        shares = solve_shares(reps, teams, policy, expected_leads)
    except EngineError as error:
        if error.code != "resources.floor_above_leads":
            raise
        shares = solve_shares(reps, teams, replace(policy, floor=expected_leads // max(len(reps), 1)), expected_leads)
    return {name: str(share.share) for name, share in shares.items()}
