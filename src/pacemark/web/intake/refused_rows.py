"""The list of refused rows, as a file that a person downloads."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pacemark.web.shared.plain_cells import plain_cell

HEADER = ("file", "line", "column", "reason", "value")


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedRow:
    """One row that stayed out."""

    file: str
    line: int
    column: str
    reason: str
    value: str


class RefusedRows:
    """Writes refused rows as they come and remembers the first few; the file is made with the first of them."""

    def __init__(self, path: Path, *, keep: int = 20) -> None:
        self._path = path
        self._keep = keep
        self.count = 0
        self.first: list[RefusedRow] = []

    @property
    def path(self) -> Path | None:
        """Return the file, or None while nothing was refused."""
        return self._path if self.count else None

    def add(self, rows: Iterable[RefusedRow]) -> None:
        """Append rows to the file."""
        rows = list(rows)
        if not rows:
            return
        is_new = self.count == 0
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("w" if is_new else "a", encoding="utf-8", newline="", errors="replace") as file:
            writer = csv.writer(file)
            if is_new:
                writer.writerow(HEADER)
            writer.writerows(
                (plain_cell(row.file), row.line, plain_cell(row.column), row.reason, plain_cell(row.value))
                for row in rows
            )
        self.first.extend(rows[: max(self._keep - len(self.first), 0)])
        self.count += len(rows)
