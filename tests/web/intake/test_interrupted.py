"""An import that is killed leaves nothing to be seen, and can simply be repeated."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from pacemark.web.intake import staging_run
from pacemark.web.intake.errors import FileError
from pacemark.web.intake.models import BatchState, ImportBatch
from pacemark.web.intake.services import imports_folder
from pacemark.web.organization.models import Organization, Rep
from pacemark.web.organization.queries import organization
from pacemark.web.pipeline import sourcing
from pacemark.web.pipeline.fact_models import ChangedDay
from pacemark.web.pipeline.models import Call, Lead, Opportunity, Source
from pacemark.web.pipeline.publishing.reported import REPORTED_SOURCE
from tests.support.imports import PROFILE, Importer

CALLS = [{"id": f"C{number}", "lead": f"L{number}", "seconds": "200"} for number in range(50)]

KILLED_WHILE_PUBLISHING = """
import os, signal, sys
from pacemark import cli
from pacemark.web.config.django_setup import start_django
start_django()
from pacemark.web.pipeline import services
services.record = lambda **_words: os.kill(os.getpid(), signal.SIGKILL)  # the last step before the commit
sys.argv = ["pacemark", "import", *sys.argv[1:]]
cli.main()
"""


@pytest.mark.sqlite("a server or a command of its own, on a data folder with its file")
def test_a_killed_process_leaves_nothing_and_the_repeat_is_whole(tmp_path: Path) -> None:
    profile, calls = tmp_path / "profile.toml", tmp_path / "calls.csv"
    profile.write_text(PROFILE)
    calls.write_text(
        "id,at,owner,lead,seconds,type,status\n"
        + "".join(f"C{number},2024-01-03 10:00:00,Li Wei,L{number},200,out,answered\n" for number in range(50))
    )
    database = tmp_path / "p.sqlite3"
    environment = {**os.environ, "PACEMARK_HOME": str(tmp_path), "DATABASE_URL": f"sqlite:///{database}"}
    words = ["--profile", str(profile), "--json", str(calls)]

    def run(code: str) -> int:
        done = subprocess.run(
            [sys.executable, "-c", code, *words], env=environment, capture_output=True, check=False, timeout=120
        )
        return done.returncode

    assert run(KILLED_WHILE_PUBLISHING) == -signal.SIGKILL
    assert counts_in(database) == [0, 0, 0, 0]
    assert list((tmp_path / "imports").rglob("staging*"))

    assert run("import sys; from pacemark import cli; sys.argv[:1] = ['pacemark', 'import']; cli.main()") == 0
    assert counts_in(database) == [50, 50, 1, 0]
    assert not list((tmp_path / "imports").rglob("staging*"))
    with sqlite3.connect(database) as opened:
        states = opened.execute("SELECT state FROM intake_importbatch ORDER BY id").fetchall()
    assert states == [("failed",), ("done",)]


def counts_in(database: Path) -> list[int]:
    with sqlite3.connect(database) as opened:
        tables = ("pipeline_call", "pipeline_lead", "organization_rep", "fact_changed_day")
        return [opened.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables]


def test_a_fault_while_publishing_takes_everything_back(
    importer_everywhere: Importer, monkeypatch: pytest.MonkeyPatch
) -> None:
    importer = importer_everywhere
    path = importer.write("calls.csv", CALLS)
    with monkeypatch.context() as patch:
        patch.setattr(sourcing, "source_opportunities", _fail)
        with pytest.raises(ZeroDivisionError):
            importer.bring_in(path)

    for model in (Call, Lead, Rep, Source, ChangedDay):
        assert not model.objects.exists()
    assert not list(imports_folder().rglob("staging*"))
    assert importer.bring_in(path).counts("calls") == (50, 0, 0, 0)


def test_a_fault_while_reading_leaves_no_row(importer: Importer, monkeypatch: pytest.MonkeyPatch) -> None:
    path = importer.write("calls.csv", CALLS)
    monkeypatch.setattr(staging_run, "settle_repeats", _stop)

    answer = importer.bring_in(path)

    assert answer.code == 2
    assert "cut off" in answer.err
    assert ImportBatch.objects.get().state == BatchState.FAILED
    assert not Call.objects.exists()
    assert connection.execute_wrappers == []


def _fail(_publication: object) -> int:
    raise ZeroDivisionError


def _stop(*_words: object) -> list[object]:
    raise FileError("the file was cut off")


def test_reported_and_imported_opportunities_are_one(importer_everywhere: Importer) -> None:
    importer = importer_everywhere
    importer.bring_in(importer.write("calls.csv", [{"id": "C1", "lead": "L1", "seconds": "300", "owner": "Zhao"}]))
    now = timezone.now()
    Opportunity.objects.create(
        source=Source.objects.create(name=REPORTED_SOURCE), external_id="r1", content_key=1, state="open",
        lead=Lead.objects.get(), owner=Rep.objects.get(), opened_at=now, opened_on=now.date(), reported_at=now,
    )  # fmt: skip

    answer = importer.bring_in(importer.write("deals.csv", [{"id": "D1", "lead": "L1", "owner": "Qian"}]))

    opportunity = Opportunity.objects.get()
    assert answer.counts("deals") == (1, 0, 0, 0)
    assert (opportunity.external_id, opportunity.source.name, opportunity.owner.name) == ("D1", "floor", "Qian")
    assert opportunity.reported_at == now
    assert opportunity.sourced_by.name == "Zhao"
    assert importer.bring_in().counts("deals") == (0, 0, 1, 0)
    assert Opportunity.objects.count() == 1


def test_ctrl_c_in_the_middle_leaves_the_connection_sound(importer: Importer, monkeypatch: pytest.MonkeyPatch) -> None:
    path = importer.write("calls.csv", CALLS)
    with monkeypatch.context() as patch:
        patch.setattr(staging_run, "settle_repeats", _interrupt)
        assert importer.bring_in(path).code not in {0, 2}

    assert ImportBatch.objects.get().state == BatchState.FAILED
    if connection.vendor == "sqlite":
        cursor = connection.cursor()
        assert cursor.execute("PRAGMA foreign_keys").fetchone()[0] == 1
        assert [row[1] for row in cursor.execute("PRAGMA database_list").fetchall()] == ["main"]
    assert importer.bring_in(path).counts("calls") == (50, 0, 0, 0)


def _interrupt(*_words: object) -> None:
    if connection.vendor == "sqlite":  # where the chunks are written, beside the database, is a transaction of its own
        connection.connection.execute("BEGIN")
    connection.connection.execute("INSERT INTO stage_touched VALUES (1)")
    raise KeyboardInterrupt


def test_a_second_profile_does_not_move_the_organisations_clock(importer: Importer) -> None:
    Organization.objects.all().delete()
    path = importer.write("calls.csv", [{"id": "C1", "at": "2024-01-03 23:30:00"}])
    importer.bring_in(path)
    importer.profile.write_text(PROFILE.replace("Asia/Shanghai", "Europe/Berlin").replace('"floor"', '"other"'))

    importer.bring_in(path)

    assert organization().time_zone == "Asia/Shanghai"
    assert dict(Call.objects.values_list("source__name", "local_hour")) == {"floor": 23, "other": 6}
