"""Agreeing on plans: what each side says about one person's plan. Lists are in ``agreement_lists``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from pacemark.web.accounts.access import allow_everyone
from pacemark.web.accounts.http import PageRequest
from pacemark.web.goals.bridge.planning import minor_units_of
from pacemark.web.goals.models import RepPlan
from pacemark.web.goals.pages.talk_page import TalkPage, talk_page
from pacemark.web.goals.queries import agreements as queries
from pacemark.web.goals.queries.periods import Period
from pacemark.web.goals.queries.plans import plan_of
from pacemark.web.goals.refusals import Refused, sentence, status_of
from pacemark.web.goals.services import agreements as services
from pacemark.web.goals.services.agreements import Seen
from pacemark.web.goals.services.revisions import revise as revise_plan
from pacemark.web.goals.talk_forms import AskForm, ProposeForm, ReviseForm, SeenForm, WithdrawForm
from pacemark.web.goals.views.asked import in_scope, leaders, period_asked
from pacemark.web.organization.queries import organization

INVALID = 422


def talk_of(
    request: PageRequest, period: Period, plan: RepPlan, bound: Mapping[str, forms.Form] | None = None
) -> TalkPage:
    """Return the talk about the plan that a page shows."""
    current = plan if plan.is_current else plan_of(plan.rep_id, period.first)
    return talk_page(
        user=request.user,
        plan=plan,
        current=current,
        state=queries.states_of(period.first, {plan.rep_id}).get(plan.rep_id),
        said=queries.history_of(plan.rep_id, period.first),
        bound=bound or {},
    )


@allow_everyone
@require_POST
def agree(request: PageRequest, rep_id: int) -> HttpResponse:
    """Agree to one's own plan."""

    def act(seen: Seen, _data: Mapping[str, Any]) -> str:
        services.agree(actor=request.user, seen=seen)
        return _("Agreed. It holds from today.")

    return _act(request, rep_id, "agree", SeenForm(request.POST), act)


@allow_everyone
@require_POST
def ask(request: PageRequest, rep_id: int) -> HttpResponse:
    """Ask about one's own plan."""

    def act(seen: Seen, data: Mapping[str, Any]) -> str:
        services.ask(actor=request.user, seen=seen, reason=data["reason"], wished_minor=_minor(data["wished"]))
        return _("Sent to your manager; the answer appears here and on Today.")

    return _act(request, rep_id, "ask", AskForm(request.POST), act)


@leaders
@require_POST
def revise(request: PageRequest, rep_id: int) -> HttpResponse:
    """Propose a new version of somebody's plan."""
    period = period_asked(request)

    def act(seen: Seen, data: Mapping[str, Any]) -> str:
        amount, reason = _minor(data["amount"]), data["reason"]
        revise_plan(actor=request.user, seen=seen, period=period, amount_minor=amount, reason=reason)
        return _("The new version is proposed, with the plan made for it.")

    return _act(request, rep_id, "revise", ReviseForm(request.POST), act)


@leaders
@require_POST
def withdraw(request: PageRequest, rep_id: int) -> HttpResponse:
    """Take back what was proposed or agreed last."""

    def act(seen: Seen, data: Mapping[str, Any]) -> str:
        services.withdraw(actor=request.user, seen=seen, reason=data["reason"])
        return _("Withdrawn, with the reason.")

    return _act(request, rep_id, "withdraw", WithdrawForm(request.POST), act)


@leaders
@require_POST
def propose(request: PageRequest, rep_id: int) -> HttpResponse:
    """Put somebody's plan before them."""
    in_scope(request, rep_id)
    period, form = period_asked(request), ProposeForm(request.POST)
    if not form.is_valid():
        return _shown_again(request, rep_id, {"propose": form}, "", INVALID)
    count = services.propose(
        actor=request.user, period_start=period.first, rep_ids=[rep_id], confidence=form.cleaned_data["confidence"],
        reason=form.cleaned_data["reason"],
    )  # fmt: skip
    if count:
        messages.success(request, _("Proposed; it is on the rep's Today now."))
    else:
        messages.info(
            request, _("Nothing to propose here: a plan is before them already, or there is none, or it is you.")
        )
    return redirect(_back(request, rep_id, period))


def _act(
    request: PageRequest,
    rep_id: int,
    name: str,
    form: forms.Form,
    act: Callable[[Seen, Mapping[str, Any]], str],
) -> HttpResponse:
    """Do what was asked, or show how things stand with what was typed still there."""
    in_scope(request, rep_id)
    period = period_asked(request)
    if not form.is_valid():
        return _shown_again(request, rep_id, {name: form}, "", INVALID)
    seen = Seen(rep_id=rep_id, period_start=period.first, n_steps=form.cleaned_data["seen"])
    try:
        told = act(seen, form.cleaned_data)
    except Refused as refused:
        return _shown_again(request, rep_id, {name: form}, sentence(refused), status_of(refused))
    messages.success(request, told)
    return redirect(_back(request, rep_id, period))


def _shown_again(
    request: PageRequest, rep_id: int, typed: Mapping[str, forms.Form], refused: str, status: int
) -> HttpResponse:
    """Show the talk as it stands now, with the words that could not be taken."""
    period = period_asked(request)
    plan = queries.shown_plan(rep_id, period.first)
    if plan is None:
        messages.error(request, refused or _("There is no plan to talk about."))
        return redirect(_back(request, rep_id, period))
    talk = talk_of(request, period, plan)
    kept = {name: _as_of_now(form, talk) for name, form in typed.items() if name in talk.forms}
    context = {
        "talk": talk_of(request, period, plan, kept),
        "period": period,
        "refused": refused,
        "lost": [form for name, form in typed.items() if name not in kept and "reason" in form.fields],
    }
    return render(request, "goals/talk_refused.html", context, status=status)


def _as_of_now(form: forms.Form, talk: TalkPage) -> forms.Form:
    """Return the form with what was typed, to be sent again about the talk as it stands now."""
    again = type(form)({**dict(form.data.items()), "seen": talk.state.n_steps if talk.state else 0})
    again.full_clean()
    return again


def _minor(amount: Decimal | None) -> int | None:
    return None if amount is None else int(amount * minor_units_of(organization().currency))


def _back(request: PageRequest, rep_id: int, period: Period) -> str:
    """Return to the page that was acted on, where it is one of ours; else to the person's page."""
    asked = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(asked, allowed_hosts=None):
        return asked
    return f"{reverse('goals:detail', args=[rep_id])}?period={period.label}#talk"
