"""One lead's decision record: why me, why not me, what would have changed it."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from pacemark.web.accounts.access import allow_everyone
from pacemark.web.accounts.http import PageRequest
from pacemark.web.organization.queries import rep_of
from pacemark.web.resources.queries.decisions import may_read, told_of
from pacemark.web.resources.views.asked import sight_of
from pacemark.web.resources.words import excluded_words


@allow_everyone
@require_safe
def decision(request: PageRequest, lead_id: int) -> HttpResponse:
    """Show everything that was decided about a lead in one's sight, or that one was a candidate for."""
    sight = sight_of(request)
    if not may_read(lead_id, sight):
        raise Http404
    me = rep_of(request.user)
    told = told_of(lead_id, sight, me.pk if me else None)
    rows = [(one, [(who, excluded_words(who.code, who.numbers)) for who in one.others]) for one in told]
    return render(request, "resources/decision.html", {"lead_id": lead_id, "rows": rows, "is_rep": me is not None})
