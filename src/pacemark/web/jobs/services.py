"""Putting jobs into the queue and periodic slots. The queue is its own record; the trail has no part in it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from pacemark.web.jobs.models import JobRecord, PeriodicSlot
from pacemark.web.jobs.registry import Job, Timetable, jobs_named, names_handled_by, timetables
from pacemark.web.jobs.tasks import EXPRESS_PRIORITY, run_registered

KEEP_SUCCESSFUL = timedelta(days=7)
KEEP_FAILED = timedelta(days=60)


@transaction.atomic
def enqueue(name: str, **payload: Any) -> tuple[UUID, ...]:
    """Queue every job registered under a name, and return their ids.

    The rows belong to the caller's transaction: the job exists exactly when the write that asked for it does, and no
    worker sees it earlier. Raises :class:`UnknownJobError` for a name that nobody has registered.
    """
    return tuple(_queue(found, payload) for found in jobs_named(name))


@transaction.atomic
def enqueue_unless_waiting(name: str) -> tuple[UUID, ...]:
    """Queue the jobs registered under a name, but none twice: one that waits already will see this write too.

    For jobs that look for their work themselves, whatever name they wait under; one that has begun does not count as
    waiting, and one that waits is held until the caller's transaction ends. Call it after the write, inside that.
    """
    wanted = jobs_named(name)
    names = names_handled_by({found.handler for found in wanted})
    waiting = DBTaskResult.objects.ready().filter(job__name__in=names).select_for_update(skip_locked=True, of=("self",))
    sent = [task.args_kwargs["args"] for task in waiting]
    handlers = {handler for _name, handler, payload in sent if not payload}
    return tuple(_queue(found, {}) for found in wanted if found.handler not in handlers)


def _queue(found: Job, payload: dict[str, Any]) -> UUID:
    task = run_registered.using(priority=EXPRESS_PRIORITY) if found.is_express else run_registered
    queued = task.enqueue(found.name, found.handler, payload)
    JobRecord.objects.create(task_id=queued.id, name=found.name)
    return UUID(str(queued.id))


def enqueue_on_commit(name: str, **payload: Any) -> None:
    """Queue a job that starts after the present transaction has committed, and never when it is rolled back.

    Because the queue is in the same database, this is :func:`enqueue`; a commit hook would lose the job of a process
    that is killed between the commit and the hook.
    """
    enqueue(name, **payload)


# A Monday: weekly jobs begin with the week, and no slot depends on the day on which it is asked for.
FIRST_MIDNIGHT = datetime(2024, 1, 1, tzinfo=UTC)


def slot_at(timetable: Timetable, now: datetime) -> datetime:
    """Return the start of the slot that a moment lies in."""
    start = FIRST_MIDNIGHT + timetable.offset
    turns = (now - start) // timetable.every
    return start + turns * timetable.every


def enqueue_due(now: datetime | None = None) -> int:
    """Queue the periodic jobs whose present slot nobody has taken; return how many. Missed slots are not made up."""
    now = now or timezone.now()
    count = 0
    for timetable in timetables():
        starts_at = slot_at(timetable, now)
        if PeriodicSlot.objects.filter(name=timetable.name, starts_at=starts_at).exists():
            continue
        with transaction.atomic():
            _, is_ours = PeriodicSlot.objects.get_or_create(name=timetable.name, starts_at=starts_at)
            if is_ours:
                enqueue(timetable.name)
                count += 1
    return count


@transaction.atomic
def prune(now: datetime | None = None) -> int:
    """Forget jobs that ended long ago and slots long past; return how many jobs went."""
    now = now or timezone.now()
    old = DBTaskResult.objects.successful().filter(finished_at__lt=now - KEEP_SUCCESSFUL)
    old |= DBTaskResult.objects.failed().filter(finished_at__lt=now - KEEP_FAILED)
    count = old.count()
    old.delete()
    PeriodicSlot.objects.filter(starts_at__lt=now - KEEP_FAILED).delete()
    return count
