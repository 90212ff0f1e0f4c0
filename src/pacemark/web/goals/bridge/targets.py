"""Where each person's target comes from when nobody is asked."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from pacemark.engine.periods import Period, sales_month, sales_month_of, shift_month
from pacemark.web.goals.bridge.ladder import Climber, LadderMonth, asked_by_ladder
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
    """Everything a target can come from; the first that exists wins. Minor units, by rep id or role.

    ``typed_basis`` says where a written target came from; those given with a command have none.
    """

    typed: Mapping[int, int]
    own_median: Mapping[int, int]
    group_median: Mapping[str, int]
    ladder: LadderMonth | None = None
    typed_basis: Mapping[int, TargetBasis] = field(default_factory=dict)


def find_target(person: Member, role: str, sources: TargetSources) -> TargetFound:
    """Return one person's target for the month."""
    if person.rep_id in sources.typed:
        basis = sources.typed_basis.get(person.rep_id, TargetBasis.TYPED)
        return TargetFound(amount_minor=sources.typed[person.rep_id], basis=basis)
    climber = Climber(rep_id=person.rep_id, grade_id=person.grade_id, hired_on=person.hired_on)
    asked = asked_by_ladder(sources.ladder, climber) if sources.ladder else None
    if asked is not None:
        return TargetFound(amount_minor=asked[0], basis=asked[1])
    own = sources.own_median.get(person.rep_id, 0)
    if own > 0:
        return TargetFound(amount_minor=own, basis=TargetBasis.OWN_MEDIAN)
    return TargetFound(amount_minor=sources.group_median.get(role, 0), basis=TargetBasis.GROUP_MEDIAN)


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
