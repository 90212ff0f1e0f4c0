"""A customer as the records know them: every lead of one number, and the leads told of as the same."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Q

from pacemark.web.organization.erasure_key import erased_digest, erasure_key
from pacemark.web.pipeline.erasure_models import ErasedNumber
from pacemark.web.pipeline.models import Lead
from pacemark.web.pipeline.phones import normalized_phone, open_phone, phone_hash


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """One person: their leads, the eldest first, and their numbers in E.164."""

    leads: tuple[Lead, ...]
    numbers: tuple[str, ...]

    @property
    def lead_ids(self) -> tuple[int, ...]:
        """Return the leads' ids."""
        return tuple(lead.pk for lead in self.leads)

    @property
    def is_erased(self) -> bool:
        """Say whether nothing is left to erase."""
        return all(lead.erased_at is not None for lead in self.leads)


def customer_of_phone(text: str, region: str) -> Customer | None:
    """Return whoever has a number, erased or not; None where nobody has it."""
    number = normalized_phone(text, region)
    if not number:
        return None
    key = erasure_key()
    erased = ErasedNumber.objects.filter(digest=erased_digest(number, key)) if key else ErasedNumber.objects.none()
    found = Lead.objects.filter(Q(phone_hash=phone_hash(number)) | Q(pk__in=erased.values("lead_id")))
    return _whole(set(found.values_list("pk", flat=True)), {number})


def customer_of_lead(source_name: str, external_id: str) -> Customer | None:
    """Return whoever a source's lead is about; None where there is no such lead."""
    found = Lead.objects.filter(source__name=source_name, external_id=external_id)
    return _whole(set(found.values_list("pk", flat=True)), set())


def customer_of_id(lead_id: int) -> Customer | None:
    """Return whoever a lead is about, by our own number."""
    return _whole(set(Lead.objects.filter(pk=lead_id).values_list("pk", flat=True)), set())


def _whole(ids: Collection[int], numbers: Collection[str]) -> Customer | None:
    """Follow numbers and duplicates until nothing more is found."""
    known, told = set(ids), set(numbers)
    while known:
        leads = list(Lead.objects.select_related("source").filter(pk__in=known).order_by("pk"))
        told |= {open_phone(lead.phone_encrypted) for lead in leads if lead.phone_encrypted}
        hashes = {lead.phone_hash for lead in leads if lead.phone_hash}
        masters = {lead.duplicate_of_id for lead in leads if lead.duplicate_of_id}
        same = Lead.objects.filter(Q(phone_hash__in=hashes) | Q(pk__in=masters) | Q(duplicate_of_id__in=known))
        more = set(same.values_list("pk", flat=True)) - known
        if not more:
            return Customer(leads=tuple(leads), numbers=tuple(sorted(told)))
        known |= more
    return None
