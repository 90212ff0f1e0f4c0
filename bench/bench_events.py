"""How fast posted events come in over HTTP, and how soon they are counted.

    python bench/bench_events.py [--events 50000] [--batch 5000] [--reps 2000] [--postgres postgresql://…]

`pacemark serve` runs on an empty data folder; one client posts calls of today, batch after batch. Then one call is
posted, and the facts are looked at until they show it. PostgreSQL comes in by `--postgres`: an address whose user may
make a database, which is dropped at the end.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import platform
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
TARGET_PER_SECOND, TARGET_SECONDS = 5_000, 5.0
_TICKS = os.sysconf("SC_CLK_TCK")

_PREPARE = """
from pacemark.web.config.django_setup import ensure_database, start_django
start_django(); ensure_database()
from pacemark.web.accounts.choices import AccessRole, TokenScope
from pacemark.web.accounts.services import create_token, create_user
user = create_user(actor=None, username="ops", display_name="Ops", access_role=AccessRole.OPERATIONS)
print("TOKEN", create_token(actor=user, user=user, name="bench", scope=TokenScope.WRITE, days=1).secret)
"""
_WAIT = """
import sys, time
from pacemark.web.config.django_setup import start_django
start_django()
from django.db.models import Sum
from pacemark.web.pipeline.fact_models import RepDay
print("READY", flush=True)
want = int(sys.stdin.readline())
while (RepDay.objects.aggregate(n=Sum("dials"))["n"] or 0) < want:
    time.sleep(0.05)
print(time.time())
"""


@contextmanager
def serving(environment: dict[str, str]) -> Iterator[tuple[int, int]]:
    """Serve on a free port; yield it with the server's process id."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [sys.executable, "-m", "pacemark.cli", "serve", "--port", str(port)]
    server = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    try:
        for _attempt in range(600):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield port, server.pid
    finally:
        server.terminate()
        server.wait(timeout=60)


def cpu_seconds(root: int) -> float:
    """Return what a process and all below it have used of the processor."""
    found: dict[int, tuple[int, float]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        found[int(stat.parent.name)] = int(fields[1]), (int(fields[11]) + int(fields[12])) / _TICKS
    family = {root}
    while more := {pid for pid, (parent, _used) in found.items() if parent in family} - family:
        family |= more
    return sum(found[pid][1] for pid in family if pid in found)


def rows(first: int, count: int, reps: int) -> list[dict[str, Any]]:
    """Return made-up calls of today, each of another person in turn, ten to a lead."""
    now = datetime.now(UTC)
    return [
        {
            "external_id": str(5805028000000000000 + n), "employee_no": f"A{n % reps:05}", "lead": str(n // 10),
            "occurred_at": (now - timedelta(seconds=n % 600)).isoformat(timespec="seconds"),
            "talk_seconds": (n * 37) % 400 if n % 3 else 0, "answered": bool(n % 3),
        }
        for n in range(first, first + count)
    ]  # fmt: skip


def post(connection: http.client.HTTPConnection, token: str, sent: list[dict[str, Any]]) -> dict[str, Any]:
    """Post one batch and return the answer."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    connection.request("POST", "/api/v1/events/calls", json.dumps({"source": "bench", "rows": sent}), headers)
    answer = connection.getresponse()
    told: dict[str, Any] = json.loads(answer.read())
    if answer.status != 200 or told["accepted"] != len(sent):
        raise SystemExit(str(told)[:500])
    return told


def run(name: str, environment: dict[str, str], given: argparse.Namespace) -> None:
    """Measure one database and print its figures."""
    done = subprocess.run([sys.executable, "-c", _PREPARE], env=environment, check=True, capture_output=True, text=True)
    token = done.stdout.rpartition("TOKEN ")[2].strip()
    batches = [rows(n, given.batch, given.reps) for n in range(0, given.events, given.batch)]
    extra = given.reps + 1
    with serving(environment) as (port, pid):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        post(connection, token, rows(10**9, extra, given.reps))  # makes the people
        used, began = cpu_seconds(pid), time.perf_counter()
        each = []
        for batch in batches:
            at = time.perf_counter()
            post(connection, token, batch)
            each.append(time.perf_counter() - at)
        seconds, used = time.perf_counter() - began, cpu_seconds(pid) - used
        total = len(batches) * given.batch
        print(
            f"{name}: {total:,} calls in batches of {given.batch:,}: {total / seconds:,.0f} events/s by the clock, "
            f"{total / used:,.0f} per second of the processor (facts included, the database server not); "
            f"a batch {min(each):.2f}–{max(each):.2f} s (asked: {TARGET_PER_SECOND:,} events/s)"
        )
        with waiting(environment) as waiter:
            told_by(waiter, total + extra)
        for size in (1, given.batch):
            sent = rows(2 * 10**9 + size, size, given.reps)
            total += size
            with waiting(environment) as waiter:
                posted = time.time()
                post(connection, token, sent)
                answered = time.time()
                counted = told_by(waiter, total + extra)
            print(
                f"{name}: {size:,} more: answered in {answered - posted:.2f} s, counted {counted - posted:.2f} s after "
                f"they were posted (with a page that asks every 4 s, asked: {TARGET_SECONDS:.0f} s)"
            )


@contextmanager
def waiting(environment: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    """Start what looks at the facts, ready to look."""
    command = [sys.executable, "-c", _WAIT]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env=environment, stdin=pipe, stdout=pipe, text=True) as waiter:
        assert waiter.stdout is not None
        waiter.stdout.readline()
        yield waiter


def told_by(waiter: subprocess.Popen[str], dials: int) -> float:
    """Return the moment at which the facts held so many dials."""
    told, _nothing = waiter.communicate(f"{dials}\n", timeout=300)
    return float(told)


def main() -> None:
    """Measure SQLite, and PostgreSQL where one is named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=50_000)
    parser.add_argument("--batch", type=int, default=5_000)
    parser.add_argument("--reps", type=int, default=2_000)
    parser.add_argument("--postgres", default=os.environ.get("PACEMARK_TEST_POSTGRES", ""))
    given = parser.parse_args()
    load = os.getloadavg()[0]
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, load {load:.1f}")
    with tempfile.TemporaryDirectory(prefix="bench-events-") as folder:
        environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        environment |= {"PACEMARK_HOME": folder, "PACEMARK_DEBUG": "false"}
        run("SQLite", environment, given)
    if given.postgres:
        sys.path.insert(0, str(ROOT))
        from tests.support.postgres import fresh_database  # noqa: PLC0415 - only where there is a server

        with tempfile.TemporaryDirectory(prefix="bench-events-") as folder, fresh_database(given.postgres) as named:
            run("PostgreSQL", environment | {"PACEMARK_HOME": folder, "DATABASE_URL": named[1]}, given)


if __name__ == "__main__":
    main()
