"""A Pacemark inside the test's own process: begun in a moment, its floor made by hand, its day moved at will."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import override_settings
from django.test.testcases import LiveServerThread
from pytest_django import DjangoDbBlocker

from pacemark.web.accounts.choices import AccessRole
from pacemark.web.accounts.models import User
from pacemark.web.accounts.services import create_user
from pacemark.web.jobs.worker import run_pending
from tests.browser.site import PASSWORD, TODAY
from tests.support.postgres import django_on
from tests.support.ready_databases import ReadyDatabase


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorSite:
    """Where it listens."""

    url: str

    def work(self) -> None:
        """Do what a worker would do by now."""
        run_pending()

    def turn_to(self, day: date) -> None:
        """Let it be another day for everything that asks the organisation's clock."""
        settings.PACEMARK_TODAY = day.isoformat()


def add_person(username: str, access: str, name: str) -> User:
    """Let somebody sign in with the tests' password."""
    return create_user(
        actor=None, username=username, display_name=name, access_role=AccessRole(access), password=PASSWORD
    )


@contextmanager
def as_if_synchronous() -> Iterator[None]:
    """Playwright keeps an event loop in this thread, which Django takes for an asynchronous view."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield


def _unwrapped(handler: Any) -> Any:
    return handler  # WhiteNoise serves the static files, as it does elsewhere


@contextmanager
def standing_site(database: ReadyDatabase, folder: Path, blocker: DjangoDbBlocker) -> Iterator[FloorSite]:
    """Serve a copy of a database from a thread of this process; end it."""
    thread = LiveServerThread("127.0.0.1", _unwrapped)
    thread.daemon = True
    with (
        as_if_synchronous(),
        blocker.unblock(),
        database.copied(folder) as url,
        django_on(url),
        override_settings(PACEMARK_TODAY=TODAY),
    ):
        thread.start()
        thread.is_ready.wait()
        if thread.error:
            raise thread.error
        try:
            yield FloorSite(url=f"http://127.0.0.1:{thread.port}")
        finally:
            thread.terminate()
