"""The team page: who needs me today? It asks again by itself and is sent again only when something has changed."""

from __future__ import annotations

import hashlib

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from pacemark.web.accounts.http import PageRequest
from pacemark.web.goals.views.asked import leaders
from pacemark.web.organization.clock import local_today
from pacemark.web.organization.models import Team
from pacemark.web.organization.queries import Member, organization, teams_visible_to, visible_rep_ids
from pacemark.web.overview.team_page import SPANS, Span
from pacemark.web.overview.team_queries import mark_of, people_of_team, team_for
from pacemark.web.process.services.follow import note_look
from pacemark.web.results.models import ReviewAction
from pacemark.web.results.queries.reviews import carried_actions
from pacemark.web.ui.htmx import render_page, wants_piece

NOT_MODIFIED, NOTHING_NEW = 304, 204


@leaders
@require_safe
def team(request: PageRequest) -> HttpResponse:
    """Show one team in sight; a director or operations pick which."""
    teams = teams_visible_to(request.user)
    chosen, members = _members(request, teams)
    asked = request.GET.get("span", "month")
    span: Span = next((one for one in SPANS if one == asked), "month")
    carried = carried_actions([chosen.pk]) if chosen else []
    tag = _tag(request, members, span, carried)
    unchanged = _unchanged(request, tag)
    if unchanged:
        return unchanged
    if chosen is not None:
        note_look(actor=request.user, team=chosen)
    context = {
        "page": team_for(members, span),
        "team": chosen,
        "carried": carried,
        "teams": teams,
        "spans": SPANS,
        "poll": f"{reverse('overview:team')}?span={span}&team={chosen.pk if chosen else ''}&seen={tag}",
        "may_excuse": request.user.access_role != "manager",
    }
    response = render_page(request, "overview/team.html", "overview/_team_body.html", context)
    response["ETag"], response["Cache-Control"] = f'"{tag}"', "private, no-cache"
    return response


def _members(request: PageRequest, teams: list[Team]) -> tuple[Team | None, list[Member]]:
    """Return the team asked for, or the first in sight, with its people of today."""
    wanted = request.GET.get("team", "")
    chosen = next((one for one in teams if str(one.pk) == wanted), teams[0] if teams else None)
    if chosen is None:
        return None, []
    today = local_today(organization().time_zone)
    visible = visible_rep_ids(request.user, today)
    return chosen, people_of_team(chosen, visible, today)


def _tag(request: PageRequest, members: list[Member], span: Span, carried: list[ReviewAction]) -> str:
    """Return what the page depends on in one word: who looks, at whom, in which language, and what was counted."""
    rep_ids = [member.rep_id for member in members]
    parts = f"{request.user.pk}|{get_language()}|{span}|{rep_ids}|{mark_of(rep_ids)}|{[one.pk for one in carried]}"
    return hashlib.blake2b(parts.encode(), digest_size=12).hexdigest()


def _unchanged(request: PageRequest, tag: str) -> HttpResponse | None:
    if wants_piece(request) and request.GET.get("seen") == tag:
        return HttpResponse(status=NOTHING_NEW)  # HTMX leaves the page alone, and with it where somebody is reading
    if wants_piece(request) and request.headers.get("If-None-Match") == f'"{tag}"':
        return HttpResponse(status=NOT_MODIFIED, headers={"ETag": f'"{tag}"'})
    return None
