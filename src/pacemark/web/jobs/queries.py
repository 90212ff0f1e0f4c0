"""Reading the queue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Case, Count, Max, Min, When
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from pacemark.web.jobs.models import JobRecord, PeriodicSlot


@dataclass(frozen=True, slots=True, kw_only=True)
class JobState:
    """How far one job has come. ``status`` is READY, RUNNING, SUCCESSFUL or FAILED."""

    job_id: UUID
    name: str
    status: str
    attempts: int
    enqueued_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    error: str


def _state(record: JobRecord) -> JobState:
    task = record.task
    return JobState(
        job_id=task.pk,
        name=record.name,
        status=task.status,
        attempts=record.attempts,
        enqueued_at=task.enqueued_at,
        started_at=task.started_at,
        finished_at=task.finished_at,
        error=task.traceback.strip().rsplit("\n", 1)[-1],
    )


def state_of(job_id: UUID) -> JobState | None:
    """Return one job's state, or None when it was never queued or has been pruned."""
    record = JobRecord.objects.select_related("task").filter(task_id=job_id).first()
    return _state(record) if record else None


def newest_named(name: str, limit: int = 20) -> list[JobState]:
    """Return the newest jobs of one name."""
    rows = JobRecord.objects.select_related("task").filter(name=name).order_by("-task__enqueued_at")[:limit]
    return [_state(row) for row in rows]


def unfinished_count() -> int:
    """Return how many jobs wait or run."""
    return DBTaskResult.objects.filter(status__in=("READY", "RUNNING")).count()


def status_counts() -> dict[str, int]:
    """Return how many jobs are kept in each status."""
    return dict(DBTaskResult.objects.order_by().values_list("status").annotate(n=Count("pk")))


def oldest_due_at() -> datetime | None:
    """Return since when the job that has waited longest could have run; None when none waits."""
    # A job that may run at once is kept with the last day there is.
    since = Case(When(run_after__lte=timezone.now(), then="run_after"), default="enqueued_at")
    found: datetime | None = DBTaskResult.objects.ready().order_by().aggregate(at=Min(since))["at"]
    return found


def failed_since(moment: datetime) -> int:
    """Return how many jobs have given up since a moment."""
    return DBTaskResult.objects.filter(status="FAILED", finished_at__gte=moment).count()


def last_slot_at() -> datetime | None:
    """Return the latest turn of any periodic job that a worker took; None when no worker has ever run."""
    found: datetime | None = PeriodicSlot.objects.aggregate(at=Max("starts_at"))["at"]
    return found
