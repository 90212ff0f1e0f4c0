"""The reviews of 200 teams and their regions, written and kept on SQLite: seconds and CPU seconds, then a second run.

2,000 people over two months of facts made up by hand, with deals, refunds, targets and coaching.
Goal: 60 s.
"""

from __future__ import annotations

import os
import resource
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

GOAL_SECONDS = 60.0
N_TEAMS, N_PER_TEAM, N_REGIONS = 200, 10, 10
FIRST, TODAY = date(2024, 2, 1), date(2024, 4, 1)


def main() -> None:
    """Make the rows up, write the last week and month, and print."""
    with tempfile.TemporaryDirectory() as home:
        os.environ |= {"PACEMARK_HOME": home, "DATABASE_URL": f"sqlite:///{Path(home) / 'bench.sqlite3'}"}
        os.environ |= {"DJANGO_SETTINGS_MODULE": "pacemark.web.config.settings", "PACEMARK_TODAY": TODAY.isoformat()}
        from pacemark.web.config.django_setup import ensure_database, start_django  # noqa: PLC0415 - reads the above

        start_django()
        ensure_database()
        _fill()
        _measure()


def _fill() -> None:
    """Write regions, teams, people, their days, targets and coaching."""
    import numpy as np  # noqa: PLC0415 - after the environment

    from pacemark.web.goals.models import Target  # noqa: PLC0415
    from pacemark.web.organization.models import Membership, Region, Rep, Team  # noqa: PLC0415
    from pacemark.web.pipeline.fact_models import RepDay  # noqa: PLC0415

    rng = np.random.default_rng(1)
    regions = Region.objects.bulk_create([Region(name=f"Region {n}") for n in range(N_REGIONS)])
    teams = Team.objects.bulk_create([Team(name=f"Team {n:03}", region=regions[n % N_REGIONS]) for n in range(N_TEAMS)])
    reps = Rep.objects.bulk_create([Rep(name=f"Rep {n}") for n in range(N_TEAMS * N_PER_TEAM)], batch_size=500)
    team_of = [teams[n // N_PER_TEAM] for n in range(len(reps))]
    Membership.objects.bulk_create(
        [Membership(rep=rep, team=team, valid_from=FIRST) for rep, team in zip(reps, team_of, strict=True)],
        batch_size=500,
    )
    Target.objects.bulk_create(
        [Target(rep=rep, period_start=date(2024, 3, 1), amount_minor=3_000_000, version=1) for rep in reps],
        batch_size=500,
    )
    days = [FIRST + timedelta(days=n) for n in range((TODAY - FIRST).days)]
    for rep, team in zip(reps, team_of, strict=True):
        dials = rng.poisson(70, len(days))
        deals = rng.poisson(0.2, len(days))
        RepDay.objects.bulk_create(
            [
                RepDay(
                    rep_id=rep.pk, business_date=day, team_id=team.pk, dials=int(dials[n]),
                    connects=int(dials[n] * 0.4), deep_talks=int(dials[n] * 0.07), opportunities_sourced=int(deals[n]),
                    opportunities=int(deals[n]),
                    deals=int(deals[n]), revenue_minor=int(deals[n]) * 500_000,
                )
                for n, day in enumerate(days)
            ],
            batch_size=500,
        )  # fmt: skip


def _measure() -> None:
    from pacemark.web.results.models import Review, ReviewAction  # noqa: PLC0415
    from pacemark.web.results.queries.review_cycles import last_cycle  # noqa: PLC0415
    from pacemark.web.results.services.reviews import write_due_reviews, write_reviews  # noqa: PLC0415

    week = last_cycle("week", TODAY)
    write_reviews(actor=None, cycle=week.before(), level="team", today=TODAY)
    metrics = ("connect_per_dial", "deep_talk_per_connect")
    ReviewAction.objects.bulk_create(
        [
            ReviewAction(review=row, what="Practise", due_on=week.last, metric=metric)
            for row in Review.objects.all()
            for metric in metrics
        ]
    )
    for name in ("written", "again, nothing changed"):
        start, cpu = time.perf_counter(), time.process_time()
        n_new = write_due_reviews(today=TODAY)
        took, used = time.perf_counter() - start, time.process_time() - cpu
        verdict = "within" if took <= GOAL_SECONDS else "ABOVE"
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"{name}: {n_new} reviews, {took:.2f} s ({used:.2f} s CPU), {verdict} {GOAL_SECONDS:.0f} s; {peak:.0f} MB"
        )


if __name__ == "__main__":
    main()
