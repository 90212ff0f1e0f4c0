"""Rows to the engine's replay and back: recorded runs as they were asked, days without runs as they would have been."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pacemark.engine.resources.allocation import allocate
from pacemark.engine.resources.arrivals import Allocation, Arrivals, Desk
from pacemark.engine.resources.fairness import fairness
from pacemark.engine.resources.ledger import Ledger, Window, ledger_of
from pacemark.web.resources.bridge.desk import engine_desk, solved_shares, with_counters


@dataclass(frozen=True, slots=True, kw_only=True)
class Dealt:
    """A lead as the rule looked at it."""

    lead_id: int
    grade: str
    tags: frozenset[str] = frozenset()
    is_blocked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Leads that were decided together, with the desk; ``owners`` is who got them then, empty where nobody decided."""

    arrivals: Arrivals
    desk: Desk
    ledger: Ledger | None = None
    owners: Mapping[str, str] = field(default_factory=dict)
    expected_leads: int | None = None
    is_first: bool = True


@dataclass(slots=True, kw_only=True)
class Tally:
    """What a replay has come to so far: it is added to, batch by batch."""

    leads: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    mix: dict[str, dict[str, int]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(int)))
    team_of: dict[str, str] = field(default_factory=dict)
    n_leads: int = 0
    n_waiting: int = 0
    n_decided: int = 0
    n_same: int = 0
    ledger: Ledger = field(default_factory=Ledger)
    progress: Window = field(default_factory=Window)
    measured: dict[str, float] = field(default_factory=dict)

    def add(self, batch: Batch, *, is_counted: bool = True) -> None:
        """Decide a batch and count it; before the window, only the ledger goes on."""
        if not batch.desk.reps or not batch.arrivals.ids:
            self.n_waiting += len(batch.arrivals.ids) * is_counted
            self.n_leads += len(batch.arrivals.ids) * is_counted
            return
        desk, before = self._within(batch)
        run = allocate(batch.arrivals, desk, before, evidence=False)
        kept = self.ledger.window
        self.progress = run.ledger.window
        self.ledger = run.ledger if batch.expected_leads is None else replace(run.ledger, window=kept)
        if is_counted:
            self._count(batch, run)

    def _within(self, batch: Batch) -> tuple[Desk, Ledger]:
        """Return the desk and the ledger of a batch: without a policy window, floor and ceiling are for its run."""
        ledger = self.ledger if batch.ledger is None else batch.ledger
        if batch.expected_leads is None:
            return batch.desk, ledger
        policy = batch.desk.policy
        if policy.has_bounds:
            policy = replace(policy, expected_leads=batch.expected_leads)
        progress = Window() if batch.is_first else self.progress
        return replace(batch.desk, policy=policy), replace(ledger, window=progress)

    def _count(self, batch: Batch, run: Allocation) -> None:
        for rep in batch.desk.reps:
            self.team_of[rep.id] = rep.team
            self.leads[rep.id] += run.received[rep.id]
        for grade, counts in run.received_by_grade.items():
            for rep_id, count in counts.items():
                self.mix[rep_id][grade] += count
        self.n_leads += len(run.owners)
        self.n_waiting += len(run.waiting)
        for lead, owner in zip(batch.arrivals.ids, run.owners, strict=True):
            if lead in batch.owners:
                self.n_decided += 1
                self.n_same += batch.owners[lead] == owner
        found = fairness(run, batch.desk)
        self.measured = {
            "jain": float(found.jain or 0),
            "max_deviation": float(found.max_deviation),
            "max_minus_min": float(found.max_minus_min),
            "below_floor": self.measured.get("below_floor", 0) + found.below_floor,
        }

    def summary(self, deals_per_lead: Mapping[str, float]) -> dict[str, Any]:
        """Return what the page, the API and the terminal show: per rep and team, and in all."""
        reps = {rep_id: self._rep(rep_id, deals_per_lead) for rep_id in sorted(self.team_of, key=_by_number)}
        teams: dict[str, dict[str, Any]] = {}
        for one in reps.values():
            team = teams.setdefault(one["team"], {"leads": 0, "heads": 0, "expected_deals": 0.0})
            team["leads"] += one["leads"]
            team["heads"] += 1
            team["expected_deals"] = round(team["expected_deals"] + one["expected_deals"], 4)
        return {
            "leads": self.n_leads, "waiting": self.n_waiting, "decided": self.n_decided, "same_owner": self.n_same,
            "reps": reps, "teams": teams, **self.measured,
            "expected_deals": round(sum(one["expected_deals"] for one in reps.values()), 4),
        }  # fmt: skip

    def _rep(self, rep_id: str, deals_per_lead: Mapping[str, float]) -> dict[str, Any]:
        mix = dict(self.mix[rep_id])
        return {
            "team": self.team_of[rep_id],
            "leads": self.leads[rep_id],
            "mix": mix,
            "deviation": float(-self.ledger.balance_of_rep(rep_id)),
            "expected_deals": round(sum(deals_per_lead.get(grade, 0.0) * count for grade, count in mix.items()), 4),
        }


def recorded(
    inputs: Mapping[str, Any], leads: Sequence[Dealt], owners: Mapping[str, str], content: Mapping[str, Any] | None
) -> list[Batch]:
    """Return a recorded run's chunks. ``content`` puts another version's rule in the place of the one recorded.

    Under its own rule a run stands on its own shares, counters and ledger; under another one, the replay's ledger
    carries and shares are solved anew.
    """
    desk = _own_desk(inputs) if content is None else _other_desk(inputs, content)
    size, by_id = max(1, int(inputs.get("chunk_size") or len(leads) or 1)), {lead.lead_id: lead for lead in leads}
    order: list[int] = inputs["leads"]
    batches = []
    for first in range(0, len(order), size):
        chunk = [by_id[lead] for lead in order[first : first + size] if lead in by_id]
        counters = (inputs.get("counters") or {}).get(str(first))
        ledger = ledger_of(inputs["ledger"]) if content is None and not first and inputs.get("ledger") else None
        batches.append(
            Batch(
                arrivals=_arrivals(chunk), desk=with_counters(desk, counters) if counters else desk, ledger=ledger,
                owners=owners, expected_leads=None if inputs.get("has_window") else len(order), is_first=not first,
            )
        )  # fmt: skip
    return batches


def _own_desk(inputs: Mapping[str, Any]) -> Desk:
    return engine_desk(inputs)


def _other_desk(inputs: Mapping[str, Any], content: Mapping[str, Any]) -> Desk:
    teams = teams_with_all(content, {str(rep.get("team") or "") for rep in inputs["reps"]})
    desk = engine_desk({"reps": inputs["reps"], "teams": teams, "policy": content["policy"]})
    expected = desk.policy.expected_leads or len(inputs["leads"])
    if not desk.reps:
        return desk
    return engine_desk({
        "reps": inputs["reps"], "teams": teams, "policy": content["policy"],
        "shares": solved_shares(desk.reps, desk.teams, desk.policy, expected),
    })  # fmt: skip


def _arrivals(leads: Sequence[Dealt]) -> Arrivals:
    return Arrivals(
        ids=[str(lead.lead_id) for lead in leads], grades=[lead.grade for lead in leads],
        tags=[lead.tags for lead in leads], blocked=[lead.is_blocked for lead in leads],
    )  # fmt: skip


def teams_with_all(content: Mapping[str, Any], team_ids: set[str]) -> list[dict[str, Any]]:
    """Return the version's teams, and those it does not name with multiplier 1 behind them."""
    named = list(content.get("teams") or [])
    known = {str(team["id"]) for team in named}
    return named + [{"id": team_id} for team_id in sorted(team_ids - known) if team_id]


def day_batches(leads: Sequence[Dealt], reps: Sequence[Mapping[str, Any]], content: Mapping[str, Any]) -> list[Batch]:
    """Return one day's arrivals as a batch under a version."""
    return recorded({"leads": [lead.lead_id for lead in leads], "reps": list(reps)}, leads, {}, content)


def _by_number(name: str) -> tuple[int, str]:
    return (int(name), name) if name.isdigit() else (0, name)
