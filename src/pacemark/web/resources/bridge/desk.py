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
from pacemark.engine.resources.seating import Seating
from pacemark.engine.resources.shares import solve_shares

GONE = "off_duty"
Counters = Mapping[str, Mapping[str, int]]
COUNTERS = ("held", "held_day", "held_month")


def engine_desk(kept: Mapping[str, Any]) -> Desk:
    """Return the engine's desk of what a run keeps; its shares where they have been solved."""
    tables = {"reps": kept["reps"], "teams": kept["teams"], "policy": kept["policy"]}
    desk = desk_of(fields_of(tables, AREA, required=["reps"], optional=["teams", "policy"]))
    shares = kept.get("shares")
    return replace(desk, shares=None if shares is None else {name: Fraction(text) for name, text in shares.items()})


_CAPS = (("cap", "holdings"), ("cap_day", "day"), ("cap_month", "month"))


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskRows:
    """What was read of everybody who can be dealt leads: equal rows, equal desks."""

    people: tuple[tuple[int, int | None], ...]  # rep and team
    off: tuple[tuple[int, str], ...]
    scores: tuple[tuple[int, float], ...]
    withheld: tuple[tuple[int, int, int], ...]  # parts of base and reward in percent
    skills: tuple[tuple[int, tuple[str, ...]], ...]
    content: str  # the version's, as text


def desk_content(rows: DeskRows) -> dict[str, Any]:
    """Return reps, teams and policy as the calculator reads them, without what counts against the caps."""
    content: dict[str, Any] = json.loads(rows.content)
    caps = content.get("caps") or {}
    shared = {cap: caps[kind] for cap, kind in _CAPS if caps.get(kind) is not None}
    withheld = {rep: {"base": str(base / 100), "reward": str(reward / 100)} for rep, base, reward in rows.withheld}
    # Only what is not usual: a run keeps everybody.
    unusual: tuple[tuple[str, Mapping[int, Any]], ...] = (
        ("off", dict(rows.off)), ("score", {rep: str(score) for rep, score in rows.scores}), ("withheld", withheld),
        ("skills", {rep: list(tags) for rep, tags in rows.skills}),
    )  # fmt: skip
    reps = []
    for rep, team in rows.people:
        row: dict[str, Any] = {"id": str(rep)}
        if team:
            row["team"] = str(team)
        row |= {name: values[rep] for name, values in unusual if rep in values}
        reps.append(row | shared)
    stated = {str(team["id"]): dict(team) for team in content.get("teams") or []}
    ids = {str(team) for _rep, team in rows.people if team} | set(stated)
    teams = [stated.get(team, {"id": team}) for team in sorted(ids)]
    return {"reps": reps, "teams": teams, "policy": content.get("policy") or {}}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StandingDesk:
    """A desk read and solved once for as long as nobody on it changes; equal to itself alone."""

    desk: Desk
    key: str
    content: Mapping[str, Any]
    seating: Seating


@lru_cache(maxsize=8)
def standing_desk(rows: DeskRows) -> StandingDesk:
    """Return the desk of what was read, with its shares; leads that come one by one meet it again."""
    base = desk_content(rows)
    desk = engine_desk(base)
    return with_shares(base, desk, solved_shares(desk.reps, desk.teams, desk.policy, 1) if desk.reps else {})


@lru_cache(maxsize=8)
def windowed_desk(rows: DeskRows, shares: tuple[tuple[str, str], ...]) -> StandingDesk:
    """Return the desk of what was read with the shares of a policy window, or of so many leads."""
    base = standing_desk(rows)
    return with_shares(base.content, base.desk, dict(shares))


@lru_cache(maxsize=8)
def shares_for(rows: DeskRows, n_leads: int) -> tuple[tuple[str, str], ...]:
    """Return the shares that hold for so many leads."""
    desk = standing_desk(rows).desk
    return tuple(solved_shares(desk.reps, desk.teams, desk.policy, n_leads).items()) if desk.reps else ()


@lru_cache(maxsize=8)
def window_key(rows: DeskRows) -> str:
    """Return what shares depend on within a policy window."""
    return shares_key(standing_desk(rows).desk)


def counters_near(desk: Desk, counters: Counters, n_leads: int) -> dict[str, dict[str, int]]:
    """Return the counters of those whom so few leads could bring to a cap: the others' decide nothing."""
    if not counters:
        return {}
    held, day, month = (counters.get(name, {}) for name in COUNTERS)
    near = {
        rep.id
        for rep in desk.reps
        if (rep.cap is not None and held.get(rep.id, 0) + n_leads >= rep.cap)
        or (rep.cap_day is not None and day.get(rep.id, 0) + n_leads >= rep.cap_day)
        or (rep.cap_month is not None and month.get(rep.id, 0) + n_leads >= rep.cap_month)
    }
    return {name: {rep: counts[rep] for rep in sorted(near) if rep in counts} for name, counts in counters.items()}


def met_by_few(standing: StandingDesk, counters: Counters, near: Counters) -> StandingDesk:
    """Return the desk as a few leads meet it: the same as for the lead before, while the same people are near a cap.

    What is left to a floor depends on everybody's room, so that there all counters count.
    """
    if standing.desk.policy.has_bounds:
        return replace(standing, desk=with_counters(standing.desk, counters))
    return _counted_desk(standing, tuple((name, tuple(counts.items())) for name, counts in near.items()))


@lru_cache(maxsize=16)
def _counted_desk(
    standing: StandingDesk, counters: tuple[tuple[str, tuple[tuple[str, int], ...]], ...]
) -> StandingDesk:
    desk = with_counters(standing.desk, {name: dict(counts) for name, counts in counters})
    if desk is standing.desk:
        return standing
    return replace(standing, desk=desk, seating=Seating(desk.reps, desk.shares or {}))


def with_shares(base: Mapping[str, Any], desk: Desk, shares: Mapping[str, str]) -> StandingDesk:
    """Return a desk with its shares as it is kept and found again."""
    content = {**base, "shares": dict(shares)}
    solved = {name: Fraction(text) for name, text in shares.items()}
    return StandingDesk(
        desk=replace(desk, shares=solved), key=sha256(desk_text(content).encode()).hexdigest(), content=content,
        seating=Seating(desk.reps, solved),
    )  # fmt: skip


def desk_text(content: Mapping[str, Any]) -> str:
    """Return what is kept of a desk as one text: equal desks, equal texts."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"))


def joined(content: Mapping[str, Any], inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Return a run's inputs whole, as a batch keeps them, from the desk it shares with others."""
    return {**content, **inputs, "reps": counted(content["reps"], (inputs.get("counters") or {}).get("0", {}))}


def counted(reps: Sequence[Mapping[str, Any]], counters: Mapping[str, Mapping[str, int]]) -> list[dict[str, Any]]:
    """Return reps with what counts against the caps: by counter, then by rep."""
    return [
        {**row, **{name: counts[row["id"]] for name, counts in counters.items() if row["id"] in counts}} for row in reps
    ]


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
