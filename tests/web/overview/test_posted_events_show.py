"""An event posted shows on Team by way of a real worker, busy as it may be with something else."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from pacemark.web.jobs import registry
from pacemark.web.jobs.registry import job
from pacemark.web.jobs.services import enqueue
from pacemark.web.jobs.worker import work
from tests.support.people import client_of, make_people

N_CALLS = 137
ASKS = {"hx-request": "true"}


@pytest.fixture
def busy_worker(each_shared_database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A worker in the middle of a job that ends only with the test."""
    monkeypatch.setattr(registry, "_jobs", dict(registry._jobs))
    monkeypatch.setattr(registry, "_timetables", {})
    has_begun, is_over = threading.Event(), threading.Event()

    @job("test.long")
    def long() -> None:
        has_begun.set()
        is_over.wait(120)

    def run() -> None:
        work(should_stop=is_over.is_set, poll_seconds=0.05)
        connection.close()

    enqueue("test.long")
    worker = threading.Thread(target=run)
    worker.start()
    assert has_begun.wait(60)
    yield
    is_over.set()
    worker.join(60)


def _post(client: Client) -> None:
    rows = [
        {
            "external_id": f"c{number}", "occurred_at": f"2024-03-15T09:{number % 60:02}:00+08:00",
            "employee_no": "0001", "talk_seconds": 40, "answered": True,
        }
        for number in range(N_CALLS)
    ]  # fmt: skip
    body = json.dumps({"source": "dialler", "rows": rows})
    answer = client.post("/api/v1/events/calls", body, content_type="application/json")
    assert answer.json()["accepted"] == N_CALLS, answer.content


def _shown(client: Client, address: str, tag: str) -> Any:
    """Ask again and again, as the page does, until it is another one."""
    for _attempt in range(600):
        response = client.get(address, headers={"if-none-match": tag, **ASKS})
        if response.status_code == 200 and str(N_CALLS) in response.content.decode():
            return response
        time.sleep(0.05)
    pytest.fail(f"{address} never showed the calls")


@pytest.mark.usefixtures("busy_worker")
def test_what_is_posted_shows_although_the_worker_is_in_the_middle_of_something(today: date) -> None:
    people = make_people()
    manager, team = client_of(people.manager), reverse("overview:team")
    first = manager.get(team, headers=ASKS)
    tag = first.headers["ETag"]
    assert str(N_CALLS) not in first.content.decode()
    assert manager.get(team, headers={"if-none-match": tag, **ASKS}).status_code == 304

    _post(client_of(people.operations))

    assert _shown(manager, team, tag).headers["ETag"] != tag
