"""Phone numbers: one form, encrypted at rest, found again by keyed hashes, shown masked."""

from __future__ import annotations

import re
from dataclasses import dataclass

import phonenumbers

from pacemark.web.shared.sealing import keyed_digest, opened, sealed

_CHINESE_MOBILE = re.compile(r"1[3-9]\d{9}")
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
    return _sealed(number) if number else NO_PHONE


def reseal_phone(encrypted: str, old_key: str, new_key: str) -> SealedPhone:
    """Seal under a new key what was sealed under an old one."""
    return _sealed(opened(encrypted, "phone encrypt", old_key), new_key)


def open_phone(encrypted: str) -> str:
    """Return the number in E.164. Who may see it is decided, and noted in the trail, by the caller."""
    return opened(encrypted, "phone encrypt") if encrypted else ""


def phone_hash(number: str, key: str | None = None) -> str:
    """Return the keyed hash that equal numbers share; ``number`` is in E.164."""
    return keyed_digest(number, "phone match", key)


def last4_hash(digits: str, key: str | None = None) -> str:
    """Return the keyed hash for search by the last four digits."""
    return keyed_digest(digits, "phone last4", key)


def _sealed(number: str, key: str | None = None) -> SealedPhone:
    return SealedPhone(
        encrypted=sealed(number, "phone encrypt", key),
        digest=phone_hash(number, key),
        last4_digest=last4_hash(number[-4:], key),
    )


def masked_phone(number: str) -> str:
    """Show a number with its middle hidden: +86 138****5678."""
    if not number:
        return ""
    prefix, digits = ("+86 ", number[3:]) if number.startswith("+86") else ("", number)
    hidden = max(len(digits) - 7, 4)
    head = digits[: max(len(digits) - 4 - hidden, 0)]
    return f"{prefix}{head}{'*' * hidden}{digits[-4:]}"
