"""`pacemark demo` as a person types it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pacemark.cli.demo import app
from pacemark.cli.start import UserMistake
from pacemark.demo.load import kept_demo
from pacemark.demo.load_people import SIGN_INS
from pacemark.demo.sign_ins import kept_password
from pacemark.web.organization.models import Organization, Rep
from pacemark.web.organization.services import set_up_organization

SMALL = ["--reps", "24", "--months", "1", "--end", "2026-06-18", "--seed", "5"]

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def home(tmp_path: Path, settings: pytest.FixtureRequest) -> Path:
    settings.PACEMARK_HOME = tmp_path / "home"  # type: ignore[attr-defined]
    return tmp_path / "home"


def run(*words: str) -> str:
    result = CliRunner().invoke(app, list(words), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_it_prints_one_sign_in_per_role_and_keeps_it(home: Path, tmp_path: Path) -> None:
    first = run(*SMALL, "--truths", str(tmp_path / "truths.json"))
    password = kept_password(home)
    assert password is not None and (home / "demo-password").stat().st_mode & 0o777 == 0o600
    for username in SIGN_INS:
        assert any(username in line and password in line for line in first.splitlines())
    truths = json.loads((tmp_path / "truths.json").read_text(encoding="utf-8"))
    numbers = {person["employee_no"] for person in truths["people"]}
    assert set(truths["planted"]["padders"]["people"]) < numbers
    assert numbers == set(Rep.objects.values_list("employee_no", flat=True))
    again = run("--keep", "--truths", str(tmp_path / "again.json"))
    assert password in again
    assert (tmp_path / "again.json").read_bytes() == (tmp_path / "truths.json").read_bytes()
    kept = kept_demo()
    run("advance", "--days", "2")
    later = kept_demo()
    assert kept is not None and later is not None
    assert later.now_seconds - kept.now_seconds == 2 * 86_400


def test_it_leaves_an_organisation_alone_unless_forced() -> None:
    set_up_organization(actor=None, name="A real one")
    with pytest.raises(UserMistake, match="already holds an organisation"):
        run(*SMALL)
    run("--keep")
    assert Organization.objects.get().name == "A real one" and not Rep.objects.exists()
    with pytest.raises(UserMistake, match="no made-up organisation"):
        run("advance", "--days", "1")


@pytest.mark.django_db(transaction=True)
def test_force_begins_anew(tmp_path: Path) -> None:
    set_up_organization(actor=None, name="A real one")
    run(*SMALL, "--force", "--password", "three-blind-mice", "--null", "--truths", str(tmp_path / "truths.json"))
    assert json.loads((tmp_path / "truths.json").read_text(encoding="utf-8"))["planted"] == {}
    assert Organization.objects.get().name != "A real one" and Rep.objects.count() == 24


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--reps", "3"], "at least 24 reps"),
        (["--months", "0"], "at least one month"),
        (["--end", "yesterday"], "--end must be a date"),
        (["--truths", "/nowhere/truths.json"], "cannot be written"),
    ],
)
def test_mistakes_are_one_sentence(words: list[str], sentence: str) -> None:
    with pytest.raises(UserMistake, match=sentence):
        run(*SMALL, *words)
    assert not Rep.objects.exists()
