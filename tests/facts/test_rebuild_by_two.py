"""A large rebuild on SQLite is shared by two readers; it is the same, and others see the old facts until the end."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from django.db import connection

from pacemark.facts import sqlite_parts
from pacemark.facts.sqlite_parts import copy_of
from pacemark.facts.statements import Fact
from pacemark.web.pipeline import facts_rebuild
from pacemark.web.pipeline.fact_models import RepDay
from pacemark.web.pipeline.facts_services import rebuild_facts
from pacemark.web.pipeline.models import Call
from tests.facts.oracle import expected_facts, stored_facts
from tests.facts.random_floor import make_floor

pytestmark = pytest.mark.sqlite("a second reader of the same file")
COUNTING_DIALS = ("rep_day", "dial_cohort")


@pytest.fixture
def two_readers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(facts_rebuild, "MIN_CALLS_FOR_TWO", 1)
    monkeypatch.setattr(facts_rebuild.os, "cpu_count", lambda: 2)


def fetch(sql: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def test_two_readers_count_what_loops_count(on_sqlite_file: Path, two_readers: None) -> None:
    make_floor(12)
    first = rebuild_facts(actor=None)
    again = rebuild_facts(actor=None)  # halved by what was counted the first time

    assert "copy" in first.seconds, "two readers were at work"
    assert first.rows == again.rows
    assert stored_facts(fetch) == expected_facts()
    assert sorted(path.name for path in on_sqlite_file.parent.glob("facts-*")) == []


def test_one_reader_does_where_there_is_little_to_count(on_sqlite_file: Path) -> None:
    make_floor(12, n_calls=50)

    assert "copy" not in rebuild_facts(actor=None).seconds


def test_a_second_reader_that_fails_leaves_the_old_facts(
    on_sqlite_file: Path, two_readers: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_floor(13)
    rebuild_facts(actor=None)
    before = stored_facts(fetch)
    Call.objects.filter(direction=1).order_by("pk")[0].delete()

    monkeypatch.setattr(sqlite_parts, "_WRITER", ("PRAGMA part.journal_mode=OFF", "SELECT * FROM part.nowhere"))
    with pytest.raises(sqlite3.OperationalError, match=r"no such table: part\.nowhere"):
        rebuild_facts(actor=None)

    assert stored_facts(fetch) == before
    assert [row[1] for row in fetch("PRAGMA database_list")] == ["main"]


def test_readers_see_the_old_facts_until_the_new_ones_are_there(
    on_sqlite_file: Path, two_readers: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_floor(14)
    rebuild_facts(actor=None)
    before = sum(RepDay.objects.values_list("dials", flat=True))
    seen: list[tuple[str, int, int]] = []

    def look_and_copy(fact: Fact) -> str:
        with closing(sqlite3.connect(on_sqlite_file)) as other:
            sums = [other.execute(f"SELECT SUM(dials) FROM fact_{name}").fetchone()[0] for name in COUNTING_DIALS]
        seen.append((fact.name, *sums))
        return copy_of(fact)

    Call.objects.filter(direction=1).order_by("pk")[0].delete()
    monkeypatch.setattr(facts_rebuild, "copy_of", look_and_copy)
    rebuild_facts(actor=None)

    # Days become visible together, before the months do.
    assert {row for row in seen if row[0] != "dial_cohort"} == {
        (name, before, before) for name in ("rep_day", "opportunity_cohort", "win_lag")
    }
    assert seen[-1] == ("dial_cohort", before - 1, before)
    assert stored_facts(fetch) == expected_facts()
