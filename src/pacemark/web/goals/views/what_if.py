"""What if: a person's chain under other numbers, recomputed at once; nothing is changed by trying."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from pacemark.web.accounts.access import allow_everyone
from pacemark.web.accounts.http import PageRequest
from pacemark.web.goals.bridge.what_if import typed_of
from pacemark.web.goals.models import PlanDraft, RepPlan
from pacemark.web.goals.pages.what_if_page import answer_to, draft_rows, input_rows, split_of
from pacemark.web.goals.queries.agreements import standing_plan
from pacemark.web.goals.queries.drafts import drafts_of
from pacemark.web.goals.queries.periods import Period
from pacemark.web.goals.queries.replans import latest_replan
from pacemark.web.goals.refusals import Refused, sentence
from pacemark.web.goals.services.drafts import delete_draft, keep_draft
from pacemark.web.goals.views.asked import in_scope, period_asked
from pacemark.web.goals.what_if_forms import KeepForm, SplitForm, WhatIfForm
from pacemark.web.organization.clock import local_today
from pacemark.web.organization.queries import organization
from pacemark.web.ui.htmx import render_page


@allow_everyone
@require_safe
def what_if(request: PageRequest, rep_id: int) -> HttpResponse:
    """Show a person's chain with the numbers of the address in place of their own."""
    in_scope(request, rep_id)
    period = period_asked(request)
    plan = standing_plan(rep_id, period.first)
    if plan is None:
        return render(request, "goals/no_plan.html", {"period": period})
    content = _content(plan, period)
    as_is = typed_of(content)
    drafts = drafts_of(request.user, rep_id, period.first)
    form = WhatIfForm({**as_is, **_moved(request.GET, drafts)})
    heads, rows = draft_rows(drafts)
    context = {
        "plan": plan,
        "period": period,
        "form": form,
        "as_is": as_is,
        "inputs": input_rows(form, as_is),
        "answer": answer_to(form, content["role"], content, as_is),
        "keep_form": KeepForm(),
        "draft_heads": heads,
        "draft_rows": rows,
        "currency": content["currency"],
        **_split(request.GET),
    }
    return render_page(request, "goals/what_if.html", "goals/_what_if_answer.html", context)


def _content(plan: RepPlan, period: Period) -> dict[str, Any]:
    """Return what is left today of a running month, with what its plan carries; else the plan."""
    today = local_today(organization().time_zone)
    replan = latest_replan(plan.rep_id, period.first, today) if period.holds(today) else None
    content: dict[str, Any] = plan.content
    return content if replan is None else {**replan.content, "carried": content.get("carried")}


def _moved(asked: QueryDict, drafts: list[PlanDraft]) -> dict[str, str]:
    """Return the numbers that were moved: those of a draft, and those of the address."""
    kept: dict[str, Any] = next((draft.assumptions for draft in drafts if str(draft.pk) == asked.get("draft")), {})
    names = WhatIfForm.base_fields
    typed = {name: str(asked[name]) for name in names if name in asked}
    return {**{name: str(value) for name, value in kept.items() if name in names}, **typed}


def _split(asked: QueryDict) -> dict[str, Any]:
    form = SplitForm(asked, prefix="split") if "split-amount" in asked else SplitForm(prefix="split")
    return {"split_form": form, "split": split_of(form)}


@allow_everyone
@require_POST
def keep(request: PageRequest, rep_id: int) -> HttpResponse:
    """Keep the numbers as a draft of one's own."""
    in_scope(request, rep_id)
    period = period_asked(request)
    plan = standing_plan(rep_id, period.first)
    named, form = KeepForm(request.POST), WhatIfForm(request.POST)
    address = f"{reverse('goals:what_if', args=[rep_id])}?period={period.label}"
    if plan is None or not named.is_valid() or not form.is_valid():
        messages.error(request, _("Give the draft a name, and numbers that can be read."))
        return redirect(address)
    content = _content(plan, period)
    answer = answer_to(form, content["role"], content, {})
    try:
        draft = keep_draft(
            actor=request.user, rep_id=rep_id, period_start=period.first, name=named.cleaned_data["name"],
            assumptions=form.cleaned_data, answer=answer.kept,
        )  # fmt: skip
    except Refused as refused:
        messages.error(request, sentence(refused))
        return redirect(f"{address}&{_query(form)}")
    messages.success(request, _("The draft is kept. Nothing has changed but that."))
    return redirect(f"{address}&draft={draft.pk}")


def _query(form: WhatIfForm) -> str:
    query = QueryDict(mutable=True)
    query.update(form.cleaned_data)
    return query.urlencode()


@allow_everyone
@require_POST
def drop(request: PageRequest, rep_id: int, draft_id: int) -> HttpResponse:
    """Delete a draft of one's own."""
    in_scope(request, rep_id)
    delete_draft(actor=request.user, rep_id=rep_id, draft_id=draft_id)
    return redirect(f"{reverse('goals:what_if', args=[rep_id])}?period={period_asked(request).label}")
