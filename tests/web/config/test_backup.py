"""A backup is made under writing hands, and puts back what was there, on both databases."""

from __future__ import annotations

import tarfile
import threading
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, connections
from django.utils import timezone

from pacemark.web.accounts.models import User
from pacemark.web.config.backup import BackupError, make_backup, restore_backup
from pacemark.web.trail.models import TrailEntry, TrailSeal
from pacemark.web.trail.services import record


def _person(name: str) -> User:
    return User.objects.create(username=name, display_name=name)


def _write_until(stop: threading.Event) -> None:
    while not stop.is_set():
        record(actor=None, action="test.written", subject=("thing", "1"))
    connections.close_all()


def test_a_backup_made_while_others_write_brings_everything_back(each_shared_database: str, tmp_path: Path) -> None:
    _person("wang")
    record(actor=None, action="test.before", subject=("thing", "0"), changes={"名": [1, "β"]})
    stop = threading.Event()
    writer = threading.Thread(target=_write_until, args=(stop,))
    writer.start()
    try:
        made = make_backup(tmp_path / "copy.tar.gz", now=timezone.now())
    finally:
        stop.set()
        writer.join()
    User.objects.all().delete()
    TrailEntry.objects.filter(action="test.before").delete()

    restored = restore_backup(tmp_path / "copy.tar.gz")

    assert restored == made
    assert [user.username for user in User.objects.all()] == ["wang"]
    assert TrailEntry.objects.get(action="test.before").changes == {"名": [1, "β"]}
    assert TrailEntry.objects.count() == made.rows["trail_trailentry"]
    assert record(actor=None, action="test.after", subject=("thing", "2")).pk > made.rows["trail_trailentry"]


def test_people_are_replaced_only_when_that_is_said(each_shared_database: str, tmp_path: Path) -> None:
    _person("wang")
    make_backup(tmp_path / "copy.tar.gz", now=timezone.now())
    _person("li")

    with pytest.raises(BackupError, match="say --replace"):
        restore_backup(tmp_path / "copy.tar.gz")
    assert User.objects.count() == 2

    restore_backup(tmp_path / "copy.tar.gz", replace=True)
    assert [user.username for user in User.objects.all()] == ["wang"]


def test_a_backup_of_an_older_pacemark_is_brought_up_to_date(each_shared_database: str, tmp_path: Path) -> None:
    _person("wang")
    call_command("migrate", "trail", "0001", verbosity=0, interactive=False)
    make_backup(tmp_path / "old.tar.gz", now=timezone.now())
    call_command("migrate", verbosity=0, interactive=False)

    restore_backup(tmp_path / "old.tar.gz", replace=True)

    assert [user.username for user in User.objects.all()] == ["wang"]
    assert TrailSeal.objects.count() == 0, "the younger table is there again, and empty"


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _nonsense(path: Path) -> None:
    path.write_bytes(b"PK\x03\x04 not a backup")


def _other_database(path: Path) -> None:
    with tarfile.open(path, "r:gz") as archive:
        archive.extractall(path.parent / "in", filter="data")
    database = path.parent / "in" / "database"
    content = bytearray(database.read_bytes())
    content[len(content) // 2] ^= 1
    database.write_bytes(content)
    with tarfile.open(path, "w:gz") as archive:
        for name in ("manifest.json", "database"):
            archive.add(path.parent / "in" / name, name)


@pytest.mark.parametrize("spoil", [_cut, _nonsense, _other_database])
def test_a_spoilt_backup_changes_nothing(each_shared_database: str, tmp_path: Path, spoil: Any) -> None:
    _person("wang")
    path = tmp_path / "copy.tar.gz"
    make_backup(path, now=timezone.now())
    spoil(path)
    _person("li")

    with pytest.raises(BackupError):
        restore_backup(path, replace=True)

    assert sorted(user.username for user in User.objects.all()) == ["li", "wang"]


def test_a_backup_under_another_phone_key_is_refused_unless_it_brings_the_key(
    each_shared_database: str, tmp_path: Path, settings: Any
) -> None:
    settings.PACEMARK_HOME = tmp_path
    (tmp_path / "phone.key").write_text(settings.PHONE_KEY)
    make_backup(tmp_path / "bare.tar.gz", now=timezone.now())
    make_backup(tmp_path / "keyed.tar.gz", now=timezone.now(), with_keys=True)
    old = settings.PHONE_KEY
    settings.PHONE_KEY = "another"
    (tmp_path / "phone.key").write_text("another")

    with pytest.raises(BackupError, match="another phone key"):
        restore_backup(tmp_path / "bare.tar.gz")
    restore_backup(tmp_path / "keyed.tar.gz")

    assert (tmp_path / "phone.key").read_text() == old
    assert (tmp_path / "phone.key").stat().st_mode & 0o077 == 0
    assert [key.read_text() for key in tmp_path.glob("phone.key.former-*")] == ["another"]
    assert (tmp_path / "keyed.tar.gz").stat().st_mode & 0o077 == 0


def test_a_backup_is_never_written_over(each_shared_database: str, tmp_path: Path) -> None:
    path = tmp_path / "copy.tar.gz"
    make_backup(path, now=timezone.now())
    with pytest.raises(BackupError, match="exists already"):
        make_backup(path, now=timezone.now())


def test_a_backup_of_the_other_kind_says_where_to_go(each_shared_database: str, tmp_path: Path) -> None:
    path = tmp_path / "copy.tar.gz"
    make_backup(path, now=timezone.now())
    vendor = connection.vendor
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(connections["default"]), "vendor", "other")
        with pytest.raises(BackupError, match=f"of {vendor}.*migrate-to"):
            restore_backup(path)
