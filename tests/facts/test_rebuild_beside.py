"""A large rebuild on PostgreSQL is shared by two connections; it is the same, or nothing of it stays."""

from __future__ import annotations

import threading
from collections.abc import Callable

import psycopg
import pytest
from django.db import OperationalError, connection

from pacemark.web.pipeline import facts_rebuild
from pacemark.web.pipeline.facts_services import rebuild_facts
from pacemark.web.pipeline.models import Call
from pacemark.web.pipeline.postgres_part import PostgresPart
from tests.facts.oracle import expected_facts, stored_facts
from tests.facts.random_floor import make_floor
from tests.facts.test_rebuild_by_two import fetch

pytestmark = pytest.mark.postgres


@pytest.fixture(autouse=True)
def two_connections(on_postgres: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(facts_rebuild, "MIN_CALLS_FOR_TWO", 1)
    monkeypatch.setattr(facts_rebuild.os, "cpu_count", lambda: 2)


def refuse(*_words: object, **_named: object) -> None:
    raise OperationalError("too many clients already")


def interrupt(*_words: object) -> None:
    raise KeyboardInterrupt


def find_the_disk_full(part: PostgresPart) -> None:
    part._error = psycopg.errors.DiskFull("the disk is full")


def test_two_connections_count_what_loops_count(monkeypatch: pytest.MonkeyPatch) -> None:
    make_floor(12)
    first = rebuild_facts(actor=None)
    as_written = fetch("SELECT rep_id, business_date FROM fact_rep_day ORDER BY ctid")
    assert as_written == sorted(as_written), "one rep's days lie together"
    again = rebuild_facts(actor=None)  # shared by what was counted the first time

    assert "copy" in first.seconds, "two connections were at work"
    assert first.rows == again.rows
    assert stored_facts(fetch) == expected_facts()

    monkeypatch.setattr(PostgresPart, "__init__", refuse)  # the server has no connection left
    Call.objects.filter(direction=1).order_by("pk")[0].delete()
    assert "copy" not in rebuild_facts(actor=None).seconds
    assert stored_facts(fetch) == expected_facts()


def test_a_fault_on_either_leaves_the_old_facts_and_no_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    make_floor(13)
    rebuild_facts(actor=None)
    before = stored_facts(fetch)
    Call.objects.filter(direction=1).order_by("pk")[0].delete()
    parts: list[PostgresPart] = []
    end = PostgresPart.end
    monkeypatch.setattr(PostgresPart, "end", lambda part: (parts.append(part), end(part)))
    faults: list[tuple[object, str, Callable[..., None], type[BaseException]]] = [
        (PostgresPart, "run", find_the_disk_full, OperationalError),
        (facts_rebuild, "_count", interrupt, KeyboardInterrupt),
    ]
    for owner, name, fault, error in faults:
        with monkeypatch.context() as patch, pytest.raises(error):
            patch.setattr(owner, name, fault)
            rebuild_facts(actor=None)
        assert stored_facts(fetch) == before
        assert "facts-part" not in {thread.name for thread in threading.enumerate()}
    assert [part._second.connection for part in parts] == [None, None]
    assert not connection.in_atomic_block
