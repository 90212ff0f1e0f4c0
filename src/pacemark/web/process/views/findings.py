"""Where the money was lost, by which cause, and what is luck: of everybody in sight, of a team, of a person."""

from __future__ import annotations

from datetime import date

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from pacemark.web.accounts.access import allow_everyone
from pacemark.web.accounts.choices import AccessRole
from pacemark.web.accounts.http import PageRequest
from pacemark.web.goals.views.asked import in_scope, leaders
from pacemark.web.organization.clock import local_today
from pacemark.web.organization.models import Team
from pacemark.web.organization.queries import members_on, organization, teams_visible_to, visible_rep_ids
from pacemark.web.process.bridge.ground import STAGES
from pacemark.web.process.bridge.ranking import ranking_of
from pacemark.web.process.pages.findings_page import funnel, person_page, team_page
from pacemark.web.process.pages.words import factor_words
from pacemark.web.process.queries.asked import Asked, asked_of
from pacemark.web.process.queries.coaching import coaching_of
from pacemark.web.process.queries.coaching_effects import stage_effects
from pacemark.web.process.queries.findings import (
    findings_of_month,
    month_rows,
    rates_of_others,
    stage_sums,
)
from pacemark.web.process.services.findings import compared

MAX_FINDINGS, FIRST_FINDINGS = 500, 12


@leaders
@require_safe
def home(request: PageRequest) -> HttpResponse:
    """Show the room: the gap by cause, teams' funnels against peers, and findings ranked by money."""
    asked, teams, team = _asked_team(request)
    visible = _visible(request)
    rows = [row for row in month_rows(asked.month.first, visible) if team is None or row.detail["team_id"] == team.pk]
    team_ids = [one.pk for one in teams] if team is None else [team.pk]
    everything = list(findings_of_month(asked.month, {row.rep_id for row in rows}, team_ids))
    found = [one for one in everything if one.verdict != "not_enough_data"]
    shown = found[: MAX_FINDINGS if "all" in request.GET else FIRST_FINDINGS]
    page = team_page(rows, shown, organization().currency, _("Plan"))
    context = {
        "page": page,
        "asked": asked,
        "teams": teams,
        "team": team,
        "funnel": funnel(rows, {one.pk: one.name for one in teams}, stage_sums(asked.month.first)),
        "n_found": len(found),
        "quiet": len(everything) - len(found),
    }
    return render(request, "process/home.html", context)


@leaders
@require_safe
def ranking(request: PageRequest) -> HttpResponse:
    """Show how much of the differences between people is real, and rank them only as far as it is."""
    asked, teams, team = _asked_team(request)
    words = factor_words()
    stages = [(stage, words[stage]) for stage in STAGES]
    stage = request.GET.get("stage", "")
    stage = stage if stage in STAGES else STAGES[-1]
    rows = [row for row in month_rows(asked.month.first, _visible(request))
            if team is None or row.detail["team_id"] == team.pk]  # fmt: skip
    context = {
        "asked": asked, "teams": teams, "team": team, "stages": stages, "stage": stage, "stage_word": words[stage],
        "ranking": ranking_of(rows, stage),
    }  # fmt: skip
    return render(request, "process/ranking.html", context)


@leaders
@require_safe
def coaching_effects(request: PageRequest) -> HttpResponse:
    """Show what coaching did to the rates it was about; of everybody, since a handful tells nothing."""
    words = factor_words()
    effects = [(words[one.stage], one) for one in stage_effects(_today())]
    told = [pair for pair in effects if pair[1].effect.effect is not None]
    return render(request, "process/coaching_effects.html", {"effects": effects, "told": told})


@allow_everyone
@require_safe
def diagnosis_of_rep(request: PageRequest, rep_id: int) -> HttpResponse:
    """Show one person's diagnosis to whoever may see the person; to the person in kind words."""
    in_scope(request, rep_id)
    today = _today()
    members = members_on(today, frozenset({rep_id}))
    if not members:
        raise Http404
    asked, settings = asked_of(request.GET), organization()
    if asked.now and asked.base:
        both = compared(asked.now, asked.base, {rep_id})
        rows, findings = list(both.rows), list(both.findings)
    else:
        rows = month_rows(asked.month.first, {rep_id})
        findings = list(findings_of_month(asked.month, {rep_id}, ()))
    context = {
        "page": person_page(rows[0], findings, settings.currency, _before(asked)) if rows else None,
        "asked": asked,
        "member": members[0],
        "is_own": request.user.access_role == AccessRole.REP,
        "may_coach": request.user.access_role != AccessRole.REP,
        "coaching": coaching_of(today, {rep_id}),
    }
    return render(request, "process/diagnosis.html", context)


@leaders
@require_safe
def diagnosis_of_team(request: PageRequest, team_id: int) -> HttpResponse:
    """Show one team's diagnosis: its people's causes added up."""
    team = next((one for one in teams_visible_to(request.user) if one.pk == team_id), None)
    if team is None:
        raise Http404
    asked, visible = asked_of(request.GET), _visible(request)
    if asked.now and asked.base:
        both = compared(asked.now, asked.base, visible)
        rows, others = list(both.rows), None
        findings = list(both.findings)
    else:
        rows, others = month_rows(asked.month.first, visible), rates_of_others(stage_sums(asked.month.first), team.pk)
        findings = list(findings_of_month(asked.month, visible, [team.pk]).exclude(verdict="not_enough_data"))
    rows = [row for row in rows if row.detail["team_id"] == team.pk]
    rep_ids = {row.rep_id for row in rows}
    findings = [one for one in findings if one.rep_id in rep_ids or (one.rep_id is None and one.team_id == team.pk)]
    page = team_page(rows, findings[:MAX_FINDINGS], organization().currency, _before(asked), others)
    context = {"page": page if rows else None, "asked": asked, "team": team, "may_coach": True}
    return render(request, "process/diagnosis.html", context)


def _before(asked: Asked) -> str:
    return _("Before") if asked.is_compared else _("Plan")


def _today() -> date:
    return local_today(organization().time_zone)


def _visible(request: PageRequest) -> frozenset[int] | None:
    return visible_rep_ids(request.user, local_today(organization().time_zone))


def _asked_team(request: PageRequest) -> tuple[Asked, list[Team], Team | None]:
    teams = teams_visible_to(request.user)
    wanted = request.GET.get("team", "")
    chosen = next((one for one in teams if str(one.pk) == wanted), None)
    return asked_of(request.GET), teams, chosen or (teams[0] if len(teams) == 1 else None)
