"""A team's gaps now and its causes, people as far as their order is more than luck, and what coaching did."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from django.http import Http404
from ninja import Router

from pacemark.web.accounts.http import PageRequest
from pacemark.web.api.access import only_leaders
from pacemark.web.api.listing import answers, today_here, visible_to
from pacemark.web.api.process_told import Effects, LuckTold, StageRanking, TeamGaps, TeamJudged
from pacemark.web.organization.models import Team
from pacemark.web.organization.queries import teams_visible_to
from pacemark.web.overview.team_queries import facts_of, people_of_team
from pacemark.web.process.bridge.gaps import gaps_of
from pacemark.web.process.bridge.ground import STAGES
from pacemark.web.process.bridge.ranking import ranking_of
from pacemark.web.process.models import Finding, RepCauses
from pacemark.web.process.pages.answers import diagnosis_answer, finding_answer
from pacemark.web.process.queries.asked import asked_of
from pacemark.web.process.queries.coaching_effects import stage_effects
from pacemark.web.process.queries.findings import findings_of_month, month_rows
from pacemark.web.results.queries.luck import grade_luck
from pacemark.web.results.views.asked import sight, span_of

router = Router(tags=["process"])


@router.get("/teams/{int:team_id}/gaps", response=answers(TeamGaps), operation_id="gaps_of_team",
            url_name="gaps_of_team", summary="Who of a team needs help now")  # fmt: skip
def gaps_of_team(request: PageRequest, team_id: int, span: Literal["day", "week", "month"] = "month") -> dict[str, Any]:
    """Return done against due of each person of a team, what the missing work is worth, and what else waits."""
    team = _team(request, team_id)
    facts = facts_of(people_of_team(team, visible_to(request), today_here()), span)
    planned = [one.rep_id for one in facts.members if one.rep_id in facts.worked]
    gaps = dict(zip(planned, gaps_of([facts.worked[rep_id] for rep_id in planned]), strict=True))
    return {
        "team_id": team.pk, "team": team.name, "span": span, "first": facts.first.isoformat(),
        "at": facts.now.isoformat(), "agreements_waiting": facts.waiting, "agreements_asked": facts.asked,
        "overdue_leads": facts.overdue,
        "unreported_leads": facts.unreported,
        "team_streak": facts.team_streak,
        "people": [
            {
                "rep_id": one.rep_id, "name": one.name, "done": facts.done[one.rep_id],
                "deep_talks_adjusted": facts.adjusted.get(one.rep_id),
                "gaps": gaps.get(one.rep_id, {}),
                "streak": facts.streaks.get(one.rep_id),
            }
            for one in facts.members
        ],
    }  # fmt: skip


@router.get("/teams/{int:team_id}/diagnosis", response=answers(TeamJudged), operation_id="diagnosis_of_team",
            url_name="diagnosis_of_team", summary="Why a team's money differs")  # fmt: skip
def diagnosis_of_team(request: PageRequest, team_id: int, period: str = "") -> dict[str, Any]:
    """Return a team's sales month (``2024-03``; empty: the newest): its people's causes, and what was found."""
    team, visible = _team(request, team_id), visible_to(request)
    month = asked_of({"period": period}).month
    rows = [row for row in month_rows(month.first, visible) if row.detail["team_id"] == team.pk]
    mine = {row.rep_id for row in rows}
    found = [one for one in findings_of_month(month, visible, [team.pk]) if _is_of(one, mine, team)]
    return {
        "team_id": team.pk, "team": team.name, "first": month.first.isoformat(),
        "people": [diagnosis_answer(row, [one for one in found if one.rep_id == row.rep_id]) for row in rows],
        "findings_of_team": [finding_answer(one) for one in found if one.rep_id is None],
    }  # fmt: skip


def _is_of(finding: Finding, rep_ids: set[int], team: Team) -> bool:
    return finding.rep_id in rep_ids or (finding.rep_id is None and finding.team_id == team.pk)


@router.get("/ranking", response=answers(StageRanking), operation_id="ranking", url_name="ranking",
            summary="People at one stage, as far as it is more than luck")  # fmt: skip
def ranking(request: PageRequest, stage: str = STAGES[-1], period: str = "") -> dict[str, Any]:
    """Return how much of the differences is real; people ranked, in groups, or by name alone."""
    only_leaders(request)
    if stage not in STAGES:
        raise Http404
    month = asked_of({"period": period}).month
    rows: Sequence[RepCauses] = month_rows(month.first, visible_to(request))
    return {"first": month.first.isoformat(), "stage": stage, "ranking": ranking_of(rows, stage)}


@router.get(
    "/luck", response=answers(LuckTold), operation_id="luck", url_name="luck", summary="Skill and luck in closing"
)
def luck(request: PageRequest, grade: str = "", period: str = "") -> dict[str, Any]:
    """Return one grade's people at closing, luck taken out. Without ``grade``: the one with most people."""
    only_leaders(request)
    found = grade_luck(span_of(request), sight(request), grade)
    if found is None:
        return {"grade": None, "grades": [], "ranking": None}
    grades = [{"grade_id": pk, "grade": name, "people": n} for pk, name, n in found.grades]
    return {"grade": found.grade_name, "grades": grades, "ranking": found.ranking}


@router.get("/coaching-effects", response=answers(Effects), operation_id="coaching_effects",
            url_name="coaching_effects", summary="What coaching did")  # fmt: skip
def coaching_effects(request: PageRequest) -> dict[str, Any]:
    """Return what the last whole month's coaching did to each stage's rate, against similar people without any."""
    only_leaders(request)
    return {"stages": stage_effects(today_here())}


def _team(request: PageRequest, team_id: int) -> Team:
    only_leaders(request)
    team = next((one for one in teams_visible_to(request.user) if one.pk == team_id), None)
    if team is None:
        raise Http404
    return team
