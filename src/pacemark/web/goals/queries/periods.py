"""Which sales month is meant when nobody says, and from when on nothing is known."""

from __future__ import annotations

from datetime import date, timedelta

from pacemark.engine.errors import EngineError
from pacemark.engine.periods import Period, sales_month, sales_month_of, shift_month
from pacemark.web.goals.queries.plans import planned_periods
from pacemark.web.organization.clock import local_today
from pacemark.web.organization.queries import organization
from pacemark.web.pipeline.queries import last_call_date, last_opportunity_date

__all__ = ["Period", "default_as_of", "default_period", "next_month", "records_reach", "shown_period"]

QUIET_DAYS = 7


def default_period() -> Period:
    """Return the month after the last call; without calls, after the last opportunity opened; else the present one."""
    settings = organization()
    last = last_call_date() or last_opportunity_date()
    if last is None:
        return sales_month_of(local_today(settings.time_zone), settings.sales_month_start_day)
    return next_month(sales_month_of(last, settings.sales_month_start_day), settings.sales_month_start_day)


def next_month(period: Period, start_day: int) -> Period:
    """Return the sales month after one."""
    return sales_month(shift_month(period.label, 1), start_day)


def default_as_of(period: Period) -> date:
    """Return the first day not known: the period's first, or today before it; where records end earlier, their end.

    A week without records is a quiet week, as around the New Year; more is a time that nothing is known of.
    """
    last = last_call_date() or last_opportunity_date()
    if last is None:
        return period.first
    reached = min(period.first, local_today(organization().time_zone))
    return reached if (reached - last).days <= QUIET_DAYS else last + timedelta(days=1)


def day_after_records() -> date:
    """Return the first day after the last record, at the latest today; without records, today."""
    today = local_today(organization().time_zone)
    last = last_call_date() or last_opportunity_date()
    return today if last is None else min(last + timedelta(days=1), today)


def records_reach(period: Period) -> bool:
    """Tell whether the records come close enough to a month to plan it: to its eve's month or beyond."""
    last = last_call_date() or last_opportunity_date()
    return last is not None and last >= period.first - timedelta(days=31)


def shown_period(label: str) -> Period:
    """Return the month that a page shows: the one asked for, else the present one, else the last that has plans."""
    settings = organization()
    start_day = settings.sales_month_start_day
    try:
        return sales_month(label, start_day)
    except EngineError:
        present = sales_month_of(local_today(settings.time_zone), start_day)
    planned = planned_periods()
    if not planned or present.first in planned:
        return present
    return sales_month_of(planned[0], start_day)
