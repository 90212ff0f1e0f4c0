"""How fast pages answer with 2,000 reps and more than 10 million calls behind them.

    python bench/bench_pages.py [--home FOLDER] [--reps 2000] [--requests 50]

The data folder is filled by `PACEMARK_HOME=FOLDER pacemark demo --reps 2000` when it is empty, and kept for the next
time. Requests go through Django's test client, signed in, each for another person; the first of each page is left out.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
TARGET_MS, TEAM_TARGET_MS, LIST_TARGET_MS = 100.0, 150.0, 200.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One page, who asks for it, the addresses to ask for in turn, and the median to stay under, where one is set."""

    name: str
    client: Any
    addresses: Sequence[str]
    target_ms: float | None = TARGET_MS


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Milliseconds per request, by the clock and of this process alone, and the numbers of queries seen."""

    milliseconds: list[float]
    cpu_milliseconds: list[float]
    queries: set[int]
    kilobytes: float


def prepare(home: Path, reps: int) -> None:
    """Fill the data folder when it is empty, and start Django on it."""
    os.environ.update(PACEMARK_HOME=str(home), PACEMARK_DEBUG="false")
    os.environ.pop("DATABASE_URL", None)
    home.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "pacemark.cli", "demo", "--reps", str(reps), "--keep"]
    began = time.perf_counter()
    subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
    print(f"made-up organisation ready in {time.perf_counter() - began:.1f} s")
    from pacemark.web.config.django_setup import start_django  # noqa: PLC0415 - needs the folder named above

    start_django()


def plan_the_month() -> None:
    """Make the present month's plans where there are none, and say how long that took."""
    from pacemark.engine.periods import sales_month_of  # noqa: PLC0415
    from pacemark.web.goals.models import RepPlan  # noqa: PLC0415
    from pacemark.web.goals.queries.periods import default_as_of  # noqa: PLC0415
    from pacemark.web.goals.services.plans import plan_period  # noqa: PLC0415
    from pacemark.web.organization.clock import local_today  # noqa: PLC0415
    from pacemark.web.organization.queries import organization  # noqa: PLC0415

    settings = organization()
    month = sales_month_of(local_today(settings.time_zone), settings.sales_month_start_day)
    began = time.perf_counter()
    if not RepPlan.objects.filter(period_start=month.first, is_current=True).exists():
        plan_period(actor=None, period=month, as_of=default_as_of(month))
        print(f"plans made and stored in {time.perf_counter() - began:.2f} s")
    count = RepPlan.objects.filter(period_start=month.first, is_current=True).count()
    print(f"{count:,} plans stand for {month.label}")


def pages(n_requests: int) -> list[Asked]:
    """Return what is asked for: as the one rep who signs in, as a manager, and as operations."""
    from django.urls import reverse  # noqa: PLC0415

    from pacemark.web.goals.models import RepPlan  # noqa: PLC0415
    from pacemark.web.organization.models import Team  # noqa: PLC0415

    plans = RepPlan.objects.filter(is_current=True).order_by("-period_start", "rep_id")
    every = list(plans.filter(period_start=plans[0].period_start).values_list("rep_id", flat=True))
    reps = every[:: max(1, len(every) // (n_requests + 1))][: n_requests + 1]
    operations = _client("ops")
    year_pages = [f"{reverse('goals:list')}?span=year&page={1 + number % 40}" for number in range(n_requests + 1)]
    tried = [f"{page}?win_rate={20 + number % 20}" for number, page in enumerate(_each("goals:what_if", reps))]
    list_pages = [f"{reverse('goals:list')}?page={1 + number % 40}" for number in range(n_requests + 1)]
    teams = list(Team.objects.order_by("pk").values_list("pk", flat=True))
    team_pages = [f"{reverse('overview:team')}?team={teams[n % len(teams)]}" for n in range(n_requests + 1)]
    waiting = [reverse("process:quality")] * (n_requests + 1)
    return [
        Asked(name="Team", client=operations, addresses=team_pages, target_ms=TEAM_TARGET_MS),
        Asked(name="Quality, what waits", client=operations, addresses=waiting, target_ms=TEAM_TARGET_MS),
        Asked(name="Today, own", client=_client("rep"), addresses=[reverse("overview:today")] * (n_requests + 1)),
        Asked(name="Today of somebody", client=operations, addresses=_each("overview:today_of", reps)),
        Asked(name="Goals, list of everyone", client=operations, addresses=list_pages, target_ms=LIST_TARGET_MS),
        Asked(name="Goals, a year of everyone", client=operations, addresses=year_pages, target_ms=LIST_TARGET_MS),
        Asked(name="Goals, what if", client=operations, addresses=tried),
        Asked(name="Goals, a manager's list", client=_client("manager"), addresses=list_pages),
        Asked(name="Goals, one person", client=operations, addresses=_each("goals:detail", reps)),
        *_pages_of_rooms(operations, n_requests),
    ]


def _pages_of_rooms(operations: Any, n_requests: int) -> list[Asked]:
    """Return one page of each room as operations and a director see it; asked for again and again."""
    from django.urls import reverse  # noqa: PLC0415

    director = _client("director")
    asked = [
        ("Goals, units", "goals:units", operations, None), ("Goals, seasons", "goals:seasons", operations, None),
        ("Overview, kept", "overview:overview", director, LIST_TARGET_MS), ("Week", "overview:week", operations, None),
        ("Results", "results:home", operations, None), ("Results, luck", "results:luck", operations, None),
        ("Reviews", "results:reviews", operations, None), ("Findings", "process:home", operations, None),
        ("Success cases", "results:cases", operations, None), ("Resources", "resources:home", operations, None),
        ("Resources, people", "resources:people", operations, None),
        ("Resources, own", "resources:mine", _client("rep"), None),
    ]  # fmt: skip
    return [
        Asked(name=name, client=client, addresses=[reverse(view)] * (n_requests + 1), target_ms=target)
        for name, view, client, target in asked
    ]


def _each(name: str, reps: Sequence[int]) -> list[str]:
    from django.urls import reverse  # noqa: PLC0415

    return [reverse(name, args=[rep]) for rep in reps]


def _client(username: str) -> Any:
    from django.test import Client  # noqa: PLC0415

    from pacemark.web.accounts.models import User  # noqa: PLC0415

    client = Client(headers={"Host": "127.0.0.1"})
    client.force_login(User.objects.get(username=username), backend="django.contrib.auth.backends.ModelBackend")
    return client


def measure(asked: Asked) -> Figures:
    """Ask for every address once; time each, then count the queries of a few."""
    warm, *addresses = asked.addresses
    _answer(asked.client, warm)
    times, cpu_times, sizes = [], [], []
    for address in addresses:
        began, cpu_began = time.perf_counter(), time.process_time()
        body = _answer(asked.client, address)
        times.append((time.perf_counter() - began) * 1000)
        cpu_times.append((time.process_time() - cpu_began) * 1000)
        sizes.append(len(body) / 1024)
    queries = {_queries(lambda address=address: _answer(asked.client, address)) for address in addresses[:5]}
    return Figures(milliseconds=times, cpu_milliseconds=cpu_times, queries=queries, kilobytes=statistics.mean(sizes))


def _answer(client: Any, address: str) -> bytes:
    response = client.get(address)
    if response.status_code != 200:
        raise SystemExit(f"{address} answered {response.status_code}")
    return bytes(response.content)


def _queries(act: Callable[[], object]) -> int:
    from django.db import connection  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    with CaptureQueriesContext(connection) as captured:
        act()
    return len(captured)


def show(asked: Asked, figures: Figures) -> bool:
    """Print one line; return whether the target is met."""
    ordered = sorted(figures.milliseconds)
    median, ninth = statistics.median(ordered), ordered[int(len(ordered) * 0.9)]
    # a setter, a closer and somebody to look at differ by a query or three; what grows with people would differ by more
    is_fixed = max(figures.queries) - min(figures.queries) <= 3
    is_met = asked.target_ms is None or (median <= asked.target_ms and is_fixed)
    print(
        f"{asked.name:<26} median {median:6.1f} ms   90 % under {ninth:6.1f} ms   "
        f"own CPU {statistics.median(figures.cpu_milliseconds):5.1f} ms   "
        f"queries {'/'.join(map(str, sorted(figures.queries))):>5}   {figures.kilobytes:5.0f} KB   "
        f"{'' if is_met else 'ABOVE THE TARGET'}"
    )
    return is_met


def main() -> int:
    """Print the figures; return 1 when a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", type=Path, default=ROOT / ".pacemark" / "bench-pages")
    parser.add_argument("--reps", type=int, default=2000)
    parser.add_argument("--requests", type=int, default=50)
    options = parser.parse_args()
    load = os.getloadavg()[0]
    print(f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}, load {load:.1f}")
    prepare(options.home, options.reps)
    plan_the_month()
    results = [show(asked, measure(asked)) for asked in pages(options.requests)]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
