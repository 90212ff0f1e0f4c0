"""How fast the rest of the month is worked out and kept for 10,000 people, from tables to stored replans.

    python bench/bench_replan.py [--reps 10000] [--days 126] [--keep FOLDER]

The database is that of ``bench_plan_db.py``; plans are made for its last whole month as of its first day, then what is
left on the month's eleventh working day is worked out and stored. Printed are the seconds of each stage, by the clock
and of the processor; the best of three runs; and the most memory that the process ever held.
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import sys
import tempfile
from datetime import date
from pathlib import Path

from bench_plan_db import fill, start, timed

MONTH, AS_OF = "2024-06", date(2024, 6, 17)
TARGET_SECONDS = 5.0
RUNS = 3


def run(figures: dict[str, tuple[float, float]]) -> int:
    """Replan everybody once, stage by stage; return for how many people."""
    from pacemark.engine.periods import sales_month  # noqa: PLC0415
    from pacemark.web.goals.bridge.replan_documents import replan_documents  # noqa: PLC0415
    from pacemark.web.goals.bridge.replanning import replan_people  # noqa: PLC0415
    from pacemark.web.goals.queries.replans import load_replan_ground  # noqa: PLC0415
    from pacemark.web.goals.services.replans import collector_at_rest, keep_replans  # noqa: PLC0415

    with collector_at_rest():
        ground = timed(figures, "load", lambda: load_replan_ground(sales_month(MONTH), AS_OF))
        found = timed(figures, "work out", lambda: replan_people(ground))
        documents = timed(figures, "documents", lambda: replan_documents(found))
        timed(figures, "store", lambda: keep_replans(actor=None, ground=ground, documents=documents))
    return len(documents)


def plan() -> None:
    """Make the month's plans where there are none."""
    from pacemark.engine.periods import sales_month  # noqa: PLC0415
    from pacemark.web.goals.models import PlanBasis, RepPlan  # noqa: PLC0415
    from pacemark.web.goals.services.plans import plan_period  # noqa: PLC0415

    month = sales_month(MONTH)
    if not (RepPlan.objects.filter(period_start=month.first).exists() and PlanBasis.objects.exists()):
        plan_period(actor=None, period=month, as_of=month.first)


def main() -> int:
    """Print the figures; return 1 when the target is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reps", type=int, default=10_000)
    parser.add_argument("--days", type=int, default=126)
    parser.add_argument("--keep", type=Path, help="a folder for the database, used again when it is filled")
    options = parser.parse_args()
    load = os.getloadavg()[0]
    print(f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}, load {load:.1f}")
    with tempfile.TemporaryDirectory() as folder:
        start(str(options.keep or folder))
        fill(options.reps, options.days)
        plan()
        base = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        figures: dict[str, tuple[float, float]] = {}
        for _ in range(RUNS):
            n_people = run(figures)
    return show(figures, n_people, base)


def show(figures: dict[str, tuple[float, float]], n_people: int, base: float) -> int:
    for name, (clock, used) in figures.items():
        print(f"{name:<12} {clock:6.2f} s   ({used:.2f} s of the processor)")
    clock, used = (sum(pair[side] for pair in figures.values()) for side in (0, 1))
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{n_people:,} people replanned and stored: {clock:.2f} s by the clock, {used:.2f} s of the processor")
    print(f"memory: {most:.0f} MB at most ({base:.0f} MB before)")
    return 0 if used <= TARGET_SECONDS else 1


if __name__ == "__main__":
    sys.exit(main())
