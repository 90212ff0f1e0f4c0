"""Everything that plans are made from, gathered in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

import numpy as np

from pacemark.engine.goals.roles import tell_roles
from pacemark.engine.periods import Period
from pacemark.web.goals.bridge import targets
from pacemark.web.goals.bridge.ground import DIRECT_DAYS, PlanGround
from pacemark.web.goals.queries.ladder import ladder_months
from pacemark.web.goals.queries.plans import written_targets
from pacemark.web.goals.queries.seasons import ANYONE
from pacemark.web.organization.queries import Member, members_on, organization
from pacemark.web.organization.working_time import working_days_of
from pacemark.web.pipeline import queries as pipeline

__all__ = ["ANYONE", "load_ground"]

FIRST_DAY = date(1970, 1, 1)
LOOK_BACK_DAYS = 365


def load_ground(period: Period, as_of: date, typed: Mapping[int, int] | None = None) -> PlanGround:
    """Gather everything; ``typed`` are targets given with the command, in minor units by rep id."""
    settings, first = organization(), max(period.first, as_of)
    written, bases = written_targets(period.first)
    people = members_on(first)
    past = pipeline.rep_day_arrays(as_of)
    roles, told = _roles(people, past, as_of - timedelta(LOOK_BACK_DAYS))
    days = working_days_of(people, first, period.last)
    whole = targets.whole_months(as_of, settings.sales_month_start_day)
    spans, revenue = pipeline.spans_by_rep(past), pipeline.sums_by_month(past, "net_revenue_minor", whole)
    own = targets.medians_of(revenue, spans, whole)
    # Where nobody has three months yet, the one or two that there are tell what peers usually bring.
    usual = own if any(own.values()) else targets.medians_of(revenue, spans, whole, min_months=1)
    role_of = {person.rep_id: role for person, role in zip(people, roles, strict=True)}
    return PlanGround(
        settings=settings,
        period=period,
        as_of=as_of,
        people=people,
        roles=roles,
        roles_told=told,
        days=[days[person.rep_id] for person in people],
        booked_minor=pipeline.sums_by_rep(past, "net_revenue_minor", period.first),
        sources=targets.TargetSources(
            typed={**written, **(typed or {})},
            own_median=own,
            group_median=targets.group_medians(role_of, usual),
            ladder=ladder_months([period], settings)[period.first],
            typed_basis={rep_id: basis for rep_id, basis in bases.items() if rep_id not in (typed or {})},
        ),
        setter_medians=targets.medians_of(pipeline.sums_by_month(past, "opportunities_sourced", whole), spans, whole),
        cohorts=pipeline.cohort_arrays(as_of, None, days=past),
        lags=pipeline.win_lags(as_of),
        losses=pipeline.loss_lags(as_of),
        opportunities=pipeline.open_opportunities(as_of, None),
        values=pipeline.deal_values(as_of),
        expected=pipeline.expected_amounts(as_of),
        dials=pipeline.dials_by_rep(past, as_of),
        owned=pipeline.owned_counts(as_of, None, DIRECT_DAYS),
        past=past,
        past_days=days_by_pattern(people, whole),
    )


def days_by_pattern(people: Sequence[Member], months: Sequence[Period]) -> dict[int, tuple[date, ...]]:
    """Return the days worked from the first to the last of some months by working pattern; nobody's leave or roster."""
    if not months:
        return {}
    stand_ins = [replace(ANYONE, rep_id=-pattern, pattern_id=pattern) for pattern in {one.pattern_id for one in people}]
    first, last = min(month.first for month in months), max(month.last for month in months)
    return {-key: days for key, days in working_days_of(stand_ins, first, last).items()}


def _roles(people: list[Member], past: pipeline.RepDayArrays, since: date) -> tuple[list[str], list[bool]]:
    """Return everyone's role: as the organisation states it, else told from a year's records."""
    sums = [
        pipeline.sums_by_rep(past, counted, since)
        for counted in ("dials", "opportunities_sourced", "opportunities", "deals")
    ]
    told = tell_roles(*(np.array([one.get(person.rep_id, 0) for person in people], dtype=np.int64) for one in sums))
    return (
        [person.role or found for person, found in zip(people, told, strict=True)],
        [not person.role for person in people],
    )
