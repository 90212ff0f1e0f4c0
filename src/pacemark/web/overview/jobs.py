"""Telling channels at the right moment. Importing the composers registers what their messages say."""

from __future__ import annotations

from datetime import timedelta

from pacemark.web.jobs.registry import AGREEMENT_WAITING, CLOCK_RUNS_OUT, job, periodic
from pacemark.web.notifications.choices import MessageKind
from pacemark.web.notifications.services.queue import tell
from pacemark.web.overview import digest, moments

__all__ = ["digest", "moments"]


@job(AGREEMENT_WAITING)
def tell_of_agreements(**_payload: object) -> int:
    """Tell who has to answer."""
    return tell(MessageKind.AGREEMENT)


@job(CLOCK_RUNS_OUT)
def tell_of_clocks(**_payload: object) -> int:
    """Tell whose leads leave."""
    return tell(MessageKind.CLOCK)


@periodic("tell of first deals", every=timedelta(minutes=10), offset=timedelta(minutes=5))
def tell_of_first_deals() -> int:
    """Tell of the deals that have ended a streak."""
    return tell(MessageKind.FIRST_DEAL)


@periodic("tell of the morning", every=timedelta(hours=24), offset=timedelta(hours=1, minutes=7))  # 09:07 in China
def tell_of_the_morning() -> int:
    """Tell of streaks and of coaching that is due."""
    return tell(MessageKind.ZERO_STREAK) + tell(MessageKind.COACHING)
