"""Half of a rebuild on SQLite, counted by a second reader into a file of its own while the first half is written."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from threading import Thread

from pacemark.facts.definitions import Definitions
from pacemark.facts.relations import Relations
from pacemark.facts.statements import Fact

# Reading whole indexes by pages costs a system call each; what is mapped counts as memory of the process.
MMAP_BYTES = 2**27
_READER = ("PRAGMA cache_size=-65536", f"PRAGMA mmap_size={MMAP_BYTES}", "PRAGMA temp_store=MEMORY")
_WRITER = ("PRAGMA part.journal_mode=OFF", "PRAGMA part.synchronous=OFF")


class Part(Thread):
    """A thread that counts the facts of some reps from a database into the tables of another file.

    SQLite lets go of Python's lock while it works, so two such readers use two cores. The file is thrown away after its
    rows were copied, and needs no journal.
    """

    def __init__(
        self, *, database: Path, part: Path, facts: Sequence[Fact], relations: Relations, definitions: Definitions
    ) -> None:
        """Keep what to count, and where."""
        super().__init__(name="facts-part", daemon=True)
        self._database = database
        self._part = part
        self._facts = facts
        self._relations = relations
        self._definitions = definitions
        self.error: Exception | None = None

    def run(self) -> None:
        """Count the facts; an error is kept for whoever waits."""
        try:
            connection = sqlite3.connect(self._database, isolation_level=None)
            try:
                self._count(connection)
            finally:
                connection.close()
        except sqlite3.Error as error:
            self.error = error

    def _count(self, connection: sqlite3.Connection) -> None:
        connection.execute("ATTACH DATABASE ? AS part", (str(self._part),))
        for pragma in (*_READER, *_WRITER):
            connection.execute(pragma)
        for fact in self._facts:
            key = f"PRIMARY KEY ({', '.join(fact.key)})"
            connection.execute(f"CREATE TABLE part.{fact.name} ({', '.join(fact.columns)}, {key}) WITHOUT ROWID")
            connection.execute(f"INSERT INTO part.{fact.name} {fact.select(self._relations, self._definitions)}")

    def wait(self) -> None:
        """Wait until all is counted, and raise what went wrong."""
        self.join()
        if self.error is not None:
            raise self.error


def copy_of(fact: Fact) -> str:
    """Return the query that reads a fact out of the part."""
    return f"SELECT {', '.join(fact.columns)} FROM part.{fact.name}"
