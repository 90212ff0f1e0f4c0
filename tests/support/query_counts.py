"""Counting the queries of a piece of code, and saying which they were."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.db import connection
from django.test.utils import CaptureQueriesContext


@dataclass(slots=True)
class Counted:
    """The queries seen; complete once the block has ended."""

    statements: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.statements)

    def __str__(self) -> str:
        return "\n".join(f"{number:3} {text[:240]}" for number, text in enumerate(self.statements, 1))


@contextmanager
def counted_queries() -> Iterator[Counted]:
    """Count the queries inside a ``with`` block; there is no other way to use it, so it cannot be called in vain."""
    counted = Counted()
    with CaptureQueriesContext(connection) as captured:
        yield counted
    counted.statements = [query["sql"] for query in captured.captured_queries]
