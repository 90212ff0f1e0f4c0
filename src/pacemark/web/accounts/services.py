"""Writing people and their tokens. Every service is atomic, takes the acting person, and leaves a trail.

Passwords and tokens never reach the trail; it says that they changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.utils import timezone

from pacemark.web.accounts.choices import AccessRole, Theme, TokenScope
from pacemark.web.accounts.models import ApiToken, User
from pacemark.web.accounts.tokens import digest_of, new_secret
from pacemark.web.trail.services import record


@dataclass(frozen=True, slots=True, kw_only=True)
class NewToken:
    """A token just made. ``secret`` exists here and nowhere else."""

    token: ApiToken
    secret: str


@transaction.atomic
def create_user(
    *, actor: User | None, username: str, display_name: str, access_role: AccessRole, password: str | None = None
) -> User:
    """Make a person who can sign in; without a password nobody can until one is set."""
    user = User(username=username.strip(), display_name=display_name.strip(), access_role=access_role)
    if password is not None:
        validate_password(password, user)
    user.set_password(password)
    user.full_clean()
    user.save()
    record(actor=actor, action="accounts.user_created", subject=user, changes={"access_role": [None, str(access_role)]})
    return user


@transaction.atomic
def set_password(*, actor: User | None, user: User, password: str) -> None:
    """Give a person a new password; their other sessions end with it."""
    validate_password(password, user)
    user.set_password(password)
    user.save(update_fields=["password"])
    record(actor=actor, action="accounts.password_changed", subject=user, changes={"password": "changed"})


@transaction.atomic
def set_access_role(*, actor: User | None, user: User, access_role: AccessRole) -> None:
    """Change what a person may open."""
    before, user.access_role = user.access_role, access_role
    user.full_clean()
    user.save(update_fields=["access_role"])
    changes = {"access_role": [before, str(access_role)]}
    record(actor=actor, action="accounts.access_role_changed", subject=user, changes=changes)


@transaction.atomic
def deactivate_user(*, actor: User | None, user: User) -> None:
    """Let a person sign in no more; their sessions and tokens stop working at once."""
    user.is_active = False
    user.save(update_fields=["is_active"])
    record(actor=actor, action="accounts.user_deactivated", subject=user, changes={"is_active": [True, False]})


@transaction.atomic
def activate_user(*, actor: User | None, user: User) -> None:
    """Let a person sign in again, with the password they had."""
    user.is_active = True
    user.save(update_fields=["is_active"])
    record(actor=actor, action="accounts.user_activated", subject=user, changes={"is_active": [False, True]})


@transaction.atomic
def change_account(*, actor: User, user: User, access_role: AccessRole, password: str = "") -> None:
    """Change what a person may open, and their password where a new one is given."""
    if user.access_role != access_role:
        set_access_role(actor=actor, user=user, access_role=access_role)
    if password:
        set_password(actor=actor, user=user, password=password)


@transaction.atomic
def note_sign_in(*, actor: User) -> None:
    """Leave a trail of a sign-in."""
    record(actor=actor, action="accounts.signed_in", subject=actor)


@transaction.atomic
def choose_language(*, actor: User, language: str) -> None:
    """Keep the language a person reads in."""
    before, actor.language = actor.language, language
    actor.save(update_fields=["language"])
    record(actor=actor, action="accounts.language_chosen", subject=actor, changes={"language": [before, language]})


@transaction.atomic
def choose_theme(*, actor: User, theme: Theme) -> None:
    """Keep the light or dark look a person reads in."""
    before, actor.theme = actor.theme, theme
    actor.save(update_fields=["theme"])
    record(actor=actor, action="accounts.theme_chosen", subject=actor, changes={"theme": [before, str(theme)]})


@transaction.atomic
def create_token(*, actor: User, user: User, name: str, scope: TokenScope, days: int) -> NewToken:
    """Make a token that acts as a person for some days. Its words are in the answer and are never kept."""
    secret = new_secret()
    token = ApiToken(
        user=user,
        name=name.strip(),
        scope=scope,
        digest=digest_of(secret),
        expires_at=timezone.now() + timedelta(days=days),
    )
    token.full_clean()
    token.save()
    changes = {"scope": str(scope), "days": days}
    record(actor=actor, action="accounts.token_created", subject=token, changes=changes)
    return NewToken(token=token, secret=secret)


@transaction.atomic
def revoke_token(*, actor: User, token: ApiToken) -> None:
    """Stop a token for good. Revoking it again changes nothing."""
    if token.revoked_at is not None:
        return
    token.revoked_at = timezone.now()
    token.save(update_fields=["revoked_at"])
    record(actor=actor, action="accounts.token_revoked", subject=token)


def note_token_use(*, token: ApiToken, now: datetime) -> None:
    """Remember the day a token was last used: one write a day and token, so that reading stays reading."""
    if token.last_used_on != now.date():
        ApiToken.objects.filter(pk=token.pk).update(last_used_on=now.date())
