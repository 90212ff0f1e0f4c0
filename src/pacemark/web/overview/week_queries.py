"""Gathering what the week shows, in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.core.paginator import Page, Paginator

from pacemark.engine.periods import sales_month_of
from pacemark.web.goals.bridge.planning import minor_units_of
from pacemark.web.goals.queries.agreements import standing_plan
from pacemark.web.goals.queries.replans import latest_replan
from pacemark.web.organization.clock import local_today
from pacemark.web.organization.queries import Member, members_on, organization
from pacemark.web.organization.working_time import working_days_of
from pacemark.web.overview.week_page import DAYS_IN_WEEK, PlannedMonth, WeekFacts, WeekPage, monday_of, week_page
from pacemark.web.pipeline.queries import RepTotals, days_of_reps, rep_day_rows, rep_day_totals
from pacemark.web.pipeline.queries.corrections import deep_talk_corrections
from pacemark.web.process.queries.watched import retired_metrics

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekFound:
    """The page, whose it is, what is not watched, and deep talks less what asks to be looked at."""

    page: WeekPage
    name: str
    currency: str
    retired: frozenset[str]
    adjusted: float | None


def week_for(rep_id: int, asked: str) -> WeekFound | None:
    """Return one person's week, that of a date written like 2024-01-31 or the present one; nothing for a stranger."""
    settings = organization()
    today = local_today(settings.time_zone)
    monday = monday_of(min(_day(asked) or today, today))
    sunday = monday + timedelta(days=DAYS_IN_WEEK - 1)
    members = members_on(min(sunday, today), frozenset({rep_id}))
    if not members:
        return None
    member, rows = members[0], rep_day_rows(rep_id, monday, sunday)
    months = _months(member, monday, sunday, settings.sales_month_start_day)
    role = str(months[0].content["role"]) if months else member.role or "full_cycle"
    facts = WeekFacts(
        monday=monday,
        today=today,
        role=role,
        scale=minor_units_of(settings.currency),
        months=months,
        days={row.business_date: row for row in rows},
        retired=retired_metrics(today),
    )
    found = deep_talk_corrections(monday, sunday, {rep_id})
    return WeekFound(
        page=week_page(facts),
        name=member.name,
        currency=settings.currency,
        retired=facts.retired,
        adjusted=found.adjusted(rep_id, [(row.business_date, row.deep_talks) for row in rows]),
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _months(member: Member, monday: date, sunday: date, start_day: int) -> tuple[PlannedMonth, ...]:
    """Return what was asked when the week began, for each month that the week touches."""
    found = []
    for period in dict.fromkeys(sales_month_of(day, start_day) for day in (monday, sunday)):
        plan = standing_plan(member.rep_id, period.first)
        if plan is None:
            continue
        replan = latest_replan(member.rep_id, period.first, max(monday, period.first))
        found.append(
            PlannedMonth(
                content=replan.content if replan else plan.content,
                known_from=replan.as_of if replan else plan.as_of,
                workdays=working_days_of([member], period.first, period.last)[member.rep_id],
            )
        )
    return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekSum:
    """What one person did in a week, process and result; ``adjusted`` deep talks where somebody is asked to look."""

    member: Member
    done: RepTotals
    adjusted: float | None


def people_in_week(visible: frozenset[int] | None, page: str | None) -> Page[Member]:
    """Return a page of the people in sight, for whom a leader may open the week."""
    today = local_today(organization().time_zone)
    return Paginator(members_on(today, visible), PAGE_SIZE).get_page(page)


def sums_of_week(members: Iterable[Member]) -> list[WeekSum]:
    """Return what some people did in the present week, in one query."""
    today = local_today(organization().time_zone)
    people, monday = list(members), monday_of(today)
    done = {row.rep_id: row for row in rep_day_totals(monday, today, [member.rep_id for member in people])}
    nothing = RepTotals(rep_id=0, active_days=0)
    found = deep_talk_corrections(monday, today, frozenset(done))
    talks: dict[int, list[tuple[date, int]]] = {rep_id: [] for rep_id in found.by_rep}
    for row in days_of_reps(monday, today, frozenset(talks)) if talks else ():
        talks[row.rep_id].append((row.business_date, row.deep_talks))
    return [
        WeekSum(
            member=member,
            done=done.get(member.rep_id, nothing),
            adjusted=found.adjusted(member.rep_id, talks.get(member.rep_id, [])),
        )
        for member in people
    ]
