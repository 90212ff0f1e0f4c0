"""Where each person's target comes from when nobody is asked."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from pacemark.engine.goals.quantify import quantify
from pacemark.engine.periods import Period, months_of_quarter, quarter_of, sales_month, sales_month_of, shift_month
from pacemark.web.goals.choices import TargetBasis
from pacemark.web.organization.queries import Member
from pacemark.web.pipeline.queries import ActivitySpan

# A median of one or two months is a month's luck.
MIN_MONTHS = 3
MONTHS_BACK = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetFound:
    """A person's target and where it came from."""

    amount_minor: int
    basis: TargetBasis


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetSources:
    """Everything a target can come from; the first that exists wins. Minor units, by rep id, grade id or role."""

    typed: Mapping[int, int]
    grade_parts: Mapping[int, Fraction]
    own_median: Mapping[int, int]
    group_median: Mapping[str, int]


def find_target(person: Member, role: str, sources: TargetSources) -> TargetFound:
    """Return one person's target for the month."""
    if person.rep_id in sources.typed:
        return TargetFound(amount_minor=sources.typed[person.rep_id], basis=TargetBasis.TYPED)
    if person.grade_id in sources.grade_parts:
        return TargetFound(amount_minor=int(sources.grade_parts[person.grade_id]), basis=TargetBasis.GRADE)
    own = sources.own_median.get(person.rep_id, 0)
    if own > 0:
        return TargetFound(amount_minor=own, basis=TargetBasis.OWN_MEDIAN)
    return TargetFound(amount_minor=sources.group_median.get(role, 0), basis=TargetBasis.GROUP_MEDIAN)


def quarter_parts(
    quotas: Mapping[int, int], month: Period, start_day: int, workdays: Sequence[int], step_minor: int
) -> dict[int, Fraction]:
    """Split each grade's quarterly quota over its months by working days; return this month's part, minor units.

    Parts are whole steps (a major unit). Every month weighs the same per working day: season weights need two years
    of history.
    """
    months = months_of_quarter(quarter_of(month.label), start_day)
    place = [one.label for one in months].index(month.label)
    days = [Fraction(count) for count in workdays] if any(workdays) else [Fraction(1)] * len(months)
    flat = [Fraction(1)] * len(months)
    step = Fraction(step_minor)
    return {grade: quantify(Fraction(quota), flat, workdays=days, step=step)[place] for grade, quota in quotas.items()}


def medians_of(
    amounts: Mapping[tuple[int, str], int],
    spans: Mapping[int, ActivitySpan],
    whole: Sequence[Period],
    min_months: int = MIN_MONTHS,
) -> dict[int, int]:
    """Return each rep's median month over those of the whole sales months from their first to their last fact.

    A month without anything counts as 0. Under ``min_months`` there is no median.
    """
    medians = {}
    for rep_id, span in spans.items():
        mine = [max(0, amounts.get((rep_id, month.label), 0)) for month in whole if _overlaps(month, span)]
        if len(mine) >= min_months:
            medians[rep_id] = int(statistics.median(mine))
    return medians


def whole_months(as_of: date, start_day: int) -> list[Period]:
    """Return the last twelve sales months that had ended before ``as_of``."""
    current = sales_month_of(as_of, start_day).label
    months = [sales_month(shift_month(current, -back), start_day) for back in range(1, MONTHS_BACK + 1)]
    return [month for month in months if month.last < as_of]


def _overlaps(month: Period, span: ActivitySpan) -> bool:
    return span.first <= month.last and month.first <= span.last


def group_medians(roles: Mapping[int, str], medians: Mapping[int, int]) -> dict[str, int]:
    """Return the median of the medians above zero, per role; a role without any takes everyone's."""
    positive = {rep_id: value for rep_id, value in medians.items() if value > 0}
    everyone = int(statistics.median(positive.values())) if positive else 0
    found = {}
    for role in set(roles.values()):
        mine = [value for rep_id, value in positive.items() if roles.get(rep_id) == role]
        found[role] = int(statistics.median(mine)) if mine else everyone
    return found
