"""How fast a month of leads is replayed under a draft, and under the rule they were dealt by.

    python bench/bench_replay_db.py [--leads 100000] [--reps 500] [--days 30]

The leads of the days are dealt in one run a day first; then the same days are replayed twice. Printed are the seconds
of both replays by the clock and of the processor. The database is ``DATABASE_URL``'s (an empty one), else a SQLite
file in a temporary folder.
"""

from __future__ import annotations

import argparse
import json
import resource
import tempfile
import time
from datetime import timedelta

from bench_allocate_db import AT, start, write_floor

TARGET_SECONDS = 10.0


def deal_days(leads: list[int], n_days: int) -> None:
    """Deal the leads in one run a day, each day's leads having arrived on it."""
    from pacemark.web.pipeline.models import Lead  # noqa: PLC0415
    from pacemark.web.resources.choices import RunKind  # noqa: PLC0415
    from pacemark.web.resources.services.runs import allocate_leads  # noqa: PLC0415

    size = -(-len(leads) // n_days)
    for day in range(n_days):
        part, at = leads[day * size : (day + 1) * size], AT + timedelta(days=day)
        Lead.objects.filter(pk__gte=part[0], pk__lte=part[-1]).update(arrived_at=at, arrived_on=at.date())
        allocate_leads(actor=None, key=f"day {day}", kind=RunKind.BATCH, lead_ids=part, at=at)


def main() -> None:
    """Run it and print what it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--leads", type=int, default=100_000)
    parser.add_argument("--reps", type=int, default=500)
    parser.add_argument("--days", type=int, default=30)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        start(folder)
        from django.db import connection  # noqa: PLC0415

        from pacemark.web.resources.models import PolicyVersion  # noqa: PLC0415
        from pacemark.web.resources.queries.policies import active_version, default_content  # noqa: PLC0415
        from pacemark.web.resources.queries.replays import Window  # noqa: PLC0415
        from pacemark.web.resources.services.replays import replayed  # noqa: PLC0415

        deal_days(write_floor(asked.reps, asked.leads), asked.days)
        window = Window(first=AT.date(), last=AT.date() + timedelta(days=asked.days - 1))
        own = active_version()
        draft = PolicyVersion(content={**default_content(), "policy": {"base": "0.5", "reward": "0.5"}})
        told: dict[str, object] = {"database": connection.vendor, "leads": asked.leads, "reps": asked.reps}
        for name, version in (("own", own), ("draft", draft)):
            if version is not None:
                began, cpu = time.perf_counter(), time.process_time()
                found = replayed(version, window)
                told |= {
                    f"{name}_seconds": round(time.perf_counter() - began, 2),
                    f"{name}_cpu_seconds": round(time.process_time() - cpu, 2),
                    f"{name}_leads": found["leads"], f"{name}_same_owner": found["same_owner"],
                }  # fmt: skip
        told |= {
            "target_seconds": TARGET_SECONDS,
            "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        }
        print(json.dumps(told))
        connection.close()


if __name__ == "__main__":
    main()
