"""Reading what each past month brought: totals from before the records, then the records themselves."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from pacemark.engine.goals.seasons import MonthTotal
from pacemark.engine.periods import Period, sales_month_of
from pacemark.web.goals.queries.seasons import month_workdays
from pacemark.web.organization.queries import organization
from pacemark.web.pipeline import queries as pipeline
from pacemark.web.pipeline.queries.month_totals import brought_totals, first_fact_date

# Records that begin within a week of a month's start tell of the whole month.
QUIET_DAYS = 7


@dataclass(slots=True)
class _Sum:
    amount_minor: int = 0
    active_reps: int = 0


def month_history(before: date) -> list[MonthTotal]:
    """Return what every whole sales month before a day brought, oldest first.

    A month that the records tell of is taken from them, an earlier one from the totals that were brought along: the
    teams', and where there are none the reps'. Who sold in a month is active in it.
    """
    start_day = organization().sales_month_start_day
    sums = _brought_along(before, start_day) | _from_records(before, start_day)
    months = {first: sales_month_of(first, start_day) for first in sums}
    workdays = month_workdays(months.values())
    return [
        MonthTotal(
            year=int(months[first].label[:4]),
            month=int(months[first].label[5:]),
            amount=float(sums[first].amount_minor),
            active_reps=float(sums[first].active_reps),
            # A quarter is split by season × working days: what a holiday takes must not be taken for a season.
            workdays=float(workdays[months[first].label]),
        )
        for first in sorted(sums)
    ]


def _brought_along(before: date, start_day: int) -> dict[date, _Sum]:
    teams: dict[date, _Sum] = defaultdict(_Sum)
    reps: dict[date, _Sum] = defaultdict(_Sum)
    for row in brought_totals(before):
        month = sales_month_of(row.month_start, start_day)
        if month.last < before:
            total = (teams if row.rep_id is None else reps)[month.first]
            total.amount_minor += row.revenue_minor
            total.active_reps += row.active_reps
    return {**reps, **teams}


def _from_records(before: date, start_day: int) -> dict[date, _Sum]:
    sums: dict[date, _Sum] = defaultdict(_Sum)
    months: dict[str, Period] = {}
    begun = first_fact_date()
    for row in pipeline.monthly_revenue(before, None, start_day):
        month = months.setdefault(row.month, sales_month_of(row.first_day, start_day))
        is_whole = month.last < before and begun is not None and begun < month.first + timedelta(days=QUIET_DAYS)
        if is_whole:
            sums[month.first].amount_minor += row.net_revenue_minor
            sums[month.first].active_reps += bool(row.rep_id and row.deals)
    return dict(sums)
