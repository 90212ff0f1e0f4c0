"""Background work on facts."""

from __future__ import annotations

from datetime import timedelta

from pacemark.web.jobs.registry import periodic
from pacemark.web.pipeline.facts_services import refresh_changed_days


@periodic("count changed days", every=timedelta(minutes=5))
def count_changed_days() -> int:
    """Count again what an import left waiting when it was killed between its commit and the roll-up."""
    return refresh_changed_days(actor=None)
