"""A new phone key: every number and address sealed anew, in one transaction; a kill half-way loses nothing.

The new key waits in ``phone.key.next`` until the transaction that seals with it has committed. Found there later, it is
either the key that everything is sealed with already (the kill came after) or of no use (it came before).
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from django.conf import settings
from django.db import connection, transaction

from pacemark.web.accounts.factor_sealing import a_second_factor_opens, reseal_second_factors
from pacemark.web.config.keys import secret_in
from pacemark.web.notifications.addresses import reseal
from pacemark.web.notifications.models import Channel
from pacemark.web.organization.erasure_key import erasure_key, reseal_erasure_key
from pacemark.web.organization.erasure_models import ErasureKey
from pacemark.web.pipeline.models import Lead
from pacemark.web.pipeline.phones import reseal_phone
from pacemark.web.trail.services import record
from pacemark.web.webhooks.models import Caller, Receiver
from pacemark.web.webhooks.signing import reseal as reseal_secret

KEY, NEXT, FORMER = "phone.key", "phone.key.next", "phone.key.former"
ROWS_A_STEP = 5_000
SEALED = ("secret_encrypted", "former_encrypted", "address_encrypted")


class RotationError(Exception):
    """Keys that cannot be changed here; the text is one plain sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotated:
    """What was sealed anew; ``was_done`` when only the file of an interrupted change was left to move."""

    phones: int
    channels: int
    was_done: bool = False


def rotate_phone_key() -> Rotated:
    """Seal everything under a new key and keep the former key's file beside it.

    Raises
    ------
    RotationError
        When the key comes from the environment, or when a number does not open with the key there is.
    """
    home = Path(settings.PACEMARK_HOME)
    if not (home / KEY).exists() or secret_in(home, KEY) != settings.PHONE_KEY:
        raise RotationError("the key comes from PACEMARK_PHONE_KEY; take it out and put it into phone.key first")
    if (home / NEXT).exists() and _opens_all_with(secret_in(home, NEXT)):
        _take_into_use(home)
        return Rotated(phones=0, channels=0, was_done=True)
    (home / NEXT).unlink(missing_ok=True)
    old, new = settings.PHONE_KEY, secret_in(home, NEXT)
    try:
        with transaction.atomic():
            done = Rotated(
                phones=_reseal_phones(old, new), channels=_reseal_channels(old, new) + _reseal_ends(old, new)
            )
            reseal_second_factors(old, new)
            record(actor=None, action="config.phone_key_changed", subject=("config.key", KEY))
    except InvalidTag as error:
        (home / NEXT).unlink()
        raise RotationError("a number does not open with phone.key; `pacemark doctor` says more") from error
    _take_into_use(home)
    return done


def _take_into_use(home: Path) -> None:
    # A link first, so that at no moment there is no key: a start would make one.
    (home / f"{FORMER}-{secrets.token_hex(3)}").hardlink_to(home / KEY)
    (home / NEXT).replace(home / KEY)
    settings.PHONE_KEY = secret_in(home, KEY)


def _opens_all_with(key: str) -> bool:
    # One transaction sealed all of them, so one of them tells.
    if ErasureKey.objects.exists():
        return _opens_erasures_with(key)
    encrypted = Lead.objects.exclude(phone_encrypted="").values_list("phone_encrypted", flat=True).first()
    channel = Channel.objects.values_list("kind", "address_encrypted").first()
    found = [model.objects.values_list("secret_encrypted", flat=True).first() for model in (Receiver, Caller)]
    secrets_sealed = [secret for secret in found if secret]
    try:
        if encrypted:
            reseal_phone(encrypted, key, key)
        if channel:
            reseal(*channel, key, key)
        for secret in secrets_sealed:
            reseal_secret(secret, key, key)
        factor = a_second_factor_opens(key)
    except InvalidTag:
        return False
    return bool(encrypted or channel or secrets_sealed or factor)


def _opens_erasures_with(key: str) -> bool:
    try:
        erasure_key(key)
    except InvalidTag:
        return False
    return True


def _reseal_phones(old: str, new: str) -> int:
    reseal_erasure_key(old, new)
    sql = "UPDATE pipeline_lead SET phone_encrypted = %s, phone_hash = %s, phone_last4_hash = %s WHERE id = %s"
    leads = Lead.objects.exclude(phone_encrypted="").order_by("pk").values_list("pk", "phone_encrypted")
    count, last = 0, 0
    with connection.cursor() as cursor:
        while step := list(leads.filter(pk__gt=last)[:ROWS_A_STEP]):
            phones = [(reseal_phone(encrypted, old, new), pk) for pk, encrypted in step]
            cursor.executemany(sql, [(phone.encrypted, phone.digest, phone.last4_digest, pk) for phone, pk in phones])
            count, last = count + len(step), step[-1][0]
    return count


def _reseal_channels(old: str, new: str) -> int:
    channels = list(Channel.objects.all())
    for channel in channels:
        sealed, digest = reseal(channel.kind, channel.address_encrypted, old, new)
        channel.address_encrypted, channel.address_digest = sealed, digest
        channel.secret_encrypted, _ = reseal(channel.kind, channel.secret_encrypted, old, new)
    Channel.objects.bulk_update(channels, ["address_encrypted", "address_digest", "secret_encrypted"])
    return len(channels)


def _reseal_ends(old: str, new: str) -> int:
    ends = [*Receiver.objects.all(), *Caller.objects.all()]
    for end in ends:
        for name in SEALED:
            if hasattr(end, name):
                setattr(end, name, reseal_secret(getattr(end, name), old, new))
        end.save()
    return len(ends)
