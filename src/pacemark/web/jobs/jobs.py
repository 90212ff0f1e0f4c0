"""The queue's own upkeep."""

from __future__ import annotations

from datetime import timedelta

from pacemark.web.jobs.registry import periodic
from pacemark.web.jobs.services import prune


@periodic("jobs.prune", every=timedelta(days=1), offset=timedelta(hours=19))  # 03:00 in China
def prune_queue() -> None:
    """Forget jobs that ended long ago."""
    prune()
