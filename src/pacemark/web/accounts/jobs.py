"""Upkeep of sign-in, and of the trail, whose room may not know the queue."""

from __future__ import annotations

from datetime import timedelta

from django.core.management import call_command
from django.utils import timezone

from pacemark.web.accounts.sign_in_services import forget_devices
from pacemark.web.jobs.registry import periodic
from pacemark.web.trail.seals import seal_trail


@periodic("accounts.forget_sessions", every=timedelta(days=1), offset=timedelta(hours=19))
def forget_sessions() -> None:
    """Remove sessions that have run out, where they were, and invitations that nobody can take up any more."""
    call_command("clearsessions")
    forget_devices(now=timezone.now())


@periodic("trail.seal", every=timedelta(hours=1))
def seal() -> None:
    """Seal what has been written down since the last time."""
    seal_trail(now=timezone.now())
