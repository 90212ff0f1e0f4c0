from __future__ import annotations

import re
from pathlib import Path

import pytest

from pacemark.web.config import env
from pacemark.web.config.databases import database_from_url
from pacemark.web.config.env import SettingError
from pacemark.web.config.keys import secret_in
from pacemark.web.config.spec import SETTINGS
from tests.support.needs import ROOT

CONFIG = ROOT / "src" / "pacemark" / "web" / "config"


def test_every_variable_that_is_read_stands_in_the_table() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in CONFIG.glob("*.py") if path.name != "spec.py")
    read = set(re.findall(r'(?:env\.\w+|environ\.get)\("([A-Z_]+)"', source))

    assert read == {setting.name for setting in SETTINGS}


def test_the_table_is_the_documentation() -> None:
    operating = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([A-Z_]+)` \| (.+?) \| (.+?) \| (.+?) \|$", operating, flags=re.MULTILINE)

    assert rows == [(setting.name, setting.kind, setting.default, setting.help) for setting in SETTINGS]


@pytest.mark.parametrize("word", ["1", "True", "yes", "on", " true"])
def test_a_flag_is_one_of_two_exact_words(monkeypatch: pytest.MonkeyPatch, word: str) -> None:
    monkeypatch.setenv("PACEMARK_DEBUG", word)

    with pytest.raises(SettingError, match="exactly true or false"):
        env.flag("PACEMARK_DEBUG", default=False)


@pytest.mark.parametrize(("word", "expected"), [("true", True), ("false", False), ("", True)])
def test_a_flag_is_read(monkeypatch: pytest.MonkeyPatch, word: str, expected: bool) -> None:
    monkeypatch.setenv("PACEMARK_DEBUG", word)

    assert env.flag("PACEMARK_DEBUG", default=True) is expected


def test_a_secret_can_come_from_a_file_and_a_missing_file_stops_the_start(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "key").write_text("s3cret\n")
    monkeypatch.setenv("PACEMARK_SECRET_KEY_FILE", str(tmp_path / "key"))
    assert env.text("PACEMARK_SECRET_KEY") == "s3cret"

    monkeypatch.setenv("PACEMARK_SECRET_KEY_FILE", str(tmp_path / "gone"))
    with pytest.raises(SettingError, match="cannot be read"):
        env.text("PACEMARK_SECRET_KEY")


def test_sqlite_is_the_default_and_begins_writing_at_once(tmp_path: Path) -> None:
    for url in ("", f"sqlite:///{tmp_path}/pacemark.sqlite3"):
        database = database_from_url(url, tmp_path)

        assert database["NAME"] == str(tmp_path / "pacemark.sqlite3")
        assert database["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
        assert "journal_mode=WAL" in database["OPTIONS"]["init_command"]


def test_postgresql_is_one_address(tmp_path: Path) -> None:
    database = database_from_url("postgresql://li%40na:p%2Fw@db.example:5433/floor?sslmode=require", tmp_path)

    assert (database["USER"], database["PASSWORD"]) == ("li@na", "p/w")
    assert (database["HOST"], database["PORT"], database["NAME"]) == ("db.example", "5433", "floor")
    assert database["OPTIONS"] == {"sslmode": "require"}


def test_another_database_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="DATABASE_URL"):
        database_from_url("mysql://x/y", tmp_path)


def test_a_key_is_made_once_and_is_private(tmp_path: Path) -> None:
    home = tmp_path / "home"
    first = secret_in(home, "phone.key")

    assert len(first) >= 43
    assert secret_in(home, "phone.key") == first
    assert (home / "phone.key").stat().st_mode & 0o777 == 0o600
