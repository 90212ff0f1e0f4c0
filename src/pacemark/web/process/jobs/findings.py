"""Findings and causes: counted each night, after an import, and now and then while records come in."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from pacemark.web.goals.queries.periods import day_after_records
from pacemark.web.jobs.registry import AFTER_IMPORT, FACTS_CHANGED, job, periodic
from pacemark.web.process.queries.findings import last_counted_at
from pacemark.web.process.services.findings import count_findings

# What a quarter tells does not change with one deal: while events are posted all day, so often is enough.
AT_MOST_EVERY = timedelta(minutes=30)


@periodic("count findings", every=timedelta(hours=24), offset=timedelta(hours=20, minutes=30))  # 04:30 in China
@job(AFTER_IMPORT, can_wait=True)
def count_everybodys_findings(**_payload: object) -> int:
    """Count what everybody's last quarter tells, and the causes of the running month and the one before."""
    return count_findings(actor=None, as_of=day_after_records())


@job(FACTS_CHANGED, can_wait=True)
def count_findings_again(**_payload: object) -> int:
    """Count again, unless that was done a short while ago."""
    last = last_counted_at()
    if last is not None and timezone.now() - last < AT_MOST_EVERY:
        return 0
    return count_everybodys_findings()
