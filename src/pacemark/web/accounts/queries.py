"""Reading people and their tokens."""

from __future__ import annotations

from datetime import datetime

from pacemark.web.accounts.models import ApiToken, User
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
