"""A batch of changed targets: its rows as they are stored, and what is wrong with a row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

# What keeps a row from being written, and what only has to be known or answered first.
REFUSING = (
    "unknown_person", "ambiguous_person", "out_of_sight", "duplicate", "not_an_amount", "negative", "broken_formula",
    "no_target", "no_source", "left", "not_there_yet", "closed", "months_above_quarter", "no_open_month", "stale",
    "left_as_agreed",
)  # fmt: skip
ASKING = ("agreed", "below_booked")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody wants a target to be, before anything is checked; ``cell`` is where a workbook says so."""

    rep_id: int
    month: date
    new_minor: int | None
    problem: str = ""
    cell: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchRow:
    """One target of a batch. ``follows``: nobody named it, but the quarter's sum makes it move."""

    rep_id: int
    month: date
    old_minor: int | None
    new_minor: int | None
    version: int
    problems: tuple[str, ...] = ()
    cell: str = ""
    follows: bool = False

    @property
    def is_refused(self) -> bool:
        """Tell whether the row is not going to be written."""
        return any(problem in REFUSING for problem in self.problems)

    @property
    def is_agreed(self) -> bool:
        """Tell whether the row changes what two people agreed on."""
        return "agreed" in self.problems

    @property
    def difference_minor(self) -> int | None:
        """Return by how much the target moves; None where nothing was or is asked."""
        return None if self.new_minor is None else self.new_minor - (self.old_minor or 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedCell:
    """A cell or line of a workbook that no row could be made of."""

    sheet: str
    cell: str
    problem: str
    shown: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchContent:
    """Everything a batch holds; ``n_same`` targets were asked for as they stand already.

    ``failed`` is why applying it had to be given up, with nothing written.
    """

    rows: tuple[BatchRow, ...]
    refused: tuple[RefusedCell, ...] = ()
    n_same: int = 0
    reason: str = ""
    failed: str = ""

    @property
    def written(self) -> tuple[BatchRow, ...]:
        """Return the rows that are going to be written."""
        return tuple(row for row in self.rows if not row.is_refused)


def content_json(content: BatchContent) -> dict[str, Any]:
    """Return a batch as it is stored. Rows hold ids only, so that a person's name can be erased."""
    return {
        "rows": [_row_json(row) for row in content.rows],
        "refused": [[one.sheet, one.cell, one.problem, one.shown] for one in content.refused],
        "same": content.n_same,
        "reason": content.reason,
        "failed": content.failed,
    }


def content_of(stored: Mapping[str, Any]) -> BatchContent:
    """Return a stored batch."""
    return BatchContent(
        rows=tuple(_row_of(row) for row in stored["rows"]),
        refused=tuple(
            RefusedCell(sheet=sheet, cell=cell, problem=problem, shown=shown)
            for sheet, cell, problem, shown in stored["refused"]
        ),
        n_same=stored["same"],
        reason=stored["reason"],
        failed=stored["failed"],
    )


def _row_json(row: BatchRow) -> dict[str, Any]:
    stored: dict[str, Any] = {
        "rep": row.rep_id,
        "month": row.month.isoformat(),
        "old": row.old_minor,
        "new": row.new_minor,
        "version": row.version,
    }
    if row.problems:
        stored["problems"] = list(row.problems)
    if row.cell:
        stored["cell"] = row.cell
    return {**stored, "follows": True} if row.follows else stored


def _row_of(stored: Mapping[str, Any]) -> BatchRow:
    return BatchRow(
        rep_id=stored["rep"],
        month=date.fromisoformat(stored["month"]),
        old_minor=stored["old"],
        new_minor=stored["new"],
        version=stored["version"],
        problems=tuple(stored.get("problems", ())),
        cell=stored.get("cell", ""),
        follows=stored.get("follows", False),
    )


def doubled(wishes: Iterable[Wish]) -> set[tuple[int, date]]:
    """Return whose month is named more than once: nobody can tell which is meant."""
    seen: set[tuple[int, date]] = set()
    twice: set[tuple[int, date]] = set()
    for wish in wishes:
        key = (wish.rep_id, wish.month)
        (twice if key in seen else seen).add(key)
    return twice


def total_change(rows: Sequence[BatchRow]) -> tuple[int, int]:
    """Return what the rows add up to before and after."""
    return sum(row.old_minor or 0 for row in rows), sum(row.new_minor or 0 for row in rows)
