"""What reps can take: the tags that a lead may ask for."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from pacemark.web.organization.models import Rep


class RepSkills(models.Model):
    """A rep's territories, products, languages and channels, as tags. No row, or none in it: every lead."""

    rep = models.OneToOneField(Rep, on_delete=models.CASCADE, primary_key=True, related_name="+")
    tags = models.JSONField(default=list)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    set_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{self.rep_id}"
