"""Settings: regions, teams, working patterns, and people who join."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from pacemark.web.accounts.access import allow
from pacemark.web.accounts.choices import AccessRole
from pacemark.web.accounts.http import PageRequest
from pacemark.web.organization import structure_services as services
from pacemark.web.organization.models import Region, Rep, Team, WorkingPattern
from pacemark.web.organization.structure_forms import (
    NewRepForm,
    PatternForm,
    RegionForm,
    RepForm,
    RosterForm,
    TeamForm,
)

planners = allow(AccessRole.OPERATIONS, AccessRole.ADMIN)
both = require_http_methods(["GET", "POST"])


def _edit(
    request: PageRequest, form: forms.BaseForm, save: Callable[[dict[str, Any]], object], heading: str
) -> HttpResponse:
    """Show a form, or save what it holds and go back to the teams."""
    if request.method == "POST" and form.is_valid():
        save(form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("organization:teams")
    return render(request, "organization/edit.html", {"form": form, "tab": "teams", "heading": heading})


@both
@planners
def region(request: PageRequest, region_id: int = 0) -> HttpResponse:
    """Make a region (id 0) or change one."""
    found = get_object_or_404(Region, pk=region_id) if region_id else None
    form = RegionForm(request.POST or None, instance=found)
    return _edit(
        request, form, lambda data: services.save_region(actor=request.user, region=_fresh(found), **data),
        found.name if found else _("New region"),
    )  # fmt: skip


@both
@planners
def team(request: PageRequest, team_id: int = 0) -> HttpResponse:
    """Make a team (id 0) or change one."""
    found = get_object_or_404(Team, pk=team_id) if team_id else None
    form = TeamForm(request.POST or None, instance=found)
    return _edit(
        request, form, lambda data: services.save_team(actor=request.user, team=_fresh(found), **data),
        found.name if found else _("New team"),
    )  # fmt: skip


@both
@planners
def pattern(request: PageRequest, pattern_id: int = 0) -> HttpResponse:
    """Make a working pattern (id 0) or change one."""
    found = get_object_or_404(WorkingPattern, pk=pattern_id) if pattern_id else None
    form = PatternForm(request.POST or None, instance=found)
    return _edit(
        request, form, lambda data: services.save_pattern(actor=request.user, pattern=_fresh(found), **data),
        found.name if found else _("New working pattern"),
    )  # fmt: skip


def _fresh(row: Any) -> Any:
    """Return the row as it stands: the form's check has written into its own copy, and the trail tells before."""
    return type(row).objects.get(pk=row.pk) if row is not None else None


@both
@planners
def add_person(request: PageRequest) -> HttpResponse:
    """Take somebody on."""
    form = NewRepForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        rep = services.add_rep(actor=request.user, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("organization:person", rep_id=rep.pk)
    return render(request, "organization/edit.html", {"form": form, "tab": "people", "heading": _("New person")})


@both
@planners
def change_person(request: PageRequest, rep_id: int) -> HttpResponse:
    """Change a rep's name, number, and days of joining and leaving."""
    rep = get_object_or_404(Rep, pk=rep_id)
    form = RepForm(request.POST or None, instance=rep)
    if request.method == "POST" and form.is_valid():
        services.change_rep(actor=request.user, rep=_fresh(rep), **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("organization:person", rep_id=rep_id)
    return render(request, "organization/edit.html", {"form": form, "tab": "people", "heading": rep.name})


@require_POST
@planners
def roster(request: PageRequest, rep_id: int) -> HttpResponse:
    """Say that a rep works on a day, or does not."""
    rep = get_object_or_404(Rep, pk=rep_id)
    form = RosterForm(request.POST)
    if form.is_valid():
        services.set_roster_day(actor=request.user, rep=rep, **form.cleaned_data)
        messages.success(request, _("Saved."))
    else:
        messages.error(request, _("Choose a day."))
    return redirect("organization:person", rep_id=rep_id)
