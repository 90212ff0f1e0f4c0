"""SQLite's own online copy, out and in."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from django.db import connection


def copy_out(path: Path) -> dict[str, int]:
    """Copy the database to a file while others read and write, and return its rows per table."""
    with closing(_open(_live())) as live, closing(_open(path)) as copy:
        # In one step: under WAL nobody waits for a reader, while a copy in steps begins anew after every write.
        live.backup(copy)
        return _rows(copy)


def copy_in(path: Path, rows: Mapping[str, int]) -> str:
    """Put a copy in the database's place, in one transaction of SQLite's; return what is wrong with the copy, if so."""
    with closing(_open(path)) as copy:
        try:
            [verdict] = copy.execute("PRAGMA integrity_check(1)").fetchone()
            found = _rows(copy)
        except sqlite3.DatabaseError as error:
            return f"the backup is damaged: {error}"
        if verdict != "ok":
            return f"the backup is damaged: {verdict}"
        if found != dict(rows):
            return "the backup is damaged: its tables do not hold the rows that its manifest names"
        connection.close()
        with closing(_open(_live())) as live:
            copy.backup(live)
    return ""


def _live() -> Path:
    return Path(connection.settings_dict["NAME"])


def _open(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=30)


def _rows(database: sqlite3.Connection) -> dict[str, int]:
    tables = database.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!' ORDER BY name"
    ).fetchall()
    return {name: database.execute(f'SELECT COUNT(*) FROM "{name}"').fetchone()[0] for (name,) in tables}
