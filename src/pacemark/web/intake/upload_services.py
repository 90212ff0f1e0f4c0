"""An import through the Data page: files received, mapping corrected, previewed, committed; each step can be left."""

from __future__ import annotations

import shutil
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pacemark.web.accounts.models import User
from pacemark.web.intake.errors import FileError
from pacemark.web.intake.models import BatchState, ImportBatch, Profile
from pacemark.web.intake.planning import ImportPlan, plan_import
from pacemark.web.intake.profiles import profile_from_text, profile_to_text
from pacemark.web.intake.services import ImportResult, fail_batch, imports_folder, staged_batch
from pacemark.web.jobs.services import enqueue_on_commit
from pacemark.web.trail.services import record

PROGRESS_SECONDS = 0.5
UNSETTLED = (BatchState.DRAFT, BatchState.PREVIEWED)


def files_folder(batch: ImportBatch) -> Path:
    """Return where an import's received files lie until it is settled."""
    return imports_folder() / str(batch.pk) / "files"


def plan_of(batch: ImportBatch) -> ImportPlan:
    """Open an import's files by the mapping as it stands. Raises FileError or ProfileError with one sentence."""
    return plan_import([files_folder(batch)], profile_from_text(batch.profile_text), batch.source_name)


def receive_upload(
    *, actor: User, files: Sequence[UploadedFile[Any]], source_name: str, saved_profile: Profile | None
) -> ImportBatch:
    """Keep the files and guess their mapping, or take a saved one. Raises FileError; nothing is left behind then."""
    batch = ImportBatch.objects.create(created_at=timezone.now(), actor=actor, state=BatchState.DRAFT)
    folder = files_folder(batch)
    try:
        _write_files(folder, files)
        profile = profile_from_text(saved_profile.text) if saved_profile else None
        plan = plan_import([folder], profile, source_name)
    except Exception:
        shutil.rmtree(folder.parent, ignore_errors=True)
        batch.delete()
        raise
    with transaction.atomic():
        batch.source_name, batch.profile_text = plan.source_name, profile_to_text(plan.profile)
        batch.files = [{"name": path.name, "size": path.stat().st_size} for path in sorted(folder.iterdir())]
        batch.save()
        record(actor=actor, action="intake.files_received", subject=batch, changes={"files": len(batch.files)})
    return batch


def _write_files(folder: Path, files: Sequence[UploadedFile[Any]]) -> None:
    shutil.rmtree(folder, ignore_errors=True)  # of an import that a restored database no longer knows
    folder.mkdir(parents=True)
    for number, file in enumerate(files):
        name = Path(file.name or f"file-{number}").name
        target = folder / name if not (folder / name).exists() else folder / f"{number}-{name}"
        with target.open("wb") as kept:
            for block in file.chunks():
                kept.write(block)


@transaction.atomic
def change_mapping(*, actor: User, batch: ImportBatch, text: str, source_name: str) -> None:
    """Take another mapping and queue its preview. Raises FileError or ProfileError; the old mapping stands then."""
    plan = plan_import([files_folder(batch)], profile_from_text(text), source_name)
    batch.profile_text, batch.source_name = text, plan.source_name
    batch.state, batch.progress, batch.message = BatchState.RUNNING, 0.0, ""
    batch.save()
    record(actor=actor, action="intake.mapping_set", subject=batch)
    enqueue_on_commit("preview import", batch_id=batch.pk)


def preview_import(batch: ImportBatch) -> None:
    """Work out what a commit would do, and keep the answer. May run twice with the same outcome."""
    try:
        with staged_batch(plan_of(batch), batch=batch, progress=_progress_of(batch)) as staged:
            result = staged.preview()
            people = [{"text": label.text, "shown": label.shown} for label in staged.unknown_people()]
    except FileError as error:
        fail_batch(actor=batch.actor, batch=batch, message=str(error))
        return
    batch.preview = {**_shown(result), "people": people}
    batch.counts, batch.state, batch.progress = result.counts, BatchState.PREVIEWED, 1.0
    batch.save()


@transaction.atomic
def confirm_import(*, actor: User, batch: ImportBatch, choices: dict[str, int]) -> None:
    """Queue the commit of a preview, with the people matched by hand. A second click changes nothing."""
    held = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    if held.state != BatchState.PREVIEWED:
        return
    held.choices, held.actor, held.state, held.progress = choices, actor, BatchState.RUNNING, 0.0
    held.save()
    record(actor=actor, action="intake.import_confirmed", subject=held, changes={"matched": len(choices)})
    enqueue_on_commit("commit import", batch_id=held.pk)


def commit_import(batch: ImportBatch) -> None:
    """Make a confirmed import visible. May run twice: what is in already is unchanged then."""
    if batch.state == BatchState.DONE:
        return
    try:
        with staged_batch(
            plan_of(batch), batch=batch, progress=_progress_of(batch), choices=batch.choices or None
        ) as staged:
            result = staged.commit(actor=batch.actor)
    except FileError as error:
        fail_batch(actor=batch.actor, batch=batch, message=str(error))
        return
    ImportBatch.objects.filter(pk=batch.pk).update(preview=_shown(result))
    shutil.rmtree(files_folder(batch), ignore_errors=True)


@transaction.atomic
def cancel_import(*, actor: User, batch: ImportBatch) -> None:
    """Give an unsettled import up; its files go, its record stays."""
    held = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    if held.state not in UNSETTLED:
        raise FileError(_("This import can no longer be cancelled."))
    held.state, held.finished_at = BatchState.CANCELLED, timezone.now()
    held.save()
    record(actor=actor, action="intake.import_cancelled", subject=held)
    transaction.on_commit(lambda: shutil.rmtree(files_folder(held).parent, ignore_errors=True))


def _shown(result: ImportResult) -> dict[str, Any]:
    return {
        "first_errors": list(result.first_errors),
        "notes": list(result.notes),
        "people_created": list(result.people_created),
    }


def _progress_of(batch: ImportBatch) -> Any:
    told = 0.0

    def tell(share: float, _what: str) -> None:
        nonlocal told
        if time.monotonic() - told >= PROGRESS_SECONDS:
            told = time.monotonic()
            ImportBatch.objects.filter(pk=batch.pk).update(progress=share)

    return tell
