"""Upkeep of sign-in, and of the trail, whose room may not know the queue."""

from __future__ import annotations

from datetime import timedelta

from django.core.management import call_command
from django.utils import timezone

from pacemark.web.jobs.registry import periodic
from pacemark.web.trail.seals import seal_trail


@periodic("accounts.forget_sessions", every=timedelta(days=1), offset=timedelta(hours=19))
def forget_sessions() -> None:
    """Remove sessions that have run out."""
    call_command("clearsessions")


@periodic("trail.seal", every=timedelta(hours=1))
def seal() -> None:
    """Seal what has been written down since the last time."""
    seal_trail(now=timezone.now())
