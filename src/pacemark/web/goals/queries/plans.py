"""Reading targets and plans; who may see them is an argument."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet

from pacemark.engine.periods import Period
from pacemark.web.goals.choices import TargetBasis
from pacemark.web.goals.models import RepPlan, Target
from pacemark.web.pipeline.queries import booked_by_month

RepIds = frozenset[int] | None
PAGE_SIZE = 50


def current_plans(period_start: date, rep_ids: RepIds) -> QuerySet[RepPlan]:
    """Return the plans that stand for a period, in the order of the list page."""
    plans = RepPlan.objects.filter(period_start=period_start, is_current=True).select_related("rep")
    if rep_ids is not None:
        plans = plans.filter(rep_id__in=rep_ids)
    return plans.order_by("is_feasible", "rep__name", "rep_id")


def in_team(plans: QuerySet[RepPlan], team: str) -> QuerySet[RepPlan]:
    """Keep the plans of those who were in a team when the plan was made; an empty team keeps all."""
    # No id has more digits; Python refuses to read thousands of them.
    return plans.filter(team_id=int(team[:20])) if team.isdecimal() else plans


def plan_of(rep_id: int, period_start: date) -> RepPlan | None:
    """Return the plan that stands for one person and period."""
    return (
        RepPlan.objects.filter(rep_id=rep_id, period_start=period_start, is_current=True).select_related("rep").first()
    )


def booked_in(rep_id: int, month: Period) -> int:
    """Return what a rep has booked in a month, net of refunds, in minor units."""
    return booked_by_month([month], [rep_id]).get((rep_id, 0), 0)


def versions_of(rep_id: int, period_start: date) -> list[RepPlan]:
    """Return every version of one person's plan, newest first."""
    return list(RepPlan.objects.filter(rep_id=rep_id, period_start=period_start).order_by("-version").defer("content"))


def planned_periods() -> list[date]:
    """Return the starts of the periods that have plans, newest first."""
    starts = RepPlan.objects.filter(is_current=True).order_by("-period_start").values_list("period_start", flat=True)
    return list(starts.distinct())


def written_targets(period_start: date) -> tuple[dict[int, int], dict[int, TargetBasis]]:
    """Return the targets written down for a period by rep id, minor units and basis; the latest version holds."""
    rows = Target.objects.filter(period_start=period_start).order_by("version")
    amounts, bases = {}, {}
    for rep_id, amount, basis in rows.values_list("rep_id", "amount_minor", "basis"):
        amounts[rep_id], bases[rep_id] = amount, TargetBasis(basis)
    return amounts, bases
