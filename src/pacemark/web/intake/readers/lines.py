"""A text file's lines, counted; where no cell is quoted, whole blocks of them are cut into columns at once."""

from __future__ import annotations

from collections.abc import Iterator
from io import TextIOBase
from itertools import islice, repeat

_LONGEST_LINE = 100_000  # longer ones are left to the reader, which knows how long a cell may be


class Lines:
    """Gives lines one by one; ``count`` is how many were given. Lines looked at in vain are given again."""

    def __init__(self, text: TextIOBase) -> None:
        self._text = text
        self._waiting: Iterator[str] = iter(())
        self.count = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._waiting, None)
        if line is None:
            line = next(self._text)
        self.count += 1
        return line

    def plain_cells(self, rows: int, delimiter: str, width: int) -> tuple[tuple[str, ...], ...] | None:
        """Return the cells of the next rows, column by column: what the reader would make of them, much quicker.

        None where a cell is quoted, a line is blank, or any has more or fewer cells: the reader must look at each.
        Call it between rows only.
        """
        lines = list(islice(self._waiting, rows))
        lines += islice(self._text, rows - len(lines))
        text = "".join(lines).replace("\r\n", "\n")
        if lines and width > 1 and _is_plain(lines, text, delimiter, width):
            self.count += len(lines)
            flat = text.removesuffix("\n").replace("\n", delimiter).split(delimiter)
            return tuple(tuple(flat[column::width]) for column in range(width))
        self._waiting = iter([*lines, *self._waiting])
        return None


def _is_plain(lines: list[str], text: str, delimiter: str, width: int) -> bool:
    if '"' in text or "\r" in text or "\0" in text or max(map(len, lines)) > _LONGEST_LINE:
        return False
    return set(map(str.count, lines, repeat(delimiter))) == {width - 1}
