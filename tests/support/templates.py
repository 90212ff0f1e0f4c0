"""What is costly to make: made once in a session, by whichever test process asks first, and copied by all."""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.support.needs import ROOT

EMPTY = "from pacemark.web.config.django_setup import ensure_database, start_django; start_django(); ensure_database()"
DATABASE = "pacemark.sqlite3"


def shared_folder(factory: pytest.TempPathFactory) -> Path:
    """Return the folder that all test processes of this session see."""
    own = factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


def made_once(folder: Path, make: Callable[[Path], None]) -> Path:
    """Return a folder that is whole; others wait while the first one makes it."""
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            unfinished = folder.with_suffix(".unfinished")
            shutil.rmtree(unfinished, ignore_errors=True)
            unfinished.mkdir()
            make(unfinished)
            unfinished.rename(folder)
    return folder


def environment_of(home: Path, **more: str) -> dict[str, str]:
    """Return an environment with nothing of the developer's own settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PACEMARK_", "DATABASE_URL"))}
    return {**kept, "PACEMARK_HOME": str(home), **more}


def make_empty_home(folder: Path) -> None:
    """Make a data folder with its keys and a database without a row."""
    subprocess.run([sys.executable, "-c", EMPTY], env=environment_of(folder), cwd=ROOT, check=True)
    in_one_file(folder / DATABASE)


def in_one_file(path: Path) -> None:
    """Leave nothing of a SQLite database beside its file, so that it can be copied, also into memory."""
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA journal_mode=DELETE")


def bring_in_school(home: Path, samples: Path) -> None:
    """Bring the school's records in, as a person would."""
    profile = ROOT / "examples" / "school_crm.toml"
    words = ("import", "--profile", str(profile), str(samples / "school_crm"), "--json")
    subprocess.run(
        [sys.executable, "-m", "pacemark.cli", *words], env=environment_of(home), cwd=ROOT, check=True,
        stdout=subprocess.DEVNULL,
    )  # fmt: skip


def copy_home(template: Path, home: Path) -> Path:
    """Copy a data folder into a new one."""
    return Path(shutil.copytree(template, home, dirs_exist_ok=True))


def fill_database(connection: Any, template: Path) -> None:
    """Make Django's SQLite database a copy of a file, whatever it held."""
    connection.ensure_connection()
    with closing(sqlite3.connect(template)) as source:
        source.backup(connection.connection)
