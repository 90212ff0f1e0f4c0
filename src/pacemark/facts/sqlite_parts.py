"""Half of a rebuild on SQLite, counted by a second reader into a file of its own while the first half is written."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from pacemark.facts.definitions import Definitions
from pacemark.facts.relations import Relations
from pacemark.facts.statements import Fact

# Reading whole indexes by pages costs a system call each; what is mapped counts as memory of the process.
MMAP_BYTES = 2**27
_READER = ("PRAGMA cache_size=-65536", f"PRAGMA mmap_size={MMAP_BYTES}", "PRAGMA temp_store=MEMORY")
# The file is thrown away after its rows were copied, and needs no journal.
_WRITER = ("PRAGMA part.journal_mode=OFF", "PRAGMA part.synchronous=OFF")
_CHILD = "from pacemark.facts.sqlite_parts import count_part; count_part()"


class Part:
    """A process that counts the facts of some reps from a database into the tables of another file.

    A thread would do the same more slowly: two readers in one process wait for each other at every piece of memory
    that SQLite takes or gives back.
    """

    def __init__(
        self, *, database: Path, part: Path, facts: Sequence[Fact], relations: Relations, definitions: Definitions
    ) -> None:
        """Keep what to count, and where."""
        counts = [statement for fact in facts for statement in _filling(fact, relations, definitions)]
        statements = [*_READER, *_WRITER, *counts]
        self._task = json.dumps({"database": str(database), "part": str(part), "statements": statements})
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Begin to count."""
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and words
            [sys.executable, "-P", "-c", _CHILD],
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
            process_group=0,  # Ctrl-C is for the process that rebuilds; it ends this one
        )
        if self._process.stdin is not None:
            with self._process.stdin as stream:
                stream.write(self._task)

    def wait(self) -> None:
        """Wait until all is counted. Raises OperationalError, in the other process's words, where it could not."""
        if self._process is not None and self._process.stderr is not None:
            with self._process.stderr as stream:
                said = stream.read()
            if self._process.wait():
                raise sqlite3.OperationalError(said.strip().rpartition("\n")[2] or "the second reader was ended")

    def end(self) -> None:
        """End the process, whatever it has come to."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()


def count_part() -> None:
    """Count what standard input asks for: what the other process does."""
    task = json.load(sys.stdin)
    with closing(sqlite3.connect(task["database"], isolation_level=None)) as connection:
        connection.execute("ATTACH DATABASE ? AS part", (task["part"],))
        for statement in task["statements"]:
            connection.execute(statement)


def _filling(fact: Fact, relations: Relations, definitions: Definitions) -> tuple[str, str]:
    key = f"PRIMARY KEY ({', '.join(fact.key)})"
    return (
        f"CREATE TABLE part.{fact.name} ({', '.join(fact.columns)}, {key}) WITHOUT ROWID",
        f"INSERT INTO part.{fact.name} {fact.select(relations, definitions)}",
    )


def copy_of(fact: Fact) -> str:
    """Return the query that reads a fact out of the part."""
    return f"SELECT {', '.join(fact.columns)} FROM part.{fact.name}"
