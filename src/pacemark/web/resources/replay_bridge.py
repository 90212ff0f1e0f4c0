"""Rows to the engine's replay and back: recorded runs as they were asked, days without runs as they would have been."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from pacemark.engine.fields import fields_of
from pacemark.engine.resources.allocation import allocate
from pacemark.engine.resources.arrivals import Allocation, Arrivals, Desk
from pacemark.engine.resources.fairness import fairness
from pacemark.engine.resources.ledger import Ledger, ledger_of
from pacemark.engine.resources.policy import AREA
from pacemark.engine.resources.reading import arrivals_of, desk_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Leads that were decided together, with the desk; ``owners`` is who got them then, empty where nobody decided."""

    arrivals: Arrivals
    desk: Desk
    ledger: Ledger | None = None
    owners: Mapping[str, str] = field(default_factory=dict)


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
    measured: dict[str, float] = field(default_factory=dict)

    def add(self, batch: Batch) -> Allocation:
        """Decide a batch and count it."""
        ledger = self.ledger if batch.ledger is None else batch.ledger
        run = allocate(batch.arrivals, batch.desk, ledger, evidence=False)
        self.ledger = run.ledger
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
        return run

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


def recorded(inputs: Mapping[str, Any], owners: Mapping[str, str], content: Mapping[str, Any] | None) -> Batch:
    """Return a recorded run as a batch. ``content`` puts another version's rule in the place of the one recorded."""
    payload = dict(inputs)
    if content is not None:
        payload["policy"] = content["policy"]
        payload["teams"] = teams_with_all(content, {str(rep.get("team") or "") for rep in payload["reps"]})
    fields = fields_of(
        {key: payload[key] for key in ("reps", "teams", "policy") if payload.get(key)},
        AREA, required=["reps"], optional=["teams", "policy"],
    )  # fmt: skip
    desk = desk_of(fields)
    shares = payload.get("shares") if content is None else None
    if shares:
        exact = {rep: Fraction(share) for rep, share in shares.items()}
        desk = Desk(reps=desk.reps, teams=desk.teams, policy=desk.policy, shares=exact)
    # Under its own rule each run stands on the ledger it was decided with; under another rule its own ledger carries.
    ledger = ledger_of(payload.get("ledger") or {}) if content is None else None
    return Batch(arrivals=arrivals_of(payload["leads"]), desk=desk, ledger=ledger, owners=owners)


def teams_with_all(content: Mapping[str, Any], team_ids: set[str]) -> list[dict[str, Any]]:
    """Return the version's teams, and those it does not name with multiplier 1 behind them."""
    named = list(content.get("teams") or [])
    known = {str(team["id"]) for team in named}
    return named + [{"id": team_id} for team_id in sorted(team_ids - known) if team_id]


def day_batch(leads: Sequence[tuple[int, str]], reps: Sequence[Mapping[str, Any]], content: Mapping[str, Any]) -> Batch:
    """Return one day's arrivals (lead id, grade) as a batch under a version."""
    inputs = {"leads": [{"id": str(lead), "grade": grade or "-"} for lead, grade in leads], "reps": list(reps)}
    return recorded(inputs, {}, content)


def _by_number(name: str) -> tuple[int, str]:
    return (int(name), name) if name.isdigit() else (0, name)
