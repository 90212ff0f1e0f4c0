"""What is known from before the first event: thirty months of team totals. And what managers did about findings."""

from __future__ import annotations

import numpy as np

from pacemark.demo.draws import Ints, Small, stream
from pacemark.demo.layout import Layout
from pacemark.demo.spec import months_later
from pacemark.demo.tables import (
    DAY_SECONDS,
    LOCAL_OFFSET_SECONDS,
    CoachingActions,
    CoachingOutcome,
    MonthlyTotals,
    RoleCode,
    join,
    take,
)
from pacemark.demo.worktime import day_number, weekdays_worked

MONTH_REVENUE_MINOR = 3_000_000.0
TOTALS_NOISE = 0.04
GROWTH_PER_MONTH = 0.004
USUAL_WORKDAYS = 20.7
ACTIONS_PER_WEEK = 3
DONE_SHARES = (0.89, 0.05, 0.03, 0.03)  # on time, late, excused, missed


def monthly_totals(layout: Layout) -> MonthlyTotals:
    """Return each team's revenue in the months before the events: season × working days × growth × noise.

    Setters' revenue stands with the closers of their team; nobody's own ability is in these totals.
    """
    spec, people = layout.spec, layout.people
    rng = stream(spec.seed, "history")
    months = [months_later(spec.start, k - spec.monthly_history) for k in range(spec.monthly_history)]
    counted = people.role != RoleCode.SETTER
    heads = np.bincount(people.team[counted], minlength=len(layout.teams.name))
    active = np.maximum(1, heads[:, None] - (rng.random((len(heads), len(months))) < 0.2))
    workdays = np.array([weekdays_worked(first, months_later(first, 1)) for first in months])
    season = layout.rates.season[[first.month - 1 for first in months]] if months else np.ones(0)
    growth = (1 + GROWTH_PER_MONTH) ** (np.arange(len(months)) - len(months))
    expected = MONTH_REVENUE_MINOR * active * season * growth * workdays / USUAL_WORKDAYS
    revenue = expected * np.exp(TOTALS_NOISE * rng.standard_normal(expected.shape))
    return MonthlyTotals(
        team=np.repeat(np.arange(len(heads), dtype=np.int32), len(months)),
        month_day=np.tile(np.array([day_number(first) for first in months], dtype=np.int32), len(heads)),
        revenue_minor=(np.round(revenue / 1000).astype(np.int64) * 1000).ravel(),
        active_reps=active.astype(np.int32).ravel(),
    )


def coaching_actions(layout: Layout) -> CoachingActions:
    """Return what each team's manager had to do, and did; one closes everything at once, without evidence."""
    parts = [_coaching_of_month(layout, month) for month in range(len(layout.spec.month_starts()))]
    actions = join(parts)
    return take(actions, np.argsort(actions.opened_day, kind="stable"))


def _coaching_of_month(layout: Layout, month: int) -> CoachingActions:
    rng = stream(layout.spec.seed, "coaching", month)
    first, following = layout.month_days(month)
    mondays = np.arange(first, following)[(np.arange(first, following) + 3) % 7 == 0]
    teams = len(layout.teams.name)
    team = np.repeat(np.arange(teams), len(mondays) * ACTIONS_PER_WEEK)
    opened = np.tile(np.repeat(mondays, ACTIONS_PER_WEEK), teams)
    due = opened + 4
    outcome = rng.choice(np.arange(1, 5), size=len(team), p=DONE_SHARES)
    late = np.where(outcome == CoachingOutcome.LATE, rng.integers(4, 9, len(team)), -rng.integers(0, 4, len(team)))
    second = rng.integers(9 * 3600, 18 * 3600, len(team))
    in_bulk = team == layout.planted.bulk_team
    outcome = np.where(in_bulk, CoachingOutcome.ON_TIME, outcome)
    closed_day = np.where(in_bulk, due, due + late)
    # Everything of a week on its last afternoon, a few seconds apart.
    second = np.where(in_bulk, 17 * 3600 + 50 * 60 + np.arange(len(team)) % ACTIONS_PER_WEEK * 7, second)
    done = np.isin(outcome, [CoachingOutcome.ON_TIME, CoachingOutcome.LATE])
    return CoachingActions(
        team=team.astype(np.int32),
        rep=_members(layout, team, rng),
        opened_day=opened.astype(np.int32),
        due_day=due.astype(np.int32),
        closed_at=np.where(done, closed_day * DAY_SECONDS + second - LOCAL_OFFSET_SECONDS, 0).astype(np.int64),
        outcome=outcome.astype(np.int32),
        has_evidence=done & ~in_bulk,
    )


def _members(layout: Layout, team: Ints, rng: np.random.Generator) -> Small:
    heads = np.bincount(layout.people.team, minlength=len(layout.teams.name))
    begins = np.cumsum(heads) - heads  # reps are numbered team by team
    return (begins[team] + (rng.random(len(team)) * heads[team]).astype(np.int64)).astype(np.int32)
