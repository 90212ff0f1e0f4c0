"""The style guide: how everything looks, for those who look after the product."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from pacemark.web.ui.navigation import ADMIN
from pacemark.web.ui.samples import styleguide_page

STYLEGUIDE_ROLES = frozenset({ADMIN})


def styleguide(request: HttpRequest) -> HttpResponse:
    """Show every component in every state, to administrators."""
    if getattr(request.user, "access_role", "") not in STYLEGUIDE_ROLES:
        raise PermissionDenied
    return render(request, "ui/styleguide.html", {"page": styleguide_page()})


# read by the test that walks every route; the decorator that says this elsewhere lives in a room above this one
styleguide.access_roles = STYLEGUIDE_ROLES  # type: ignore[attr-defined]
