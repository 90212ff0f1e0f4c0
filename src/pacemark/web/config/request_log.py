"""One line per answered request, and its count. Routes and ids only: no query, no form, no name of a person."""

from __future__ import annotations

import logging
import re
import secrets
import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from pacemark.web.config.metrics import note_request

HEADER = "X-Request-ID"
NO_ROUTE = "(none)"

_log = logging.getLogger("pacemark.request")
_OWN_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


class RequestLogMiddleware:
    """Note how long each request took, by its route; give it an id that a proxy's log and ours share."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        given = request.headers.get(HEADER, "")
        request_id = given if _OWN_ID.fullmatch(given) else secrets.token_hex(8)
        response = self.get_response(request)
        seconds = time.perf_counter() - began
        route = request.resolver_match.route if request.resolver_match else NO_ROUTE
        method = request.method or ""
        note_request(route=route, method=method, status=response.status_code, seconds=seconds)
        response.headers[HEADER] = request_id
        _log.info(
            "answered",
            extra={
                "request_id": request_id,
                "method": method,
                "route": route,
                "status": response.status_code,
                "milliseconds": round(seconds * 1000, 1),
                "account": _account_of(request),
            },
        )
        return response


def _account_of(request: HttpRequest) -> int | None:
    # Only where somebody asked for it already: a file needs no session, and the log shall not cause a query.
    user = getattr(request, "_cached_user", None)
    return user.pk if user is not None else None
