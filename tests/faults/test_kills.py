"""Web, worker and database are killed in mid-work, the disk is full, the clock jumps: nothing acknowledged is lost.

The small instances of what `bench/trials_load.py` does for minutes with 200 people.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pytest_django import DjangoDbBlocker

from tests.support.load import Book, Fetch, Mix, at_work, differences, uncounted
from tests.support.load_floor import write_floor
from tests.support.postgres import django_on
from tests.support.served import fetched, own_cluster, serving, until
from tests.support.templates import environment_of

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="left out: looks at processes by /proc")
READS = ("/api/v1/me", "/api/v1/resources/leads?limit=20", "/api/v1/resources/holdings", "/api/v1/goals/plans")
PATIENT = {"PACEMARK_API_PER_TOKEN": "0", "PACEMARK_API_PER_ACCOUNT": "0"}


@pytest.mark.postgres
def test_killed_web_worker_and_database_lose_and_double_nothing(
    postgres_url: str, django_db_blocker: DjangoDbBlocker, tmp_path: Path
) -> None:
    with django_db_blocker.unblock(), django_on(postgres_url):
        token = write_floor()
    with own_cluster() as cluster:
        cluster.fill_from(postgres_url)
        environment = environment_of(tmp_path, DATABASE_URL=cluster.url, **PATIENT)
        with serving(environment) as site:

            def blows(_book: Book) -> None:
                for blow in (site.kill_web, site.kill_workers, cluster.kill, site.kill_server):
                    time.sleep(1.5)
                    blow()
                    if blow == cluster.kill:
                        cluster.start()
                    site.start()
                time.sleep(1.5)

            book = at_work(
                8, port=site.port, token=token, mix=Mix(reads=READS, pause_seconds=0.05), during=blows
            )  # fmt: skip
            look = lambda sql: fetched(cluster.url, sql)  # noqa: E731
            until(lambda: uncounted(look) == 0, "every call is counted, once")
        assert differences(book, look) == []
    assert len(book.owners) > 5
    assert len(book.calls_kept) > 25
    assert None not in book.owners.values(), "every lead was dealt to somebody"


# --- on SQLite: a disk that is full, a clock that jumps ---------------------------------------------------------------


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """Mount a disk of so many megabytes."""
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip("left out: a full disk, for want of the right to mount a small one")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture
def sqlite_site(sqlite_template: Path, django_db_blocker: DjangoDbBlocker) -> Callable[[Path], str]:
    """Return what puts a floor on a SQLite file in a folder, and tells its token."""

    def make(home: Path) -> str:
        shutil.copyfile(sqlite_template, home / "pacemark.sqlite3")
        with django_db_blocker.unblock(), django_on(f"sqlite:///{home / 'pacemark.sqlite3'}"):
            return write_floor()

    return make


def looking_at(home: Path) -> Fetch:
    def fetch(sql: str) -> list[tuple]:
        with closing(sqlite3.connect(home / "pacemark.sqlite3", timeout=30)) as connection:
            return connection.execute(sql).fetchall()

    return fetch


@pytest.mark.sqlite("a full disk under its file")
def test_a_full_disk_and_a_jumping_clock_lose_and_double_nothing(
    sqlite_site: Callable[[Path], str], tmp_path: Path
) -> None:
    clock = tmp_path / "clock.txt"
    clock.write_text("0")
    site_packages = tmp_path / "early"
    site_packages.mkdir()
    (site_packages / "sitecustomize.py").write_text(JUMPING_CLOCK.format(path=str(clock)))
    with small_disk(tmp_path / "disk", 24) as home:
        token, fetch = sqlite_site(home), looking_at(home)
        environment = environment_of(home, PYTHONPATH=f"{site_packages}:{os.environ.get('PYTHONPATH', '')}", **PATIENT)
        with serving(environment) as site:
            ballast = home / "ballast"

            def trouble(book: Book) -> None:
                time.sleep(1)
                with ballast.open("wb") as file, suppress(OSError):
                    while file.write(bytes(1 << 16)):
                        file.flush()
                until(lambda: book.statuses[500] + book.statuses[503] > 0, "somebody's write finds no room")
                ballast.unlink()
                time.sleep(1)
                for seconds in (86_400, -3_600, 0):  # a day on, an hour back, and right again
                    clock.write_text(str(seconds))
                    time.sleep(1)

            mix = Mix(reads=READS, pause_seconds=0.05, calls_per_batch=100)
            book = at_work(5, port=site.port, token=token, mix=mix, during=trouble)
            until(lambda: uncounted(fetch) == 0, "every call is counted, once")
        assert differences(book, fetch) == []
        assert fetch("PRAGMA integrity_check") == [("ok",)]
        [(furthest,)] = fetch("SELECT MAX(decided_at) FROM resources_decision")
        assert datetime.fromisoformat(furthest).replace(tzinfo=UTC) > datetime.now(UTC) + timedelta(hours=12), (
            "the clock did jump"
        )
    assert len(book.owners) > 5
    assert len(book.calls_kept) > 25


# Read by every process of the site as it starts: its clock is off by the seconds that a file names.
JUMPING_CLOCK = """
import datetime, importlib.util, sys, time
from pathlib import Path
_path, _true, _class = Path({path!r}), time.time, datetime.datetime

def _off():
    try:
        return float(_path.read_text() or 0)
    except (OSError, ValueError):
        return 0.0

time.time = lambda: _true() + _off()

class _Finder:
    def find_spec(self, name, path=None, target=None):
        if name != "django.utils.timezone":
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        load = spec.loader.exec_module

        def loaded(module):
            load(module)
            module.now = lambda: _class.now(tz=datetime.timezone.utc) + datetime.timedelta(seconds=_off())

        spec.loader.exec_module = loaded
        return spec

sys.meta_path.insert(0, _Finder())
"""
