"""The Goals pages: who has which target, what it takes, and why."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from pacemark.web.accounts.access import allow_everyone
from pacemark.web.accounts.choices import AccessRole
from pacemark.web.accounts.exports import XLSX, Export, send_export, watermark_of
from pacemark.web.accounts.http import PageRequest
from pacemark.web.goals.forms import TargetForm
from pacemark.web.goals.pages.person_page import person_page
from pacemark.web.goals.queries import plans as queries
from pacemark.web.goals.queries.agreements import shown_plan, standing_query
from pacemark.web.goals.refusals import Refused, sentence
from pacemark.web.goals.services.targets import set_target as set_target_of
from pacemark.web.goals.views.agreements import talk_of
from pacemark.web.goals.views.asked import in_scope, leaders, period_asked, planners
from pacemark.web.goals.workbook import plans_workbook
from pacemark.web.jobs.services import enqueue
from pacemark.web.organization.clock import local_today
from pacemark.web.organization.queries import organization, visible_rep_ids
from pacemark.web.pipeline.queries.corrections import adjusted_talks

# A year back, all that a flagged month can still weigh in a rate.
ADJUSTED_DAYS = 365


@allow_everyone
@require_safe
def goal_detail(request: PageRequest, rep_id: int) -> HttpResponse:
    """Show one person's chain, rates and arithmetic at the confidence asked for."""
    in_scope(request, rep_id)
    period = period_asked(request)
    plan = shown_plan(rep_id, period.first, request.GET.get("version", ""))
    if plan is None:
        return render(request, "goals/no_plan.html", {"period": period})
    talk = talk_of(request, period, plan)
    url = f"{reverse('goals:detail', args=[rep_id])}?period={period.label}&version={plan.version}&"
    page = person_page(plan, confidence=request.GET.get("confidence", talk.confidence), url=url)
    may_set = request.user.access_role != AccessRole.REP
    context = {
        "page": page,
        "talk": talk,
        "may_set": may_set and talk.state is None,
        "form": TargetForm(),
        "versions": queries.versions_of(rep_id, period.first),
        "talks": adjusted_talks(rep_id, plan.as_of - timedelta(days=ADJUSTED_DAYS), plan.as_of - timedelta(days=1)),
    }
    return render(request, "goals/goal_detail.html", {**context, "period": period})


@leaders
@require_POST
def set_target(request: PageRequest, rep_id: int) -> HttpResponse:
    """Set a person's target by hand and plan that person anew."""
    in_scope(request, rep_id)
    period, form = period_asked(request), TargetForm(request.POST)
    if form.is_valid():
        try:
            row = set_target_of(actor=request.user, rep_id=rep_id, period=period, **form.cleaned_data)
            messages.success(request, _("The target is set and the plan is made anew."))
            if row.amount_minor < queries.booked_in(rep_id, period):
                messages.warning(request, _("This is less than is booked already; it is allowed."))
        except Refused as refused:
            messages.error(request, sentence(refused))
    else:
        messages.error(request, _("Write the target as an amount, for example 30000."))
    return redirect(f"{reverse('goals:detail', args=[rep_id])}?period={period.label}")


@planners
@require_POST
def recompute(request: PageRequest) -> HttpResponse:
    """Plan everyone anew for a sales month, in the background."""
    period = period_asked(request)
    reason = request.POST.get("reason", "").strip()[:500]
    enqueue("plan period", label=period.label, actor_id=request.user.pk, reason=reason)
    messages.success(request, _("Being worked out; the page shows the new numbers when they are there."))
    return redirect(f"{reverse('goals:list')}?period={period.label}")


@allow_everyone
@require_safe
def export(request: PageRequest) -> HttpResponseBase:
    """Send the plans in sight that stand, the agreed one before the current one, as a workbook."""
    period = period_asked(request)
    visible = visible_rep_ids(request.user, local_today(organization().time_zone))
    standing = standing_query(period.first, visible).order_by("is_feasible", "rep__name", "rep_id")
    documents = [plan.content for plan in standing]
    return send_export(request, Export(
        kind="goals.plans", name=f"pacemark-{period.label}.xlsx", content_type=XLSX, rows=len(documents)
    ), plans_workbook(documents, watermark_of(request.user)))  # fmt: skip
