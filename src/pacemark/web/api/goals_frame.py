"""The frame that goals stand in, for programs: quarters, units, seasons and the ladder. Money is in minor units."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

from ninja import Query, Router

from pacemark.web.accounts.http import PageRequest
from pacemark.web.api.access import only_leaders, only_planners
from pacemark.web.api.listing import REFUSALS, Listed, Paged, listed, today_here, visible_to
from pacemark.web.goals.bridge.quarters import Quarter, QuarterShape, TargetCell
from pacemark.web.goals.choices import IntentionKind, Tier
from pacemark.web.goals.pages.quarter_page import MonthRow, Wish, quarter_page
from pacemark.web.goals.queries.ladder import grades_in_full, quotas_in_full, ramp, tier_labels
from pacemark.web.goals.queries.quarter_facts import quarter_facts, quarter_label, quarter_start_asked
from pacemark.web.goals.queries.quarters import quarter_board
from pacemark.web.goals.queries.season_page import season_page
from pacemark.web.goals.queries.tiers import GradeTiers, tier_amounts
from pacemark.web.goals.queries.unit_sight import unit_sight
from pacemark.web.goals.queries.units import UnitRow, stretch_asked, unit_board
from pacemark.web.goals.views.asked import in_scope
from pacemark.web.organization.models import Grade

router = Router(tags=["goals"])


class AskedQuarter(Paged):
    """Which quarter (``2024-Q2``; empty: that of the month which pages show), and which page of the list."""

    quarter: str = ""


class AskedStretch(Paged):
    """Which stretch (``2024``, ``2024-Q2`` or ``2024-04``; empty: the quarter), and which page of the list."""

    at: str = ""


@router.get("/quarters", response={200: Listed, **REFUSALS}, operation_id="quarters", url_name="goals_quarters",
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


@router.get("/reps/{int:rep_id}/quarter", response={200: dict[str, Any], **REFUSALS}, operation_id="quarter_of_rep",
            url_name="goals_quarter", summary="One rep's quarter")  # fmt: skip
def quarter_of_rep(request: PageRequest, rep_id: int, quarter: str = "") -> dict[str, Any]:
    """Return one rep's quarter as its page shows it: months with bookings, and what each wish asks with its odds."""
    in_scope(request, rep_id)
    page = quarter_page(quarter_facts(rep_id, quarter_start_asked(quarter)))
    return {
        "rep_id": rep_id,
        "period": page.label,
        "amount_minor": page.own_minor,
        "sum_minor": page.sum_minor,
        "is_over": page.is_over,
        "months": [_month(row) for row in page.rows],
        "wishes": [_wish(wish) for wish in page.wishes],
        "intentions": [
            {"version": one.version, "kind": one.kind, "amount_minor": one.amount_minor, "by": one.set_by_id}
            for one in page.intentions
        ],
    }


@router.get("/units", response={200: Listed, **REFUSALS}, operation_id="units", url_name="goals_units",
            summary="Units: top-down against bottom-up")  # fmt: skip
def units(request: PageRequest, asked: Query[AskedStretch]) -> dict[str, Any]:
    """Return what is asked of each unit in sight, what the units below and the people add up to, and the difference."""
    only_leaders(request)
    stretch = stretch_asked(asked.at)
    rows = unit_sight(request.user).rows(unit_board(stretch))
    return listed(stretch.label, asked, [_unit(row) for row in rows])


@router.get("/seasons", response={200: dict[str, Any], **REFUSALS}, operation_id="seasons", url_name="goals_seasons",
            summary="Season weights")  # fmt: skip
def seasons(request: PageRequest, quarter: str = "") -> dict[str, Any]:
    """Return what each month of the year weighs, what history would say, and why not where it cannot."""
    only_leaders(request)
    page = season_page(quarter_start_asked(quarter))
    return {
        "period": page.quarter_label,
        "basis": page.in_use.basis,
        "valid_from": page.in_use.valid_from,
        "version": page.in_use.version,
        "learned_from_months": page.learned.n_months,
        "trust": page.learned.trust,
        "reason": page.learned.reason,
        "months": [
            {"period": one.period.label, "weight": float(one.weight), "learned": float(one.learned),
             "workdays": one.workdays, "is_closed": one.is_closed}
            for one in page.months
        ],
    }  # fmt: skip


@router.get("/ladder", response={200: dict[str, Any], **REFUSALS}, operation_id="ladder", url_name="goals_ladder",
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


def _month(row: MonthRow) -> dict[str, Any]:
    return {
        "period": row.period.label,
        "weight": float(row.weight),
        "workdays": row.workdays,
        "amount_minor": row.standing_minor,
        "booked_minor": row.booked_minor,
        "is_held": row.is_held,
        "is_closed": row.is_closed,
        "ramp_percent": row.ramp_percent,
    }


def _wish(wish: Wish) -> dict[str, Any]:
    return {
        "kind": IntentionKind(wish.kind).value,
        "grade": wish.grade_name,
        "amount_minor": wish.amount_minor,
        "is_current": wish.is_current,
        "months": [
            {"period": one.period.label, "amount_minor": one.amount_minor, "chance": one.chance} for one in wish.months
        ],
    }


def _unit(row: UnitRow) -> dict[str, Any]:
    return {
        "level": row.node.level,
        "unit_id": row.node.unit_id,
        "name": row.node.name,
        "asked": asdict(row.asked) if row.asked else None,
        "below_minor": row.below_minor,
        "below_difference_minor": row.below_difference_minor,
        "people_minor": row.people_minor,
        "people_difference_minor": row.people_difference_minor,
        "n_people": row.n_people,
    }


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
