"""People and machines at work on a site: they read and write at once, try again without an answer, and keep count."""

from __future__ import annotations

import http.client
import json
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

SOURCE = "load"
RETRY_SECONDS = 0.2
Fetch = Callable[[str], list[tuple]]


@dataclass(slots=True, kw_only=True)
class Book:
    """What was sent, what was acknowledged, and how long each answer took."""

    calls_sent: set[str] = field(default_factory=set)
    calls_kept: set[str] = field(default_factory=set)
    leads_sent: set[str] = field(default_factory=set)
    owners: dict[str, int | None] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mix:
    """What is asked: addresses to read, the share of writes, calls per batch, seconds between one and the next."""

    reads: Sequence[str]
    writes: float = 0.4
    calls_per_batch: int = 5
    pause_seconds: float = 0.0
    employees: int = 5


class Person(threading.Thread):
    """Somebody who reads and writes until told to stop, and then until the last write is acknowledged."""

    def __init__(self, number: int, *, port: int, token: str, mix: Mix, book: Book, stop: threading.Event) -> None:
        """Keep who it is and where to ask."""
        super().__init__(name=f"person-{number}", daemon=True)
        self._number, self._port, self._mix, self._book, self._stop_sign = number, port, mix, book, stop
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self._rng = random.Random(number)
        self._connection: http.client.HTTPConnection | None = None
        self._written = 0

    def run(self) -> None:
        """Work."""
        try:
            while not self._stop_sign.is_set():
                self.act()
                self._stop_sign.wait(self._mix.pause_seconds * self._rng.random() * 2)
        except Exception as error:  # told at the end: a thread's exception would be lost
            self._book.faults.append(f"{self.name}: {error!r}")
        finally:
            self._close()

    def act(self) -> None:
        """Do one thing of the mix."""
        if self._rng.random() >= self._mix.writes:
            self.ask("GET", self._rng.choice(self._mix.reads))
        elif self._rng.random() < 0.5:
            self._post_lead()
        else:
            self._post_calls()

    def _post_lead(self) -> None:
        self._written += 1
        name = f"p{self._number}-l{self._written}"
        self._book.leads_sent.add(name)
        row = {"external_id": name, "source": SOURCE, "phone": f"139{self._number:04}{self._written:04}", "grade": "A"}
        answer = self._write("/api/v1/leads", [row], name)
        if answer is not None:
            assert answer[0].get("error") is None, answer
            self._book.owners[name] = answer[0]["owner"]

    def _post_calls(self) -> None:
        self._written += 1
        names = [f"p{self._number}-c{self._written}-{n}" for n in range(self._mix.calls_per_batch)]
        self._book.calls_sent.update(names)
        now = datetime.now(UTC).isoformat(timespec="seconds")
        employee = f"E{self._number % self._mix.employees}"
        rows = [
            {"external_id": name, "occurred_at": now, "employee_no": employee, "talk_seconds": 60, "answered": True}
            for name in names
        ]
        answer = self._write("/api/v1/events/calls", {"source": SOURCE, "rows": rows}, names[0])
        if answer is not None:
            assert answer["refused"] == 0, answer
            self._book.calls_kept.update(names)

    def _write(self, address: str, body: object, key: str) -> object:
        """Write under a key until there is an answer: without one, nobody knows whether it went in."""
        ends = time.monotonic() + 120
        while time.monotonic() < ends:
            status, answer = self.ask("POST", address, json.dumps(body), {"Idempotency-Key": key})
            if status == 200:
                return json.loads(answer)
            if status not in {0, 409, 429} and status < 500:
                raise AssertionError(f"{address} answered {status}: {answer[:300]!r}")
            time.sleep(RETRY_SECONDS)
        return None

    def ask(self, method: str, address: str, body: str = "", more: dict[str, str] | None = None) -> tuple[int, bytes]:
        """Ask once; status 0 is no answer."""
        began = time.perf_counter()
        try:
            if self._connection is None:
                self._connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
            self._connection.request(method, address, body or None, {**self._headers, **(more or {})})
            response = self._connection.getresponse()
            status, answer = response.status, response.read()
        except (OSError, http.client.HTTPException):
            status, answer = 0, b""
        if status in {0, 500, 503}:
            self._close()
        with self._book.lock:
            self._book.statuses[status] += 1
            self._book.seconds.append(time.perf_counter() - began)
        return status, answer

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def at_work(people: int, *, port: int, token: str, mix: Mix, during: Callable[[Book], None]) -> Book:
    """Let people work while something happens, then let everybody finish; return what they have written down."""
    book, stop = Book(), threading.Event()
    threads = [Person(n, port=port, token=token, mix=mix, book=book, stop=stop) for n in range(people)]
    for thread in threads:
        thread.start()
    try:
        during(book)
    finally:
        stop.set()
        for thread in threads:
            thread.join(timeout=180)
    assert not book.faults, book.faults[:3]
    assert not any(thread.is_alive() for thread in threads), "everybody got an answer to their last write"
    return book


def differences(book: Book, fetch: Fetch) -> list[str]:
    """Return what is not as it was acknowledged: lost, doubled, made up, or owned by another than was told."""
    calls = Counter(str(row[0]) for row in fetch(_OF_SOURCE.format(table="pipeline_call")))
    leads = Counter(str(row[0]) for row in fetch(_OF_SOURCE.format(table="pipeline_lead")))
    owners = {str(name): owner for name, owner in fetch(_OWNERS)}
    found = [
        *(f"call {name} was acknowledged and is lost" for name in book.calls_kept - set(calls)),
        *(f"lead {name} was acknowledged and is lost" for name in set(book.owners) - set(leads)),
        *(f"{name} is there {count} times" for name, count in (calls + leads).items() if count > 1),
        *(f"{name} was never sent" for name in (set(calls) - book.calls_sent) | (set(leads) - book.leads_sent)),
        *(
            f"lead {name} was given to {owner} and belongs to {owners[name]}"
            for name, owner in book.owners.items()
            if name in owners and owners[name] != owner
        ),
    ]
    for what, sql in _NEVER.items():
        found += [f"{what}: {row}" for row in fetch(sql)]
    return found


_SOURCE_ID = f"(SELECT id FROM pipeline_source WHERE name = '{SOURCE}')"
_OF_SOURCE = f"SELECT external_id FROM {{table}} WHERE source_id = {_SOURCE_ID}"
_OWNERS = f"SELECT external_id, owner_id FROM pipeline_lead WHERE source_id = {_SOURCE_ID}"
_NEVER = {
    "a lead with two holders": (
        "SELECT lead_id, COUNT(*) FROM pipeline_holding WHERE ended_at IS NULL GROUP BY lead_id HAVING COUNT(*) > 1"
    ),
    "a lead whose owner does not hold it": (
        "SELECT l.id, l.owner_id, h.rep_id FROM pipeline_lead AS l "
        "LEFT JOIN pipeline_holding AS h ON h.lead_id = l.id AND h.ended_at IS NULL "
        f"WHERE l.source_id = {_SOURCE_ID} AND COALESCE(l.owner_id, 0) <> COALESCE(h.rep_id, 0)"
    ),
    "a lead dealt twice": (
        "SELECT lead_id, COUNT(*) FROM resources_decision WHERE kind = 'rule' GROUP BY lead_id HAVING COUNT(*) > 1"
    ),
}


def uncounted(fetch: Fetch) -> int:
    """Return how many dials the facts do not hold yet, or hold too often."""
    [(dials,)] = fetch("SELECT COUNT(*) FROM pipeline_call WHERE direction = 1")
    [(counted,)] = fetch("SELECT COALESCE(SUM(dials), 0) FROM fact_rep_day")
    return abs(int(dials) - int(counted))
