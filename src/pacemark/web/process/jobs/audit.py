"""The audit of metrics: looked at daily, done once for each month that is over."""

from __future__ import annotations

from datetime import timedelta

from pacemark.web.jobs.registry import AFTER_IMPORT, job, periodic
from pacemark.web.process.services.audit import audit_months


@periodic("audit metrics", every=timedelta(hours=24), offset=timedelta(hours=20, minutes=30))
@job(AFTER_IMPORT, can_wait=True)
def audit_metrics_of_months(**_payload: object) -> int:
    """Audit the months that are over and were not audited yet."""
    return audit_months()
