"""Skill and luck: who closes how much, with the luck taken out, within one grade."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from pacemark.web.accounts.http import PageRequest
from pacemark.web.results.pages.words import luck_chart, span_query, spans_to_pick
from pacemark.web.results.queries.luck import grade_luck
from pacemark.web.results.views.asked import leaders, sight, span_of


@leaders
@require_safe
def luck(request: PageRequest) -> HttpResponse:
    """Show one grade: ranked, in groups or by name, as far as the order is more than luck."""
    span = span_of(request)
    found = grade_luck(span, sight(request), request.GET.get("grade", ""))
    context = {
        "span": span, "spans": spans_to_pick(span), "query": span_query(span), "found": found,
        "chart": luck_chart(found.ranking) if found and found.ranking else None,
    }  # fmt: skip
    return render(request, "results/luck.html", context)
