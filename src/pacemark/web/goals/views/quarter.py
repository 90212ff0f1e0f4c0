"""One person's quarter: what they are after, its amount, and its months."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from pacemark.web.accounts.access import allow_everyone
from pacemark.web.accounts.choices import AccessRole
from pacemark.web.accounts.http import PageRequest
from pacemark.web.goals.choices import IntentionKind, TargetBasis
from pacemark.web.goals.pages.quarter_page import QuarterPage, Trial, quarter_page
from pacemark.web.goals.quarter_forms import IntentionForm, MonthsForm, QuarterForm
from pacemark.web.goals.queries.quarter_facts import (
    neighbours,
    quarter_facts,
    quarter_label,
    quarter_start_asked,
)
from pacemark.web.goals.refusals import Refused, sentence
from pacemark.web.goals.services.intentions import choose_intention
from pacemark.web.goals.services.quarters import edit_quarter, set_quarter, work_out_months
from pacemark.web.goals.views.asked import in_scope, leaders


@allow_everyone
@require_safe
def quarter(request: PageRequest, rep_id: int) -> HttpResponse:
    """Show a person's quarter; with months in the address, what would become of the others."""
    in_scope(request, rep_id)
    facts = quarter_facts(rep_id, _start(request))
    page = quarter_page(facts)
    form = MonthsForm(page, request.GET if any(name.startswith("m-") for name in request.GET) else None)
    refused = ""
    if form.is_bound and form.is_valid():
        amounts, held = form.edits()
        seen = work_out_months({(rep_id, day): amount for day, amount in amounts.items()})
        refused = next((sentence(problem) for problem in seen.refused.values()), "")
        months = {day: amount for (_rep, day), amount in seen.months.items()}
        page = quarter_page(facts, Trial(typed=amounts, held=held, months=months))
    return _page(request, page, form, refused)


@leaders
@require_POST
def months(request: PageRequest, rep_id: int) -> HttpResponse:
    """Set months by hand; the others follow, so that the sum is held."""
    in_scope(request, rep_id)
    start = _start(request)
    page = quarter_page(quarter_facts(rep_id, start))
    form = MonthsForm(page, request.POST)

    def act() -> None:
        amounts, held = form.edits()
        edit_quarter(actor=request.user, rep_id=rep_id, amounts=amounts, held=held, reason=form.cleaned_data["reason"])

    return _done(request, rep_id, form, act)


@leaders
@require_POST
def whole(request: PageRequest, rep_id: int) -> HttpResponse:
    """Set the amount of the quarter; its open months share it by season and working days."""
    in_scope(request, rep_id)
    form = QuarterForm(request.POST)

    def act() -> None:
        set_quarter(
            actor=request.user,
            rep_id=rep_id,
            quarter_start=_start(request),
            amount_minor=form.cleaned_data["amount"],
            basis=TargetBasis.TYPED,
            reason=form.cleaned_data["reason"],
        )

    return _done(request, rep_id, form, act)


@allow_everyone
@require_POST
def intention(request: PageRequest, rep_id: int) -> HttpResponse:
    """Note what the person is after; they say so themselves, or somebody who leads them does."""
    in_scope(request, rep_id)
    form = IntentionForm(request.POST)

    def act() -> None:
        choose_intention(
            actor=request.user,
            rep_id=rep_id,
            quarter_start=_start(request),
            kind=IntentionKind(form.cleaned_data["kind"]),
            reason=form.cleaned_data["reason"],
        )

    return _done(request, rep_id, form, act)


def _start(request: PageRequest) -> date:
    asked = request.GET.get("quarter") or request.POST.get("quarter") or request.GET.get("period")
    return quarter_start_asked(asked or "")


def _done(request: PageRequest, rep_id: int, form: forms.Form, act: Callable[[], None]) -> HttpResponse:
    start = _start(request)
    if not form.is_valid():
        messages.error(request, _("Write amounts as numbers, for example 30000."))
    else:
        try:
            act()
        except Refused as refused:
            messages.error(request, sentence(refused))
        else:
            messages.success(request, _("Saved; the quarter still adds up."))
    return redirect(f"{reverse('goals:quarter', args=[rep_id])}?quarter={quarter_label(start)}")


def _page(request: PageRequest, page: QuarterPage, form: MonthsForm, refused: str) -> HttpResponse:
    context = {
        "page": page,
        "form": form,
        "refused": refused,
        "quarter_form": QuarterForm(),
        "neighbours": neighbours(page.label),
        "may_set": request.user.access_role != AccessRole.REP and not page.is_over,
    }
    return render(request, "goals/quarter.html", context)
