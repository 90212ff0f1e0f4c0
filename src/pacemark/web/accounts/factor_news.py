"""What allauth tells about second factors and company accounts, written down in our trail."""

from __future__ import annotations

from typing import Any

from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from allauth.socialaccount.signals import social_account_added
from django.dispatch import receiver

from pacemark.web.accounts.sign_in_services import note_joined, note_second_factor


@receiver([authenticator_added, authenticator_reset])
def added(user: Any, authenticator: Any, **_kwargs: Any) -> None:
    """A second factor came, or its codes were made anew."""
    note_second_factor(user=user, kind=authenticator.type, is_added=True)


@receiver(authenticator_removed)
def removed(user: Any, authenticator: Any, **_kwargs: Any) -> None:
    """A second factor went."""
    note_second_factor(user=user, kind=authenticator.type, is_added=False)


@receiver(social_account_added)
def joined(sociallogin: Any, **_kwargs: Any) -> None:
    """Somebody who was signed in joined a company account."""
    note_joined(actor=sociallogin.account.user, account=sociallogin.account)
