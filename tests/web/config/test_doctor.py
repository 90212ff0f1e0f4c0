"""The doctor finds what is planted, and nothing where nothing is."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import typer
from django.utils import timezone
from typer.testing import CliRunner

from pacemark.cli.doctor import doctor
from pacemark.web.config.doctor import State, examine
from pacemark.web.jobs.models import PeriodicSlot
from pacemark.web.pipeline.fact_models import ChangedDay
from pacemark.web.pipeline.models import Lead, Source
from pacemark.web.pipeline.phones import seal_phone
from pacemark.web.trail.models import TrailEntry

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _sound(settings: Any, tmp_path: Path) -> None:
    settings.PACEMARK_HOME = tmp_path
    PeriodicSlot.objects.create(name="trail.seal", starts_at=timezone.now() - timedelta(minutes=5))


def _states() -> dict[str, State]:
    return {finding.what: finding.state for finding in examine(timezone.now())}


def test_a_sound_installation_has_nothing_wrong() -> None:
    assert State.WRONG not in _states().values()


def test_it_finds_a_lost_phone_key(settings: Any) -> None:
    sealed = seal_phone("13800138000", "CN")
    source = Source.objects.create(name="t")
    Lead.objects.create(source=source, external_id="1", phone_encrypted=sealed.encrypted, phone_hash=sealed.digest)
    assert _states()["phone key"] == State.GOOD
    settings.PHONE_KEY = "another key"
    assert _states()["phone key"] == State.WRONG


def test_it_finds_waiting_days_an_unsealed_trail_and_a_sleeping_worker() -> None:
    ChangedDay.objects.create(rep_id=1, business_date="2024-01-31")
    TrailEntry.objects.create(at=timezone.now() - timedelta(days=3), action="x.y", subject_kind="x", subject_id="1")
    PeriodicSlot.objects.update(starts_at=timezone.now() - timedelta(days=3))

    states = _states()

    assert [states[what] for what in ("facts", "trail", "jobs")] == [State.WORTH_A_LOOK] * 3


def test_something_wrong_ends_with_one(settings: Any, tmp_path: Path) -> None:
    app = typer.Typer()
    app.command()(doctor)
    assert CliRunner().invoke(app, ["--json"]).exit_code == 0

    (tmp_path / "secret.key").write_text("x")
    (tmp_path / "secret.key").chmod(0o644)
    shown = CliRunner().invoke(app, ["--json"])

    assert shown.exit_code == 1
    wrong = [finding for finding in json.loads(shown.stdout)["findings"] if finding["state"] == "wrong"]
    assert wrong[0]["told"] == "pacemark.E002: Others on this machine can read secret.key."
    assert "chmod 600" in wrong[0]["remedy"]
