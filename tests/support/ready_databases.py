"""Databases that are ready to be copied, on SQLite or on PostgreSQL as the run has it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.needs import postgres_server
from tests.support.postgres import fresh_database

COPY = "copy.sqlite3"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadyDatabase:
    """A SQLite file, or the name of a PostgreSQL database that nobody is connected to."""

    origin: Path | str

    @contextmanager
    def copied(self, folder: Path) -> Iterator[str]:
        """Yield the address of a copy of its own, which ends with the block or lies in the folder."""
        if isinstance(self.origin, Path):
            yield f"sqlite:///{shutil.copyfile(self.origin, folder / COPY)}"
            return
        server = postgres_server()
        assert server is not None
        with fresh_database(server, self.origin) as (_name, url):
            yield url
