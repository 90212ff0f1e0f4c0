"""`pacemark facts build`: the same facts from event logs of which nothing is in the database, and none of them lost."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, connection
from typer.testing import CliRunner

from pacemark.cli.facts_build import app
from pacemark.cli.start import UserMistake
from pacemark.facts import duckdb_engine
from pacemark.facts.definitions import Definitions
from pacemark.web.organization.models import Membership, Organization
from pacemark.web.pipeline.bridge import definitions_of
from pacemark.web.pipeline.fact_models import ChangedDay, LogBuild, RepDay
from pacemark.web.pipeline.facts_built import FactsElsewhereError, build_facts, outdated_log_build
from pacemark.web.pipeline.facts_services import rebuild_facts, refresh_changed_days
from pacemark.web.pipeline.jobs import count_by_new_definitions, count_for_new_team
from pacemark.web.pipeline.models import Call, Deal, Opportunity, Refund, Source
from pacemark.web.pipeline.queries.event_logs import export_event_logs
from tests.facts.oracle import Rows, expected_facts, stored_facts
from tests.facts.random_floor import make_floor
from tests.support.needs import postgres_server


def fetch(sql: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def build(*words: str) -> str:
    result = CliRunner().invoke(app, ["build", *words], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stderr


def logs_alone(seed: int, folder: Path, **settings: object) -> Rows:
    """Write a floor's event logs, take every event out of the database, and return the facts to be found."""
    make_floor(seed, **settings)
    expected = expected_facts()
    export_event_logs(folder)
    Opportunity.objects.update(sourced_call=None)
    for model in (Refund, Deal, Opportunity, Call):
        model.objects.all().delete()
    return expected


@pytest.mark.django_db
def test_duckdb_brings_facts_of_events_that_the_database_never_saw(tmp_path: Path) -> None:
    expected = logs_alone(1, tmp_path, sales_month_start_day=26)

    told = build("--engine", "duckdb", "--source", str(tmp_path))

    assert stored_facts(fetch) == expected
    assert f"the logs end on {max(row[1] for row in expected['rep_day'])}" in told
    build("--engine", "duckdb", "--source", str(tmp_path))
    assert stored_facts(fetch) == expected, "a second build changes nothing"


@pytest.mark.postgres
def test_postgres_brings_them_into_postgres(on_postgres: str, tmp_path: Path) -> None:
    expected = logs_alone(2, tmp_path)
    server = postgres_server()
    assert server is not None

    build("--engine", "postgres", "--source", str(tmp_path), "--master", server)

    assert stored_facts(fetch) == expected
    assert Call.objects.count() == 0
    assert fetch("SELECT relname FROM pg_class WHERE relname = 'calls'") == []


@pytest.mark.django_db(transaction=True)
def test_nothing_of_ours_counts_over_days_of_the_logs_and_later_days_do(tmp_path: Path) -> None:
    expected = logs_alone(3, tmp_path)
    build("--engine", "duckdb", "--source", str(tmp_path))
    last = LogBuild.objects.get().last_day
    rep_id, day = next((row[0], row[1]) for row in expected["rep_day"] if row[0] and row[3])

    ChangedDay.objects.create(rep_id=rep_id, business_date=day)
    refresh_changed_days()
    Organization.objects.update(deep_talk_seconds=90)
    count_by_new_definitions()
    outdated = outdated_log_build()
    assert outdated is not None
    assert outdated.definitions == asdict(replace(definitions_of(Organization.objects.get()), deep_talk_seconds=180))
    Organization.objects.update(deep_talk_seconds=180)
    count_for_new_team(rep_id, day.isoformat())
    with pytest.raises(FactsElsewhereError, match="come from event logs"):
        rebuild_facts(actor=None)
    assert stored_facts(fetch) == expected
    assert ChangedDay.objects.count() == 0, "what waited within the logs' days waits no more"

    floor = make_later_call(last + timedelta(days=40))
    refresh_changed_days()
    assert RepDay.objects.get(business_date=floor.business_date).dials == 1
    build("--engine", "duckdb", "--source", str(tmp_path))
    assert RepDay.objects.get(business_date=floor.business_date).dials == 1, "a later build keeps our own later days"

    assert CliRunner().invoke(app, ["leave-logs"]).exit_code == 0
    assert stored_facts(fetch) == expected_facts(), "our own events count again, for every day"


def make_later_call(day: date) -> Call:
    rep_id = Membership.objects.order_by("pk")[0].rep_id
    found = Call(
        source=Source.objects.order_by("pk")[0], external_id="later", rep_id=rep_id,
        occurred_at=f"{day}T02:00:00+00:00", business_date=day,
        local_hour=10, direction=1, answered=True, talk_seconds=200,
    )  # fmt: skip
    found.save()
    ChangedDay.objects.create(rep_id=rep_id, business_date=day)
    return found


@pytest.mark.django_db
def test_logs_without_a_dial_empty_no_page(tmp_path: Path) -> None:
    make_floor(4)
    rebuild_facts(actor=None)
    before = stored_facts(fetch)
    Call.objects.all().delete()
    export_event_logs(tmp_path)

    with pytest.raises(FactsElsewhereError, match="hold no dial"):
        build("--engine", "duckdb", "--source", str(tmp_path))
    with pytest.raises(UserMistake, match="no Parquet file in calls/"):
        build("--engine", "duckdb", "--source", str(tmp_path / "nowhere"))
    assert stored_facts(fetch) == before
    assert not LogBuild.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_build_that_fails_while_it_writes_leaves_the_former_facts(tmp_path: Path) -> None:
    make_floor(5)
    rebuild_facts(actor=None)
    before = stored_facts(fetch)
    export_event_logs(tmp_path)

    def broken(folder: Path, definitions: Definitions) -> dict[str, int]:
        rows = duckdb_engine.build(tmp_path, folder, definitions, kind="csv")
        last = folder / "dial_cohort.csv"
        last.write_text(last.read_text() + last.read_text().splitlines()[0] + "\n")  # the last fact doubles a key
        return rows

    with pytest.raises(IntegrityError):
        build_facts(actor=None, engine="duckdb", source="logs", count=broken)
    assert stored_facts(fetch) == before
    assert not LogBuild.objects.exists()
    assert RepDay.objects.exists()
