"""Leads to 2,000 reps over 20 grades in memory, at 10,000, 100,000 and 1,000,000 leads: seconds, best of three."""

from __future__ import annotations

import platform
import resource
import time
from dataclasses import replace
from fractions import Fraction

import numpy as np

from pacemark.engine.resources.allocation import allocate
from pacemark.engine.resources.arrivals import Arrivals, Desk
from pacemark.engine.resources.eligibility import Rep
from pacemark.engine.resources.policy import Policy, Team

N_REPS, N_TEAMS, N_GRADES = 2_000, 100, 20
SIZES = (10_000, 100_000, 1_000_000)
GOAL_SECONDS = 3.0


def main() -> None:
    """Measure and print."""
    rng = np.random.default_rng(1)
    desk = _desk(rng)
    print(f"{N_REPS} reps in {N_TEAMS} teams, {N_GRADES} grades; {platform.machine()}")
    for n_leads in SIZES:
        leads = _leads(rng, n_leads)
        wall, busy = min(_measured(leads, desk, evidence=False) for _ in range(3))
        verdict = "" if n_leads < SIZES[-1] else f"; {'within' if wall <= GOAL_SECONDS else 'ABOVE'} {GOAL_SECONDS} s"
        each = f"{1e6 * wall / n_leads:.2f} µs a lead"
        print(f"{n_leads:>9,} leads: {wall:.2f} s, {busy:.2f} of the processor, {each}{verdict}")
    leads = _leads(rng, 100_000)
    capped = replace(desk, reps=[replace(rep, cap=rep.held + 50) for rep in desk.reps])
    for name, one, evidence in (("with evidence", desk, True), ("with caps", capped, False)):
        wall, busy = _measured(leads, one, evidence=evidence)
        print(f"  100,000 leads {name}: {wall:.2f} s, {busy:.2f} of the processor")
    peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"most memory: {peak_mib:.0f} MiB, the leads themselves included")


def _measured(leads: Arrivals, desk: Desk, *, evidence: bool) -> tuple[float, float]:
    wall, busy = time.perf_counter(), time.process_time()
    run = allocate(leads, desk, evidence=evidence)
    spent = time.perf_counter() - wall, time.process_time() - busy
    if sum(run.received.values()) + len(run.waiting) != len(leads.ids):
        raise SystemExit("leads were lost")
    return spent


def _leads(rng: np.random.Generator, n_leads: int) -> Arrivals:
    grades = [f"grade {code}" for code in range(N_GRADES)]
    return Arrivals(
        ids=[str(place) for place in range(n_leads)],
        grades=[grades[code] for code in rng.integers(0, N_GRADES, n_leads).tolist()],
        scores=rng.random(n_leads).tolist(),
    )


def _desk(rng: np.random.Generator) -> Desk:
    scores = rng.integers(1, 100_000, N_REPS).tolist()
    return Desk(
        reps=[
            Rep(id=f"r{place}", team=f"t{place % N_TEAMS}", score=Fraction(score, 1000))
            for place, score in enumerate(scores)
        ],
        teams=[
            Team(id=f"t{place}", rank=place + 1, multiplier=Fraction(int(rng.integers(5, 16)), 10))
            for place in range(N_TEAMS)
        ],
        policy=Policy(base=Fraction(3, 5), reward=Fraction(2, 5)),
    )


if __name__ == "__main__":
    main()
