from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.checks import run_checks

from pacemark.web.config import checks
from tests.support.needs import ROOT


def _ids() -> set[str | None]:
    return {message.id for message in run_checks(tags=["pacemark"])}


def _readable_key(settings: Any, folder: Path) -> None:
    settings.PACEMARK_HOME = folder
    (folder / "secret.key").write_text("x")
    (folder / "secret.key").chmod(0o640)


FAULTS: dict[str, Callable[[Any, Path], object]] = {
    "pacemark.E001": lambda settings, _folder: setattr(settings, "PACEMARK_TODAY", "31.01.2024"),
    "pacemark.E002": _readable_key,
    "pacemark.E003": lambda settings, _folder: settings.DATABASES["default"]["OPTIONS"].update(
        transaction_mode="DEFERRED"
    ),
    "pacemark.W001": lambda settings, _folder: setattr(settings, "DEBUG", True),
    "pacemark.W002": lambda settings, _folder: setattr(settings, "ALLOWED_HOSTS", ["sales.example"]),
    "pacemark.W003": lambda settings, folder: setattr(settings, "STATICFILES_DIRS", [folder]),
}


@pytest.fixture
def _sound(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(settings.DATABASES["default"]["OPTIONS"], "transaction_mode", "IMMEDIATE")
    (tmp_path / "static" / "vendor").mkdir(parents=True)
    settings.STATICFILES_DIRS = [tmp_path / "static"]
    settings.PACEMARK_HOME = tmp_path
    (tmp_path / "secret.key").write_text("x")
    (tmp_path / "secret.key").chmod(0o600)


@pytest.mark.usefixtures("_sound")
def test_a_sound_installation_is_silent() -> None:
    assert _ids() == set()


@pytest.mark.usefixtures("_sound")
@pytest.mark.parametrize("number", FAULTS)
def test_each_fault_is_told_by_its_number(settings: Any, tmp_path: Path, number: str) -> None:
    folder = tmp_path / "fault"
    folder.mkdir()
    FAULTS[number](settings, folder)

    assert _ids() == {number}


def test_every_number_is_used_once_tested_and_documented() -> None:
    source = Path(checks.__file__).read_text(encoding="utf-8")
    numbers = re.findall(r'id="(pacemark\.[EW]\d{3})"', source)

    assert len(numbers) == len(set(numbers))
    assert set(numbers) == set(FAULTS)
    operating = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    assert set(re.findall(r"pacemark\.[EW]\d{3}", operating)) == set(numbers)
