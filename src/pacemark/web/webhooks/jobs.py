"""Looking for what is to be told, and telling it."""

from __future__ import annotations

from datetime import timedelta

from pacemark.web.jobs.registry import job, periodic
from pacemark.web.webhooks.services.collecting import SEND_JOB, collect, forget_old
from pacemark.web.webhooks.services.receiving import forget_receipts
from pacemark.web.webhooks.services.sending import send_due


@periodic("webhooks.collect", every=timedelta(minutes=1))
def collect_happenings() -> int:
    """Queue what happened since the last look."""
    return collect()


@periodic("webhooks.send_due", every=timedelta(minutes=1))
@job(SEND_JOB)
def send_deliveries() -> None:
    """Send what is due; what has to wait is found again by the next turn."""
    send_due()


@periodic("webhooks.forget", every=timedelta(days=1), offset=timedelta(hours=19))  # 03:00 in China
def forget_old_deliveries() -> int:
    """Forget what was settled long ago."""
    return forget_old() + forget_receipts()
