"""The overview: will we make it? Forecast against target, regions compared, causes, managers, and leads."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from pacemark.web.accounts.access import allow
from pacemark.web.accounts.choices import AccessRole
from pacemark.web.accounts.http import PageRequest
from pacemark.web.overview.overview_page import overview_page
from pacemark.web.results.queries.spans import month_span, quarter_around, span_asked
from pacemark.web.results.services.sheets import sheet_of
from pacemark.web.results.views.asked import sight

overseers = allow(AccessRole.DIRECTOR, AccessRole.OPERATIONS, AccessRole.ADMIN)


@overseers
@require_safe
def overview(request: PageRequest) -> HttpResponse:
    """Show the month or quarter asked for, in everything the person oversees."""
    span = span_asked(request.GET.get("at", ""))
    span = month_span() if span.kind == "days" else span
    seen = sight(request)
    other = quarter_around(span.today) if span.kind == "month" else None
    quarter = sheet_of(other, seen) if other and span.is_running else None
    return render(request, "overview/overview.html", {"page": overview_page(span, sheet_of(span, seen), quarter)})
