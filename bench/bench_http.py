"""How `pacemark serve` on PostgreSQL answers a stated mix of requests, at the rate asked for and up to where it bends.

    python bench/bench_http.py --database postgresql://…  [--home FOLDER] [--rates 20,30,40] [--seconds 60]

The database holds 2,000 people and 10 million calls: `DATABASE_URL=… PACEMARK_HOME=… pacemark demo --reps 2000` fills
an empty one. Of a hundred requests 50 are Today as the page asks for it again (each of another person's own), 40 are
reads of the API, 5 are leads that arrive (one each) and 5 are calls that are posted (ten each).

Requests leave by the clock, whether the one before has been answered or not; a wait for a free hand counts as a wait
for the answer. The load generator, the server, its worker and PostgreSQL share the machine. PostgreSQL's own processor
seconds are read from /proc.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import queue
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPException
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.support.served import Site, serving  # noqa: E402 - once the folder is known
from tests.support.templates import environment_of  # noqa: E402 - once the folder is known

TARGET_P95_MS, TARGET_RATE = 300.0, 20
PEOPLE = 40
HANDS = 48
_PREPARE = """
import json, sys
from pacemark.web.config.django_setup import ensure_database, start_django
start_django(); ensure_database()
from importlib import import_module
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from pacemark.web.accounts.choices import AccessRole, TokenScope
from pacemark.web.accounts.models import User
from pacemark.web.accounts.services import create_token, create_user
from pacemark.web.organization.models import Rep
from pacemark.web.organization.services import link_account
from pacemark.web.pipeline.models import Lead

def cookie(user):
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return session.session_key

operations = User.objects.filter(access_role=AccessRole.OPERATIONS, is_active=True).order_by("pk")[0]
reps = list(Rep.objects.filter(memberships__valid_to=None, employee_no__gt="").order_by("pk").distinct())
people = []
for rep in reps[:: max(1, len(reps) // PEOPLE)][:PEOPLE]:
    user = rep.user
    if user is None:
        name = f"bench-{rep.pk}"
        user = create_user(actor=operations, username=name, display_name=rep.name, access_role=AccessRole.REP)
        link_account(actor=operations, rep=rep, user=user)
    people.append({"rep": rep.pk, "employee_no": rep.employee_no, "cookie": cookie(user)})
token = create_token(actor=operations, user=operations, name="bench", scope=TokenScope.WRITE, days=1).secret
print("READY", json.dumps({
    "people": people, "token": token, "cookie_name": settings.SESSION_COOKIE_NAME,
    "leads": list(Lead.objects.order_by("-pk").values_list("pk", flat=True)[:200]),
}))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request of the mix, ready to be sent."""

    kind: str
    method: str
    address: str
    headers: dict[str, str]
    body: str = ""


@dataclass(slots=True, kw_only=True)
class Seen:
    """Milliseconds by kind of request, and how many answers were no success."""

    milliseconds: dict[str, list[float]] = field(default_factory=dict)
    failures: dict[str, int] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, request: Request, milliseconds: float, status: int) -> None:
        with self.lock:
            self.milliseconds.setdefault(request.kind, []).append(milliseconds)
            if status != 200:
                name = f"{request.kind} {status}"
                self.failures[name] = self.failures.get(name, 0) + 1


class Mix:
    """Makes requests in the stated shares."""

    def __init__(self, prepared: dict[str, object], seed: int) -> None:
        self._prepared, self._rng, self._written = prepared, random.Random(seed), int(time.time() * 1000)

    def next(self) -> Request:
        rng, people = self._rng, self._prepared["people"]
        person, share = rng.choice(people), rng.random()  # type: ignore[arg-type]
        bearer = {"Authorization": f"Bearer {self._prepared['token']}"}
        if share < 0.50:
            cookie = {"Cookie": f"{self._prepared['cookie_name']}={person['cookie']}", "HX-Request": "true"}
            return Request(kind="Today", method="GET", address="/today/", headers=cookie)
        if share < 0.90:
            return Request(kind="API read", method="GET", address=self._read(person["rep"]), headers=bearer)
        self._written += 1
        name = str(self._written)
        json_headers = {**bearer, "Content-Type": "application/json", "Idempotency-Key": name}
        if share < 0.95:
            phone = f"+8613{self._written % 10**9:09}"
            lead = [{"external_id": name, "source": "bench", "phone": phone, "grade": "A"}]
            return Request(
                kind="lead arrives", method="POST", address="/api/v1/leads", headers=json_headers, body=json.dumps(lead)
            )
        now = datetime.now(UTC).isoformat(timespec="seconds")
        calls = [
            {"external_id": f"{name}-{n}", "occurred_at": now, "employee_no": person["employee_no"], "talk_seconds": 40}
            for n in range(10)
        ]
        body = json.dumps({"source": "bench", "rows": calls})
        return Request(
            kind="10 calls posted", method="POST", address="/api/v1/events/calls", headers=json_headers, body=body
        )

    def _read(self, rep: int) -> str:
        lead = self._rng.choice(self._prepared["leads"])  # type: ignore[arg-type]
        return self._rng.choice(
            [
                f"/api/v1/goals/reps/{rep}/replan",
                f"/api/v1/goals/reps/{rep}/plan",
                f"/api/v1/results/reps/{rep}/ladder",
                f"/api/v1/resources/leads/{lead}/history",
                "/api/v1/resources/leads?limit=50",
                "/api/v1/me",
            ]
        )


def send(connection: HTTPConnection, request: Request) -> int:
    try:
        connection.request(request.method, request.address, request.body or None, request.headers)
        response = connection.getresponse()
        response.read()
    except (OSError, HTTPException):
        connection.close()
        return 0
    return response.status


def hand(port: int, work: queue.Queue[tuple[float, Request] | None], seen: Seen) -> None:
    """Send what is due, one after another, until told to end."""
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    while (due := work.get()) is not None:
        at, request = due
        status = send(connection, request)
        seen.note(request, (time.perf_counter() - at) * 1000, status)
    connection.close()


def drive(port: int, mix: Mix, rate: float, seconds: float) -> Seen:
    """Send so many requests a second for so many seconds, at random moments; return what came of them."""
    seen: Seen = Seen()
    work: queue.Queue[tuple[float, Request] | None] = queue.Queue()
    hands = [threading.Thread(target=hand, args=(port, work, seen), daemon=True) for _ in range(HANDS)]
    for each in hands:
        each.start()
    rng, at = random.Random(7), time.perf_counter()
    ends = at + seconds
    while at < ends:
        time.sleep(max(0.0, at - time.perf_counter()))
        work.put((at, mix.next()))
        at += rng.expovariate(rate)
    for _each in hands:
        work.put(None)
    for each in hands:
        each.join(timeout=120)
    return seen


def percentile(values: Sequence[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def postgres_seconds() -> float:
    """Return the processor seconds of all PostgreSQL processes that run, and of those that have ended."""
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            name, fields = stat.read_text().rsplit(")", 1)
        except OSError:
            continue
        if name.endswith("(postgres"):
            ticks += sum(int(field) for field in fields.split()[11:13])
    return ticks / os.sysconf("SC_CLK_TCK")


def measure(site: Site, mix: Mix, rate: float, seconds: float) -> bool:
    """Measure one rate and print its figures; say whether the server kept up."""
    used, database, own = site.processor_seconds(), postgres_seconds(), time.process_time()
    began = time.perf_counter()
    seen = drive(site.port, mix, rate, seconds)
    took = time.perf_counter() - began
    used, database = site.processor_seconds() - used, postgres_seconds() - database
    own = time.process_time() - own
    every = [value for values in seen.milliseconds.values() for value in values]
    p95 = percentile(every, 0.95)
    print(
        f"{rate:g}/s asked, {len(every) / took:.1f}/s answered: median {statistics.median(every):.0f} ms, "
        f"p95 {p95:.0f} ms, longest {max(every):.0f} ms; processor per request: "
        f"server and worker {used / len(every) * 1000:.0f} ms, PostgreSQL {database / len(every) * 1000:.0f} ms, "
        f"load generator {own / len(every) * 1000:.0f} ms; load {os.getloadavg()[0]:.1f}; "
        f"{'none failed' if not seen.failures else seen.failures}"
    )
    for kind, values in sorted(seen.milliseconds.items()):
        print(f"    {kind:<16} {len(values):>5}   median {statistics.median(values):5.0f} ms   "
              f"p95 {percentile(values, 0.95):5.0f} ms")  # fmt: skip
    return p95 <= TARGET_P95_MS and len(every) / took > rate * 0.9


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", default=os.environ.get("PACEMARK_BENCH_HTTP", ""))
    parser.add_argument("--home", type=Path, help="the data folder with the keys of that database")
    parser.add_argument("--rates", default="20,30,40,50,60")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--web", type=int, default=2, help="web processes")
    given = parser.parse_args()
    load = os.getloadavg()[0]
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, load {load:.1f}")
    if not given.database:
        print("left out, for want of --database or PACEMARK_BENCH_HTTP: a PostgreSQL database with 2,000 people")
        return
    with tempfile.TemporaryDirectory(prefix="bench-http-") as folder:
        unlimited = {"PACEMARK_API_PER_TOKEN": "0", "PACEMARK_API_PER_ACCOUNT": "0"}
        environment = environment_of(given.home or Path(folder) / "home", DATABASE_URL=given.database, **unlimited)
        (Path(folder) / "home").mkdir()
        script = _PREPARE.replace("PEOPLE", str(PEOPLE))
        told = subprocess.run(
            [sys.executable, "-c", script], env=environment, check=True, capture_output=True, text=True
        )
        mix = Mix(json.loads(told.stdout.rpartition("READY ")[2]), seed=1)
        # What a database that has stood still has to catch up with is done first: a night's jobs are not a day's load.
        subprocess.run(
            [Path(sys.executable).with_name("pacemark"), "work", "--until-empty"], env=environment, check=True
        )
        with serving(environment, web=given.web, has_second_worker=False) as site:
            drive(site.port, mix, 10, 15)  # what is read for the first time is not timed
            print(f"asked: p95 {TARGET_P95_MS:.0f} ms at {TARGET_RATE}/s")
            for rate in (float(word) for word in given.rates.split(",")):
                if not measure(site, mix, rate, given.seconds):
                    print(f"it bends at {rate:g}/s")
                    break


if __name__ == "__main__":
    main()
