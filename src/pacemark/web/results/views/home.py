"""Results: what did we get, by what cause, and what is next in sight."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from pacemark.web.accounts.http import PageRequest
from pacemark.web.goals.queries.ladder import tier_labels
from pacemark.web.organization.queries import organization, rep_of
from pacemark.web.results.pages.words import (
    cause_rows,
    causes_chart,
    outcome_words,
    span_query,
    spans_to_pick,
    target_label,
)
from pacemark.web.results.queries.attainment import Attained, Sight, attained
from pacemark.web.results.queries.causes import causes_in
from pacemark.web.results.queries.deals import deal_lines, deals_page, n_beyond
from pacemark.web.results.queries.offers import ladder_now, offers_of
from pacemark.web.results.queries.spans import Span, quarter_around
from pacemark.web.results.views.asked import allow_everyone, in_scope, is_rep, sight, span_of

LEVELS = ("people", "teams", "regions")
PAGE_SIZE = 50


@allow_everyone
@require_safe
def home(request: PageRequest) -> HttpResponse:
    """Show what everyone in sight brought; a rep their own."""
    if is_rep(request):
        rep = rep_of(request.user)
        return render(request, "results/nobody.html") if rep is None else _person(request, rep.pk)
    span, found = span_of(request), attained(span_of(request), sight(request))
    level = request.GET.get("by", "")
    level = level if level in LEVELS else "teams" if len(found.teams) > 1 else "people"
    causes, currency = causes_in(span, found), organization().currency
    quarter = quarter_around(span.today)
    context = {
        **_shared(span),
        "found": found,
        "level": level,
        "rows": _rows(found, level, request.GET.get("page")),
        "causes": causes,
        "cause_rows": cause_rows(causes, level if level != "people" else "teams") if causes else (),
        "causes_chart": causes_chart(causes.whole, currency) if causes else None,
        "offers": offers_of(quarter, sight(request).rep_ids)[:PAGE_SIZE],
        "offers_label": quarter.label,
        "n_beyond": n_beyond(span),
    }
    return render(request, "results/home.html", context)


@allow_everyone
@require_safe
def person(request: PageRequest, rep_id: int) -> HttpResponse:
    """Show one person in one's sight."""
    in_scope(request, rep_id)
    return _person(request, rep_id)


def _person(request: PageRequest, rep_id: int) -> HttpResponse:
    span = span_of(request)
    # One person's own page counts what they brought wherever they stood.
    alone = Sight(rep_ids=frozenset({rep_id}), team_ids=frozenset())
    found = attained(span, alone)
    line = found.person(rep_id)
    if line is None:
        raise Http404
    causes = causes_in(span, found)
    rep = rep_of(request.user)
    deals = deals_page(span, frozenset({rep_id}), "", request.GET.get("page"))
    context = {
        **_shared(span),
        "line": line,
        "rep_id": rep_id,
        "is_own": rep is not None and rep.pk == rep_id,
        "ladder": ladder_now(rep_id, target_label()),
        "causes": causes.whole if causes else None,
        "cause_rows": cause_rows(causes, "whole") if causes else (),
        "deals": deals,
        "deal_lines": deal_lines(list(deals)),
        "parts": _parts(found, rep_id),
    }
    return render(request, "results/person.html", context)


def _parts(found: Attained, rep_id: int) -> list[tuple[str, int]]:
    """Return what somebody brought by team, where there are several."""
    teams = {team.unit_id: team.name for team in found.teams}
    line = found.person(rep_id)
    sums: dict[int, int] = {}
    for part in line.parts if line else ():
        sums[part.team_id or 0] = sums.get(part.team_id or 0, 0) + part.net_minor
    return [(teams.get(team_id, ""), net) for team_id, net in sums.items()] if len(sums) > 1 else []


def _shared(span: Span) -> dict[str, Any]:
    return {
        "span": span,
        "spans": spans_to_pick(span),
        "query": span_query(span),
        "currency": organization().currency,
        "tiers": tier_labels(),
        "outcomes": outcome_words(),
    }


def _rows(found: Attained, level: str, page: str | None) -> Any:
    if level == "people":
        # By team and name: an order by amounts would be a ranking, and rankings are shown only where luck is not.
        people = sorted(found.people, key=lambda line: (line.team_name, line.name, line.rep_id))
        return Paginator(people, PAGE_SIZE).get_page(page)
    return found.teams if level == "teams" else found.regions
