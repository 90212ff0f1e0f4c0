"""Reading what is asked of reps per month and quarter; who may see them is an argument."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from pacemark.engine.periods import Period, sales_month, sales_month_of, shift_month
from pacemark.web.goals.bridge.ladder import Climber, LadderMonth, asked_by_ladder
from pacemark.web.goals.bridge.quarters import Quarter, QuarterShape, TargetCell
from pacemark.web.goals.choices import TargetBasis
from pacemark.web.goals.models import QuarterTarget, RepPlan, Target
from pacemark.web.goals.queries.ladder import ladder_months
from pacemark.web.goals.queries.seasons import quarter_months, quarter_shapes
from pacemark.web.organization.clock import local_today
from pacemark.web.organization.models import Membership
from pacemark.web.organization.queries import organization

__all__ = ["QuarterBoard", "TargetCell", "months_between", "months_grid", "quarter_board"]

Cells = dict[tuple[int, date], TargetCell]


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarterBoard:
    """Some reps' quarters as they stand, with the shape of each quarter; by first day."""

    shapes: Mapping[date, QuarterShape]
    quarters: Mapping[tuple[int, date], Quarter]
    versions: Mapping[tuple[int, date], int]


def months_between(first: date, last: date, start_day: int) -> list[Period]:
    """Return the sales months that start in a span of days, both ends included."""
    months, month = [], sales_month_of(first, start_day)
    while month.first <= last:
        if month.first >= first:
            months.append(month)
        month = sales_month(shift_month(month.label, 1), start_day)
    return months


def months_grid(first: date, last: date, rep_ids: Collection[int] | None) -> Cells:
    """Return what is asked of each rep in the months that start in a span, by rep id and the month's first day.

    A target that was written down comes first, then the standing plan's, then what the ladder asks (version 0); a
    month of which none of these says anything has no cell. The number of queries is the same for any number of reps.
    """
    settings = organization()
    months = months_between(first, last, settings.sales_month_start_day)
    if not months:
        return {}
    today = local_today(settings.time_zone)
    is_closed = {month.first: month.last < today for month in months}
    cells = _from_ladder(months, ladder_months(months, settings), rep_ids, is_closed)
    cells |= _from_plans(is_closed, rep_ids)
    cells |= _written(is_closed, rep_ids)
    return cells


def quarter_board(quarter_firsts: Collection[date], rep_ids: Collection[int] | None) -> QuarterBoard:
    """Return reps' quarters as they stand, in a fixed number of queries; each day is a quarter's first."""
    if not quarter_firsts:
        return QuarterBoard(shapes={}, quarters={}, versions={})
    shapes = quarter_shapes(quarter_firsts, organization())
    months = sorted(month.first for shape in shapes.values() for month in shape.months)
    cells = months_grid(months[0], months[-1], rep_ids)
    rows = QuarterTarget.objects.filter(quarter_start__in=quarter_firsts).order_by("version")
    if rep_ids is not None:
        rows = rows.filter(rep_id__in=rep_ids)
    own = {
        (rep, day): (amount, version)
        for rep, day, amount, version in rows.values_list("rep_id", "quarter_start", "amount_minor", "version")
    }
    asked = set(rep_ids) if rep_ids is not None else {rep for rep, _ in (*cells, *own)}
    quarters = {
        (rep, first): Quarter(
            amount_minor=own[rep, first][0] if (rep, first) in own else None,
            cells=tuple(cells.get((rep, month.first)) for month in shape.months),
        )
        for first, shape in shapes.items()
        for rep in asked
    }
    return QuarterBoard(shapes=shapes, quarters=quarters, versions={key: version for key, (_, version) in own.items()})


def quarter_first(day: date) -> date:
    """Return the first day of the quarter that a day lies in."""
    return quarter_months(day, organization().sales_month_start_day)[0].first


def _written(is_closed: Mapping[date, bool], rep_ids: Collection[int] | None) -> Cells:
    rows = Target.objects.filter(period_start__in=is_closed).order_by("version")
    if rep_ids is not None:
        rows = rows.filter(rep_id__in=rep_ids)
    columns = ("rep_id", "period_start", "amount_minor", "basis", "version", "is_held")
    return {
        (rep, day): TargetCell(
            amount_minor=amount, basis=TargetBasis(basis), version=version, is_held=held, is_closed=is_closed[day]
        )
        for rep, day, amount, basis, version, held in rows.values_list(*columns)
    }


def _from_plans(is_closed: Mapping[date, bool], rep_ids: Collection[int] | None) -> Cells:
    rows = RepPlan.objects.filter(period_start__in=is_closed, is_current=True)
    if rep_ids is not None:
        rows = rows.filter(rep_id__in=rep_ids)
    columns = ("rep_id", "period_start", "target_minor", "target_basis")
    return {
        (rep, day): _unwritten(amount, TargetBasis(basis), is_closed[day])
        for rep, day, amount, basis in rows.values_list(*columns)
    }


def _from_ladder(
    months: Iterable[Period],
    ladders: Mapping[date, LadderMonth],
    rep_ids: Collection[int] | None,
    is_closed: Mapping[date, bool],
) -> Cells:
    if not any(ladder.parts for ladder in ladders.values()):
        return {}
    ordered = list(months)
    cells: Cells = {}
    for climber, valid_from, valid_to, left_on in _climbers(ordered[0].first, ordered[-1].last, rep_ids):
        for month in ordered:
            holds = valid_from <= month.first and (valid_to is None or valid_to > month.first)
            there = (climber.hired_on is None or climber.hired_on <= month.last) and (
                left_on is None or left_on > month.first
            )
            asked = asked_by_ladder(ladders[month.first], climber) if holds and there else None
            if asked is not None:
                cells[climber.rep_id, month.first] = _unwritten(asked[0], asked[1], is_closed[month.first])
    return cells


def _climbers(
    first: date, last: date, rep_ids: Collection[int] | None
) -> Iterable[tuple[Climber, date, date | None, date | None]]:
    rows = Membership.objects.filter(valid_from__lte=last, grade__isnull=False).filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=first)
    )
    if rep_ids is not None:
        rows = rows.filter(rep_id__in=rep_ids)
    columns = ("rep_id", "grade_id", "rep__hired_on", "valid_from", "valid_to", "rep__left_on")
    for rep, grade, hired_on, valid_from, valid_to, left_on in rows.values_list(*columns):
        yield Climber(rep_id=rep, grade_id=grade, hired_on=hired_on), valid_from, valid_to, left_on


def _unwritten(amount_minor: int, basis: TargetBasis, is_closed: bool) -> TargetCell:
    return TargetCell(amount_minor=amount_minor, basis=basis, version=0, is_held=False, is_closed=is_closed)
