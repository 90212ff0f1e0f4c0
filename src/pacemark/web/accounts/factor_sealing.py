"""Second factors under a new key."""

from __future__ import annotations

from allauth.mfa.models import Authenticator

from pacemark.web.accounts.adapters import SEALED_FOR
from pacemark.web.shared.sealing import opened, sealed

_SEALED = ("secret", "seed")  # an authenticator app's, and what recovery codes grow from


def reseal_second_factors(old: str, new: str) -> int:
    """Seal what authenticator apps and recovery codes keep with another key; return how many there are.

    Raises
    ------
    InvalidTag
        When one does not open with the old key.
    """
    factors = [one for one in Authenticator.objects.all() if set(_SEALED) & set(one.data)]
    for factor in factors:
        for name in set(_SEALED) & set(factor.data):
            factor.data[name] = sealed(opened(factor.data[name], SEALED_FOR, old), SEALED_FOR, new)
    Authenticator.objects.bulk_update(factors, ["data"])
    return len(factors)


def a_second_factor_opens(key: str) -> bool:
    """Open one with a key; False where there is none.

    Raises
    ------
    InvalidTag
        When it does not open.
    """
    for factor in Authenticator.objects.exclude(type=Authenticator.Type.WEBAUTHN)[:1]:
        for name in set(_SEALED) & set(factor.data):
            opened(factor.data[name], SEALED_FOR, key)
        return True
    return False
