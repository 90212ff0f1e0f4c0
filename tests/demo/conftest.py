"""The made-up organisation, written once for all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from django.test import override_settings
from pytest_django import DjangoDbBlocker

from pacemark.demo.world import Chronicle
from tests.support.made_up import NOW, SPEC
from tests.support.templates import fill_database


@pytest.fixture(scope="module")
def made_up(
    made_up_file: Path, sqlite_template: Path, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[Chronicle]:
    """Let it stand in the test database on its last day while a module's tests run; each of them is rolled back."""
    with django_db_blocker.unblock():
        fill_database(connection, made_up_file)
        with override_settings(PACEMARK_TODAY=SPEC.end.isoformat()):
            yield Chronicle.of(SPEC, NOW)
        fill_database(connection, sqlite_template)
