"""Clearing what is personal of customers: names, numbers and words go; ids, days, counts and money stay."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db import transaction

from pacemark.web.accounts.models import User
from pacemark.web.organization.erasure_key import erased_digest, made_erasure_key
from pacemark.web.pipeline.choices import EventKind, HoldingEnded
from pacemark.web.pipeline.erasure_models import ErasedNumber
from pacemark.web.pipeline.holding_models import PoolEntry
from pacemark.web.pipeline.holding_services import let_go, lock_leads
from pacemark.web.pipeline.models import EventVersion, Lead, Touch
from pacemark.web.pipeline.publishing.leads import PHONE_REF
from pacemark.web.trail.services import record

_PERSONAL = {"name": "", "note": "", "phone_encrypted": "", "phone_hash": "", "phone_last4_hash": ""}
# What a kept version says of a person; owners, days and amounts in it are not theirs.
_IN_VERSIONS = frozenset(_PERSONAL)
_TRAIL_IDS = 500


@transaction.atomic
def erase_leads(*, actor: User | None, lead_ids: Collection[int], numbers: Iterable[str], at: datetime) -> int:
    """Clear the personal values of one customer's leads, and keep their numbers' hashes so that they stay cleared.

    Nobody holds these leads afterwards and nobody is to contact them. Returns how many were cleared; those that were
    already are left alone.
    """
    lock_leads(lead_ids)
    fresh = list(
        Lead.objects.filter(pk__in=lead_ids, erased_at__isnull=True).order_by("pk").values_list("pk", flat=True)
    )
    if not fresh:
        return 0
    # The lead that others are duplicates of stands for the number; a stub only where there is none.
    standing = Lead.objects.filter(pk__in=lead_ids).order_by("duplicate_of_id", "pk").values_list("pk", "duplicate_of")
    master = next((pk for pk, of in standing if of is None), fresh[0])
    key = made_erasure_key()
    ErasedNumber.objects.bulk_create(
        [ErasedNumber(digest=erased_digest(number, key), lead_id=master, erased_at=at) for number in numbers],
        ignore_conflicts=True,
    )
    let_go(actor=actor, lead_ids=fresh, how=HoldingEnded.ERASED, at=at)
    PoolEntry.objects.filter(lead_id__in=fresh, left_at__isnull=True).update(left_at=at)
    clear_values(fresh)
    Lead.objects.filter(pk__in=fresh).update(is_blocked=True, erased_at=at)
    record(
        actor=actor, action="pipeline.customer_erased", subject=("pipeline.lead", str(master)),
        changes={"lead_ids": fresh[:_TRAIL_IDS], "n": len(fresh)},
    )  # fmt: skip
    return len(fresh)


def clear_values(lead_ids: Collection[int]) -> None:
    """Clear what leads, their touches and the kept versions of both say of a person."""
    keyed = list(Lead.objects.filter(pk__in=lead_ids).values_list("pk", "source_id", "external_id"))
    touched = list(Touch.objects.filter(lead_id__in=lead_ids).values_list("source_id", "external_id"))
    _clear_versions(EventKind.LEADS, [(source, external_id) for _pk, source, external_id in keyed])
    _clear_versions(EventKind.TOUCHES, touched)
    Lead.objects.filter(pk__in=lead_ids).update(**_PERSONAL, next_contact_at=None)
    Touch.objects.filter(lead_id__in=lead_ids).exclude(note="").update(note="")
    for pk, source, external_id in keyed:
        if external_id.startswith(PHONE_REF):  # a hash of the number
            new = f"erased:{pk}"
            Lead.objects.filter(pk=pk).update(external_id=new)
            EventVersion.objects.filter(kind=EventKind.LEADS, source_id=source, external_id=external_id).update(
                external_id=new
            )


def _clear_versions(kind: EventKind, keys: Collection[tuple[int, str]]) -> None:
    wanted = set(keys)
    by_source: dict[int, list[str]] = {}
    for source, external_id in wanted:
        by_source.setdefault(source, []).append(external_id)
    for source, ids in by_source.items():
        rows = list(EventVersion.objects.filter(kind=kind, source_id=source, external_id__in=ids))
        for row in rows:
            row.content = {name: "" if name in _IN_VERSIONS else value for name, value in row.content.items()}
        EventVersion.objects.bulk_update(rows, ["content"])
