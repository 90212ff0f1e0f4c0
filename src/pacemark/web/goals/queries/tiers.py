"""Reading the tiers inside each grade: set by hand, or the grade's own P50, P75 and P90 of past quarters."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from pacemark.engine.periods import quarter_of
from pacemark.web.goals.bridge.ladder import tier_quantiles
from pacemark.web.goals.choices import Tier
from pacemark.web.goals.models import GradeTier
from pacemark.web.goals.queries.seasons import quarter_months
from pacemark.web.organization.models import Membership, Organization
from pacemark.web.organization.queries import organization
from pacemark.web.pipeline import queries as pipeline
from pacemark.web.shared.currency import minor_digits

# Quarters looked back at: two years of the grade as it is.
QUARTERS_BACK = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class TierAmount:
    """A tier's amount per quarter; ``since`` is the day from which somebody's own amount holds."""

    amount_minor: int
    since: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeTiers:
    """A grade's tiers as they stand; ``n_quarters`` past quarters of its people are known."""

    tiers: Mapping[Tier, TierAmount]
    n_quarters: int


def tier_amounts(day: date) -> dict[int, GradeTiers]:
    """Return every grade's tiers on a day; a tier nobody set and too few quarters tell of is left out."""
    settings = organization()
    quarters = past_quarters(day, settings)
    by_hand = _by_hand(day)
    step = 10 ** minor_digits(settings.currency)
    found = {}
    for grade_id in {*quarters, *by_hand}:
        own = tier_quantiles(quarters.get(grade_id, []), step) or {}
        tiers = {tier: TierAmount(amount_minor=amount) for tier, amount in own.items()} | by_hand.get(grade_id, {})
        found[grade_id] = GradeTiers(tiers=tiers, n_quarters=len(quarters.get(grade_id, [])))
    return found


def past_quarters(day: date, settings: Organization) -> dict[int, list[int]]:
    """Return the revenue of each whole quarter that somebody worked through in a grade, by grade, before a day.

    The grade is that of the quarter's first day; who joined or left inside a quarter is left out of it, and so is a
    quarter before anything was known.
    """
    start_day = settings.sales_month_start_day
    ends = quarter_months(day, start_day)[0].first
    revenue: dict[tuple[int, date], int] = defaultdict(int)
    starts: dict[str, date] = {}
    for row in pipeline.monthly_revenue(ends, None, start_day):
        label = quarter_of(row.month)
        if label not in starts:  # thousands of rows, a few quarters
            starts[label] = quarter_months(row.first_day, start_day)[0].first
        revenue[row.rep_id, starts[label]] += row.net_revenue_minor
    known = sorted(set(starts.values()))
    # The quarter in which the records begin is seldom a whole one.
    whole = known[1:][-QUARTERS_BACK:]
    found: dict[int, list[int]] = defaultdict(list)
    for rep_id, grade_id, first in _worked_through(whole, start_day):
        found[grade_id].append(revenue.get((rep_id, first), 0))
    return dict(found)


def _worked_through(quarters: list[date], start_day: int) -> list[tuple[int, int, date]]:
    if not quarters:
        return []
    lasts = {first: quarter_months(first, start_day)[-1].last for first in quarters}
    rows = Membership.objects.filter(grade__isnull=False, valid_from__lte=quarters[-1])
    columns = ("rep_id", "grade_id", "valid_from", "valid_to", "rep__hired_on", "rep__left_on", "role")
    return [
        (rep, grade, first)
        for rep, grade, valid_from, valid_to, hired_on, left_on, role in rows.values_list(*columns)
        for first in quarters
        if role != "setter"
        and valid_from <= first
        and (valid_to is None or valid_to > first)
        and (hired_on is None or hired_on <= first)
        and (left_on is None or left_on > lasts[first])
    ]


def _by_hand(day: date) -> dict[int, dict[Tier, TierAmount]]:
    found: dict[int, dict[Tier, TierAmount]] = defaultdict(dict)
    for row in GradeTier.objects.filter(valid_from__lte=day).order_by("valid_from"):
        found[row.grade_id][Tier(row.tier)] = TierAmount(amount_minor=row.amount_minor, since=row.valid_from)
    return dict(found)
