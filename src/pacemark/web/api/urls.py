"""The addresses of the API. Failures that Django itself would word (404, 405) get the API's shape here."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path, re_path
from django.views.decorators.csrf import csrf_exempt

from pacemark.web.api.repeats import answered_once
from pacemark.web.api.v1 import api
from pacemark.web.shared.rest import failure

app_name = "api"


@csrf_exempt
@login_not_required
def unknown(_request: HttpRequest, path: str = "") -> HttpResponse:
    """Say in the API's shape that there is nothing here."""
    return failure(404)


def _shaped(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Give a view's bare 405 the shape, and let the API's own authentication decide who may call."""

    @wraps(view)
    def shaped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = answered_once(request, lambda: view(request, *args, **kwargs))
        if response.status_code == 405:
            told = failure(405)
            told.headers["Allow"] = response.headers.get("Allow", "")
            return told
        return response

    shaped.__dict__["csrf_exempt"] = True  # the session's CSRF token is checked by SessionAuth
    return login_not_required(shaped)


def _shaped_patterns() -> list[URLPattern]:
    patterns: list[URLPattern | URLResolver] = api.urls[0]
    shaped = []
    for pattern in patterns:
        if isinstance(pattern, URLPattern) and pattern.name != "api-root":
            pattern.callback = _shaped(pattern.callback)
            shaped.append(pattern)
    return shaped


urlpatterns = [
    *_shaped_patterns(),
    path("", unknown, name="api-root"),  # the schema is told relative to it
    re_path(r"^(?P<path>.*)$", unknown, name="unknown"),
]
