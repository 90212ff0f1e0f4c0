"""A part of a rebuild on PostgreSQL, counted on a second connection while the first counts and writes its own."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from threading import Thread
from typing import IO

import psycopg
from django.db import Error, connection

from pacemark.web.shared.row_writing import copied

_KEPT_IN_MEMORY_BYTES = 16 << 20
_BLOCK_BYTES = 1 << 20


class PostgresPart(Thread):
    """A thread that runs queries on a connection of its own and keeps their rows until they are written.

    It sees what is committed. Statements on one connection see each a later moment, too, so that it may run beside a
    transaction that has used up the notes of what changed.
    """

    def __init__(self, *, selects: Mapping[str, str], settings: Mapping[str, str]) -> None:
        """Connect; ``selects`` are the queries by the table that their rows are for. Raises django.db.Error."""
        super().__init__(name="facts-part", daemon=True)
        self._selects, self._settings = selects, settings
        self._rows: dict[str, IO[bytes]] = {}
        self._error: Exception | None = None
        self._second = connection.copy()
        self._second.connect()

    @classmethod
    def beside(cls, selects: Mapping[str, str], settings: Mapping[str, str]) -> PostgresPart | None:
        """Return a part with its connection, or None where the server has none left."""
        try:
            return cls(selects=selects, settings=settings)
        except Error:
            return None

    def run(self) -> None:
        """Count; an error is kept for whoever waits."""
        try:
            with self._second.connection.transaction(), self._second.connection.cursor() as cursor:
                for setting, value in self._settings.items():
                    cursor.execute(f"SET LOCAL {setting} = '{value}'")
                for table, select in self._selects.items():
                    rows = self._rows[table] = tempfile.SpooledTemporaryFile(_KEPT_IN_MEMORY_BYTES)  # noqa: SIM115
                    with cursor.copy(f"COPY ({select}) TO STDOUT") as copy:
                        for block in copy:
                            rows.write(block)
        except (psycopg.Error, OSError) as error:
            self._error = error

    def wait(self) -> None:
        """Wait until all is counted, and raise what went wrong as Django would."""
        self.join()
        with connection.wrap_database_errors:
            if self._error is not None:
                raise self._error

    def write(self, table: str, columns: str) -> None:
        """Write the rows of a table through Django's connection."""
        rows = self._rows[table]
        rows.seek(0)
        with copied(f"COPY {table} ({columns}) FROM STDIN") as copy:
            while block := rows.read(_BLOCK_BYTES):
                copy.write(block)

    def end(self) -> None:
        """Close everything; a query that still runs is stopped."""
        if self.is_alive():
            self._second.connection.cancel()
            self.join()
        self._second.close()
        for rows in self._rows.values():
            rows.close()
