"""Phone numbers: one form, encrypted at rest, found again by keyed hashes, shown masked."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import re
from dataclasses import dataclass
from functools import lru_cache

import phonenumbers
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

_CHINESE_MOBILE = re.compile(r"1[3-9]\d{9}")
_NONCE_BYTES = 12
_FILLERS = re.compile(r"[\s\-().\u00a0]")


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedPhone:
    """A number as it is kept: nobody reads it without the key, equal numbers have equal hashes."""

    encrypted: str
    digest: str
    last4_digest: str


NO_PHONE = SealedPhone(encrypted="", digest="", last4_digest="")


def normalized_phone(text: str, region: str) -> str:
    """Return a number in E.164, or "" when it cannot be one; ``region`` is the country of bare numbers."""
    plain = _FILLERS.sub("", text)
    if region == "CN" and _CHINESE_MOBILE.fullmatch(plain):
        return f"+86{plain}"  # nearly all numbers of a Chinese floor: spares the parser
    if plain.startswith("00"):
        plain = f"+{plain[2:]}"
    try:
        number = phonenumbers.parse(plain, region or None)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(number):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def seal_phone(text: str, region: str) -> SealedPhone:
    """Normalise and seal a number; what cannot be a number is not kept."""
    number = normalized_phone(text, region)
    if not number:
        return NO_PHONE
    return SealedPhone(encrypted=_encrypt(number), digest=phone_hash(number), last4_digest=last4_hash(number[-4:]))


def open_phone(encrypted: str) -> str:
    """Return the number in E.164. Who may see it is decided, and noted in the trail, by the caller."""
    if not encrypted:
        return ""
    sealed = base64.urlsafe_b64decode(encrypted)
    return _cipher(settings.PHONE_KEY).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], None).decode("ascii")


def phone_hash(number: str) -> str:
    """Return the keyed hash that equal numbers share; ``number`` is in E.164."""
    return _digest("match", number)


def last4_hash(digits: str) -> str:
    """Return the keyed hash for search by the last four digits."""
    return _digest("last4", digits)


def masked_phone(number: str) -> str:
    """Show a number with its middle hidden: +86 138****5678."""
    if not number:
        return ""
    prefix, digits = ("+86 ", number[3:]) if number.startswith("+86") else ("", number)
    hidden = max(len(digits) - 7, 4)
    head = digits[: max(len(digits) - 4 - hidden, 0)]
    return f"{prefix}{head}{'*' * hidden}{digits[-4:]}"


def _encrypt(number: str) -> str:
    nonce = os.urandom(_NONCE_BYTES)
    sealed = nonce + _cipher(settings.PHONE_KEY).encrypt(nonce, number.encode("ascii"), None)
    return base64.urlsafe_b64encode(sealed).decode("ascii")


@lru_cache(maxsize=4)
def _derived_key(secret: str, purpose: str) -> bytes:
    return hmac.digest(secret.encode(), f"pacemark phone {purpose}".encode(), hashlib.sha256)


@lru_cache(maxsize=4)
def _cipher(secret: str) -> AESGCM:
    return AESGCM(_derived_key(secret, "encrypt"))


def _digest(purpose: str, text: str) -> str:
    return hmac.digest(_derived_key(settings.PHONE_KEY, purpose), text.encode(), hashlib.sha256).hex()
