"""Files that imports leave behind: what was received and never brought in, and lists of refused rows."""

from __future__ import annotations

import shutil
from datetime import datetime

from django.utils import timezone

from pacemark.web.intake.models import BatchState, ImportBatch
from pacemark.web.intake.services import imports_folder
from pacemark.web.intake.upload_services import UNSETTLED, files_folder

_WITH_FILES = (*UNSETTLED, BatchState.FAILED)


def uploads_before(moment: datetime) -> list[ImportBatch]:
    """Return the imports that were never brought in and whose files still lie here, received before a moment."""
    found = ImportBatch.objects.filter(state__in=_WITH_FILES, created_at__lt=moment).order_by("pk")
    return [batch for batch in found if files_folder(batch).is_dir()]


def drop_uploads_before(moment: datetime) -> int:
    """Remove those files; an import that waited for somebody is cancelled with them. Returns how many imports."""
    batches = uploads_before(moment)
    for batch in batches:
        if batch.state in UNSETTLED:
            batch.state, batch.finished_at = BatchState.CANCELLED, timezone.now()
            _forget_refusals(batch)
        shutil.rmtree(files_folder(batch), ignore_errors=True)
    return len(batches)


def refusals_before(moment: datetime) -> list[ImportBatch]:
    """Return the imports that ended before a moment and still keep refused rows."""
    ended = ImportBatch.objects.filter(finished_at__lt=moment).order_by("pk")
    return [batch for batch in ended if batch.errors_path or batch.preview.get("first_errors")]


def drop_refusals_before(moment: datetime) -> int:
    """Remove lists of refused rows, and what the imports' own pages show of them. Returns how many imports."""
    batches = refusals_before(moment)
    for batch in batches:
        _forget_refusals(batch)
    return len(batches)


def _forget_refusals(batch: ImportBatch) -> None:
    (imports_folder() / str(batch.pk) / "errors.csv").unlink(missing_ok=True)
    batch.errors_path, batch.preview = "", {**batch.preview, "first_errors": []}
    batch.save(update_fields=["state", "finished_at", "errors_path", "preview"])
