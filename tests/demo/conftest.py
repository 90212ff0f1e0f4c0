"""The made-up organisation, written once for all."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import override_settings

from pacemark.demo.world import Chronicle
from tests.support.made_up import NOW, SPEC
from tests.support.postgres import django_on
from tests.support.ready_databases import ReadyDatabase


@pytest.fixture(scope="module")
def made_up(
    made_up_database: ReadyDatabase, tmp_path_factory: pytest.TempPathFactory, django_db_setup: None
) -> Iterator[Chronicle]:
    """Let it stand in for the test database on its last day while a module's tests run; each of them is rolled back."""
    with (
        made_up_database.copied(tmp_path_factory.mktemp("made-up")) as url,
        django_on(url),
        override_settings(PACEMARK_TODAY=SPEC.end.isoformat()),
    ):
        yield Chronicle.of(SPEC, NOW)
