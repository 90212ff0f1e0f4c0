"""Pages that draw on several rooms. Today is the rep's own; leaders open it for somebody in their sight."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from pacemark.web.accounts.access import allow_everyone
from pacemark.web.accounts.choices import AccessRole
from pacemark.web.accounts.http import PageRequest
from pacemark.web.goals.pages.talk_card import WaitingPlan, waiting_plans
from pacemark.web.goals.views.asked import in_scope
from pacemark.web.organization.clock import local_today
from pacemark.web.organization.queries import organization, rep_of
from pacemark.web.overview import queries
from pacemark.web.overview.calls import calls_of
from pacemark.web.overview.today_page import greeting
from pacemark.web.results.pages.words import target_label
from pacemark.web.results.queries.offers import ladder_now
from pacemark.web.ui.htmx import render_page


@allow_everyone
@require_safe
def home(request: PageRequest) -> HttpResponse:
    """Open what the person comes for: a rep the day, a manager the team, everyone above the overview."""
    pages = {AccessRole.REP.value: "overview:today", AccessRole.MANAGER.value: "overview:team"}
    return redirect(pages.get(request.user.access_role, "overview:overview"))


@allow_everyone
@require_safe
def today(request: PageRequest) -> HttpResponse:
    """Show one's own day."""
    rep = rep_of(request.user)
    if rep is None:
        return render(request, "overview/today_nobody.html", {"is_rep": request.user.access_role == AccessRole.REP})
    return _today_of(request, rep.pk, reverse("overview:today"))


@allow_everyone
@require_safe
def today_of(request: PageRequest, rep_id: int) -> HttpResponse:
    """Show the day of somebody in one's sight."""
    in_scope(request, rep_id)
    return _today_of(request, rep_id, reverse("overview:today_of", args=[rep_id]))


def _today_of(request: PageRequest, rep_id: int, url: str) -> HttpResponse:
    found = queries.today_for(rep_id, confidence=request.GET.get("confidence", "0.5"), url=url)
    is_own = getattr(request.user, "rep", None) is not None and request.user.rep.pk == rep_id
    calls = calls_of(rep_id)
    if found is None:
        return render(request, "overview/today_no_plan.html", {"rep_id": rep_id, "calls": calls, "is_own": is_own})
    context = {
        "page": found.page,
        "found": found,
        "data_until": found.data_until,
        "greeting": greeting(found.page.now.hour),
        "is_own": is_own,
        "url": url,
        "waiting": _waiting(rep_id) if is_own else [],
        "ladder": ladder_now(rep_id, target_label()),
        "calls": calls,
    }
    return render_page(request, "overview/today.html", "overview/_today_body.html", context)


def _waiting(rep_id: int) -> list[WaitingPlan]:
    """Return the plans that wait for an answer, which only the rep can give."""
    settings = organization()
    return waiting_plans(rep_id, local_today(settings.time_zone), settings.sales_month_start_day)
