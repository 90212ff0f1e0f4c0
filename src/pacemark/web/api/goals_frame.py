"""The frame that goals stand in, for programs: quarters, units, seasons and the ladder. Money is in minor units."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

from ninja import Query, Router

from pacemark.web.accounts.http import PageRequest
from pacemark.web.api.access import only_leaders, only_planners
from pacemark.web.api.goals_told import LadderTold, QuarterOfRep, QuarterRow, Seasons, UnitTold
from pacemark.web.api.listing import ListOf, Paged, answers, listed, today_here, visible_to
from pacemark.web.goals.bridge.quarters import Quarter, QuarterShape, TargetCell
from pacemark.web.goals.choices import Tier
from pacemark.web.goals.pages.quarter_page import QuarterPage, quarter_page
from pacemark.web.goals.queries.ladder import grades_in_full, quotas_in_full, ramp, tier_labels
from pacemark.web.goals.queries.quarter_facts import quarter_facts, quarter_label, quarter_start_asked
from pacemark.web.goals.queries.quarters import quarter_board
from pacemark.web.goals.queries.season_page import SeasonPage, season_page
from pacemark.web.goals.queries.tiers import GradeTiers, tier_amounts
from pacemark.web.goals.queries.unit_sight import unit_sight
from pacemark.web.goals.queries.units import stretch_asked, unit_board
from pacemark.web.goals.views.asked import in_scope
from pacemark.web.organization.models import Grade

router = Router(tags=["goals"])


class AskedQuarter(Paged):
    """Which quarter (``2024-Q2``; empty: that of the month which pages show), and which page of the list."""

    quarter: str = ""


class AskedStretch(Paged):
    """Which stretch (``2024``, ``2024-Q2`` or ``2024-04``; empty: the quarter), and which page of the list."""

    at: str = ""


@router.get("/quarters", response=answers(ListOf[QuarterRow]), operation_id="quarters", url_name="goals_quarters",
            summary="What is asked per quarter")  # fmt: skip
def quarters(request: PageRequest, asked: Query[AskedQuarter]) -> dict[str, Any]:
    """Return each rep's quarter: its own amount (null: the sum of its months), the sum, and its months."""
    start = quarter_start_asked(asked.quarter)
    board = quarter_board([start], visible_to(request))
    shape = board.shapes[start]
    rows = [
        _quarter(rep_id, shape, quarter, board.versions.get((rep_id, start), 0))
        for (rep_id, _), quarter in sorted(board.quarters.items(), key=lambda one: one[0])
    ]
    return listed(quarter_label(start), asked, rows)


@router.get("/reps/{int:rep_id}/quarter", response=answers(QuarterOfRep), operation_id="quarter_of_rep",
            url_name="goals_quarter", summary="One rep's quarter")  # fmt: skip
def quarter_of_rep(request: PageRequest, rep_id: int, quarter: str = "") -> QuarterPage:
    """Return one rep's quarter as its page shows it: months with bookings, and what each wish asks with its odds."""
    in_scope(request, rep_id)
    return quarter_page(quarter_facts(rep_id, quarter_start_asked(quarter)))


@router.get("/units", response=answers(ListOf[UnitTold]), operation_id="units", url_name="goals_units",
            summary="Units: top-down against bottom-up")  # fmt: skip
def units(request: PageRequest, asked: Query[AskedStretch]) -> dict[str, Any]:
    """Return what is asked of each unit in sight, what the units below and the people add up to, and the difference."""
    only_leaders(request)
    stretch = stretch_asked(asked.at)
    rows = unit_sight(request.user).rows(unit_board(stretch))
    return listed(stretch.label, asked, rows)


@router.get("/seasons", response=answers(Seasons), operation_id="seasons", url_name="goals_seasons",
            summary="Season weights")  # fmt: skip
def seasons(request: PageRequest, quarter: str = "") -> SeasonPage:
    """Return what each month of the year weighs, what history would say, and why not where it cannot."""
    only_leaders(request)
    return season_page(quarter_start_asked(quarter))


@router.get("/ladder", response=answers(LadderTold), operation_id="ladder", url_name="goals_ladder",
            summary="Grades, quotas, tiers, ramp")  # fmt: skip
def ladder(request: PageRequest) -> dict[str, Any]:
    """Return each grade with its quotas through time and its tiers, the tiers' names, and newcomers' ramp."""
    only_planners(request)
    today = today_here()
    tiers = tier_amounts(today)
    quotas: dict[int, list[dict[str, Any]]] = {}
    for quota in quotas_in_full():
        row = {"valid_from": quota.valid_from, "quota_minor": quota.quota_minor}
        quotas.setdefault(quota.grade_id, []).append(row)
    return {
        "as_of": today,
        "labels": tier_labels(),
        "ramp_percent": ramp(),
        "grades": [_grade(grade, quotas.get(grade.pk, []), tiers.get(grade.pk), today) for grade in grades_in_full()],
    }


def _quarter(rep_id: int, shape: QuarterShape, quarter: Quarter, version: int) -> dict[str, Any]:
    months = [
        {"period": month.label, **(_cell(cell) if cell else {"amount_minor": None})}
        for month, cell in zip(shape.months, quarter.cells, strict=True)
    ]
    return {
        "rep_id": rep_id,
        "amount_minor": quarter.amount_minor,
        "sum_minor": quarter.sum_minor,
        "version": version,
        "months": months,
    }


def _cell(cell: TargetCell) -> dict[str, Any]:
    return asdict(cell) | {"basis": cell.basis.value}


def _grade(grade: Grade, quotas: list[dict[str, Any]], tiers: GradeTiers | None, today: date) -> dict[str, Any]:
    known = tiers.tiers if tiers else {}
    return {
        "grade_id": grade.pk,
        "name": grade.name,
        "quota_minor": next((row["quota_minor"] for row in quotas if row["valid_from"] <= today), None),
        "quotas": quotas,
        "tiers": {tier.value: asdict(known[tier]) if tier in known else None for tier in Tier},
        "past_quarters": tiers.n_quarters if tiers else 0,
    }
