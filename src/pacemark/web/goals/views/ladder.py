"""Settings · Ladder: grades, quotas, tiers and newcomers' ramp."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from pacemark.web.accounts.http import PageRequest
from pacemark.web.goals.ladder_forms import RAMP_MONTHS, GradeForm, LabelsForm, QuotaForm, RampForm, TiersForm
from pacemark.web.goals.pages.ladder_page import LadderWords, ladder_page
from pacemark.web.goals.queries.ladder import grades_in_full, own_tier_labels, quotas_in_full, ramp, tier_labels
from pacemark.web.goals.queries.tiers import tier_amounts
from pacemark.web.goals.refusals import Refused, sentence
from pacemark.web.goals.services.ladder import rename_tiers, set_ramp, set_tiers
from pacemark.web.goals.views.asked import planners
from pacemark.web.organization.clock import local_today
from pacemark.web.organization.grade_services import drop_quota, save_grade, set_quota
from pacemark.web.organization.queries import organization


@planners
@require_safe
def ladder(request: PageRequest) -> HttpResponse:
    """Show the ladder with the forms that change it."""
    return _page(request, {})


@planners
@require_POST
def grade(request: PageRequest) -> HttpResponse:
    """Make a grade, or give one another name or place."""
    form = GradeForm(request.POST)

    def act(data: dict[str, Any]) -> None:
        chosen = data["grade"]
        save_grade(
            actor=request.user, grade_id=chosen.pk if chosen else None, name=data["name"].strip(), step=data["step"]
        )

    return _done(request, "grade_form", form, act)


@planners
@require_POST
def quota(request: PageRequest) -> HttpResponse:
    """Let a quota hold from a day on."""
    form = QuotaForm(request.POST)

    def act(data: dict[str, Any]) -> None:
        set_quota(
            actor=request.user, grade_id=data["grade"].pk, valid_from=data["valid_from"], quota_minor=data["amount"]
        )

    return _done(request, "quota_form", form, act)


@planners
@require_POST
def drop(request: PageRequest, quota_id: int) -> HttpResponse:
    """Take back a quota that does not hold yet."""
    if not quotas_in_full().filter(pk=quota_id).exists():
        return redirect("ladder:home")
    return _done(
        request,
        "quota_form",
        None,
        lambda _data: drop_quota(actor=request.user, quota_id=quota_id, today=local_today(organization().time_zone)),
    )


@planners
@require_POST
def tiers(request: PageRequest) -> HttpResponse:
    """Let tier amounts hold from a day on."""
    form = TiersForm(request.POST, labels=tier_labels())

    def act(data: dict[str, Any]) -> None:
        if form.amounts():
            set_tiers(
                actor=request.user,
                grade_id=data["grade"].pk,
                valid_from=data["valid_from"],
                amounts_minor=form.amounts(),
            )

    return _done(request, "tiers_form", form, act)


@planners
@require_POST
def labels(request: PageRequest) -> HttpResponse:
    """Call the tiers by the organisation's own words."""
    form = LabelsForm(request.POST)
    return _done(request, "labels_form", form, lambda _data: rename_tiers(actor=request.user, labels=form.labels()))


@planners
@require_POST
def newcomers(request: PageRequest) -> HttpResponse:
    """Say which share of the quota newcomers are asked."""
    form = RampForm(request.POST)
    return _done(request, "ramp_form", form, lambda _data: set_ramp(actor=request.user, shares_percent=form.shares()))


def _done(
    request: PageRequest, name: str, form: forms.Form | None, act: Callable[[dict[str, Any]], object]
) -> HttpResponse:
    """Act on what was typed, or show the page again with what was typed and what is wrong with it."""
    if form is None or form.is_valid():
        try:
            act(form.cleaned_data if form else {})
        except Refused as refused:
            if form is None:
                messages.error(request, sentence(refused))
                return redirect("ladder:home")
            form.add_error(None, sentence(refused))
        else:
            messages.success(request, _("Saved. Plans follow when they are made anew."))
            return redirect("ladder:home")
    return _page(request, {name: form}, status=422)


def _page(request: PageRequest, typed: dict[str, Any], status: int = 200) -> HttpResponse:
    settings = organization()
    today = local_today(settings.time_zone)
    words = LadderWords(labels=tier_labels(), ramp=ramp(), currency=settings.currency)
    page = ladder_page(grades_in_full(), quotas_in_full(), tier_amounts(today), today=today, words=words)
    shares = {f"month_{number}": page.ramp.get(number) for number in range(1, RAMP_MONTHS + 1)}
    context = {
        "page": page,
        "tab": "ladder",
        "grade_form": GradeForm(),
        "quota_form": QuotaForm(initial={"valid_from": today}),
        "tiers_form": TiersForm(labels=dict(page.labels), initial={"valid_from": today}),
        "labels_form": LabelsForm(initial=own_tier_labels()),
        "ramp_form": RampForm(initial=shares),
        **typed,
    }
    return render(request, "goals/ladder.html", context, status=status)
