"""Fixtures for tests that import."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation

from tests.support.imports import Importer
from tests.support.second_run import ON_EACH


@pytest.fixture
def importer(
    transactional_db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Importer:
    """The import command on an empty database."""
    return Importer(tmp_path, monkeypatch, capsys)


@pytest.fixture(params=ON_EACH)
def importer_everywhere(request: pytest.FixtureRequest, importer: Importer) -> Importer:
    """The import command on an empty database, once SQLite and once PostgreSQL."""
    if request.param == "postgres":
        request.getfixturevalue("on_postgres")
    return importer


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    """Reasons are sentences; the tests read them in English."""
    with translation.override("en"):
        yield
