"""A SQLite file, as an installation has it: a second connection can read it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import DjangoDbBlocker

from tests.support.postgres import django_on


@pytest.fixture
def on_sqlite_file(tmp_path: Path, sqlite_template: Path, django_db_blocker: DjangoDbBlocker) -> Iterator[Path]:
    """Let Django work on a SQLite file of its own in this test, with real transactions."""
    path = tmp_path / "floor.sqlite3"
    shutil.copyfile(sqlite_template, path)
    with django_db_blocker.unblock(), django_on(f"sqlite:///{path}"):
        yield path
