"""Who was erased, as keyed hashes alone: so that a record of them is known when it comes again."""

from __future__ import annotations

from django.db import models

from pacemark.web.organization.models import Rep


class ErasureKey(models.Model):
    """The one key of the hashes, sealed with the phone key: it outlives that one, as what was erased cannot."""

    key_sealed = models.CharField(max_length=200)

    def __str__(self) -> str:
        return "key"


class ErasedLabel(models.Model):
    """A name or number by which records call a rep whose own was erased."""

    digest = models.CharField(max_length=64, unique=True)
    rep = models.ForeignKey(Rep, on_delete=models.CASCADE, related_name="erased_labels")

    def __str__(self) -> str:
        return f"rep {self.rep_id}"
