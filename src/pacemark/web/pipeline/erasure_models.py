"""Whose numbers were erased, as keyed hashes alone."""

from __future__ import annotations

from django.db import models

from pacemark.web.pipeline.models import Lead


class ErasedNumber(models.Model):
    """A number whose owner was erased, and the lead that stands for them without a name."""

    digest = models.CharField(max_length=64, unique=True)
    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="erased_numbers")
    erased_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"lead {self.lead_id}"
