"""How long what is personal is kept."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class RetentionRule(models.Model):
    """One version of how long; the highest holds. Empty: kept without an end."""

    version = models.PositiveIntegerField(unique=True)
    lead_months = models.PositiveSmallIntegerField(null=True, blank=True, help_text="after a customer's last event")
    upload_days = models.PositiveSmallIntegerField(null=True, blank=True, help_text="files never brought in")
    refusal_days = models.PositiveSmallIntegerField(null=True, blank=True, help_text="lists of refused rows")
    message_days = models.PositiveSmallIntegerField(null=True, blank=True, help_text="messages that are settled")
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True)
    set_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"v{self.version}"
