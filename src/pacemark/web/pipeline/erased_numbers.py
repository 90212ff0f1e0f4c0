"""Telling which numbers belong to customers who were erased."""

from __future__ import annotations

from collections.abc import Mapping

from pacemark.web.organization.erasure_key import erased_digest, erasure_key
from pacemark.web.pipeline.erasure_models import ErasedNumber
from pacemark.web.pipeline.phones import open_phone

# A few numbers are asked for; many are compared with the whole list.
_FEW = 500


def erased_leads(encrypted: Mapping[str, str]) -> dict[str, int]:
    """Return the lead that stands for each erased number. Numbers come sealed, by their hash, and go by it.

    One query while nobody has been erased.
    """
    key = erasure_key() if encrypted else None
    if key is None:
        return {}
    hashes = {erased_digest(open_phone(text), key): phone_hash for phone_hash, text in encrypted.items()}
    rows = ErasedNumber.objects.all()
    if len(hashes) <= _FEW:
        rows = rows.filter(digest__in=hashes)
    return {hashes[digest]: lead for digest, lead in rows.values_list("digest", "lead_id") if digest in hashes}
