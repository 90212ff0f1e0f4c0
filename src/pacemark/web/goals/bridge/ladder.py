"""What the ladder asks of a rep in a month: the grade's quota, the next grade's, or a newcomer's share of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise

import numpy as np

from pacemark.engine.periods import MONTHS_IN_YEAR, Period, sales_month_of
from pacemark.web.goals.bridge.quarters import QuarterShape, spread
from pacemark.web.goals.choices import IntentionKind, TargetBasis, Tier

WHOLE_PERCENT = 100
# A newcomer's first three months: their rates still climb (爬坡), and nobody brings a whole quota while learning.
DEFAULT_RAMP: Mapping[int, int] = {1: 40, 2: 60, 3: 80}
TIER_QUANTILES: Mapping[Tier, float] = {Tier.CORE: 0.50, Tier.HIGH: 0.75, Tier.BENCHMARK: 0.90}
# The 90th percentile of fewer quarters than this is the best quarter of one lucky person.
MIN_QUARTERS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedQuota:
    """A grade's quota per quarter from a day on."""

    grade_id: int
    valid_from: date
    quota_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Climber:
    """Whom the ladder asks: the grade on the month's first day (0 for none) and the day of joining."""

    rep_id: int
    grade_id: int
    hired_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LadderMonth:
    """What the ladder asks in one month: each grade's part of its quota in minor units, and who asks for more."""

    period: Period
    start_day: int = 1
    step_minor: int = 1
    parts: Mapping[int, int] = field(default_factory=dict)
    next_grade: Mapping[int, int] = field(default_factory=dict)
    ramp: Mapping[int, int] = field(default_factory=dict)
    intentions: Mapping[int, IntentionKind] = field(default_factory=dict)


def asked_by_ladder(ladder: LadderMonth, climber: Climber) -> tuple[int, TargetBasis] | None:
    """Return what the ladder asks of a rep in the month and why, None for a grade without a quota.

    Whoever is after the next grade is asked its whole quota, newcomer or not: that is what the grade is given for.
    """
    above = ladder.next_grade.get(climber.grade_id, 0)
    if ladder.intentions.get(climber.rep_id) == IntentionKind.PROMOTE and above in ladder.parts:
        return ladder.parts[above], TargetBasis.INTENTION
    if climber.grade_id not in ladder.parts:
        return None
    share = ramp_percent(ladder.ramp, tenure_months(climber.hired_on, ladder.period, ladder.start_day))
    return _share(ladder.parts[climber.grade_id], share, ladder.step_minor), TargetBasis.GRADE


def _share(amount_minor: int, percent: int, step_minor: int) -> int:
    # Rounded to whole steps, a half down: nobody is asked more than the share says.
    if percent >= WHOLE_PERCENT:
        return amount_minor
    return amount_minor * percent // (WHOLE_PERCENT * step_minor) * step_minor


def tenure_months(hired_on: date | None, period: Period, start_day: int) -> int | None:
    """Return which month of tenure a sales month is, 1 for the month of joining; None where nobody knows."""
    if hired_on is None:
        return None
    return _months(period.label) - _month_joined(hired_on, start_day) + 1


@lru_cache(maxsize=10_000)
def _month_joined(hired_on: date, start_day: int) -> int:
    """Return the month that somebody joined in; every month of everyone's quarter asks it."""
    return _months(sales_month_of(hired_on, start_day).label)


def _months(label: str) -> int:
    year, month = label.split("-")
    return int(year) * MONTHS_IN_YEAR + int(month)


def ramp_percent(ramp: Mapping[int, int], tenure: int | None) -> int:
    """Return the share of the quota asked in a month of tenure; all of it after the table's end."""
    return WHOLE_PERCENT if tenure is None else ramp.get(tenure, WHOLE_PERCENT)


def quotas_on(quotas: Sequence[DatedQuota], day: date) -> dict[int, int]:
    """Return each grade's quota as it stands on a day."""
    standing: dict[int, int] = {}
    for quota in sorted(quotas, key=lambda one: one.valid_from):
        if quota.valid_from <= day:
            standing[quota.grade_id] = quota.quota_minor
    return standing


def month_parts(quotas: Mapping[int, int], shape: QuarterShape, month: Period) -> dict[int, int]:
    """Return each grade's part of its quota in one month of the quarter."""
    place = [one.label for one in shape.months].index(month.label)
    free = (None,) * len(shape.months)
    return {grade: spread(shape, quota, free)[place] for grade, quota in quotas.items()}


def tier_quantiles(quarters_minor: Sequence[int], step_minor: int) -> dict[Tier, int] | None:
    """Return the grade's own P50, P75 and P90 of past quarters, whole steps; None where there are too few."""
    if len(quarters_minor) < MIN_QUARTERS:
        return None
    values = np.quantile(np.asarray(quarters_minor, dtype=np.float64), list(TIER_QUANTILES.values()))
    rounded = (round(float(value) / step_minor) * step_minor for value in values)
    return dict(zip(TIER_QUANTILES, rounded, strict=True))


def exact_weights(texts: Sequence[str]) -> tuple[Fraction, ...]:
    """Return stored season weights as exact numbers."""
    return tuple(Fraction(text) for text in texts)


def rising(amounts: Mapping[Tier, int]) -> bool:
    """Tell whether the tiers that have an amount ask more from step to step."""
    ordered = [amounts[tier] for tier in Tier if tier in amounts]
    return all(lower < higher for lower, higher in pairwise(ordered))


def has_weights(weights: Sequence[Fraction]) -> bool:
    """Tell whether every quarter of the year has a month that weighs anything."""
    return all(any(weights[place : place + 3]) for place in range(0, len(weights), 3))
