"""A replay under way: the engine's, fed with batches, and what the page, the API and the terminal show of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from pacemark.engine.resources.allocation import allocate
from pacemark.engine.resources.arrivals import Allocation, Desk
from pacemark.engine.resources.ledger import Ledger, Window
from pacemark.engine.resources.replay import ReplayBatch, Replaying, ReplayRow
from pacemark.web.resources.bridge.chances import Chances
from pacemark.web.resources.bridge.past import Batch

Spans = Callable[[Batch], tuple[str, str, str]]


class Retelling:
    """Deals batches again, and counts what comes of it. ``spans`` names a batch's day, month and policy window."""

    def __init__(self, spans: Spans, chances: Chances) -> None:
        self._spans, self._chances = spans, chances
        self._replaying = Replaying()
        self._progress, self._window = Window(), ""
        self._deals: defaultdict[str, float] = defaultdict(float)
        self.n_leads = self._n_decided = self._n_same = self._n_unheard = 0

    def warm_up(self, batch: Batch) -> None:
        """Carry the ledger over a batch before the window; nothing is counted."""
        if batch.desk.reps and batch.leads:
            desk, before, kept = self._within(batch)
            run = allocate(batch.arrivals(self._chances), desk, before, evidence=False)
            self._carry(batch, run, kept)

    def add(self, batch: Batch) -> None:
        """Deal a batch again and count it."""
        self.n_leads += len(batch.leads)
        if not batch.desk.reps or not batch.leads:
            self._n_unheard += len(batch.leads)
            return
        desk, before, kept = self._within(batch)
        day, month, _window = self._spans(batch)
        recorded = [batch.owners.get(lead.lead_id) for lead in batch.leads] if batch.owners else None
        run = self._replaying.add(
            ReplayBatch(
                day=day,
                month=month,
                arrivals=batch.arrivals(self._chances),
                desk=desk,
                recorded=recorded,
                ledger=before,
            )
        )
        self._carry(batch, run, kept)
        self._count(batch, run)

    def _within(self, batch: Batch) -> tuple[Desk, Ledger, Window]:
        """Return desk and ledger of a batch, and the window to go on with: one without a name ends with its run."""
        ledger = self._replaying.ledger if batch.ledger is None else batch.ledger
        if batch.expected_leads is None:
            window = self._spans(batch)[2]
            if window != self._window and batch.ledger is None:
                ledger = replace(ledger, window=Window())
            self._window = window
            return batch.desk, ledger, ledger.window
        policy = batch.desk.policy
        if policy.has_bounds:
            # A name of its own makes the chunks of a run one window for the floor.
            number = self.n_leads if not batch.part else self._window.removeprefix("run ")
            self._window = f"run {number}"
            policy = replace(policy, expected_leads=batch.expected_leads, window=self._window)
        progress = Window() if not batch.part else self._progress
        return replace(batch.desk, policy=policy), replace(ledger, window=progress), ledger.window

    def _carry(self, batch: Batch, run: Allocation, kept: Window) -> None:
        self._progress = run.ledger.window
        self._replaying.ledger = run.ledger if batch.expected_leads is None else replace(run.ledger, window=kept)

    def _count(self, batch: Batch, run: Allocation) -> None:
        for lead, owner in zip(batch.leads, run.owners, strict=True):
            if owner is not None:
                self._deals[owner] += self._chances.chance(owner, lead.channel, lead.grade)
            then = batch.owners.get(lead.lead_id)
            if then is not None:
                self._n_decided += 1
                self._n_same += then == owner

    def summary(self) -> dict[str, Any]:
        """Return per rep and team, and in all: leads, mix, who waits, deviation, fairness, floors, expected deals."""
        found = self._replaying.summary()
        heads: defaultdict[str, int] = defaultdict(int)
        deals: defaultdict[str, float] = defaultdict(float)
        for row in found.reps:
            heads[row.team] += 1
            deals[row.team] += self._deals[row.id]
        return {
            "leads": self.n_leads,
            "waiting": found.n_unassigned + self._n_unheard,
            "waiting_codes": dict(found.waiting_codes),
            "decided": self._n_decided,
            "same_owner": self._n_same,
            "reps": {
                row.id: {"team": row.team, **_told(row, self._deals[row.id])}
                for row in sorted(found.reps, key=lambda row: _by_number(row.id))
            },
            "teams": {row.id: {"heads": heads[row.id], **_told(row, deals[row.id])} for row in found.teams},
            "jain": float(found.jain or 0),
            "max_deviation": float(max((abs(row.deviation) for row in found.reps), default=0)),
            "max_minus_min": found.max_minus_min,
            "below_floor": sum(row.n_below_floor for row in found.reps),
            "expected_deals": round(sum(self._deals.values()), 4),
        }


def _told(row: ReplayRow, expected_deals: float) -> dict[str, Any]:
    return {
        "leads": row.n_leads,
        "mix": dict(row.by_grade),
        "deviation": float(row.deviation),
        "below_floor": row.n_below_floor,
        "expected_deals": round(expected_deals, 4),
    }


def _by_number(name: str) -> tuple[int, str]:
    return (int(name), name) if name.isdigit() else (0, name)
