"""How many requests a caller may make in a minute, counted over all web processes.

A process takes a part of what is left at once and counts down by itself, so that most requests ask no database. The
part is a sixteenth of what is left: never more are let through than the limit says, and near the limit each is counted.
With SQLite the counts lie in a file of their own: whoever only reads must not wait for somebody's long write.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from django.conf import settings
from django.db import connection

from pacemark.web.shared.models import RateCount

SPAN_SECONDS = 60
SHARE = 16
FILE = "rates.sqlite3"
_TABLE = RateCount._meta.db_table
_TAKE = (
    f"INSERT INTO {_TABLE} (key, span, taken) VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE SET "
    f"taken = CASE WHEN excluded.span > {_TABLE}.span THEN excluded.taken ELSE {_TABLE}.taken + excluded.taken END, "
    f"span = CASE WHEN excluded.span > {_TABLE}.span THEN excluded.span ELSE {_TABLE}.span END RETURNING taken"
)
_MAKE = f"CREATE TABLE IF NOT EXISTS {_TABLE} (key TEXT PRIMARY KEY, span INTEGER NOT NULL, taken INTEGER NOT NULL)"


class TooManyRequests(Exception):
    """A caller who has to wait; ``seconds`` is how long."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"wait {seconds} s")
        self.seconds = seconds


@dataclass(slots=True)
class _Share:
    span: int
    mine: int  # taken already, not used yet
    left: int  # what nobody had taken when this process last looked


_shares: dict[tuple[str, int], _Share] = {}
_lock = threading.Lock()


def spend(key: str, per_minute: int) -> None:
    """Let one request of a caller through, or raise :class:`TooManyRequests`. A limit of 0 is none."""
    if per_minute <= 0:
        return
    now = time.time()
    span = int(now // SPAN_SECONDS)
    with _lock:
        share = _shares.get((key, per_minute))
        if share is None or share.span != span:
            if any(known.span != span for known in islice(_shares.values(), 1)):  # the minute is over, for all of them
                _shares.clear()
            share = _shares[key, per_minute] = _Share(span, 0, per_minute)
        if share.mine > 0:
            share.mine -= 1
            return
        if share.left <= 0:
            raise TooManyRequests(_wait(now))
        asked = max(1, share.left // SHARE)
    taken = _take(key, span, asked)
    with _lock:
        granted = min(asked, per_minute - (taken - asked))
        share.left = max(0, per_minute - taken)
        if granted <= 0:
            raise TooManyRequests(_wait(now))
        share.mine += granted - 1


def _wait(now: float) -> int:
    return SPAN_SECONDS - int(now % SPAN_SECONDS)


def _take(key: str, span: int, asked: int) -> int:
    """Count ``asked`` more and return the count with them."""
    values = (key, span, asked)
    if connection.vendor == "sqlite":
        with closing(sqlite3.connect(Path(settings.PACEMARK_HOME) / FILE, isolation_level=None, timeout=5)) as file:
            file.execute("PRAGMA synchronous = OFF")
            file.execute(_MAKE)
            return int(file.execute(_TAKE, values).fetchone()[0])
    with connection.cursor() as cursor:
        cursor.execute(_TAKE.replace("?", "%s"), values)
        return int(cursor.fetchone()[0])
