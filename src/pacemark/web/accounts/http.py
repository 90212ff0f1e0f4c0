"""The request types a view may rely on; the middleware and decorators that keep the promise stand beside them."""

from __future__ import annotations

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from pacemark.web.accounts.models import User


class PageRequest(HttpRequest):
    """A page asked for by a signed-in person: ``SignedInMiddleware`` and ``HtmxMiddleware`` have run."""

    user: User
    htmx: HtmxDetails
