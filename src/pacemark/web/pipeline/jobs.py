"""Background work on facts and on whose leads are."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, timedelta

from django.utils import timezone

from pacemark.web.jobs.registry import (
    AFTER_IMPORT,
    CLOCK_RUNS_OUT,
    DEFINITIONS_CHANGED,
    FACTS_CHANGED,
    MEMBERSHIP_CHANGED,
    job,
    periodic,
)
from pacemark.web.jobs.services import enqueue, enqueue_unless_waiting
from pacemark.web.pipeline.activity_services import prolong_by_activity
from pacemark.web.pipeline.clock_services import turn_clock
from pacemark.web.pipeline.facts_built import FactsElsewhereError
from pacemark.web.pipeline.facts_services import note_days_of, refresh_changed_days, refresh_days
from pacemark.web.pipeline.queries.freshness import facts_wait
from pacemark.web.pipeline.services import COUNT_DAYS, count_facts_by_new_definitions


@job(COUNT_DAYS, is_express=True)
def count_days() -> int:
    """Count the days of events that came in just now."""
    return refresh_days(actor=None)


@periodic("count changed days", every=timedelta(minutes=5))
def count_changed_days() -> int:
    """Count the months of events that came in, and what an import left waiting when it was killed before its roll-up.

    Then tell whoever works with facts: so often is enough while events are posted all day.
    """
    if not facts_wait():
        return 0
    n_days = refresh_changed_days(actor=None)
    enqueue_unless_waiting(FACTS_CHANGED)
    return n_days


@periodic("turn the clock", every=timedelta(hours=1))
def turn_the_clock() -> int:
    """Recycle what is overdue, and tell those whose protection runs out."""
    turn = turn_clock(at=timezone.now())
    if turn.reminded or turn.escalated:
        enqueue(CLOCK_RUNS_OUT, reminded=list(turn.reminded), escalated=list(turn.escalated))
    return turn.n_recycled


@job(AFTER_IMPORT)
@job(FACTS_CHANGED)
def prolong_by_imported(**_payload: object) -> int:
    """Prolong held leads by the calls that came in."""
    return prolong_by_activity(actor=None, at=timezone.now())


@job(DEFINITIONS_CHANGED)
def count_by_new_definitions() -> None:
    """Count everything anew: a threshold, what revenue is, or the day on which sales months start has changed."""
    with suppress(FactsElsewhereError):  # they wait for the next build from event logs; `pacemark doctor` says so
        count_facts_by_new_definitions(actor=None)


@job(MEMBERSHIP_CHANGED)
def count_for_new_team(rep_id: int, first_day: str) -> None:
    """Count a rep's days anew from the first that belongs to another team."""
    note_days_of(actor=None, rep_id=rep_id, first_day=date.fromisoformat(first_day))
    refresh_changed_days(actor=None)
