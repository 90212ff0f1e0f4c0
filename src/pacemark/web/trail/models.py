"""The trail (留痕): who changed what, when. Ids and plain values only, never a person's data."""

from __future__ import annotations

from django.db import models


class TrailEntry(models.Model):
    """One write by one actor. ``actor_id`` is empty when the system itself acted."""

    at = models.DateTimeField(db_index=True)
    actor_id = models.BigIntegerField(null=True, blank=True, db_index=True)
    action = models.CharField(max_length=80, help_text="room.verb, for example organization.team_changed")
    subject_kind = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=64)
    changes = models.JSONField(default=dict, help_text="field → [before, after]; personal values are named, not shown")

    class Meta:
        indexes = [models.Index(fields=["subject_kind", "subject_id"], name="trail_subject")]

    def __str__(self) -> str:
        return f"{self.action} {self.subject_kind}:{self.subject_id}"


class TrailSeal(models.Model):
    """A link of the hash chain over the trail: what lies under it cannot change without the digest telling."""

    sealed_at = models.DateTimeField()
    first_id = models.BigIntegerField()
    last_id = models.BigIntegerField(unique=True)
    entry_count = models.PositiveIntegerField()
    digest = models.CharField(max_length=64, help_text="SHA-256 over the seal before and every entry since")

    def __str__(self) -> str:
        return f"{self.first_id}–{self.last_id}"
