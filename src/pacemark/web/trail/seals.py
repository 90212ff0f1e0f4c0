"""Sealing the trail: each seal's digest covers the seal before it and every entry since, so a change shows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from pacemark.web.trail.models import TrailEntry, TrailSeal

# An entry's number is given before its transaction commits. Entries this old have no unborn neighbours left.
SETTLED_AFTER = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailCheck:
    """What recomputing the chain found. ``digest`` is the last seal's; empty where nothing is sealed yet."""

    broken: tuple[TrailSeal, ...]
    seals: int
    sealed_entries: int
    unsealed_entries: int
    digest: str


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


def verify_trail() -> TrailCheck:
    """Recompute the chain from its beginning. A seal is broken where its entries or the seal before it changed."""
    broken: list[TrailSeal] = []
    before, previous_id, seals, sealed_entries = "", 0, 0, 0
    for seal in TrailSeal.objects.order_by("last_id").iterator():
        entries = TrailEntry.objects.filter(pk__gt=previous_id, pk__lte=seal.last_id).order_by("pk")
        if _chained(before, entries.iterator()) != seal.digest:
            broken.append(seal)
        before, previous_id = seal.digest, seal.last_id
        seals, sealed_entries = seals + 1, sealed_entries + seal.entry_count
    return TrailCheck(
        broken=tuple(broken),
        seals=seals,
        sealed_entries=sealed_entries,
        unsealed_entries=TrailEntry.objects.filter(pk__gt=previous_id).count(),
        digest=before,
    )


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
