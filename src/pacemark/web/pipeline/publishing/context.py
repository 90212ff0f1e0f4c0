"""What one publication carries from step to step, and how its outcome is counted."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from pacemark.web.pipeline.staging import Staging


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """One import on its way into the events of one source."""

    staging: Staging
    source_id: int
    batch_id: int | None
    now: datetime
    connect_seconds: int
    deep_talk_seconds: int
    has_facts: bool = True

    def run(self, sql: str, params: tuple[object, ...] = ()) -> int:
        """Run one statement; return how many rows it touched."""
        return self.staging.execute(sql, params)


@dataclass(slots=True)
class Outcome:
    """Rows of files by what became of them."""

    accepted: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: int = 0

    def as_dict(self) -> dict[str, int]:
        """Return the counts in the shape that ``import --json`` prints."""
        return {
            "accepted": self.accepted,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "refused": self.refused,
        }

    def add(self, other: Outcome) -> None:
        """Add another's counts."""
        self.accepted += other.accepted
        self.updated += other.updated
        self.unchanged += other.unchanged
        self.refused += other.refused

    @property
    def total(self) -> int:
        """Return how many rows there were."""
        return self.accepted + self.updated + self.unchanged + self.refused


@dataclass(slots=True)
class Outcomes:
    """Outcomes per kind of record."""

    kinds: dict[str, Outcome] = field(default_factory=dict)
    erased: int = 0  # rows of leads that went in without the personal values of somebody who was erased

    def of(self, kind: str) -> Outcome:
        """Return a kind's outcome, starting at nothing."""
        return self.kinds.setdefault(kind, Outcome())
