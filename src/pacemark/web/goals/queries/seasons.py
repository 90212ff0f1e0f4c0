"""Reading season weights and working days per month: the two things that a quarter is split by."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from pacemark.engine.periods import MONTHS_IN_YEAR, Period, months_of_quarter, quarter_of, sales_month_of
from pacemark.web.goals.bridge.ladder import exact_weights
from pacemark.web.goals.bridge.quarters import QuarterShape
from pacemark.web.goals.choices import SeasonBasis
from pacemark.web.goals.models import SeasonSet
from pacemark.web.organization.clock import local_today
from pacemark.web.organization.models import Organization
from pacemark.web.organization.queries import Member
from pacemark.web.organization.working_time import working_days_of
from pacemark.web.shared.currency import minor_digits

FLAT = (Fraction(1),) * MONTHS_IN_YEAR
# Stands for nobody in particular: the plain calendar, without leave or roster.
ANYONE = Member(
    rep_id=0, name="", employee_no="", team_id=0, team_name="", region_id=0, region_name="", pattern_id=0,
    grade_id=0, grade_name="", role="", hired_on=None, left_on=None,
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class SeasonInUse:
    """The weights that split a quarter, January first, and where they come from; version 0 is nobody's choice yet."""

    weights: tuple[Fraction, ...] = FLAT
    basis: SeasonBasis = SeasonBasis.FLAT
    n_months: int = 0
    note: str = ""
    valid_from: date | None = None
    version: int = 0


def saved_seasons() -> list[SeasonSet]:
    """Return every set of weights, in the order in which they take over from each other."""
    return list(SeasonSet.objects.order_by("valid_from", "version"))


def season_on(quarter_first: date, saved: Sequence[SeasonSet]) -> SeasonInUse:
    """Return the weights that hold for a quarter; flat where none were ever saved."""
    holding = [one for one in saved if one.valid_from <= quarter_first]
    if not holding:
        return SeasonInUse()
    last = holding[-1]
    return SeasonInUse(
        weights=exact_weights(last.weights),
        basis=SeasonBasis(last.basis),
        n_months=last.n_months,
        note=last.note,
        valid_from=last.valid_from,
        version=last.version,
    )


def month_workdays(months: Collection[Period]) -> dict[str, int]:
    """Return how many days the plain calendar works in each month, by label.

    The plain calendar, not each team's: an amount means the same in every team, and a page can say it once.
    """
    if not months:
        return {}
    first, last = min(month.first for month in months), max(month.last for month in months)
    days = working_days_of([ANYONE], first, last)[ANYONE.rep_id]
    return {month.label: sum(month.holds(day) for day in days) for month in months}


def quarter_months(day: date, start_day: int) -> tuple[Period, Period, Period]:
    """Return the sales months of the quarter that a day lies in."""
    return months_of_quarter(quarter_of(sales_month_of(day, start_day).label), start_day)


def quarter_shapes(quarter_firsts: Collection[date], settings: Organization) -> Mapping[date, QuarterShape]:
    """Return the shape of each quarter that starts on one of the days, in a fixed number of queries."""
    start_day, today = settings.sales_month_start_day, local_today(settings.time_zone)
    quarters = {first: quarter_months(first, start_day) for first in quarter_firsts}
    workdays = month_workdays([month for months in quarters.values() for month in months])
    saved = saved_seasons()
    return {
        first: QuarterShape(
            months=months,
            weights=tuple(season_on(months[0].first, saved).weights[int(month.label[5:]) - 1] for month in months),
            workdays=tuple(workdays[month.label] for month in months),
            is_closed=tuple(month.last < today for month in months),
            step_minor=10 ** minor_digits(settings.currency),
        )
        for first, months in quarters.items()
    }
