"""Claims that race and runs that are killed, many times, on SQLite and on PostgreSQL.

    PYTHONPATH=. python bench/trials_holdings.py [--times 50]

Each time: fifty claims of one lead at once, thirty at once against a limit of ten, and a run of a thousand leads that
is killed for good (SIGKILL) at a random moment and finished under its key. Everything is reconciled: one winner, ten
claims, every lead dealt once, the ledger equal to the holdings, the owners those of an uninterrupted run. PostgreSQL is
the server that ``PACEMARK_TEST_POSTGRES`` names; without it SQLite alone is tried.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from fractions import Fraction

N_LEADS, CHUNK = 1_000, 50
AT = datetime(2024, 3, 15, 4, 0, tzinfo=UTC)


def raced(calls: list[Callable[[], object]]) -> Counter[str]:
    """Run calls at once, a connection each; count "done" and the codes of refusals."""
    from django.db import connection  # noqa: PLC0415 - once Django has started

    from pacemark.web.pipeline.holding_refusals import HoldingRefused  # noqa: PLC0415

    gate, told = threading.Barrier(len(calls)), Counter[str]()

    def run(call: Callable[[], object]) -> None:
        gate.wait()
        try:
            call()
            told["done"] += 1
        except HoldingRefused as refused:
            told[refused.code] += 1
        except Exception as error:
            told[type(error).__name__] += 1
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return told


def try_claims(reps: list[int]) -> list[str]:
    """Let fifty claim one lead, and one rep claim thirty with a limit of ten; say what went wrong."""
    from pacemark.web.pipeline.choices import PoolEntered  # noqa: PLC0415
    from pacemark.web.pipeline.holding_models import ClaimDay, Holding, Pool  # noqa: PLC0415
    from pacemark.web.pipeline.holding_services import claim, enter_pool  # noqa: PLC0415

    ClaimDay.objects.all().delete()
    wide = Pool.objects.get_or_create(name="wide")[0]
    narrow = Pool.objects.get_or_create(name="narrow", claims_per_day=10)[0]
    (one,), many = new_leads(1), new_leads(30)
    enter_pool(actor=None, lead_ids=[one], at=AT, how=PoolEntered.NEW, pool=wide)
    enter_pool(actor=None, lead_ids=many, at=AT, how=PoolEntered.NEW, pool=narrow)
    first = raced([lambda rep=rep: claim(actor=None, rep_id=rep, lead_id=one, at=AT) for rep in reps[:50]])
    ClaimDay.objects.all().delete()
    second = raced([lambda lead=lead: claim(actor=None, rep_id=reps[0], lead_id=lead, at=AT) for lead in many])
    held = Holding.objects.filter(lead_id__in=many, ended_at__isnull=True).count()
    wrong = []
    if first != {"done": 1, "holding.not_in_pool": 49} or Holding.objects.filter(lead_id=one).count() != 1:
        wrong.append(f"fifty claims of one lead: {dict(first)}")
    if second != {"done": 10, "holding.claim_limit": 20} or held != 10:
        wrong.append(f"thirty claims with a limit of ten: {dict(second)}, {held} held")
    return wrong


def try_kill(number: int, rng: random.Random) -> tuple[list[str], int]:
    """Kill a run at a random moment, finish it; say what went wrong, and how many leads stood when it was killed."""
    from django.db import connections  # noqa: PLC0415

    from pacemark.web.resources.choices import RunKind  # noqa: PLC0415
    from pacemark.web.resources.models import Run  # noqa: PLC0415
    from pacemark.web.resources.services.runs import allocate_leads  # noqa: PLC0415

    ids, key = new_leads(N_LEADS), f"K{number}"

    def deal() -> Run:
        return allocate_leads(actor=None, key=key, kind=RunKind.BATCH, lead_ids=ids, at=AT, chunk_size=CHUNK)

    connections.close_all()
    child = os.fork()
    if not child:
        deal()
        os._exit(0)
    time.sleep(rng.uniform(0.0, try_kill.longest))  # type: ignore[attr-defined]
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    found = Run.objects.filter(key=key).values_list("n_done", flat=True).first()
    began = time.perf_counter()
    run = deal()
    if not found:
        try_kill.longest = 1.2 * (time.perf_counter() - began)  # type: ignore[attr-defined] # a whole run's time
    return [*reconciled(run, ids), *again(deal)], found or 0


try_kill.longest = 1.0  # type: ignore[attr-defined]


def again(deal: Callable[[], object]) -> list[str]:
    """Run it a third time; it must write nothing."""
    from pacemark.web.resources.models import Decision  # noqa: PLC0415

    last = Decision.objects.latest("pk").pk
    deal()
    return [] if Decision.objects.latest("pk").pk == last else ["a third run wrote something"]


def reconciled(run: object, ids: list[int]) -> list[str]:
    """Say what was lost or doubled, and whether an uninterrupted run would have given the leads to others."""
    from pacemark.engine.resources.allocation import allocate  # noqa: PLC0415
    from pacemark.engine.resources.arrivals import Arrivals  # noqa: PLC0415
    from pacemark.engine.resources.ledger import ledger_of  # noqa: PLC0415
    from pacemark.web.pipeline.holding_models import Holding  # noqa: PLC0415
    from pacemark.web.resources.bridge.desk import engine_desk  # noqa: PLC0415
    from pacemark.web.resources.models import Decision, RepAccount  # noqa: PLC0415

    owners = dict(Decision.objects.filter(run=run, kind="rule").values_list("lead_id", "rep_id"))
    holdings = Holding.objects.filter(lead_id__in=ids)
    accounts = RepAccount.objects.all()
    wrong = []
    if len(owners) != len(ids) or Decision.objects.filter(run=run).count() != len(ids):
        wrong.append(f"{len(owners)} leads have a decision")
    if dict(holdings.values_list("lead_id", "rep_id")) != owners or holdings.count() != len(ids):
        wrong.append("holdings and decisions differ")
    n_dealt = Decision.objects.filter(kind="rule").count()
    sums = sum(account.received for account in accounts), sum(Fraction(account.entitled) for account in accounts)
    if sums != (n_dealt, n_dealt):
        wrong.append(f"the ledger says {sums} of {n_dealt}")
    inputs = run.inputs  # type: ignore[attr-defined]
    desk, ledger = engine_desk(inputs), ledger_of(inputs["ledger"])
    for first in range(0, len(ids), CHUNK):
        part = ids[first : first + CHUNK]
        dealt = allocate(Arrivals(ids=list(map(str, part)), grades=["A"] * len(part)), desk, ledger, evidence=False)
        ledger = dealt.ledger
        if [str(owners.get(lead)) for lead in part] != list(dealt.owners):
            wrong.append(f"other owners than uninterrupted, from lead {first} on")
            break
    return wrong


def new_leads(count: int) -> list[int]:
    """Write leads of grade A."""
    from pacemark.web.pipeline.models import Lead, Segment, Source  # noqa: PLC0415

    source, segment = (
        Source.objects.get_or_create(name="trials")[0],
        Segment.objects.get_or_create(channel="web", lead_grade="A")[0],
    )
    known = Lead.objects.count()
    rows = [Lead(source=source, external_id=f"L{known + n}", segment=segment) for n in range(count)]
    return [row.pk for row in Lead.objects.bulk_create(rows)]


def tried(name: str, times: int) -> int:
    """Try on the present database; print and return how often something went wrong."""
    from bench_allocate_db import write_floor  # noqa: PLC0415
    from pacemark.web.organization.models import Rep  # noqa: PLC0415

    write_floor(60, 0)
    reps = list(Rep.objects.order_by("pk").values_list("pk", flat=True))
    rng, faults, began, stood = random.Random(20240315), 0, time.perf_counter(), []
    for number in range(times):
        claims = try_claims(reps)
        kills, n_stood = try_kill(number, rng)
        stood.append(n_stood)
        for fault in (*claims, *kills):
            faults += 1
            print(f"{name}, time {number}: {fault}")
    inside = sum(0 < n < N_LEADS for n in stood)
    print(
        f"{name}: {times} times 50 claims of one lead, 30 claims with a limit of 10, and a killed run "
        f"({inside} between its chunks, {stood.count(0)} before the first, {stood.count(N_LEADS)} after the last): "
        f"{faults} faults, {time.perf_counter() - began:.0f} s"
    )
    return faults


def main() -> int:
    """Try on SQLite, and on PostgreSQL where there is a server."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=50)
    times = parser.parse_args().times
    with tempfile.TemporaryDirectory() as folder:
        os.environ["PACEMARK_HOME"] = folder
        from bench_allocate_db import start  # noqa: PLC0415

        start(folder)
        faults = tried("sqlite", times)
        server = os.environ.get("PACEMARK_TEST_POSTGRES")
        if not server:
            print("postgresql: left out, for want of a server (PACEMARK_TEST_POSTGRES)")
            return int(faults > 0)
        from tests.support.postgres import django_on, fresh_database, migrate  # noqa: PLC0415

        with fresh_database(server) as (_name, url):
            migrate(url)
            with django_on(url):
                faults += tried("postgresql", times)
    return int(faults > 0)


if __name__ == "__main__":
    sys.exit(main())
