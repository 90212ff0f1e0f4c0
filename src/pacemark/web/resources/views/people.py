"""Who takes which leads: skills, and who finds their own customers."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from pacemark.web.accounts.http import PageRequest
from pacemark.web.organization.queries import members_on
from pacemark.web.resources.choices import SourcingLevel
from pacemark.web.resources.queries.people_page import people_rows, sourcing_log
from pacemark.web.resources.queries.skills import known_tags
from pacemark.web.resources.rule_forms import SkillsForm, SourcingForm
from pacemark.web.resources.services.skills import set_skills
from pacemark.web.resources.services.sourcing import set_self_sourcing
from pacemark.web.resources.views.asked import done, leaders, may_plan, planners, sight_of, today_of

PAGE_SIZE = 100  # each has a form


@leaders
@require_safe
def people(request: PageRequest) -> HttpResponse:
    """Show everybody in sight as the rule meets them."""
    day, sought = today_of(), request.GET.get("q", "").strip()
    rows = people_rows(day, sight_of(request))
    if sought:
        rows = [row for row in rows if sought.casefold() in f"{row.member.name} {row.member.team_name}".casefold()]
    members = [row.member for row in rows]
    names = {("rep", member.rep_id): member.name for member in members}
    names |= {("team", member.team_id): member.team_name for member in members}
    log = [(row, names.get((row.level, row.unit_id), "")) for row in sourcing_log()]
    context = {
        "page": Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page")), "sought": sought, "log": log,
        "known_tags": known_tags(),
        "form": SourcingForm(members=members_on(day), initial={"valid_from": day}) if may_plan(request) else None,
        "n_self": sum(row.is_self_sourcing for row in rows),
    }  # fmt: skip
    return render(request, "resources/people.html", context)


@planners
@require_POST
def skills(request: PageRequest, rep_id: int) -> HttpResponse:
    """Say which tags a rep takes."""
    form = SkillsForm(request.POST)
    if not form.is_valid() or not members_on(today_of(), frozenset({rep_id})):
        raise Http404

    def act() -> str:
        set_skills(actor=request.user, rep_id=rep_id, tags=form.listed())
        return _("Saved. It holds for the next lead.")

    return done(request, act, "resources:people")


@planners
@require_POST
def sourcing(request: PageRequest) -> HttpResponse:
    """Say who finds their own customers from a day on."""
    form = SourcingForm(request.POST, members=members_on(today_of()))
    if not form.is_valid():
        messages.error(request, _("Choose who, and from which day on."))
        return redirect("resources:people")

    def act() -> str:
        level, unit_id = form.unit()
        set_self_sourcing(
            actor=request.user, level=SourcingLevel(level), unit_id=unit_id,
            valid_from=form.cleaned_data["valid_from"], is_on=form.cleaned_data["is_on"],
        )  # fmt: skip
        return _("Saved. It holds from that day on.")

    return done(request, act, "resources:people")
