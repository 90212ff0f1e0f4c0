"""How fast leads are dealt and kept with their evidence, on SQLite or PostgreSQL, and one lead by itself.

    python bench/bench_allocate_db.py [--leads 100000] [--reps 500] [--singles 50]

The database is ``DATABASE_URL``'s where that is set (an empty one), else a SQLite file in a temporary folder. Printed
are the seconds of the whole batch by the clock and of the processor, and the median of single arrivals after it.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import tempfile
import time
from datetime import UTC, date, datetime

TARGET_SECONDS = 20.0
TARGET_SINGLE_MS = 20.0
AT = datetime(2024, 3, 15, 4, 0, tzinfo=UTC)
GRADES = "ABC"


def start(folder: str) -> None:
    """Start Django on the database of the environment."""
    os.environ["PACEMARK_HOME"] = folder
    from pacemark.web.config.django_setup import ensure_database, start_django  # noqa: PLC0415 - after the folder

    start_django()
    ensure_database()


def write_floor(n_reps: int, n_leads: int) -> list[int]:
    """Write reps in teams of ten and leads of three grades; return the leads."""
    from pacemark.web.organization.models import Membership, Rep, Team  # noqa: PLC0415
    from pacemark.web.organization.services import set_up_organization  # noqa: PLC0415
    from pacemark.web.pipeline.models import Lead, Segment, Source  # noqa: PLC0415

    set_up_organization(actor=None, name="Bench", time_zone="Asia/Shanghai", currency="CNY")
    teams = Team.objects.bulk_create([Team(name=f"Team {n}") for n in range(max(1, n_reps // 10))])
    reps = Rep.objects.bulk_create([Rep(name=f"Rep {n}", employee_no=f"{n:06}") for n in range(n_reps)])
    Membership.objects.bulk_create(
        [
            Membership(rep=rep, team=teams[place % len(teams)], valid_from=date(2023, 1, 1))
            for place, rep in enumerate(reps)
        ]
    )
    source = Source.objects.create(name="bench")
    segments = [Segment.objects.create(channel="web", lead_grade=grade) for grade in GRADES]
    rows = [
        Lead(source=source, external_id=f"L{n}", segment=segments[n % len(segments)], arrived_at=AT)
        for n in range(n_leads)
    ]
    return [row.pk for row in Lead.objects.bulk_create(rows, batch_size=5_000)]


def time_singles(count: int) -> tuple[float, float]:
    """Return the median milliseconds of one arrival, with everything it writes: by the clock, of the processor."""
    from pacemark.web.resources.services.arrivals import receive  # noqa: PLC0415

    spent, worked = [], []
    for number in range(count):
        row = {"external_id": f"S{number}", "source": "web", "grade": "A", "phone": f"138{number:08}"}
        began, cpu = time.perf_counter(), time.process_time()
        receive(actor=None, key=f"single-{number}", rows=[row], at=AT)
        spent.append(1000 * (time.perf_counter() - began))
        worked.append(1000 * (time.process_time() - cpu))
    return (statistics.median(spent), statistics.median(worked)) if spent else (0.0, 0.0)


def main() -> None:
    """Run it and print what it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--leads", type=int, default=100_000)
    parser.add_argument("--reps", type=int, default=500)
    parser.add_argument("--singles", type=int, default=50)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        start(folder)
        from django.db import connection  # noqa: PLC0415

        from pacemark.web.resources.choices import RunKind  # noqa: PLC0415
        from pacemark.web.resources.models import Decision  # noqa: PLC0415
        from pacemark.web.resources.services.runs import allocate_leads  # noqa: PLC0415

        leads = write_floor(asked.reps, asked.leads)
        began, cpu = time.perf_counter(), time.process_time()
        allocate_leads(actor=None, key="bench", kind=RunKind.BATCH, lead_ids=leads, at=AT)
        seconds, cpu_seconds = time.perf_counter() - began, time.process_time() - cpu
        single_ms, single_cpu_ms = time_singles(asked.singles)
        told = {
            "database": connection.vendor, "leads": asked.leads, "reps": asked.reps, "seconds": round(seconds, 2),
            "cpu_seconds": round(cpu_seconds, 2), "leads_per_second": round(asked.leads / seconds),
            "target_seconds": TARGET_SECONDS, "single_ms": round(single_ms, 1),
            "single_cpu_ms": round(single_cpu_ms, 1),
            "target_single_ms": TARGET_SINGLE_MS,
            "decisions": Decision.objects.count(),
            "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        }  # fmt: skip
        print(json.dumps(told))
        connection.close()


if __name__ == "__main__":
    main()
