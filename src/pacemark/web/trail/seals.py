"""Sealing the trail: each seal's digest covers the seal before it and every entry since, so a change shows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction

from pacemark.web.trail.models import TrailEntry, TrailSeal

# An entry's number is given before its transaction commits. Entries this old have no unborn neighbours left.
SETTLED_AFTER = timedelta(hours=1)


@transaction.atomic
def seal_trail(*, now: datetime) -> TrailSeal | None:
    """Seal the entries that have settled since the last seal; None when there are none."""
    last = TrailSeal.objects.select_for_update().order_by("-last_id").first()
    entries = TrailEntry.objects.filter(pk__gt=last.last_id if last else 0, at__lt=now - SETTLED_AFTER).order_by("pk")
    bounds = list(entries.values_list("pk", flat=True))
    if not bounds:
        return None
    return TrailSeal.objects.create(
        sealed_at=now,
        first_id=bounds[0],
        last_id=bounds[-1],
        entry_count=len(bounds),
        digest=_chained(last.digest if last else "", entries.filter(pk__lte=bounds[-1]).iterator()),
    )


def broken_seals() -> list[TrailSeal]:
    """Return the seals whose entries are not what they were when sealed."""
    broken, before, previous_id = [], "", 0
    for seal in TrailSeal.objects.order_by("last_id").iterator():
        entries = TrailEntry.objects.filter(pk__gt=previous_id, pk__lte=seal.last_id).order_by("pk")
        if _chained(before, entries.iterator()) != seal.digest:
            broken.append(seal)
        before, previous_id = seal.digest, seal.last_id
    return broken


def _chained(before: str, entries: Iterable[TrailEntry]) -> str:
    digest = hashlib.sha256(before.encode())
    for entry in entries:
        row = [
            entry.pk,
            entry.at.isoformat(),
            entry.actor_id,
            entry.action,
            entry.subject_kind,
            entry.subject_id,
            entry.changes,
        ]
        digest.update(json.dumps(row, sort_keys=True, ensure_ascii=False).encode())
    return digest.hexdigest()
