"""Sending what is due, and the hour of the digest."""

from __future__ import annotations

from datetime import timedelta

from pacemark.web.jobs.registry import job, periodic
from pacemark.web.notifications.services.queue import SEND_JOB, TELL_JOB, forget_old, queue_digests, tell
from pacemark.web.notifications.services.sending import send_due


@periodic("notifications.send_due", every=timedelta(minutes=1))
@job(SEND_JOB)
def send_messages() -> None:
    """Send what is due; a message that waits for its vendor is found again by the next turn."""
    send_due()


@job(TELL_JOB)
def tell_channels(kind: str) -> int:
    """Tell every channel that wants it what there is to tell of one kind."""
    return tell(kind)


@periodic("notifications.digests", every=timedelta(minutes=5))
def send_digests() -> int:
    """Queue the digests whose hour has come."""
    return queue_digests()


@periodic("notifications.forget", every=timedelta(days=1), offset=timedelta(hours=19))  # 03:00 in China
def forget_old_messages() -> int:
    """Forget messages that were settled long ago."""
    return forget_old()
