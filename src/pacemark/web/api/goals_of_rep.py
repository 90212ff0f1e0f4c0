"""One person's goals in full, for programs: the plan with its talk, what is left, the week, and one's own drafts."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.http import Http404
from ninja import Router

from pacemark.web.accounts.http import PageRequest
from pacemark.web.api.goals_told import WEEK, Drafts, PlanOfRep, ReplanOfRep
from pacemark.web.api.listing import answers, today_here
from pacemark.web.goals.queries.agreements import history_of, shown_plan, states_of
from pacemark.web.goals.queries.drafts import drafts_of
from pacemark.web.goals.queries.periods import shown_period
from pacemark.web.goals.queries.plans import versions_of
from pacemark.web.goals.queries.replans import latest_replan
from pacemark.web.goals.views.asked import in_scope
from pacemark.web.overview.week_queries import week_for

router = Router(tags=["goals"])


@router.get("/reps/{int:rep_id}/plan", response=answers(PlanOfRep), operation_id="plan_of_rep", url_name="goals_plan",
            summary="One rep's plan and the talk about it")  # fmt: skip
def plan_of_rep(request: PageRequest, rep_id: int, period: str = "", version: str = "") -> dict[str, Any]:
    """Return the plan that the rep's page shows (null: none yet), or the version asked for; and all that was said."""
    in_scope(request, rep_id)
    month = shown_period(period)
    first = month.first
    plan = shown_plan(rep_id, first, version)
    return {
        "rep_id": rep_id,
        "period": month.label,
        "version": plan.version if plan else None,
        "plan": plan.content if plan else None,
        "versions": versions_of(rep_id, first),
        "agreement": states_of(first, {rep_id}).get(rep_id),
        "said": history_of(rep_id, first),
    }


@router.get("/reps/{int:rep_id}/replan", response=answers(ReplanOfRep), operation_id="replan_of_rep",
            url_name="goals_replan", summary="What is left for one rep")  # fmt: skip
def replan_of_rep(request: PageRequest, rep_id: int, period: str = "") -> dict[str, Any]:
    """Return what Today shows: status, projection, chance, and the chain for the rest; null before the first night."""
    in_scope(request, rep_id)
    month = shown_period(period)
    replan = latest_replan(rep_id, month.first, today_here())
    return {"rep_id": rep_id, "period": month.label, "replan": replan.content if replan else None}


@router.get("/reps/{int:rep_id}/week", response=answers(WEEK), operation_id="week_of_rep", url_name="goals_week",
            summary="One rep's week")  # fmt: skip
def week_of_rep(request: PageRequest, rep_id: int, week: str = "") -> dict[str, Any]:
    """Return planned, done and gap per day and stage, results beside them. ``week`` is any day of it (2024-01-31)."""
    in_scope(request, rep_id)
    found = week_for(rep_id, week)
    if found is None:
        raise Http404
    return {"rep_id": rep_id, "currency": found.currency, **asdict(found.page)}


@router.get("/reps/{int:rep_id}/drafts", response=answers(Drafts), operation_id="drafts_of_rep",
            url_name="goals_drafts", summary="What-if drafts")  # fmt: skip
def drafts_of_rep(request: PageRequest, rep_id: int, period: str = "") -> dict[str, Any]:
    """Return the drafts that the caller kept about a rep's month, and nobody else's."""
    in_scope(request, rep_id)
    month = shown_period(period)
    return {"period": month.label, "items": drafts_of(request.user, rep_id, month.first)}
