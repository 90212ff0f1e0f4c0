"""The people list of the Goals page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from pacemark.engine.periods import Period, sales_month_of
from pacemark.web.goals.models import RepPlan
from pacemark.web.goals.pages.words import main_stage
from pacemark.web.goals.queries.plans import PlanSums
from pacemark.web.ui import formats
from pacemark.web.ui.components import Tone


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalRow:
    """One person of the list."""

    plan: RepPlan
    team: str
    grade: str
    odds: float | None
    daily: str
    deep_talks_daily: str
    opportunities_weekly: str
    sure_daily: str
    tone: Tone
    is_thin: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalListPage:
    """Everything the list shows."""

    period: Period
    periods: tuple[Period, ...]
    rows: tuple[GoalRow, ...]
    sums: PlanSums
    currency: str


def list_page(
    *,
    period: Period,
    rows: Iterable[RepPlan],
    sums: PlanSums,
    currency: str,
    periods: list[date],
    start_day: int,
) -> GoalListPage:
    """Return the list as the template shows it."""
    offered = {sales_month_of(start, start_day).label: sales_month_of(start, start_day) for start in periods}
    offered.setdefault(period.label, period)
    ordered = tuple(offered[label] for label in sorted(offered, reverse=True))
    made = tuple(_row(plan) for plan in rows)
    return GoalListPage(period=period, periods=ordered, rows=made, sums=sums, currency=currency)


def _row(plan: RepPlan) -> GoalRow:
    content = plan.content
    even, sure = content["plans"]["0.5"], content["plans"]["0.8"]
    stage = main_stage(content)
    return GoalRow(
        plan=plan,
        team=content["team"],
        grade=content["grade"],
        odds=even["odds"],
        daily=_rounded(even, "dials"),
        deep_talks_daily=_rounded(even, "deep_talks"),
        opportunities_weekly=_rounded(even, "opportunities", "per_week"),
        sure_daily=_rounded(sure, stage, "per_day" if stage == "dials" else "per_week"),
        tone="ok" if plan.is_feasible else "risk",
        is_thin="no_history" in content["marks"],
    )


def _rounded(plan: dict[str, dict[str, dict[str, float] | None]], stage: str, pace: str = "per_day") -> str:
    found = plan[pace].get(stage)
    return formats.DASH if found is None else formats.count(found["rounded"])
