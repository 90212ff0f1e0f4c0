"""The week: one's own, or that of somebody in sight. Today is for acting, this is for looking back and ahead."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from pacemark.web.accounts.access import allow_everyone
from pacemark.web.accounts.choices import AccessRole
from pacemark.web.accounts.http import PageRequest
from pacemark.web.goals.views.asked import in_scope
from pacemark.web.organization.clock import local_today
from pacemark.web.organization.queries import organization, rep_of, visible_rep_ids
from pacemark.web.overview.week_queries import people_in_week, sums_of_week, week_for
from pacemark.web.process.queries.watched import retired_metrics
from pacemark.web.ui.htmx import render_page


@allow_everyone
@require_safe
def week(request: PageRequest) -> HttpResponse:
    """Show one's own week; to leaders the people whose week they may open."""
    rep = rep_of(request.user)
    if rep is not None:
        return _week_of(request, rep.pk, reverse("overview:week"))
    if request.user.access_role == AccessRole.REP:
        return render(request, "overview/today_nobody.html", {"is_rep": True})
    settings = organization()
    today = local_today(settings.time_zone)
    page = people_in_week(visible_rep_ids(request.user, today), request.GET.get("page"))
    context = {
        "rows": sums_of_week(page),
        "page": page,
        "currency": settings.currency,
        "retired": retired_metrics(today),
    }
    return render(request, "overview/week_people.html", context)


@allow_everyone
@require_safe
def week_of(request: PageRequest, rep_id: int) -> HttpResponse:
    """Show the week of somebody in one's sight."""
    in_scope(request, rep_id)
    return _week_of(request, rep_id, reverse("overview:week_of", args=[rep_id]))


def _week_of(request: PageRequest, rep_id: int, url: str) -> HttpResponse:
    found = week_for(rep_id, request.GET.get("week", ""))
    if found is None:
        return render(request, "overview/today_no_plan.html", {"rep_id": rep_id})
    context = {"found": found, "page": found.page, "url": url, "rep_id": rep_id}
    return render_page(request, "overview/week.html", "overview/_week_body.html", context)
