"""Gathering what Today shows, in a fixed number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from pacemark.engine.periods import sales_month_of
from pacemark.web.goals.queries.agreements import standing_plan
from pacemark.web.goals.queries.replans import last_replans
from pacemark.web.organization.clock import local_now
from pacemark.web.organization.queries import Member, members_on, organization
from pacemark.web.organization.working_time import shift_of, working_days_of
from pacemark.web.overview.today_about import STREAK_DAYS, AboutOneself, about_oneself
from pacemark.web.overview.today_page import TodayFacts, TodayPage, today_page
from pacemark.web.pipeline import queries as pipeline
from pacemark.web.pipeline.queries.corrections import deep_talk_corrections
from pacemark.web.process.queries.watched import retired_metrics


@dataclass(frozen=True, slots=True, kw_only=True)
class TodayFound:
    """The page, how fresh its records are, what is not watched, and deep talks less what asks to be looked at."""

    page: TodayPage
    data_until: datetime | None
    retired: frozenset[str]
    adjusted_today: float | None
    adjusted_month: float | None
    about: AboutOneself


def today_for(rep_id: int, *, confidence: str, url: str) -> TodayFound | None:
    """Return one person's day, or nothing where no plan has been made for this month."""
    settings = organization()
    now = local_now(settings.time_zone)
    today = now.date()
    period = sales_month_of(today, settings.sales_month_start_day)
    plan, members = standing_plan(rep_id, period.first), members_on(today, frozenset({rep_id}))
    if plan is None or not members:
        return None
    since = min(period.first, today - timedelta(days=STREAK_DAYS))
    lately = pipeline.rep_day_rows(rep_id, since, min(today, period.last))
    days = [day for day in lately if day.business_date >= period.first]
    worked = working_days_of(members, since, period.last)[rep_id]
    retired, found = retired_metrics(today), deep_talk_corrections(period.first, today, {rep_id})
    facts = TodayFacts(
        today=pipeline.sum_days(day for day in days if day.business_date == today),
        month=pipeline.sum_days(days),
        share_of_day=share_of_day(members[0], now, pipeline.hour_shares(rep_id, today)),
        replans=tuple(last_replans(rep_id, period.first, today, 2)),
        workdays=tuple(day for day in worked if day >= period.first),
        retired=retired,
    )
    talks = [(day.business_date, day.deep_talks) for day in days]
    return TodayFound(
        page=today_page(plan=plan, facts=facts, now=now, confidence=confidence, url=f"{url}?"),
        data_until=pipeline.last_call_at(rep_id, today),
        retired=retired,
        adjusted_today=found.adjusted(rep_id, [one for one in talks if one[0] == today]),
        adjusted_month=found.adjusted(rep_id, talks),
        about=about_oneself(rep_id, plan.role, today, lately, worked),
    )


def share_of_day(member: Member, now: datetime, hour_shares: dict[int, float]) -> float:
    """Return which share of a usual day's dials this person has made by now.

    From the person's own hours of the last months; without them, evenly over the shift.
    """
    if hour_shares:
        before = sum(share for hour, share in hour_shares.items() if hour < now.hour)
        return min(1.0, before + hour_shares.get(now.hour, 0.0) * now.minute / 60)
    start, end = (_minutes(moment) for moment in shift_of(member))
    passed = _minutes(now.time()) - start
    return min(1.0, max(0.0, passed / (end - start))) if end > start else 1.0


def _minutes(moment: time) -> int:
    return moment.hour * 60 + moment.minute
