"""Two web servers and two workers on one PostgreSQL, really running: they behave as one."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from django_tasks_db.models import DBTaskResult

from pacemark.web.accounts.choices import TokenScope
from pacemark.web.accounts.services import create_token
from pacemark.web.jobs.models import JobRecord, PeriodicSlot
from pacemark.web.pipeline.models import Lead, Touch
from pacemark.web.resources.models import Decision
from pacemark.web.webhooks.models import Delivery
from tests.support.needs import ROOT
from tests.support.people import make_people
from tests.support.receivers import Program, running
from tests.support.templates import copy_home, environment_of

LIMIT = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a server said."""

    status: int
    body: Any
    retry_after: str | None


@contextmanager
def _server(home: Path, url: str) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = environment_of(
        home, DATABASE_URL=url, PACEMARK_API_PER_TOKEN=str(LIMIT), PACEMARK_WEBHOOK_HOSTS="127.0.0.1"
    )
    command = [sys.executable, "-m", "pacemark.cli", "serve", "--port", str(port)]
    with (home / "log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=log, stderr=log)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=60)


def _until(condition: Any, what: str) -> None:
    for _ in range(1200):  # a machine that is busy with other things may take long
        if condition():
            return
        time.sleep(0.1)
    pytest.fail(f"waited 2 minutes in vain: {what}")


def _is_up(url: str) -> bool:
    try:
        return _ask(url, "").status == 401
    except OSError:
        return False


def _ask(url: str, token: str, path: str = "me", body: Any = None) -> Answer:
    data = None if body is None else json.dumps(body).encode()
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    try:
        with urlopen(Request(f"{url}/api/v1/{path}", data=data, headers=headers), timeout=60) as found:
            return Answer(status=found.status, body=json.load(found), retry_after=None)
    except HTTPError as error:
        return Answer(status=error.code, body=json.load(error), retry_after=error.headers["Retry-After"])


def _token(user: Any) -> str:
    return create_token(actor=user, user=user, name="t", scope=TokenScope.WRITE, days=1).secret


def _at_once(calls: list[tuple[str, str, str, Any]]) -> list[Answer]:
    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(lambda call: _ask(*call), calls))


@pytest.mark.postgres
def test_two_servers_and_two_workers_behave_as_one(on_postgres: str, empty_home: Path, tmp_path: Path) -> None:
    people = make_people()
    token = _token(people.operations)
    with ExitStack() as stack:
        homes = [copy_home(empty_home, tmp_path / name) for name in ("a", "b")]
        urls = [stack.enter_context(_server(home, on_postgres)) for home in homes]
        program = stack.enter_context(running(Program()))
        for url in urls:
            _until(lambda url=url: _is_up(url), f"{url} answers")
        _a_lead_posted_to_both_has_one_owner(urls, token)
        _what_is_told_is_told_once(urls, token, program)
        _a_limit_is_counted_over_both(urls, people)
    assert not DBTaskResult.objects.filter(status="FAILED").exists()
    assert set(JobRecord.objects.filter(task__status="SUCCESSFUL").values_list("attempts", flat=True)) == {1}
    queued = Counter(JobRecord.objects.filter(name="webhooks.collect").values_list("name", flat=True))
    assert queued["webhooks.collect"] == PeriodicSlot.objects.filter(name="webhooks.collect").count()


def _a_lead_posted_to_both_has_one_owner(urls: list[str], token: str) -> None:
    for number in range(3):
        row = {"external_id": f"L{number}", "source": "网", "phone": f"1380013800{number}", "grade": "A"}
        answers = _at_once([(url, token, "leads", [row]) for url in urls * 2])
        assert [answer.status for answer in answers] == [200] * 4, answers
        told = [answer.body[0] for answer in answers]
        assert len({(one["lead"], one["owner"]) for one in told}) == 1, told
        assert sorted(one["status"] for one in told) == ["assigned", "duplicate", "duplicate", "duplicate"]
    assert Lead.objects.count() == Touch.objects.count() == 3
    assert Decision.objects.filter(kind="rule").count() == 3


def _what_is_told_is_told_once(urls: list[str], token: str, program: Program) -> None:
    made = _ask(urls[0], token, "webhooks/receivers", {"name": "crm", "address": program.address}).body
    program.secret = made["secret"]
    answers = _at_once([(url, token, f"webhooks/receivers/{made['id']}/test", {}) for url in urls * 4])
    assert [answer.status for answer in answers] == [200] * 8

    _until(lambda: Delivery.objects.filter(state="sent").count() == 8, "everything is told")
    assert program.unsigned == 0
    assert Counter(message for message, _told in program.taken) == {answer.body["key"]: 1 for answer in answers}


def _a_limit_is_counted_over_both(urls: list[str], people: Any) -> None:
    for _ in range(5):
        token, minute = _token(people.admin), time.time() // 60
        answers = [_ask(urls[turn % 2], token) for turn in range(2 * LIMIT)]
        if time.time() // 60 == minute:
            break
    statuses = Counter(answer.status for answer in answers)
    assert statuses == {200: LIMIT, 429: LIMIT}
    waits = [int(answer.retry_after or 0) for answer in answers if answer.status == 429]
    assert 0 < min(waits) <= max(waits) <= 60
