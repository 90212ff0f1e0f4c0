"""The request types a view may rely on; the middleware and decorators that keep the promise stand beside them."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django_htmx.middleware import HtmxDetails

from pacemark.web.accounts.models import User


class PageRequest(HttpRequest):
    """A page asked for by a signed-in person: ``SignedInMiddleware`` and ``HtmxMiddleware`` have run."""

    user: User
    htmx: HtmxDetails


def remember_language(response: HttpResponse, language: str) -> None:
    """Keep a language on this device."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=365 * 24 * 3600,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
