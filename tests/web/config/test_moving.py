"""A SQLite installation moves to PostgreSQL whole, or not at all."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.db.models import Model
from django.utils import timezone
from pytest_django.plugin import DjangoDbBlocker

from pacemark.web.accounts.models import User
from pacemark.web.config.moving import MovingError, _models, move_to
from pacemark.web.jobs.models import PeriodicSlot
from pacemark.web.organization.models import CalendarDay
from pacemark.web.trail.models import TrailEntry
from pacemark.web.trail.seals import seal_trail, verify_trail
from pacemark.web.trail.services import record
from tests.support.needs import postgres_server
from tests.support.people import make_people
from tests.support.postgres import django_on, fresh_database

pytestmark = pytest.mark.postgres


@pytest.fixture(autouse=True)
def _installation(tmp_path: Path, sqlite_template: Path, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Stand on a SQLite file of one's own, as `pacemark migrate-to` does."""
    path = tmp_path / "here.sqlite3"
    shutil.copyfile(sqlite_template, path)
    with django_db_blocker.unblock(), django_on(f"sqlite:///{path}"):
        yield


def _contents() -> dict[str, list[dict[str, Any]]]:
    return {model._meta.db_table: sorted(_rows(model), key=str) for model in _models()}


def _rows(model: type[Model]) -> list[dict[str, Any]]:
    return list(model._base_manager.values())


def test_every_row_of_every_table_arrives_as_it_was(postgres_url: str) -> None:
    people = make_people()
    CalendarDay.objects.update_or_create(date=date(2027, 1, 1), defaults={"kind": "off", "is_provisional": True})
    record(actor=people.admin, action="test.done", subject=("thing", "1"), changes={"名": [1.5, None, "β\t\\N\n"]})
    PeriodicSlot.objects.create(name="x", starts_at=timezone.now())
    seal_trail(now=timezone.now() + timedelta(hours=2))
    before = _contents()

    moved = move_to(postgres_url)

    assert all(table.here == table.there for table in moved)
    with django_on(postgres_url):
        assert connection.vendor == "postgresql"
        assert _contents() == before
        assert verify_trail().broken == ()
        assert User.objects.create(username="new", display_name="new").pk > people.admin.pk
        assert record(actor=None, action="test.after", subject=("thing", "2")).pk > TrailEntry.objects.first().pk  # type: ignore[union-attr]


def test_people_there_are_never_written_over(postgres_url: str) -> None:
    make_people()
    with django_on(postgres_url):
        User.objects.create(username="first", display_name="first")

    with pytest.raises(MovingError, match="people in that database already"):
        move_to(postgres_url)

    with django_on(postgres_url):
        assert [user.username for user in User.objects.all()] == ["first"]


def test_a_row_that_postgresql_refuses_leaves_nothing_there(postgres_url: str) -> None:
    make_people()
    User.objects.create(username="nul", display_name="a\x00b")

    with pytest.raises(MovingError, match="PostgreSQL would not"):
        move_to(postgres_url)

    with django_on(postgres_url):
        assert User.objects.count() == 0


def test_only_from_sqlite_and_only_to_postgresql(tmp_path: Any, postgres_url: str) -> None:
    with pytest.raises(MovingError, match="must start with postgresql://"):
        move_to(f"sqlite:///{tmp_path}/other.sqlite3")
    with django_on(postgres_url), pytest.raises(MovingError, match="not on SQLite"):
        move_to(postgres_url)


def test_an_empty_database_gets_its_tables_first() -> None:
    make_people()
    server = postgres_server()
    assert server is not None
    with fresh_database(server) as (_name, url):
        move_to(url)
        with django_on(url):
            assert User.objects.count() > 0
