"""The pool as leaders see it."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from pacemark.web.accounts.http import PageRequest
from pacemark.web.organization.queries import teams_visible_to
from pacemark.web.pipeline.queries.holdings import standing_rule
from pacemark.web.resources.queries.pool_page import pool_page
from pacemark.web.resources.views.asked import leaders, sight_of, today_of


@leaders
@require_safe
def pool(request: PageRequest) -> HttpResponse:
    """Show what lies in the pools, who claimed today, and whose clocks run out in the next days."""
    sight, today = sight_of(request), today_of()
    teams = None if sight is None else frozenset(team.pk for team in teams_visible_to(request.user))
    context = {"page": pool_page(sight, teams, today), "today": today, "rule": standing_rule()}
    return render(request, "resources/pool.html", context)
