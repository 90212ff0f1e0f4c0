"""Reading people and their tokens."""

from __future__ import annotations

from datetime import datetime

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from pacemark.web.accounts.company_accounts import Way
from pacemark.web.accounts.models import ApiToken, Invitation, User
from pacemark.web.accounts.tokens import digest_of


def live_token(secret: str, now: datetime) -> ApiToken | None:
    """Return the token these words open, unless it is revoked, expired, or its person has left."""
    return (
        ApiToken.objects.select_related("user")
        .filter(digest=digest_of(secret), revoked_at__isnull=True, expires_at__gt=now, user__is_active=True)
        .first()
    )


def tokens_of(user: User) -> list[ApiToken]:
    """Return a person's tokens, newest first, revoked ones included."""
    return list(user.api_tokens.order_by("-created_at", "-pk"))


def all_users() -> list[User]:
    """Return everyone with an account, those who may sign in first, by what they may open and name."""
    return list(User.objects.order_by("-is_active", "access_role", "display_name", "pk"))


def ways() -> tuple[Way, ...]:
    """Return the company accounts that open the door here."""
    found: tuple[Way, ...] = settings.PACEMARK_SIGN_IN
    return found


def way_of(way_id: str) -> Way | None:
    """Return one of them by its id, or None when the operator has taken it away."""
    return next((way for way in ways() if way.id == way_id), None)


def company_accounts_of(user: User) -> list[SocialAccount]:
    """Return the company accounts that somebody has joined, oldest first."""
    return list(SocialAccount.objects.filter(user=user).order_by("date_joined", "pk"))


def has_second_factor(user: User) -> bool:
    """Return whether somebody's password alone does not open the door."""
    return bool(Authenticator.objects.filter(user=user).exists())


def _live_invitations() -> QuerySet[Invitation]:
    return Invitation.objects.select_related("user").filter(
        used_at__isnull=True, expires_at__gt=timezone.now(), user__is_active=True
    )


def live_invitation(secret: str) -> Invitation | None:
    """Return the invitation these words open, unless it is used, expired, or its person may not sign in."""
    return _live_invitations().filter(digest=digest_of(secret)).first()


def invitation_held(invitation_id: object) -> Invitation | None:
    """Return the invitation that a session is taking up, while it holds."""
    return _live_invitations().filter(pk=invitation_id).first() if isinstance(invitation_id, int) else None
