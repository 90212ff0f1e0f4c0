"""The desk as a run keeps it (JSON, as the calculator reads it) ↔ the engine's desk."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
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


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingDesk:
    """A desk whose shares depend on its people alone, read and solved once for as long as nobody changes."""

    desk: Desk
    key: str
    content: Mapping[str, Any]


@lru_cache(maxsize=8)
def standing_desk(text: str) -> StandingDesk:
    """Return the desk of a text that `desk_text` made, with its shares; leads that come one by one meet it again."""
    base: dict[str, Any] = json.loads(text)
    desk = engine_desk(base)
    return with_shares(base, desk, solved_shares(desk.reps, desk.teams, desk.policy, 1) if desk.reps else {})


def with_shares(base: Mapping[str, Any], desk: Desk, shares: Mapping[str, str]) -> StandingDesk:
    """Return a desk with its shares as it is kept and found again."""
    content = {**base, "shares": dict(shares)}
    solved = {name: Fraction(text) for name, text in shares.items()}
    return StandingDesk(
        desk=replace(desk, shares=solved), key=sha256(desk_text(content).encode()).hexdigest(), content=content
    )


def desk_text(content: Mapping[str, Any]) -> str:
    """Return what is kept of a desk as one text: equal desks, equal texts."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"))


def parted(inputs: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, dict[str, int]]]:
    """Part a desk into what stands still for long, and what counts against the caps, which every lead changes."""
    counters: dict[str, dict[str, int]] = {}
    reps = []
    for row in inputs["reps"]:
        reps.append({name: value for name, value in row.items() if name not in COUNTERS})
        for name in COUNTERS:
            if name in row:
                counters.setdefault(name, {})[row["id"]] = row[name]
    return {"reps": reps, "teams": inputs["teams"], "policy": inputs["policy"]}, counters


def joined(content: Mapping[str, Any], inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Return a run's inputs whole, as a batch keeps them, from the desk it shares with others."""
    counters = (inputs.get("counters") or {}).get("0", {})
    reps = [
        {**row, **{name: counts[row["id"]] for name, counts in counters.items() if row["id"] in counts}}
        for row in content["reps"]
    ]
    return {**content, **inputs, "reps": reps}


def with_counters(desk: Desk, counters: Mapping[str, Mapping[str, int]]) -> Desk:
    """Return the desk with what counts against the caps now: by counter, then by rep."""
    held, day, month = (counters.get(name, {}) for name in COUNTERS)
    if not (held or day or month) and not any(rep.held or rep.held_day or rep.held_month for rep in desk.reps):
        return desk
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
