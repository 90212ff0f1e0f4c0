"""What django-tasks-db does not keep: who holds a job and until when, its attempts, the slots that are taken."""

from __future__ import annotations

from django.db import models
from django_tasks_db.models import DBTaskResult


class JobRecord(models.Model):
    """Our half of a queued task. A lease that has run out means that its worker is gone."""

    task = models.OneToOneField(DBTaskResult, on_delete=models.CASCADE, primary_key=True, related_name="job")
    name = models.CharField(max_length=100, db_index=True)
    attempts = models.PositiveSmallIntegerField(default=0, help_text="times a worker has begun it")
    holder = models.CharField(max_length=64, blank=True, default="", help_text="the worker that runs it now")
    leased_until = models.DateTimeField(null=True, blank=True, db_index=True)

    def __str__(self) -> str:
        return self.name


class PeriodicSlot(models.Model):
    """One turn of a periodic job. The constraint lets only one worker take it."""

    name = models.CharField(max_length=100)
    starts_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "starts_at"], name="periodic_slot_once")]

    def __str__(self) -> str:
        return f"{self.name} {self.starts_at}"
