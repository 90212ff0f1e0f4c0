"""Running queued jobs: claim under a lease, keep it alive, retry with back-off, take back a dead worker's jobs."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import TracebackType
from typing import TypeVar
from uuid import UUID, uuid4

from django.db import DatabaseError, close_old_connections, connection, transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult, get_date_max

from pacemark.web.jobs.models import JobRecord
from pacemark.web.jobs.registry import DEFAULT_ATTEMPTS, Job, UnknownJobError, job_handled_by
from pacemark.web.jobs.services import enqueue_due
from pacemark.web.jobs.tasks import EXPRESS_PRIORITY, run_registered

logger = logging.getLogger(__name__)

T = TypeVar("T")

LEASE = timedelta(seconds=120)
HOUSEKEEPING_SECONDS = 15.0
LONGEST_DELAY = timedelta(hours=1)


class JobFailedError(RuntimeError):
    """A job that the caller waited for did not succeed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A job that this worker holds. ``holder`` is new for every claim, so a lost lease is noticed."""

    task_id: UUID
    name: str
    handler: str
    payload: dict[str, object]
    attempts: int
    holder: str


def retry_delay(attempts: int) -> timedelta:
    """Return how long to wait after the n-th failure: 10 s, 40 s, 160 s, … at most an hour."""
    return min(timedelta(seconds=10 * 4 ** (attempts - 1)), LONGEST_DELAY)


def claim_next(
    now: datetime, lease: timedelta = LEASE, *, urgent_only: bool = False, express_only: bool = False
) -> Claim | None:
    """Take the oldest job that may run now, express ones first, or None."""
    ready = DBTaskResult.objects.ready().filter(task_path=run_registered.module_path)
    if express_only:
        ready = ready.filter(priority=EXPRESS_PRIORITY)
    if urgent_only:
        ready = ready.filter(pk__in=[task.pk for task in ready if not _can_wait(task)])
    if not ready.exists():  # a look takes no write lock, so that an idle worker disturbs nobody on SQLite
        return None
    with transaction.atomic():
        task = ready.select_for_update(skip_locked=True).first()
        if task is None:
            return None
        holder = f"{os.getpid()}-{uuid4().hex}"
        task.claim(holder)
        record = JobRecord.objects.get(task_id=task.pk)
        record.attempts += 1
        record.holder = holder
        record.leased_until = now + lease
        record.save()
    name, handler, payload = task.args_kwargs["args"]
    return Claim(task_id=task.pk, name=name, handler=handler, payload=payload, attempts=record.attempts, holder=holder)


class LeaseKeeper:
    """Renews a lease from a thread of its own while the job runs."""

    def __init__(self, claim: Claim, lease: timedelta) -> None:
        self._claim = claim
        self._lease = lease
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._keep, name=f"lease {claim.name}", daemon=True)

    def __enter__(self) -> LeaseKeeper:
        self._thread.start()
        return self

    def __exit__(self, *_args: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._over.set()
        self._thread.join()

    def _keep(self) -> None:
        while not self._over.wait(self._lease.total_seconds() / 4):
            try:
                held = JobRecord.objects.filter(task_id=self._claim.task_id, holder=self._claim.holder)
                held.update(leased_until=timezone.now() + self._lease)
            except DatabaseError:  # busy for the moment; the next beat comes before the lease ends
                logger.debug("lease of %s not renewed this time", self._claim.name)
            finally:
                connection.close()


def run_claimed(claim: Claim, lease: timedelta = LEASE) -> Exception | None:
    """Run a claimed job and note how it ended; return the error when it failed."""
    try:
        job: Job | None = job_handled_by(claim.name, claim.handler)
        with LeaseKeeper(claim, lease):
            run_registered.call(claim.name, claim.handler, claim.payload)
    except UnknownJobError as error:  # left in the queue by another version: trying again cannot help
        _note_failure(claim, error, max_attempts=claim.attempts)
        return error
    except Exception as error:
        logger.exception("job %s failed, attempt %d", claim.name, claim.attempts)
        _note_failure(claim, error, max_attempts=job.max_attempts if job else DEFAULT_ATTEMPTS)
        return error
    except BaseException:  # this process is being stopped: another one may start the job at once
        _release(claim, timezone.now())
        raise
    _note_success(claim)
    return None


def _held(claim: Claim) -> DBTaskResult[..., None] | None:
    """Return the locked row while this claim still holds it; after a lost lease the new holder's word counts."""
    record = JobRecord.objects.select_for_update().filter(task_id=claim.task_id, holder=claim.holder).first()
    if record is None:
        return None
    record.holder, record.leased_until = "", None
    record.save(update_fields=["holder", "leased_until"])
    return DBTaskResult.objects.get(pk=claim.task_id)


@transaction.atomic
def _note_success(claim: Claim) -> None:
    if (task := _held(claim)) is not None:
        task.set_successful(None)


@transaction.atomic
def _note_failure(claim: Claim, error: Exception, *, max_attempts: int) -> None:
    if (task := _held(claim)) is None:
        return
    task.set_failed(error)
    if claim.attempts < max_attempts:
        again = timezone.now() + retry_delay(claim.attempts)
        DBTaskResult.objects.filter(pk=task.pk).update(status="READY", finished_at=None, run_after=again)


@transaction.atomic
def _release(claim: Claim, now: datetime) -> None:
    if _held(claim) is not None:
        DBTaskResult.objects.filter(pk=claim.task_id).update(status="READY", started_at=None, run_after=now)


def take_back_expired(now: datetime) -> int:
    """Return jobs to the queue whose lease has run out; one that has used up its attempts is marked failed."""
    expired = JobRecord.objects.filter(leased_until__lt=now, task__status="RUNNING")
    if not expired.exists():
        return 0
    with transaction.atomic():
        rows = list(expired.select_for_update(of=("self",), skip_locked=True))
        for record in rows:
            name, handler, _payload = record.task.args_kwargs["args"]
            record.holder, record.leased_until = "", None
            record.save(update_fields=["holder", "leased_until"])
            if record.attempts >= _max_attempts(name, handler):
                record.task.set_failed(JobFailedError(f"its worker ended {record.attempts} times"))
            else:
                DBTaskResult.objects.filter(pk=record.task_id).update(status="READY", run_after=get_date_max())
    return len(rows)


def _max_attempts(name: str, handler: str) -> int:
    try:
        return job_handled_by(name, handler).max_attempts
    except UnknownJobError:
        return DEFAULT_ATTEMPTS


def _can_wait(task: DBTaskResult[..., None]) -> bool:
    name, handler, _payload = task.args_kwargs["args"]
    try:
        return job_handled_by(name, handler).can_wait
    except UnknownJobError:
        return True


def run_pending(*, wait_seconds: float = 600.0, urgent_only: bool = False) -> int:
    """Run every job that is due in this process, and return how many ran; for commands and tests.

    ``urgent_only`` leaves those that can wait to a worker.

    What another worker is running at the same time is waited for, so that its outcome stands when this returns.
    Raises :class:`JobFailedError` when a job run here fails; it stays queued for a worker to try again.
    """
    count, deadline = 0, time.monotonic() + wait_seconds
    while True:
        take_back_expired(timezone.now())
        claim = claim_next(timezone.now(), urgent_only=urgent_only)
        if claim is not None:
            error = run_claimed(claim)
            if error is not None:
                raise JobFailedError(f"the job {claim.name!r} failed: {error}") from error
            count += 1
        elif not _others_run(timezone.now(), urgent_only=urgent_only) or time.monotonic() > deadline:
            return count
        else:
            time.sleep(0.2)


def _others_run(now: datetime, *, urgent_only: bool) -> bool:
    running = JobRecord.objects.filter(leased_until__gte=now, task__status="RUNNING").select_related("task")
    return any(not (urgent_only and _can_wait(record.task)) for record in running)


def work(*, should_stop: Callable[[], bool], poll_seconds: float = 1.0, lease: timedelta = LEASE) -> None:
    """Run jobs until told to stop; a job that has begun is finished first. A thread runs the express ones beside."""
    is_over = threading.Event()
    express = threading.Thread(target=_run_express, args=(is_over, poll_seconds, lease), name="express", daemon=True)
    express.start()
    next_round = 0.0
    try:
        while not should_stop():
            if time.monotonic() >= next_round and _look(_keep_house):
                next_round = time.monotonic() + min(HOUSEKEEPING_SECONDS, lease.total_seconds())
            _run_one(poll_seconds, lambda: claim_next(timezone.now(), lease), lease)
    finally:
        is_over.set()
        express.join()


def _run_express(is_over: threading.Event, poll_seconds: float, lease: timedelta) -> None:
    try:
        while not is_over.is_set():
            _run_one(poll_seconds, lambda: claim_next(timezone.now(), lease, express_only=True), lease)
    finally:
        connection.close()


def _run_one(poll_seconds: float, claim: Callable[[], Claim | None], lease: timedelta) -> None:
    found = _look(claim)
    if found:
        run_claimed(found, lease)
    else:
        time.sleep(poll_seconds)


def _keep_house() -> bool:
    take_back_expired(timezone.now())
    enqueue_due()
    return True


def _look(at_queue: Callable[[], T]) -> T | None:
    """Ask the queue something; None when it cannot be read: the work is still there a moment later."""
    close_old_connections()
    try:
        return at_queue()
    except DatabaseError as error:  # restarting or busy
        logger.warning("the queue cannot be read for the moment: %s", error)
        connection.close()
        return None
