"""The one way to leave a trail; call it inside the transaction of the write it tells of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Model
from django.utils import timezone

from pacemark.web.shared.row_writing import insert_row
from pacemark.web.trail.models import TrailEntry


def record(
    *,
    actor: AbstractBaseUser | None,
    action: str,
    subject: Model | tuple[str, str],
    changes: Mapping[str, Any] | None = None,
) -> TrailEntry:
    """Write one entry. ``subject`` is a saved row, or a (kind, id) pair where no single row is meant."""
    if isinstance(subject, Model):
        kind, key = subject._meta.label_lower, str(subject.pk)
    else:
        kind, key = subject
    entry = TrailEntry(
        at=timezone.now(),
        actor_id=None if actor is None else actor.pk,
        action=action,
        subject_kind=kind,
        subject_id=key,
        changes=dict(changes or {}),
    )
    insert_row(entry)
    return entry
