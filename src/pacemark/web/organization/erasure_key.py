"""Knowing an erased name or number when it comes again, from its keyed hash alone.

The hashes have a key of their own, sealed with the phone key. A new phone key seals that key anew; hashes under the
phone key itself could not follow it, since what they stand for is gone.
"""

from __future__ import annotations

import secrets

from pacemark.web.organization.erasure_models import ErasureKey
from pacemark.web.shared.compiled import Compiled
from pacemark.web.shared.sealing import keyed_digest, opened, sealed

_KEY_PURPOSE, _HASH_PURPOSE = "erasure key", "erased"
_KEY = Compiled(lambda: ErasureKey.objects.order_by("pk").values_list("key_sealed")[:1])


def erasure_key(phone_key: str | None = None) -> str | None:
    """Return the key of the hashes, or None while nobody has been erased."""
    row = _KEY.first()
    return opened(row[0], _KEY_PURPOSE, phone_key) if row else None


def made_erasure_key() -> str:
    """Return the key of the hashes, made with the first erasure."""
    key = erasure_key()
    if key is None:
        key = secrets.token_hex(32)
        ErasureKey.objects.create(key_sealed=sealed(key, _KEY_PURPOSE))
    return key


def reseal_erasure_key(old: str, new: str) -> None:
    """Seal the key of the hashes under a new phone key; the hashes stay as they are."""
    for row in ErasureKey.objects.all():
        row.key_sealed = sealed(opened(row.key_sealed, _KEY_PURPOSE, old), _KEY_PURPOSE, new)
        row.save(update_fields=["key_sealed"])


def erased_digest(text: str, key: str) -> str:
    """Return what an erased text is known by."""
    return keyed_digest(text, _HASH_PURPOSE, key)
