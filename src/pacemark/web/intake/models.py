"""Imports: what was brought in, from which files, under which mapping, and what was refused."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class BatchState(models.TextChoices):
    DRAFT = "draft", _("Being mapped")
    PREVIEWED = "previewed", _("Previewed")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


class ImportBatch(models.Model):
    """One import. Nothing of it is visible before ``done``."""

    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True)
    source_name = models.CharField(max_length=64)
    profile_text = models.TextField(help_text="the mapping as it was used")
    files = models.JSONField(default=list, help_text="name, size, SHA-256 of each file")
    state = models.CharField(max_length=10, choices=BatchState.choices)
    progress = models.FloatField(default=0.0, help_text="0–1")
    counts = models.JSONField(default=dict, help_text="kind → accepted, updated, unchanged, refused")
    preview = models.JSONField(default=dict, help_text="first refused rows, notes, unknown people")
    choices = models.JSONField(default=dict, help_text="label of a person → rep they were matched to")
    message = models.CharField(max_length=500, blank=True, default="")
    errors_path = models.CharField(max_length=300, blank=True, default="")

    def __str__(self) -> str:
        return f"{self.source_name} {self.pk}"


class Profile(models.Model):
    """A saved mapping, as the text a person may edit."""

    name = models.CharField(max_length=64, unique=True)
    text = models.TextField()
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return self.name


class PostedBatch(models.Model):
    """What was answered to a batch of posted events, kept for a while so that the same key is answered the same."""

    key = models.CharField(max_length=200, unique=True)
    digest = models.CharField(max_length=64, help_text="SHA-256 of the request")
    answer = models.JSONField()
    created_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.key
