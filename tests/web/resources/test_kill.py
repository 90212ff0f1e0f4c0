"""Worked case 7: a run that is killed for good in the middle of a chunk, and finished under its key."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from django.db import connection

from pacemark.engine.resources.allocation import allocate
from pacemark.engine.resources.arrivals import Arrivals
from pacemark.engine.resources.ledger import Ledger
from pacemark.web.pipeline.models import Lead
from pacemark.web.resources.bridge.desk import engine_desk
from pacemark.web.resources.models import Decision, Run
from tests.web.resources.test_runs import NOON, check_conserved, deal, in_force, leads, scored, team

SCRIPT = """
import os, signal, sys
from pacemark.web.config.django_setup import start_django
start_django()
from datetime import datetime
from django.db import transaction
from pacemark.web.resources.choices import RunKind
from pacemark.web.resources.services import runs
deal, calls = runs.deal_next_chunk, []
def killed_in_the_fifth(**given):
    calls.append(1)
    with transaction.atomic():
        done = deal(**given)
        if len(calls) == 5:
            os.kill(os.getpid(), signal.SIGKILL)
    return done
runs.deal_next_chunk = killed_in_the_fifth
first, count = int(sys.argv[1]), int(sys.argv[2])
runs.allocate_leads(actor=None, key="K", kind=RunKind.BATCH, lead_ids=range(first, first + count),
                    at=datetime.fromisoformat(sys.argv[3]), chunk_size=100)
"""


def test_killed_in_the_middle_and_finished_equals_uninterrupted(
    request: pytest.FixtureRequest, each_shared_database: str, tmp_path: Path
) -> None:
    reps = team("t", 5)
    in_force({"base": "0.3", "reward": "0.7"})
    scored(reps, (5, 3, 2, 2, 1))
    ids = leads(1000)
    assert ids == list(range(ids[0], ids[0] + 1000))
    is_sqlite = each_shared_database == "sqlite"
    url = f"sqlite:///{connection.settings_dict['NAME']}" if is_sqlite else request.getfixturevalue("postgres_url")
    ended = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(ids[0]), "1000", NOON.isoformat()],
        env=os.environ | {"DATABASE_URL": url, "PACEMARK_HOME": str(tmp_path / "home")},
        capture_output=True, check=False, timeout=120,
    )  # fmt: skip
    assert ended.returncode == -9, ended.stderr.decode()
    assert Run.objects.get().n_done == 400 == Lead.objects.filter(owner__isnull=False).count()

    run = deal("K", ids, chunk_size=100)
    assert run.n_done == 1000 == Decision.objects.count()
    check_conserved()

    desk, ledger, owners = engine_desk(run.inputs), Ledger(), []
    for first in range(0, 1000, 100):
        part = [str(lead) for lead in ids[first : first + 100]]
        dealt = allocate(Arrivals(ids=part, grades=["A"] * 100), replace(desk), ledger)
        ledger, owners = dealt.ledger, [*owners, *dealt.owners]
    assert [str(owner) for owner in Lead.objects.order_by("pk").values_list("owner_id", flat=True)] == owners

    last = Decision.objects.latest("pk").pk
    deal("K", ids, chunk_size=100)
    assert Decision.objects.latest("pk").pk == last, "a third run writes nothing"
