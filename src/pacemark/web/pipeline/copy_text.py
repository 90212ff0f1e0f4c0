"""Columns as the lines of PostgreSQL's COPY: whole columns at a time, four times as quick as row by row."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack

from psycopg import Copy

from pacemark.web.shared.row_writing import copied

_Column = Sequence[str | int | bool | None]

_NULL = "\\N"
_SPECIAL = re.compile(r"[\\\t\n\r]")
_ESCAPES = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}


class RunningCopy:
    """A COPY that stays open from chunk to chunk: PostgreSQL stores one while the next is put into words.

    Nothing else may use the connection before :meth:`finish`.
    """

    def __init__(self) -> None:
        self._command = ""
        self._copy: Copy | None = None
        self._open = ExitStack()

    def write(self, table: str, names: Iterable[str], lines: str) -> None:
        """Send lines; those of another table end the COPY before them."""
        command = f"COPY {table} ({', '.join(names)}) FROM STDIN"
        if self._copy is None or command != self._command:
            self.finish()
            self._copy, self._command = self._open.enter_context(copied(command)), command
        self._copy.write(lines)

    def finish(self) -> None:
        """Wait until everything sent is stored."""
        if self._copy is not None:
            self._copy = None
            self._open.close()

    def give_up(self, error: BaseException) -> None:
        """End it without storing what it sent."""
        if self._copy is not None:
            self._copy = None
            self._open.__exit__(type(error), error, error.__traceback__)


def copy_lines(columns: Sequence[_Column], kinds: Sequence[str]) -> str:
    """Return rows, given column by column with the kind of each, as COPY reads them from its standard input."""
    texts = (_WRITERS.get(kind, _numbers)(column) for column, kind in zip(columns, kinds, strict=True))
    return "\n".join(map("\t".join, zip(*texts, strict=True))) + "\n"


def _numbers(column: _Column) -> Sequence[str]:
    distinct = set(column)
    if len(distinct) * 4 > len(column) and None not in distinct:
        return list(map(str, column))
    known = {cell: _NULL if cell is None else str(cell) for cell in distinct}
    return [known[cell] for cell in column]


def _moments(column: _Column) -> Sequence[str]:
    """Return texts in which nothing needs escaping."""
    return column if _joined(column) is not None else [_NULL if cell is None else str(cell) for cell in column]  # type: ignore[return-value]


def _words(column: _Column) -> Sequence[str]:
    joined = _joined(column)
    if joined is not None and not _SPECIAL.search(joined):
        return column  # type: ignore[return-value]
    return [_NULL if cell is None else _SPECIAL.sub(_escaped, str(cell)) for cell in column]


def _joined(column: _Column) -> str | None:
    """Return the cells as one text; None where one of them is empty."""
    try:
        return "".join(column)  # type: ignore[arg-type]
    except TypeError:
        return None


_WRITERS: dict[str, Callable[[_Column], Sequence[str]]] = {"text": _words, "date": _moments, "timestamp": _moments}


def _escaped(found: re.Match[str]) -> str:
    return _ESCAPES[found.group()]
