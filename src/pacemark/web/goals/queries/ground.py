"""Everything that plans are made from, gathered in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from fractions import Fraction

import numpy as np

from pacemark.engine.goals.roles import tell_roles
from pacemark.engine.periods import Period, months_of_quarter, quarter_of
from pacemark.web.goals.bridge import targets
from pacemark.web.goals.bridge.ground import DIRECT_DAYS, PlanGround
from pacemark.web.goals.queries.plans import typed_targets
from pacemark.web.organization.models import Organization
from pacemark.web.organization.queries import Member, members_on, organization, quarterly_quotas_on
from pacemark.web.organization.working_time import working_days_of
from pacemark.web.pipeline import queries as pipeline
from pacemark.web.shared.currency import minor_digits

FIRST_DAY = date(1970, 1, 1)
LOOK_BACK_DAYS = 365
# Stands for nobody in particular: the plain calendar, without leave or roster.
ANYONE = Member(
    rep_id=0,
    name="",
    employee_no="",
    team_id=0,
    team_name="",
    region_id=0,
    region_name="",
    pattern_id=0,
    grade_id=0,
    grade_name="",
    role="",
    hired_on=None,
    left_on=None,
)


def load_ground(period: Period, as_of: date, typed: Mapping[int, int] | None = None) -> PlanGround:
    """Gather everything; ``typed`` are targets given with the command, in minor units by rep id."""
    settings = organization()
    first = max(period.first, as_of)
    people = members_on(period.first if period.first >= as_of else as_of)
    totals = {row.rep_id: row for row in pipeline.rep_day_totals(as_of - timedelta(LOOK_BACK_DAYS), _eve(as_of), None)}
    roles, told = _roles(people, totals)
    days = working_days_of(people, first, period.last)
    start_day = settings.sales_month_start_day
    spans = pipeline.activity_spans(as_of)
    revenue = {
        (row.rep_id, row.month): row.net_revenue_minor for row in pipeline.monthly_revenue(as_of, None, start_day)
    }
    own = targets.medians_of(revenue, spans, as_of, start_day)
    # Where nobody has three months yet, the one or two that there are tell what peers usually bring.
    usual = own if any(own.values()) else targets.medians_of(revenue, spans, as_of, start_day, min_months=1)
    role_of = {person.rep_id: role for person, role in zip(people, roles, strict=True)}
    return PlanGround(
        settings=settings,
        period=period,
        as_of=as_of,
        people=people,
        roles=roles,
        roles_told=told,
        days=[days[person.rep_id] for person in people],
        booked_minor=_booked(period, as_of),
        sources=targets.TargetSources(
            typed={**typed_targets(period.first), **(typed or {})},
            grade_parts=_grade_parts(period, settings),
            own_median=own,
            group_median=targets.group_medians(role_of, usual),
        ),
        setter_medians=targets.medians_of(pipeline.monthly_sourced(as_of, start_day), spans, as_of, start_day),
        cohorts=pipeline.cohort_arrays(as_of, None, by_segment=False),
        lags=pipeline.win_lags(as_of),
        losses=pipeline.loss_lags(as_of),
        opportunities=pipeline.open_opportunities(as_of, None),
        values=pipeline.deal_values(as_of),
        expected=pipeline.expected_amounts(as_of),
        dials=pipeline.usual_dials(as_of, None),
        owned=pipeline.owned_counts(as_of, None, DIRECT_DAYS),
    )


def _eve(day: date) -> date:
    return day - timedelta(days=1)


def _roles(people: list[Member], totals: Mapping[int, pipeline.RepTotals]) -> tuple[list[str], list[bool]]:
    """Return everyone's role: as the organisation states it, else told from a year's records."""
    told = tell_roles(
        *(
            np.array([getattr(totals.get(person.rep_id), name, 0) for person in people], dtype=np.int64)
            for name in ("dials", "opportunities_sourced", "opportunities", "deals")
        )
    )
    return (
        [person.role or found for person, found in zip(people, told, strict=True)],
        [not person.role for person in people],
    )


def _booked(period: Period, as_of: date) -> dict[int, int]:
    """Return what each rep has booked in the period before ``as_of``, net of refunds."""
    if as_of <= period.first:
        return {}
    rows = pipeline.rep_day_totals(period.first, _eve(as_of), None)
    return {row.rep_id: row.net_revenue_minor for row in rows}


def _grade_parts(period: Period, settings: Organization) -> Mapping[int, Fraction]:
    start_day = settings.sales_month_start_day
    quotas = quarterly_quotas_on(period.first)
    if not quotas:
        return {}
    months = months_of_quarter(quarter_of(period.label), start_day)
    # The plain calendar splits a quarter, not each team's: a grade means the same in every team.
    workdays = working_days_of([ANYONE], months[0].first, months[-1].last)[ANYONE.rep_id]
    counts = [sum(month.holds(day) for day in workdays) for month in months]
    step_minor = 10 ** minor_digits(settings.currency)
    return targets.quarter_parts(quotas, period, start_day, counts, step_minor)
