"""Secrets at rest: AES-GCM under a key of the purpose's own, all derived from one secret of the installation."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from functools import lru_cache

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

_NONCE_BYTES = 12


def sealed(text: str, purpose: str, key: str | None = None) -> str:
    """Return a text as it is kept; nobody reads it without the key, and no other purpose's key opens it.

    ``key`` is another than the installation's only while keys are being changed; so in the functions below.
    """
    nonce = os.urandom(_NONCE_BYTES)
    closed = nonce + _cipher(key or settings.PHONE_KEY, purpose).encrypt(nonce, text.encode(), None)
    return base64.urlsafe_b64encode(closed).decode("ascii")


def opened(encrypted: str, purpose: str, key: str | None = None) -> str:
    """Return the text that was sealed for a purpose."""
    closed = base64.urlsafe_b64decode(encrypted)
    return (
        _cipher(key or settings.PHONE_KEY, purpose).decrypt(closed[:_NONCE_BYTES], closed[_NONCE_BYTES:], None).decode()
    )


def keyed_digest(text: str, purpose: str, key: str | None = None) -> str:
    """Return the keyed hash that equal texts share within a purpose."""
    return hmac.digest(_derived_key(key or settings.PHONE_KEY, purpose), text.encode(), hashlib.sha256).hex()


@lru_cache(maxsize=16)
def _derived_key(secret: str, purpose: str) -> bytes:
    return hmac.digest(secret.encode(), f"pacemark {purpose}".encode(), hashlib.sha256)


@lru_cache(maxsize=16)
def _cipher(secret: str, purpose: str) -> AESGCM:
    return AESGCM(_derived_key(secret, purpose))
