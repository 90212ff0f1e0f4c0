"""Facts equal those that plain loops find, on every engine."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest
from django.db import connection

from pacemark.facts import duckdb_parts
from pacemark.facts.definitions import Definitions
from pacemark.facts.duckdb_engine import build, files_of
from pacemark.facts.statements import FACTS
from pacemark.web.organization.models import Organization, Team
from pacemark.web.pipeline.bridge import definitions_of, relations
from pacemark.web.pipeline.facts_services import rebuild_facts
from pacemark.web.pipeline.models import Call, Opportunity
from pacemark.web.pipeline.queries.event_logs import export_event_logs
from tests.facts.oracle import Rows, expected_facts, stored_facts
from tests.facts.random_floor import FIRST, N_DAYS, make_floor

SETTINGS: dict[str, dict[str, object]] = {
    "default": {},
    "cash": {"revenue_basis": "cash"},
    "other thresholds": {"connect_seconds": 2, "effective_seconds": 31, "deep_talk_seconds": 90},
    "thresholds upside down": {"connect_seconds": 200, "effective_seconds": 1, "deep_talk_seconds": 30},
    "no least talk": {"connect_seconds": 0},
    "sales months from the 26th": {"sales_month_start_day": 26},
    "sales months from the last day": {"sales_month_start_day": 31},
}


def fetch(sql: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


@pytest.mark.django_db
@pytest.mark.parametrize("is_sorted", [True, False], ids=["a file per two days", "every file has every day"])
def test_duckdb_counts_the_same_a_few_days_at_a_time(
    is_sorted: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_floor(1, sales_month_start_day=26)  # months end within a file
    forget_calls_of(FIRST, FIRST + timedelta(days=N_DAYS - 1))  # but not what was opened and signed on those days
    monkeypatch.setattr(duckdb_parts, "CALLS_AT_ONCE", 50)
    monkeypatch.setattr(duckdb_parts, "CALLS_AT_ONCE_UNSORTED", 100_000)
    export_event_logs(tmp_path / "events")
    divide_calls(tmp_path / "events" / "calls", "(business_date - DATE '2024-01-23') // 2" if is_sorted else "id % 5")

    found = built_facts(tmp_path)

    assert found == expected_facts()
    assert (n_spans(tmp_path / "events") > 3) is is_sorted


def forget_calls_of(*days: date) -> None:
    forgotten = Call.objects.filter(business_date__in=days)
    Opportunity.objects.filter(sourced_call__in=forgotten).update(sourced_call=None, sourced_by=None, sourced_on=None)
    forgotten.delete()


def divide_calls(folder: Path, by: str) -> None:
    """Write the one file of calls anew as several: ``by`` is SQL of the number of each call's file."""
    with duckdb.connect() as engine:
        engine.execute(f"CREATE TABLE calls AS SELECT *, {by} AS part FROM read_parquet('{folder}/*.parquet')")
        for path in folder.iterdir():
            path.unlink()
        for (part,) in engine.execute("SELECT DISTINCT part FROM calls").fetchall():
            rows = f"SELECT * EXCLUDE part FROM calls WHERE part = {part}"
            engine.execute(f"COPY ({rows}) TO '{folder}/{part}''s.parquet'")


def n_spans(events: Path) -> int:
    """Return in how many spans of days DuckDB counts the dials of these logs."""
    with duckdb.connect() as engine:
        calls = files_of(events, "calls")
        engine.execute(f"CREATE VIEW calls AS SELECT * FROM read_parquet({calls})")
        first, _then = duckdb_parts.steps(engine, calls, Definitions())
    return sum(len(parts) for parts in first.values())


def duckdb_facts(folder: Path) -> Rows:
    export_event_logs(folder / "events")
    return built_facts(folder)


def built_facts(folder: Path) -> Rows:
    written = build(folder / "events", folder / "facts", definitions_of(Organization.objects.get()))
    with duckdb.connect() as engine:
        for fact in FACTS:
            source = folder / "facts" / f"{fact.name}.parquet"
            engine.execute(f"CREATE VIEW fact_{fact.name} AS SELECT * FROM read_parquet('{source}')")
        rows = stored_facts(lambda sql: engine.execute(sql).fetchall())
    assert {name: len(found) for name, found in rows.items()} == written
    return rows


@pytest.mark.django_db
@pytest.mark.parametrize("settings", SETTINGS.values(), ids=SETTINGS.keys())
@pytest.mark.parametrize("seed", [1, 2])
def test_sqlite_and_duckdb_count_what_loops_count(seed: int, settings: dict[str, object], tmp_path: Path) -> None:
    make_floor(seed, **settings)
    rebuilt = rebuild_facts(actor=None)
    expected = expected_facts()

    assert stored_facts(fetch) == expected
    assert duckdb_facts(tmp_path) == expected
    assert rebuilt.rows == {name: len(rows) for name, rows in expected.items()}


@pytest.mark.postgres
@pytest.mark.parametrize("settings", SETTINGS.values(), ids=SETTINGS.keys())
def test_postgres_counts_what_loops_count(on_postgres: str, settings: dict[str, object]) -> None:
    make_floor(3, **settings)
    rebuild_facts(actor=None)

    assert stored_facts(fetch) == expected_facts()


@pytest.mark.django_db
def test_the_floor_has_the_edges_it_promises() -> None:
    make_floor(1)
    rows = expected_facts()
    rep_days = rows["rep_day"]

    assert any(row[0] == 0 for row in rep_days), "something is unassigned"
    assert {row[2] for row in rep_days} == {0, *Team.objects.values_list("pk", flat=True)}, (
        "people are in both teams, and in none"
    )
    assert all(any(row[place] for row in rep_days) for place in range(3, len(rep_days[0]))), "every count occurs"
    assert {row[4] for row in rows["win_lag"]} == {0, 1}, "wins with and without a day"
    assert any(row[3] for row in rows["opportunity_cohort"]), "some talk led to an opportunity"


@pytest.mark.django_db
@pytest.mark.parametrize("seconds", ["connect_seconds", "effective_seconds", "deep_talk_seconds"])
def test_a_threshold_off_by_one_is_noticed(seconds: str) -> None:
    """A planted fault: the same floor counted with a threshold one second higher."""
    make_floor(1)
    right = definitions_of(Organization.objects.get())
    wrong = replace(right, **{seconds: getattr(right, seconds) + 1})

    assert counted_with(right) == expected_facts()
    assert counted_with(wrong) != expected_facts()


@pytest.mark.django_db
def test_a_dropped_row_is_noticed() -> None:
    """A planted fault: one dial is lost on its way into the facts."""
    make_floor(1)
    expected = expected_facts()
    Call.objects.filter(direction=1).order_by("pk")[0].delete()
    found = counted_with(definitions_of(Organization.objects.get()))

    assert found["rep_day"] != expected["rep_day"]
    assert found["dial_cohort"] != expected["dial_cohort"]


def counted_with(definitions: Definitions) -> Rows:
    return stored_facts(fetch, lambda fact: f"({fact.select(relations(), definitions)}) AS counted")


def test_exactly_180_seconds_is_a_deep_talk_and_179_is_not() -> None:
    condition = Definitions().is_deep_talk
    with duckdb.connect() as engine:
        rows = engine.execute(
            f"SELECT talk_seconds, {condition} FROM (VALUES (179, TRUE), (180, TRUE), (180, FALSE), (180, NULL)) "
            "AS d (talk_seconds, answered)"
        ).fetchall()

    assert rows == [(179, False), (180, True), (180, False), (180, True)]


def test_definitions_refuse_what_is_no_threshold() -> None:
    with pytest.raises(ValueError, match="whole number of seconds"):
        Definitions(connect_seconds=-1)
    with pytest.raises(ValueError, match="amount_minor or cash_minor"):
        Definitions(revenue_column="1; DROP TABLE calls")  # type: ignore[arg-type]


@pytest.mark.django_db
def test_a_rebuild_without_any_events_leaves_no_facts() -> None:
    Organization.objects.create(name="Empty")

    assert set(rebuild_facts(actor=None).rows.values()) == {0}
