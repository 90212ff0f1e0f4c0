"""Coaching: what is due, closing it with evidence, and how much of it managers do."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from pacemark.web.accounts.access import allow
from pacemark.web.accounts.choices import AccessRole
from pacemark.web.accounts.http import PageRequest
from pacemark.web.goals.views.asked import in_scope, leaders
from pacemark.web.organization.clock import local_today
from pacemark.web.organization.queries import members_on, organization, teams_visible_to, visible_rep_ids
from pacemark.web.process.forms.coaching import CoachingForm, EvidenceForm, ExcuseForm
from pacemark.web.process.models import CoachingAction
from pacemark.web.process.pages.findings_page import finding_line
from pacemark.web.process.pages.words import coaching_words
from pacemark.web.process.queries.coaching import coaching_of
from pacemark.web.process.queries.findings import found_of
from pacemark.web.process.queries.follow import follow_through
from pacemark.web.process.services.coaching import Planned, Refused, close_coaching, excuse_coaching, plan_coaching
from pacemark.web.ui.wording import words_for

above_managers = allow(AccessRole.DIRECTOR, AccessRole.OPERATIONS, AccessRole.ADMIN)
DUE_IN_DAYS = 3


@leaders
@require_safe
def coaching(request: PageRequest) -> HttpResponse:
    """Show everything that is to do and what was due lately, with each manager's rate."""
    today = local_today(organization().time_zone)
    found = coaching_of(today, visible_rep_ids(request.user, today))
    context = {
        "found": found,
        "may_excuse": request.user.access_role != AccessRole.MANAGER,
        "user_id": request.user.pk,
        "follow": follow_through(today, teams_visible_to(request.user)),
    }
    return render(request, "process/coaching.html", context)


@leaders
def plan(request: PageRequest, rep_id: int) -> HttpResponse:
    """Put down what will be done with somebody in one's sight."""
    in_scope(request, rep_id)
    today = local_today(organization().time_zone)
    members = members_on(today, frozenset({rep_id}))
    if not members:
        raise Http404
    first = {"due_on": today + timedelta(days=DUE_IN_DAYS), "stage": request.GET.get("stage", "")[:40]}
    known = found_of(rep_id, request.GET.get("finding", ""))
    form = CoachingForm(request.POST or None, initial=first | (coaching_words(known) if known else {}))
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        said["finding"] = found_of(rep_id, str(said["finding"] or ""))
        try:
            plan_coaching(actor=request.user, owner=request.user, planned=Planned(rep_id=rep_id, **said))
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, words_for(refused.code, None))
        else:
            messages.success(request, _("Put down. It counts once it is done with evidence."))
            return redirect("process:coaching")
    context = {"form": form, "member": members[0], "line": finding_line(known) if known else None}
    return render(request, "process/plan_coaching.html", context, status=422 if form.errors else 200)


@leaders
@require_POST
def close(request: PageRequest, action_id: int) -> HttpResponse:
    """Close an action; without evidence it stays open, and that is said."""
    action, form = _action(request, action_id), EvidenceForm(request.POST)
    # A director sees whether it was done; who owes it says so.
    if action.owner_id != request.user.pk or not form.is_valid():
        raise Http404
    closed = close_coaching(actor=request.user, action_id=action.pk, evidence=form.cleaned_data["evidence"])
    if closed.evidence:
        messages.success(request, _("Done, with its evidence."))
    else:
        messages.error(request, _("Without evidence it is not done; it stays open."))
    return redirect("process:coaching")


@above_managers
@require_POST
def excuse(request: PageRequest, action_id: int) -> HttpResponse:
    """Leave an action out of what was due, with a reason."""
    action, form = _action(request, action_id), ExcuseForm(request.POST)
    if not form.is_valid():
        messages.error(request, words_for("process.coaching_needs_reason", None))
        return redirect("process:coaching")
    try:
        excuse_coaching(actor=request.user, action_id=action.pk, reason=form.cleaned_data["reason"])
    except Refused as refused:
        messages.error(request, words_for(refused.code, None))
    return redirect("process:coaching")


def _action(request: PageRequest, action_id: int) -> CoachingAction:
    action = CoachingAction.objects.filter(pk=action_id).first()
    if action is None:
        raise Http404
    in_scope(request, action.rep_id)
    return action
