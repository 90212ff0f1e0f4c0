"""The organisation's clock for every page, and its settings read once."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from pacemark.web.organization.held import settings_held
from pacemark.web.organization.queries import organization


class OrganizationTimeZoneMiddleware:
    """Show times by the organisation's clock to whoever is signed in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return self.get_response(request)
        with settings_held(), timezone.override(ZoneInfo(organization().time_zone)):
            return self.get_response(request)
