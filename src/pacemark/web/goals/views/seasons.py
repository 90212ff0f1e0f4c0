"""Goals · Seasons and calendar: what each month weighs, and how a quarter is split by it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from pacemark.web.accounts.choices import AccessRole
from pacemark.web.accounts.http import PageRequest
from pacemark.web.goals.queries.quarter_facts import neighbours, quarter_label, quarter_start_asked
from pacemark.web.goals.queries.season_page import season_page
from pacemark.web.goals.refusals import Refused, sentence
from pacemark.web.goals.season_forms import SeasonForm
from pacemark.web.goals.services.quarters import split_anew
from pacemark.web.goals.services.seasons import set_seasons, take_learned_seasons
from pacemark.web.goals.views.asked import leaders, planners


@leaders
@require_safe
def seasons(request: PageRequest) -> HttpResponse:
    """Show the weights of the year; with weights in the address, what they would make of a quarter."""
    form = SeasonForm(request.GET) if "w-1" in request.GET else None
    tried = form.weights() if form is not None and form.is_valid() else None
    if tried is not None and (min(tried) < 0 or not any(tried)):
        tried = None
    page = season_page(_start(request), tried)
    context = {
        "page": page,
        "form": form,
        "neighbours": neighbours(page.quarter_label),
        "may_set": request.user.access_role in {AccessRole.OPERATIONS, AccessRole.ADMIN} and not page.is_over,
        "because": sentence(Refused(page.learned.reason, "")) if page.learned.reason else "",
    }
    return render(request, "goals/seasons.html", context)


@planners
@require_POST
def save(request: PageRequest) -> HttpResponse:
    """Let weights set by hand hold from the quarter on."""
    form = SeasonForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Write weights as numbers, for example 1.2."))
        return _back(_start(request))

    def act() -> str:
        set_seasons(
            actor=request.user, valid_from=_start(request), weights=form.weights(), note=form.cleaned_data["note"]
        )
        return _("The weights hold from this quarter on. Quarters that stand are split anew when you say so.")

    return _done(request, act)


@planners
@require_POST
def learn(request: PageRequest) -> HttpResponse:
    """Let the weights that history tells hold from the quarter on."""

    def act() -> str:
        take_learned_seasons(actor=request.user, valid_from=_start(request))
        return _("The weights that history tells hold from this quarter on.")

    return _done(request, act)


@planners
@require_POST
def resplit(request: PageRequest) -> HttpResponse:
    """Split the quarters that stand anew by the weights that hold now."""

    def act() -> str:
        n_months = split_anew(
            actor=request.user, quarter_start=_start(request), reason=request.POST.get("reason", "").strip()[:500]
        )
        return ngettext("%(n)s month has another target.", "%(n)s months have another target.", n_months) % {
            "n": n_months
        }

    return _done(request, act)


def _start(request: PageRequest) -> date:
    return quarter_start_asked(request.GET.get("quarter") or request.POST.get("quarter") or "")


def _back(start: date) -> HttpResponse:
    return redirect(f"{reverse('goals:seasons')}?quarter={quarter_label(start)}")


def _done(request: PageRequest, act: Callable[[], str]) -> HttpResponse:
    try:
        messages.success(request, act())
    except Refused as refused:
        messages.error(request, sentence(refused))
    return _back(_start(request))
