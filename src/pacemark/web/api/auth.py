"""Who asks: a signed-in person's session, or a program's token. Both act with that person's rights, and are counted."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from ninja.errors import AuthenticationError, AuthorizationError
from ninja.security import HttpBearer, SessionAuth

from pacemark.web.accounts.choices import TokenScope
from pacemark.web.accounts.models import User
from pacemark.web.accounts.queries import live_token
from pacemark.web.accounts.services import note_token_use
from pacemark.web.api.repeats import tell_repeated
from pacemark.web.shared.rates import spend

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


# What a program may call that only brings records in, and reads nothing here.
INGESTING = frozenset(
    {"leads", "events_leads", "events_calls", "events_opportunities", "events_deals", "events_refunds"}
)


class TokenAuth(HttpBearer):
    """``Authorization: Bearer pmk_…``. A read token may call what changes nothing, an ingest token what brings in."""

    def authenticate(self, request: HttpRequest, token: str) -> User:
        """Return the token's person. A token that opens nothing is refused, whatever session comes with it."""
        now = timezone.now()
        found = live_token(token.strip(), now)
        if found is None:
            raise AuthenticationError
        spend(f"token:{found.pk}", settings.PACEMARK_API_PER_TOKEN)
        _spend_account(found.user)
        _check_scope(TokenScope(found.scope), request)
        note_token_use(token=found, now=now)
        request.user = found.user
        tell_repeated(request, found.user)
        return found.user


class CountedSession(SessionAuth):
    """A signed-in person's session, counted with the person's tokens."""

    def authenticate(self, request: HttpRequest, key: str | None) -> Any:
        """Return the session's person."""
        user = super().authenticate(request, key)
        if isinstance(user, User):
            _spend_account(user)
            tell_repeated(request, user)
        return user


def _spend_account(user: User) -> None:
    spend(f"account:{user.pk}", settings.PACEMARK_API_PER_ACCOUNT)


def _check_scope(scope: TokenScope, request: HttpRequest) -> None:
    match = request.resolver_match
    brings_in = request.method == "POST" and match is not None and match.url_name in INGESTING
    if scope == TokenScope.READ and not _changes_nothing(request):
        raise AuthorizationError(message="This token may only read; make one with the scope 'write'.")
    if scope == TokenScope.INGEST and not brings_in:
        raise AuthorizationError(message="This token may only post leads and events; make one with another scope.")


def _changes_nothing(request: HttpRequest) -> bool:
    """Return whether a read token suffices; some take their question by POST and keep nothing."""
    match = request.resolver_match
    return request.method in SAFE_METHODS or (match is not None and match.url_name in {"calculate", "find_customer"})


# The token comes first: a program that sends one is answered by what the token says, whatever cookies it carries.
AUTHENTICATION = [TokenAuth(), CountedSession(csrf=True)]
