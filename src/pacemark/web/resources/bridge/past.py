"""Rows to the engine's replay: recorded runs as they were asked, days without runs as they would have been."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import lru_cache
from itertools import groupby
from typing import Any

from pacemark.engine.resources.arrivals import Arrivals, Desk
from pacemark.engine.resources.eligibility import Rep
from pacemark.engine.resources.ledger import Ledger, ledger_of
from pacemark.web.resources.bridge.chances import Chances, kind_name, worth_table
from pacemark.web.resources.bridge.desk import COUNTERS, desk_text, engine_desk, solved_shares, with_counters, without

_CAPS = {"cap": "holdings", "cap_day": "day", "cap_month": "month"}
Counts = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dealt:
    """A lead as the rule looked at it."""

    lead_id: int
    grade: str
    channel: str = ""
    tags: frozenset[str] = frozenset()
    is_blocked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """A recorded run in plain values; ``owners`` is who got the leads then. A series is many runs of one lead each."""

    day: date
    at: datetime
    version_id: int
    inputs: Mapping[str, Any]
    leads: Sequence[Dealt]
    owners: Mapping[int, str]
    desk_id: int | None = None
    is_series: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Leads that were decided together, with the desk; ``owners`` is empty where nobody decided.

    ``expected_leads``: where floor and ceiling are for this run alone, how many leads it has; ``part`` counts the
    chunks of one run.
    """

    day: date
    leads: Sequence[Dealt]
    desk: Desk
    ledger: Ledger | None = None
    owners: Mapping[int, str] = field(default_factory=dict)
    expected_leads: int | None = None
    part: int = 0
    worth: Mapping[str, Mapping[str, float]] | None = None

    def arrivals(self, chances: Chances) -> Arrivals:
        """Return the leads as the engine reads them; matched by the worth that was kept, or by what is known now."""
        worth = self.worth
        if worth is None and self.desk.policy.order == "best_fit":
            kinds = {(lead.channel, lead.grade) for lead in self.leads}
            worth = worth_table(chances, kinds, [rep.id for rep in self.desk.reps])
        return Arrivals(
            ids=[str(lead.lead_id) for lead in self.leads],
            grades=[lead.grade for lead in self.leads],
            tags=[lead.tags for lead in self.leads] if any(rep.skills for rep in self.desk.reps) else None,
            blocked=[lead.is_blocked for lead in self.leads] if any(one.is_blocked for one in self.leads) else None,
            values=None if worth is None else [worth[kind_name(lead.channel, lead.grade)] for lead in self.leads],
        )


def in_series(pasts: Sequence[Past], *, is_own: bool) -> list[Past]:
    """Put leads that came one by one together where nothing the rule looks at has changed between them.

    A batch gives the same counts as its leads one at a time, and dealt in order of arrival the same owners. Under the
    run's own rule the counters near a cap must be the same too, and a ledger that was kept begins a new series.
    """
    series: list[Past] = []
    number = 0

    def kind(past: Past) -> tuple[Any, ...]:
        nonlocal number
        if not _is_single(past):
            number += 1
            return (number,)
        if is_own and past.inputs.get("ledger"):
            number += 1
        own = json.dumps(past.inputs.get("counters"), sort_keys=True) if is_own else ""
        return (past.desk_id, past.day, own, number)

    for _key, group in groupby(pasts, kind):
        members = list(group)
        series.append(members[0] if len(members) == 1 else _joined(members))
    return series


def _is_single(past: Past) -> bool:
    policy = past.inputs.get("policy") or {}
    has_bounds = bool(policy.get("floor")) or policy.get("ceiling") is not None
    return past.desk_id is not None and len(past.leads) <= 1 and (bool(past.inputs.get("has_window")) or not has_bounds)


def _joined(members: Sequence[Past]) -> Past:
    owners: dict[int, str] = {}
    for past in members:
        owners.update(past.owners)
    leads = [lead for past in members for lead in past.leads]
    inputs = {**members[0].inputs, "leads": [lead.lead_id for lead in leads], "chunk_size": len(leads)}
    return replace(members[0], inputs=inputs, leads=leads, owners=owners, is_series=True)


def own_batches(past: Past) -> list[Batch]:
    """Return a run's chunks under its own rule: on its own shares, counters and ledger."""
    desk = _own_desk(past)
    inputs = past.inputs
    size, by_id = max(1, int(inputs.get("chunk_size") or 1)), {lead.lead_id: lead for lead in past.leads}
    order: list[int] = inputs["leads"]
    batches = []
    for part, first in enumerate(range(0, len(order), size)):
        counters = (inputs.get("counters") or {}).get(str(first)) if not past.desk_id else None
        now = with_counters(desk, counters) if counters else desk
        batches.append(
            Batch(
                day=past.day, leads=[by_id[lead] for lead in order[first : first + size] if lead in by_id],
                desk=without(now, (inputs.get("gone") or {}).get(str(first), ())),
                ledger=ledger_of(inputs["ledger"]) if not part and inputs.get("ledger") else None,
                owners=past.owners, part=part, worth=None if past.is_series else inputs.get("worth"),
                expected_leads=None if inputs.get("has_window") else len(order),
            )
        )  # fmt: skip
    return batches


def _own_desk(past: Past) -> Desk:
    desk = engine_desk(past.inputs)
    if past.desk_id is None:
        return desk
    near = {rep for counts in (past.inputs.get("counters") or {}).get("0", {}).values() for rep in counts}
    # Counters are kept for those near a cap; the others had room throughout.
    desk = replace(desk, reps=[rep if rep.id in near else _uncapped(rep) for rep in desk.reps])
    return replace(desk, policy=replace(desk.policy, order="arrival")) if past.is_series else desk


def _uncapped(rep: Rep) -> Rep:
    return rep if not rep.rooms else replace(rep, cap=None, cap_day=None, cap_month=None)


def other_batch(past: Past, content: Mapping[str, Any], counters: Counts) -> Batch:
    """Return a run's leads under another version: its rule, its caps, its shares; the people as they stood."""
    reps = [_under(row, content) for row in past.inputs["reps"]]
    desk = _solved_desk(reps, content, len(past.leads))
    if past.is_series:
        desk = replace(desk, policy=replace(desk.policy, order="arrival"))
    expected = None if desk.policy.expected_leads is not None else len(past.leads)
    return Batch(day=past.day, leads=past.leads, desk=with_counters(desk, counters), owners=past.owners,
                 expected_leads=expected)  # fmt: skip


def day_batch(
    day: date, leads: Sequence[Dealt], reps: Sequence[Mapping[str, Any]], content: Mapping[str, Any], counters: Counts
) -> Batch:
    """Return one day's arrivals as a batch under a version."""
    desk = _solved_desk([_under(row, content) for row in reps], content, len(leads))
    expected = None if desk.policy.expected_leads is not None else len(leads)
    return Batch(day=day, leads=leads, desk=with_counters(desk, counters), expected_leads=expected)


def _under(row: Mapping[str, Any], content: Mapping[str, Any]) -> dict[str, Any]:
    """Return a rep's row with the caps of another version."""
    caps = content.get("caps") or {}
    kept = {name: value for name, value in row.items() if name not in {*_CAPS, *COUNTERS}}
    return kept | {cap: caps[kind] for cap, kind in _CAPS.items() if caps.get(kind) is not None}


def _solved_desk(reps: Sequence[Mapping[str, Any]], content: Mapping[str, Any], n_leads: int) -> Desk:
    teams = teams_with_all(content, {str(row.get("team") or "") for row in reps})
    base = {"reps": list(reps), "teams": teams, "policy": content["policy"]}
    policy = content["policy"]
    has_bounds = bool(policy.get("floor")) or policy.get("ceiling") is not None
    # Without floor and ceiling shares do not depend on how many leads there are.
    return _solved(desk_text(base), policy.get("expected_leads") or (n_leads if has_bounds else 1))


@lru_cache(maxsize=64)
def _solved(text: str, expected_leads: int) -> Desk:
    base: dict[str, Any] = json.loads(text)
    desk = engine_desk(base)
    if not desk.reps:
        return desk
    return engine_desk({**base, "shares": solved_shares(desk.reps, desk.teams, desk.policy, expected_leads)})


def teams_with_all(content: Mapping[str, Any], team_ids: set[str]) -> list[dict[str, Any]]:
    """Return the version's teams, and those it does not name with multiplier 1 behind them."""
    named = list(content.get("teams") or [])
    known = {str(team["id"]) for team in named}
    return named + [{"id": team_id} for team_id in sorted(team_ids - known) if team_id]
