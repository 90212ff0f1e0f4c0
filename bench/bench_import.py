"""How fast records come in: a million calls, on SQLite and on PostgreSQL, and the real records where they are.

    python bench/bench_import.py [--calls 1000000] [--postgres postgresql://…] [--samples FOLDER]

Each figure is the `pacemark import` command in a process of its own, on an empty data folder whose tables exist
already: from its start until events and facts stand. What other rooms then do with new records (plans, findings and so
on; without the command the worker does it) is printed apart, job by job, and `--no-jobs` leaves it out.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
PROFILE = """
source = "bench"
time_zone = "Asia/Shanghai"
currency = "CNY"
[calls]
[calls.columns]
id = "id"
at = "started"
owner = "agent"
lead = "lead"
duration = "seconds"
[calls.rules]
outbound = { column = "direction", is = ["out"] }
inbound = { column = "direction", is = ["in"] }
answered = { column = "status", is = ["answered"] }
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One measured command with the process it reads in: the import by itself, and each job that followed it."""

    seconds: float
    cpu_seconds: float
    peak_mb: float
    jobs: dict[str, tuple[float, float]]


def write_calls(path: Path, count: int) -> None:
    """Write made-up calls of 2,000 agents over 90 days, ids beyond 2^53."""
    rng = np.random.default_rng(7)
    agents, leads = rng.integers(0, 2000, count), rng.integers(0, max(count // 10, 1), count)
    starts = np.datetime64("2024-01-01T09:00") + (
        rng.integers(0, 90, count) * 86_400 + rng.integers(0, 36_000, count)
    ).astype("timedelta64[s]")
    seconds = np.where(rng.random(count) < 0.4, rng.lognormal(4.3, 1, count), 0).astype(int)
    texts = np.char.replace(np.datetime_as_string(starts, unit="s"), "T", " ")
    with path.open("w", encoding="utf-8") as file:
        file.write("id,started,agent,lead,seconds,status,direction\n")
        for at in range(count):
            status = "answered" if seconds[at] else "no answer"
            file.write(
                f"{5805028000000000000 + at},{texts[at]},Agent {agents[at]:04},{700000000 + leads[at]},"
                f"{seconds[at]},{status},out\n"
            )


def measure(words: list[str], home: Path, database: str, *, has_jobs: bool) -> Run:
    """Run `pacemark import` and return its time, its own peak memory and what its jobs took."""
    environment = {**os.environ, "PACEMARK_HOME": str(home), "DATABASE_URL": database}
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", _CHILD, "jobs" if has_jobs else "", *words],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    seconds = time.perf_counter() - began
    if done.returncode:
        raise SystemExit(done.stderr[-2000:])
    used = json.loads(done.stdout.rpartition("USED ")[2])
    return Run(
        seconds=seconds - sum(clock for clock, _cpu in used["jobs"].values()),
        cpu_seconds=used["cpu"] - sum(cpu for _clock, cpu in used["jobs"].values()),
        peak_mb=used["peak_kb"] / 1024,
        jobs=used["jobs"],
    )


_CHILD = """
import json, resource, sys, time
from pacemark.web.config.django_setup import start_django
start_django()
from pacemark.cli import import_, main
from pacemark.web.intake import reading_apart
from pacemark.web.jobs import worker
has_jobs, jobs, peaks, run_claimed = sys.argv[1] == "jobs", {}, [], worker.run_claimed

def peak():
    return max(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, *beside)

def named(self):  # the last moment at which both processes live
    status = open(f"/proc/{self._process.pid}/status").read()
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    beside.append(own + int(status.partition("VmHWM:")[2].split()[0]))
    return known_named(self)

def worked():
    others = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + others.ru_utime + others.ru_stime

def timed(claim, *rest, **named):
    peaks.append(peak())
    clock, cpu = time.perf_counter(), worked()
    error = run_claimed(claim, *rest, **named)
    before = jobs.get(claim.handler, (0.0, 0.0))
    jobs[claim.handler] = (before[0] + time.perf_counter() - clock, before[1] + worked() - cpu)
    return error

worker.run_claimed = timed
beside, known_named = [0, 0], reading_apart.ReadingApart.named
reading_apart.ReadingApart.named = named
if not has_jobs:
    import_.run_pending = lambda **_: 0
sys.argv = ["pacemark", *sys.argv[2:]]
try:
    main()
except SystemExit as end:
    if end.code:
        raise
sys.stdout.write("USED " + json.dumps({"peak_kb": (peaks or [peak()])[0], "cpu": worked(), "jobs": jobs}))
"""


def prepare(home: Path, database: str) -> None:
    """Make the tables, which the figures leave out."""
    environment = {**os.environ, "PACEMARK_HOME": str(home), "DATABASE_URL": database}
    code = "from pacemark.web.config.django_setup import *; start_django(); ensure_database()"
    subprocess.run([sys.executable, "-c", code], env=environment, check=True)


def empty_postgres(url: str) -> None:
    """Drop everything in the bench's database."""
    import psycopg  # noqa: PLC0415

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")


def bench(name: str, words: list[str], rows: int, database: str, *, has_jobs: bool) -> None:
    """Measure once on an empty database and once again on the same files, which must change nothing."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        if database:
            empty_postgres(database)
        prepare(home, database)
        for label in ("first", "again"):
            run = measure(["import", "--json", "--yes", *words], home, database, has_jobs=has_jobs)
            rate = rows / run.seconds
            print(
                f"{name:<28} {label:<6} {run.seconds:6.1f} s  {rate:>9,.0f} rows/s  "
                f"{run.cpu_seconds:6.1f} s of its own CPU  {run.peak_mb:6.0f} MB"
            )
            for job, (seconds, cpu_seconds) in sorted(run.jobs.items(), key=lambda item: -item[1][0]):
                print(f"    then {job:<44} {seconds:6.1f} s  {cpu_seconds:6.1f} s of its own CPU", flush=True)


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=1_000_000)
    parser.add_argument("--postgres", default=os.environ.get("PACEMARK_BENCH_POSTGRES", ""))
    parser.add_argument("--samples", default=os.environ.get("PACEMARK_SAMPLES", str(ROOT.parent / "shared" / "data")))
    parser.add_argument("--no-jobs", action="store_true", help="leave out what other rooms do after an import")
    options = parser.parse_args()
    has_jobs = not options.no_jobs
    print(
        f"{platform.machine()}, {os.cpu_count()} cores, Python {sys.version.split()[0]}, load {os.getloadavg()[0]:.1f}"
    )
    school = Path(options.samples) / "school_crm"
    with tempfile.TemporaryDirectory() as folder:
        calls, profile = Path(folder) / "calls.csv", Path(folder) / "profile.toml"
        profile.write_text(PROFILE, encoding="utf-8")
        write_calls(calls, options.calls)
        for database in ("", options.postgres) if options.postgres else ("",):
            engine = "PostgreSQL" if database else "SQLite"
            words = ["--profile", str(profile), str(calls)]
            bench(f"{options.calls:,} calls, {engine}", words, options.calls, database, has_jobs=has_jobs)
            if school.is_dir():
                words = ["--profile", str(ROOT / "examples" / "school_crm.toml"), str(school)]
                bench(f"school_crm, {engine}", words, 48_118, database, has_jobs=has_jobs)
    print(f"bench's own peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
