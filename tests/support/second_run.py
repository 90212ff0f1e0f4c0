"""The suite's second run, with PostgreSQL as Django's own test database: who runs in it, and who says why not."""

from __future__ import annotations

import os

import pytest

from tests.support.needs import postgres_server

_NAMED = os.environ.get("PACEMARK_TEST_DATABASE") or "sqlite"
ON_POSTGRES = _NAMED == "postgres"
ON_SQLITE = pytest.param("sqlite", marks=pytest.mark.sqlite("the same test stands beside them for PostgreSQL"))
ON_EACH = [ON_SQLITE, pytest.param("postgres", marks=pytest.mark.postgres)]

# What pytest-django takes for the wish for a database, what asks for one for a whole module, what is copied on both.
_DJANGOS = frozenset({"db", "transactional_db", "live_server", "django_db_setup", "empty_database", "made_up_database"})
_FILES = frozenset({"sqlite_template", "empty_home", "school_home"})


def check_choice() -> None:
    """Refuse a database that there is not, rather than run on another one."""
    if _NAMED not in {"sqlite", "postgres"}:
        raise pytest.UsageError(f"PACEMARK_TEST_DATABASE is sqlite or postgres, not {_NAMED}")
    if ON_POSTGRES and postgres_server() is None:
        raise pytest.UsageError("PACEMARK_TEST_DATABASE=postgres wants PACEMARK_TEST_POSTGRES=postgresql://…")


def asks_for_a_database(marks: set[str], fixtures: set[str]) -> bool:
    """Say whether a test has to do with the application's database at all."""
    return bool(marks & {"django_db", "postgres", "sqlite"} or fixtures & (_DJANGOS | _FILES))


def hides_a_file(marks: set[str], fixtures: set[str]) -> bool:
    """Say whether a test stands on a SQLite file and says neither so nor why."""
    return bool(fixtures & _FILES) and not (marks & {"django_db", "postgres", "sqlite"} or fixtures & _DJANGOS)


def why_left_out(item: pytest.Item) -> str | None:
    """Return what a test that belongs to SQLite says of itself, in the run on PostgreSQL."""
    mark = item.get_closest_marker("sqlite")
    return f"SQLite's own tests: {mark.args[0]}" if ON_POSTGRES and mark is not None else None


def choose(items: list[pytest.Item]) -> list[pytest.Item]:
    """Return which tests run; those that ask for no database are the same in both runs."""
    marks = {item: {mark.name for mark in item.iter_markers()} for item in items}
    fixtures = {item: set(getattr(item, "fixturenames", ())) for item in items}
    hidden = [item.nodeid for item in items if hides_a_file(marks[item], fixtures[item])]
    if hidden:
        raise pytest.UsageError(f"on a SQLite file, and no pytest.mark.sqlite says why: {', '.join(hidden[:20])}")
    return [item for item in items if not ON_POSTGRES or asks_for_a_database(marks[item], fixtures[item])]
