"""Background work of the Data page."""

from __future__ import annotations

from datetime import timedelta

from pacemark.web.intake.event_services import forget_keys
from pacemark.web.intake.models import ImportBatch
from pacemark.web.intake.upload_services import commit_import, preview_import
from pacemark.web.jobs.registry import job, periodic


@job("preview import", max_attempts=2)
def preview(batch_id: int) -> None:
    """Preview one import."""
    preview_import(ImportBatch.objects.get(pk=batch_id))


@job("commit import", max_attempts=3)
def commit(batch_id: int) -> None:
    """Commit one confirmed import."""
    commit_import(ImportBatch.objects.get(pk=batch_id))


@periodic("forget keys", every=timedelta(days=1), offset=timedelta(hours=18))
def forget_old_keys() -> int:
    """Forget what was answered to posted events long ago."""
    return forget_keys()
