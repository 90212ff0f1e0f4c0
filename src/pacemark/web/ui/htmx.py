"""The one rule: when a request wants a piece of a page, and when the whole of it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers


def wants_piece(request: HttpRequest) -> bool:
    """Return whether HTMX asked for a swap; a boosted link or a walk back in history gets the whole page."""
    htmx = getattr(request, "htmx", None)
    return htmx is not None and bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def render_page(
    request: HttpRequest, page: str, piece: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """Render the piece for HTMX and the page for everybody else; caches are told that the two differ."""
    response = render(request, piece if wants_piece(request) else page, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response
