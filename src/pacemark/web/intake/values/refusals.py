"""Which rows of a chunk are refused, and why; the first reason counts."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why one row stays out: the column at fault, the reason in words, the cell as it stood."""

    column: str
    reason: str
    value: str


@dataclass(slots=True)
class ChunkRefusals:
    """Refused rows of one chunk, by their position in it."""

    rows: dict[int, Refusal] = field(default_factory=dict)

    def refuse(self, at: int, column: str, reason: str, value: str) -> None:
        """Refuse a row unless it already is."""
        self.rows.setdefault(at, Refusal(column=column, reason=reason, value=value[:200]))


class CellError(ValueError):
    """A cell that holds no value of its kind; the text is the reason."""
