"""Plans held against true months: how often people who work exactly what was planned reach their targets."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np

from pacemark.demo.spec import DemoSpec, months_later
from pacemark.engine.goals.plan_batch import plan_of
from pacemark.web.goals.bridge.planning import Planned, make_plans
from tests.support.made_up_ground import Planning, planning_at
from tests.support.true_months import reaches, true_month

MONTHS, MONTHS_KNOWN = 12, 9
TARGET_FACTORS = (0.8, 1.0, 1.3, 1.7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One person's plan at one confidence: what it promised, its own odds, and how often the target was reached."""

    role: str
    target_factor: float
    confidence: float
    odds: float
    has_work: bool
    reached: float


def try_seed(seed: int, draws: int, spec: DemoSpec | None = None, as_of: date | None = None) -> list[Kept]:
    """Plan a made-up organisation and draw the month that follows."""
    # Month ends, holidays and year ends come round; the planted trials of the last quarter are still to come.
    end = months_later(date(2025, 1 + seed * 7 % 12, 1), 1) - timedelta(days=1)
    spec = spec or DemoSpec(seed=seed, end=end, months=MONTHS)
    as_of = as_of or months_later(spec.start, MONTHS_KNOWN)
    rng = np.random.default_rng(seed)
    factors = rng.choice(TARGET_FACTORS, spec.reps)
    planning = planning_at(spec, as_of, factors)
    planned = make_plans(planning.ground)
    found: list[Kept] = []
    for place in range(len(planning.people)):
        found += _kept(planning, planned, place, float(factors[planning.people[place]]), draws)
    return found


def _kept(planning: Planning, planned: Planned, place: int, factor: float, draws: int) -> list[Kept]:
    month, role = true_month(planning, place), planned.ground.roles[place]
    if not planned.ground.days[place]:
        return []
    found = []
    for confidence in planned.batch.plans:
        plan = plan_of(planned.batch, place, confidence)
        work = plan.stages["opportunities" if role == "closer" else "dials"]
        if work is None or plan.odds is None:
            continue
        whole = int(np.ceil(work - 1e-9))
        target = planned.inputs.target[place] * planned.scale
        if role == "setter":
            target = float(np.ceil(planned.batch.needed_opportunities[place] - 1e-9))
        came = reaches(month, whole, float(target), role, draws, seed=place + int(1000 * confidence))
        found.append(
            Kept(
                role=role,
                target_factor=factor,
                confidence=confidence,
                odds=plan.odds,
                has_work=whole > 0,
                reached=float(came.mean()),
            )
        )
    return found


@dataclass(slots=True)
class Tally:
    """Shares over all seeds."""

    kept: list[Kept] = field(default_factory=list)

    def add(self, found: list[Kept]) -> None:
        self.kept += found

    def main_rows(self) -> list[tuple[float, float]]:
        """Return, per confidence, what was promised and what was reached, over plans that ask for work."""
        groups = defaultdict(list)
        for one in self.kept:
            if one.has_work:
                groups[one.confidence].append(one)
        return [
            (float(np.mean([one.odds for one in ones])), float(np.mean([one.reached for one in ones])))
            for _, ones in sorted(groups.items())
        ]

    def lines(self) -> list[str]:
        groups: dict[tuple[str, str, float], list[Kept]] = defaultdict(list)
        for one in self.kept:
            if one.has_work:
                groups["all", "", one.confidence].append(one)
                groups[one.role, "", one.confidence].append(one)
                if one.role != "setter":
                    groups["target", f"x {one.target_factor}", one.confidence].append(one)
            else:
                groups["no work needed", "", one.confidence].append(one)
        rows = []
        for (name, kind, confidence), ones in sorted(groups.items()):
            odds, reached = np.mean([one.odds for one in ones]), np.mean([one.reached for one in ones])
            rows.append(f"{name:16}{kind:6} {confidence:.1f}: n {len(ones):6d}  odds {odds:.3f}  reached {reached:.3f}")
        return rows
