"""Who has agreed and who has not, and putting plans before a whole team at once."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from pacemark.web.accounts.http import PageRequest
from pacemark.web.goals.pages.agreement_list import choices_of, rows_of
from pacemark.web.goals.queries.agreement_lists import Listed, counts_of, in_state, to_propose, waiting_first, with_talk
from pacemark.web.goals.queries.agreements import states_of
from pacemark.web.goals.queries.periods import Period
from pacemark.web.goals.queries.plans import PAGE_SIZE, current_plans, in_team
from pacemark.web.goals.services.agreements import propose
from pacemark.web.goals.talk_forms import ProposeForm
from pacemark.web.goals.views.asked import leaders, period_asked
from pacemark.web.organization.clock import local_today
from pacemark.web.organization.queries import organization, teams_visible_to, visible_rep_ids
from pacemark.web.ui.htmx import render_page


@leaders
@require_safe
def agreements(request: PageRequest) -> HttpResponse:
    """Show everyone in sight by where the talk about their plan stands; whoever waits for an answer comes first."""
    period, state = period_asked(request), request.GET.get("state", "")
    team = request.GET.get("team", "")
    plans = _plans(request, period, team)
    counts = counts_of(plans)
    rows = Paginator(waiting_first(in_state(plans, state)), PAGE_SIZE).get_page(request.GET.get("page"))
    listed = list(rows)
    context = {
        "period": period,
        "rows": rows_of(listed, states_of(period.first, [plan.rep_id for plan in listed])),
        "pages": rows,
        "counts": counts,
        "choices": choices_of(counts, state),
        "state": state,
        "teams": teams_visible_to(request.user),
        "team": team,
        "currency": organization().currency,
        "form": ProposeForm(),
    }
    return render_page(request, "goals/agreements.html", "goals/_agreement_rows.html", context)


@leaders
@require_POST
def propose_many(request: PageRequest) -> HttpResponse:
    """Put plans before those chosen, or before everyone in the filter who has nothing before them."""
    period, team, form = period_asked(request), request.POST.get("team", ""), ProposeForm(request.POST)
    address = f"{reverse('goals:agreements')}?{urlencode({'period': period.label, 'team': team})}"
    if not form.is_valid():
        messages.error(request, _("Choose one of the confidences offered."))
        return redirect(address)
    rep_ids = to_propose(_plans(request, period, team))
    if "all" not in request.POST:
        chosen = {int(word[:18]) for word in request.POST.getlist("rep") if word.isdecimal()}
        rep_ids = [rep_id for rep_id in rep_ids if rep_id in chosen]
    count = propose(actor=request.user, period_start=period.first, rep_ids=rep_ids, **form.cleaned_data)
    if count:
        told = ngettext("%(n)s plan is proposed.", "%(n)s plans are proposed.", count) % {"n": count}
        messages.success(request, told)
    else:
        messages.info(request, _("Nobody chosen here has nothing before them; open a person to revise a plan."))
    return redirect(address)


def _plans(request: PageRequest, period: Period, team: str) -> Listed:
    visible = visible_rep_ids(request.user, local_today(organization().time_zone))
    return with_talk(in_team(current_plans(period.first, visible), team), period.first)
