"""What all web processes count together."""

from __future__ import annotations

from django.db import models


class RateCount(models.Model):
    """How many requests of one caller were handed out in a span; a row a caller, used anew in each span."""

    key = models.CharField(max_length=64, primary_key=True)
    span = models.BigIntegerField(help_text="which span, counted from 1970")
    taken = models.BigIntegerField()

    def __str__(self) -> str:
        return self.key
