"""Settings: the organisation, its calendar, teams and people."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pacemark.web.accounts.access import allow
from pacemark.web.accounts.choices import AccessRole
from pacemark.web.accounts.http import PageRequest
from pacemark.web.organization import queries, services
from pacemark.web.organization.choices import DayKind
from pacemark.web.organization.clock import local_today
from pacemark.web.organization.forms import (
    AccountForm,
    CalendarDayForm,
    LeaveForm,
    MoveForm,
    OrganizationForm,
    TeamPatternForm,
)
from pacemark.web.organization.models import Rep
from pacemark.web.organization.structure_forms import RosterForm

ROSTER_SHOWN = 20
planners = allow(AccessRole.OPERATIONS, AccessRole.ADMIN)


@planners
@require_http_methods(["GET", "POST"])
def settings(request: PageRequest) -> HttpResponse:
    """Show and change the organisation's settings."""
    organization = queries.organization()
    form = OrganizationForm(request.POST or None, instance=organization)
    if request.method == "POST" and form.is_valid():
        services.set_up_organization(actor=request.user)
        services.change_organization(actor=request.user, **form.cleaned_data)
        messages.success(request, _("Saved. Numbers follow the new settings after the next roll-up."))
        return redirect("organization:settings")
    return render(request, "organization/settings.html", {"form": form, "tab": "settings"})


@planners
@require_http_methods(["GET", "POST"])
def calendar(request: PageRequest) -> HttpResponse:
    """Show the special days of one year; make a day a holiday, a make-up workday, or ordinary again."""
    form = CalendarDayForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        kind = form.cleaned_data["kind"]
        day: date = form.cleaned_data["date"]
        services.set_calendar_day(
            actor=request.user, day=day, kind=DayKind(kind) if kind else None, name=form.cleaned_data["name"]
        )
        return redirect(f"{request.path}?year={day.year}")
    year = _year_asked(request.GET.get("year", ""), local_today(queries.organization().time_zone).year)
    context = {"form": form, "tab": "calendar", "year": year, "days": queries.calendar_days_of(year)}
    return render(request, "organization/calendar.html", context)


def _year_asked(text: str, present: int) -> int:
    return int(text) if len(text) == 4 and text.isdecimal() and 1970 <= int(text) <= 2100 else present


@planners
@require_http_methods(["GET", "POST"])
def teams(request: PageRequest) -> HttpResponse:
    """Show teams with their region, manager and working pattern; choose a team's pattern."""
    if request.method == "POST":
        form = TeamPatternForm(request.POST)
        if form.is_valid():
            services.set_team_pattern(
                actor=request.user, team=form.cleaned_data["team"], pattern=form.cleaned_data["pattern"]
            )
        return redirect("organization:teams")
    context = {
        "tab": "teams",
        "teams": queries.teams_in_full(),
        "regions": queries.regions_in_full(),
        "patterns": queries.patterns_in_words(),
    }
    return render(request, "organization/teams.html", context)


@planners
@require_safe
def people(request: PageRequest) -> HttpResponse:
    """Show everyone employed today."""
    today = local_today(queries.organization().time_zone)
    sought = request.GET.get("q", "").strip()
    found = queries.find_members(today, sought)
    return render(request, "organization/people.html", {"tab": "people", "members": found, "sought": sought})


@planners
@require_http_methods(["GET", "POST"])
def person(request: PageRequest, rep_id: int) -> HttpResponse:
    """Show one rep's teams, grades and roles through time, and their leave; add to either."""
    rep = get_object_or_404(Rep, pk=rep_id)
    is_leave = request.POST.get("what") == "leave"
    move = MoveForm(None if is_leave else request.POST or None)
    leave = LeaveForm(request.POST if is_leave else None)
    if request.method == "POST" and is_leave and leave.is_valid():
        services.add_leave(actor=request.user, rep=rep, **leave.cleaned_data)
        return redirect(request.path)
    if request.method == "POST" and not is_leave and move.is_valid():
        services.move_rep(actor=request.user, rep=rep, **move.cleaned_data)
        return redirect(request.path)
    context = {
        "tab": "people", "rep": rep, "move": move, "leave": leave,
        "account": AccountForm(initial={"user": rep.user_id}),
        "memberships": rep.memberships.select_related("team", "grade").order_by("-valid_from"),
        "leaves": rep.leaves.order_by("-first_day"),
        "roster": RosterForm(),
        "roster_days": rep.roster_days.order_by("-date")[:ROSTER_SHOWN],
    }  # fmt: skip
    return render(request, "organization/person.html", context)


@planners
@require_POST
def account(request: PageRequest, rep_id: int) -> HttpResponse:
    """Choose the account that a rep signs in with."""
    rep = get_object_or_404(Rep, pk=rep_id)
    form = AccountForm(request.POST)
    if form.is_valid():
        services.link_account(actor=request.user, rep=rep, user=form.cleaned_data["user"])
        messages.success(request, _("Saved."))
    return redirect("organization:person", rep_id=rep_id)
