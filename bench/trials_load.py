"""200 people at work at once for five minutes on PostgreSQL, while web, worker and database are killed again and again.

    python bench/trials_load.py [--people 200] [--minutes 5] [--every 20]

A PostgreSQL server of its own is made, for it is killed as well (initdb must be installed). Everybody reads and writes
without a pause: 40 % of what they do are writes, leads that arrive and batches of calls, each tried again under its key
until it is acknowledged. At the end everything that was acknowledged must be there once, with the owner that was told,
and every call counted once. A full disk and a clock that jumps are in `tests/faults`.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import cycle
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.support.load import Book, Mix, at_work, differences, uncounted  # noqa: E402 - once the folder is known
from tests.support.served import (  # noqa: E402 - once the folder is known
    Cluster,
    Site,
    fetched,
    own_cluster,
    postgres_programs,
    serving,
    until,
)
from tests.support.templates import environment_of  # noqa: E402 - once the folder is known

READS = ("/api/v1/me", "/api/v1/resources/leads?limit=20", "/api/v1/resources/holdings", "/api/v1/goals/plans")
_FLOOR = """
from pacemark.web.config.django_setup import ensure_database, start_django
start_django(); ensure_database()
from tests.support.load_floor import write_floor
print("TOKEN", write_floor())
"""


def blows(site: Site, cluster: Cluster, given: argparse.Namespace) -> Callable[[Book], None]:
    """Return what happens while people work: every so many seconds something is killed, and comes back."""

    def database() -> None:
        cluster.kill()
        cluster.start()

    def happen(_book: Book) -> None:
        ends = time.monotonic() + given.minutes * 60
        for name, blow in cycle(
            {
                "web": site.kill_web,
                "workers": site.kill_workers,
                "database": database,
                "server": site.kill_server,
            }.items()
        ):
            time.sleep(max(0.0, min(given.every, ends - time.monotonic())))
            if time.monotonic() >= ends:
                return
            began = time.monotonic()
            blow()
            site.start()
            print(f"  killed: {name}; answers again after {time.monotonic() - began:.1f} s", flush=True)

    return happen


def show(book: Book, seconds: float) -> None:
    """Print how many did what."""
    ordered = sorted(book.seconds)
    print(
        f"{len(ordered):,} requests in {seconds:.0f} s ({len(ordered) / seconds:.0f}/s): median "
        f"{statistics.median(ordered) * 1000:.0f} ms, 95 % under {ordered[int(len(ordered) * 0.95)] * 1000:.0f} ms; "
        f"answers by status, 0 for none: {dict(sorted(book.statuses.items()))}"
    )
    print(f"acknowledged: {len(book.owners):,} leads, {len(book.calls_kept):,} calls")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--every", type=float, default=20, help="seconds between one kill and the next")
    given = parser.parse_args()
    load = os.getloadavg()[0]
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, load {load:.1f}")
    if postgres_programs() is None:
        print("left out, for want of PostgreSQL's own programs on this machine")
        return 0
    with own_cluster() as cluster, tempfile.TemporaryDirectory(prefix="trials-load-") as folder:
        unlimited = {"PACEMARK_API_PER_TOKEN": "0", "PACEMARK_API_PER_ACCOUNT": "0", "PYTHONPATH": str(ROOT)}
        environment = environment_of(Path(folder) / "home", DATABASE_URL=cluster.url, **unlimited)
        (Path(folder) / "home").mkdir()
        told = subprocess.run(
            [sys.executable, "-c", _FLOOR], env=environment, check=True, capture_output=True, text=True
        )
        token = told.stdout.rpartition("TOKEN ")[2].strip()
        with serving(environment, web=2) as site:
            began = time.monotonic()
            book = at_work(
                given.people, port=site.port, token=token, mix=Mix(reads=READS), during=blows(site, cluster, given)
            )
            show(book, time.monotonic() - began)

            def look(sql: str) -> list[tuple]:
                return fetched(cluster.url, sql)

            until(lambda: uncounted(look) == 0, "every call is counted, once", seconds=600)
            found = differences(book, look)
    print("nothing acknowledged is lost, nothing is doubled" if not found else "\n".join(found[:50]))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
