"""What every test may rely on: its own data folder, no network, and a plain account of what was left out."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Callable, Generator, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core import management
from django.db import connection
from django.db.backends.base.creation import BaseDatabaseCreation
from django.test import Client, override_settings
from pytest_django import DjangoDbBlocker

from tests.support.made_up import write_made_up
from tests.support.needs import REQUIRE_ALL, chromium_path, postgres_server, samples_path, unmet_need
from tests.support.people import People, client_of, make_people
from tests.support.postgres import copied_template, django_on, fresh_database, migrate
from tests.support.ready_databases import COPY, ReadyDatabase
from tests.support.second_run import ON_EACH, ON_POSTGRES, check_choice, choose, why_left_out
from tests.support.templates import (
    DATABASE,
    bring_in_school,
    copy_home,
    fill_database,
    in_one_file,
    made_once,
    make_empty_home,
    shared_folder,
)

TODAY = date(2024, 3, 15)  # a Friday


# --- what is left out, and saying so ---------------------------------------------------------------------------------


def pytest_configure() -> None:
    check_choice()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Choose what runs, and say in the open that tests on each database need Django's own one too."""
    for item in items:
        if "each_database" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.django_db(transaction=True))  # pytest-django makes only what marks ask for
    chosen = choose(items)
    config.hook.pytest_deselected(items=[item for item in items if item not in set(chosen)])
    items[:] = chosen


def pytest_runtest_setup(item: pytest.Item) -> None:
    reason = why_left_out(item) or unmet_need({mark.name for mark in item.iter_markers()})
    if reason is not None:
        pytest.skip(f"left out: {reason}")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, None]:
    """Where everything is required, a test that was left out has failed, unless it is about the other database."""
    outcome = yield
    report = outcome.get_result()
    if REQUIRE_ALL and report.skipped and why_left_out(item) is None:
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was left out although PACEMARK_REQUIRE_ALL is true: {report.longrepr}"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reasons: dict[str, int] = {}
    for report in terminalreporter.getreports("skipped"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        reasons[reason] = reasons.get(reason, 0) + 1
    for reason, count in sorted(reasons.items()):
        terminalreporter.write_line(f"{reason.removeprefix('Skipped: ')} ({count} tests)", yellow=True)
    if ON_POSTGRES:
        terminalreporter.write_line("run on PostgreSQL; tests that ask for no database run in the run on SQLite")


# --- the world around a test -----------------------------------------------------------------------------------------


@pytest.fixture(scope="session", autouse=True)
def _own_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    home = tmp_path_factory.mktemp("home")
    # Without AUTOREFRESH every test client would list all static files anew.
    with override_settings(PACEMARK_HOME=home, MEDIA_ROOT=home / "uploads", WHITENOISE_AUTOREFRESH=True):
        yield


def _is_local(family: int, address: Any) -> bool:
    if family == socket.AF_UNIX:
        return True
    host = address[0] if isinstance(address, tuple) else ""
    return host in {"localhost", "::1", "0.0.0.0", ""} or str(host).startswith("127.")


@pytest.fixture(scope="session", autouse=True)
def _no_network() -> Iterator[None]:
    """Only this machine may be spoken to."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if not _is_local(self.family, address):
            raise OSError(f"a test tried to reach {address!r}; tests use no network")
        connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded)
        yield


# --- what is made once for all test processes -------------------------------------------------------------------------


@pytest.fixture(scope="session")
def empty_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with keys and a database without a row, to be copied."""
    return made_once(shared_folder(tmp_path_factory) / "empty-home", make_empty_home)


@pytest.fixture(scope="session")
def sqlite_template(empty_home: Path) -> Path:
    """A migrated SQLite file that others are copied from."""
    return empty_home / DATABASE


@pytest.fixture(scope="session")
def django_db_modify_db_settings(sqlite_template: Path) -> Iterator[None]:
    """Let Django's own test database be a copy as well, where it would be migrated from nothing."""
    create, command = BaseDatabaseCreation.create_test_db, management.call_command

    def copied(name: str, *words: Any, **options: Any) -> None:
        if name == "migrate" and connection.vendor == "sqlite":
            fill_database(connection, sqlite_template)
        else:
            command(name, *words, **options)

    def created(*given: Any, **named: Any) -> Any:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(management, "call_command", copied)
            return create(*given, **named)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseDatabaseCreation, "create_test_db", created)
        yield


if ON_POSTGRES:

    @pytest.fixture(scope="session")
    def django_db_setup(django_test_environment: None, postgres_template: str) -> Iterator[None]:
        """Let Django's own test database be a PostgreSQL one: a copy for each test process."""
        with ReadyDatabase(origin=postgres_template).copied(Path()) as url, django_on(url):
            yield


@pytest.fixture(scope="session")
def empty_database(request: pytest.FixtureRequest) -> ReadyDatabase:
    """A migrated database without a row, of the kind that this run is about."""
    return ReadyDatabase(origin=request.getfixturevalue("postgres_template" if ON_POSTGRES else "sqlite_template"))


@pytest.fixture(scope="session")
def made_up_database(
    tmp_path_factory: pytest.TempPathFactory, empty_database: ReadyDatabase, django_db_blocker: DjangoDbBlocker
) -> Iterator[ReadyDatabase]:
    """The database of one made-up organisation, to be copied."""
    folder = shared_folder(tmp_path_factory) / "made-up"

    def made(where: Path) -> None:
        with empty_database.copied(where) as url:
            write_made_up(url)
        in_one_file(where / COPY)

    with django_db_blocker.unblock():
        if isinstance(empty_database.origin, Path):
            yield ReadyDatabase(origin=made_once(folder, made) / COPY)
            return
        server = postgres_server()
        assert server is not None
        with copied_template(server, folder, write_made_up, empty_database.origin) as name:
            yield ReadyDatabase(origin=name)


@pytest.fixture(scope="session")
def school_home(tmp_path_factory: pytest.TempPathFactory, samples: Path, empty_home: Path) -> Path:
    """A data folder into which the school's records were brought by the command line, to be copied."""
    folder = shared_folder(tmp_path_factory) / "school"
    return made_once(folder, lambda where: bring_in_school(copy_home(empty_home, where), samples))


@pytest.fixture
def today(settings: Any) -> date:
    """Freeze the day: Friday 15 March 2024 for everything that asks the organisation's clock."""
    settings.PACEMARK_TODAY = TODAY.isoformat()
    return TODAY


# --- people ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def people(db: None) -> People:
    """One person per access role, and an outsider."""
    return make_people()


@pytest.fixture
def as_user() -> Callable[..., Client]:
    """Return a browser signed in as a given person."""
    return client_of


# --- things that may be missing here: mark the test browser, postgres or samples --------------------------------------


@pytest.fixture(scope="session")
def samples() -> Path:
    """The folder of real records; for tests marked ``samples``."""
    found = samples_path()
    assert found is not None, "mark the test with pytest.mark.samples"
    return found


@pytest.fixture(scope="session")
def chromium() -> str:
    """The system's Chromium; for tests marked ``browser``."""
    found = chromium_path()
    assert found is not None, "mark the test with pytest.mark.browser"
    return found


@pytest.fixture(scope="session")
def postgres_template(tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """A migrated database that others are copied from; a second test process copies the first one's."""
    server = postgres_server()
    assert server is not None, "mark the test with pytest.mark.postgres"
    with (
        django_db_blocker.unblock(),
        copied_template(server, shared_folder(tmp_path_factory) / "postgres", migrate) as name,
    ):
        yield name


@pytest.fixture
def postgres_url(postgres_template: str) -> Iterator[str]:
    """The address of a fresh, migrated PostgreSQL database; for tests marked ``postgres`` that start a process."""
    server = postgres_server()
    assert server is not None
    with fresh_database(server, postgres_template) as (_name, url):
        yield url


@pytest.fixture
def on_postgres(postgres_url: str, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """Let Django work on a fresh PostgreSQL database in this test, with real transactions."""
    with django_db_blocker.unblock(), django_on(postgres_url):
        yield postgres_url


@pytest.fixture(params=ON_EACH)
def each_shared_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Run a test on a SQLite file and on PostgreSQL, as several connections at once would use them."""
    if request.param == "postgres":
        request.getfixturevalue("on_postgres")
        yield "postgres"
        return
    blocker: DjangoDbBlocker = request.getfixturevalue("django_db_blocker")
    path = tmp_path / "shared.sqlite3"
    shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
    with blocker.unblock(), django_on(f"sqlite:///{path}"):
        yield "sqlite"


@pytest.fixture(params=ON_EACH)
def each_database(request: pytest.FixtureRequest) -> str:
    """Run a test on SQLite and on PostgreSQL, with real transactions; the value is which."""
    if request.param == "postgres":
        request.getfixturevalue("on_postgres")
    return str(request.param)
