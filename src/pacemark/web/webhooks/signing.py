"""Signatures as Standard Webhooks writes them, so that libraries exist for both ends: HMAC-SHA256 over id, time, body.

``webhook-id``, ``webhook-timestamp`` (seconds since 1970) and ``webhook-signature`` (``v1,`` and base64; several, with
a space between, while a secret is being changed). A secret is ``whsec_`` and base64.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from pacemark.web.shared.sealing import opened, sealed
from pacemark.web.webhooks.models import Signed

PURPOSE = "webhook"
PREFIX = "whsec_"
ID, TIME, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"
WINDOW_SECONDS = 300
OVERLAP = timedelta(days=1)
_SECRET_BYTES = 32
_MOST_ID_CHARS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """What the three headers of a post say."""

    message_id: str
    timestamp: str
    signatures: tuple[str, ...]

    @classmethod
    def of(cls, headers: Mapping[str, str]) -> Signature:
        """Read the headers; what is missing is empty."""
        words = tuple(headers.get(SIGNATURE, "").split())
        return cls(message_id=headers.get(ID, ""), timestamp=headers.get(TIME, ""), signatures=words)


def new_secret() -> str:
    """Return a fresh secret of 256 random bits."""
    return PREFIX + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode("ascii")


def seal(text: str) -> str:
    """Return a secret or an address as it is kept."""
    return sealed(text, PURPOSE)


def unseal(encrypted: str) -> str:
    """Return what was sealed."""
    return opened(encrypted, PURPOSE)


def reseal(encrypted: str, old_key: str, new_key: str) -> str:
    """Return it under another key; nothing stays empty."""
    return sealed(opened(encrypted, PURPOSE, old_key), PURPOSE, new_key) if encrypted else ""


def secrets_of(end: Signed, now: datetime) -> list[str]:
    """Return the secrets that hold: the present one, and for a day the one before."""
    found = [unseal(end.secret_encrypted)]
    if end.former_encrypted and end.former_until and end.former_until > now:
        found.append(unseal(end.former_encrypted))
    return found


def signature(secret: str, message_id: str, timestamp: int | str, body: bytes) -> str:
    """Return one signature."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    text = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(key, text, hashlib.sha256)).decode("ascii")


def signed_headers(known: Collection[str], message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """Return the three headers, signed with each secret that holds."""
    signatures = " ".join(signature(secret, message_id, timestamp, body) for secret in known)
    return {ID: message_id, TIME: str(timestamp), SIGNATURE: signatures}


def fault_of(told: Signature, known: Collection[str], body: bytes, now: datetime) -> str:
    """Return why a post is not believed, as a code; nothing where it is. The time counts once the signature holds."""
    try:
        expected = [signature(secret, told.message_id, told.timestamp, body) for secret in known]
    except (ValueError, binascii.Error, UnicodeError):
        return "bad_signature"
    matches = [hmac.compare_digest(one.encode(), word.encode()) for one in expected for word in told.signatures]
    if not any(matches) or not 0 < len(told.message_id) <= _MOST_ID_CHARS or not told.timestamp.isdecimal():
        return "bad_signature"
    return "too_old" if abs(now.timestamp() - int(told.timestamp)) > WINDOW_SECONDS else ""


def hint_of(address: str) -> str:
    """Return what may be shown of an address: its host."""
    return (urlsplit(address).hostname or "")[:100]
