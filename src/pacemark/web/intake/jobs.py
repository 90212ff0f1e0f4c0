"""Background work of the Data page."""

from __future__ import annotations

from pacemark.web.intake.models import ImportBatch
from pacemark.web.intake.upload_services import commit_import, preview_import
from pacemark.web.jobs.registry import job


@job("preview import", max_attempts=2)
def preview(batch_id: int) -> None:
    """Preview one import."""
    preview_import(ImportBatch.objects.get(pk=batch_id))


@job("commit import", max_attempts=3)
def commit(batch_id: int) -> None:
    """Commit one confirmed import."""
    commit_import(ImportBatch.objects.get(pk=batch_id))
