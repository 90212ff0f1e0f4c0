"""A made-up organisation as the ground that plans are made from: arrays to arrays, without a database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pacemark.demo.rates import DEEP_TALK_SECONDS
from pacemark.demo.spec import DemoSpec
from pacemark.demo.tables import RoleCode, local_day
from pacemark.demo.truths import ROLE_NAMES
from pacemark.demo.worktime import EPOCH_ORDINAL, day_number, day_of
from pacemark.demo.world import LOCAL, World, generate_world
from pacemark.engine.periods import Period, sales_month_of
from pacemark.web.goals.bridge import targets
from pacemark.web.goals.bridge.ground import DIRECT_DAYS, PlanGround
from pacemark.web.organization.models import Organization
from pacemark.web.organization.queries import Member
from pacemark.web.pipeline import queries as pipeline
from pacemark.web.pipeline.choices import Stage

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Planning:
    """What is known at a month's start: the world so far, whom it concerns (their places in it), and the ground."""

    world: World
    period: Period
    people: Ints
    ground: PlanGround


def planning_at(spec: DemoSpec, as_of: date, target_factor: Any = 1.0) -> Planning:
    """Gather what plans for the month that begins on ``as_of`` are made from; ``target_factor``
    (one number, or one per rep of the whole organisation) stretches targets.

    The events after ``as_of`` are not looked at, apart from the days on which people will work.
    """
    world = generate_world(spec, now=datetime.combine(as_of, time(), LOCAL) - timedelta(seconds=1))
    period = sales_month_of(as_of)
    people = np.flatnonzero(world.layout.people.hired_day < day_number(as_of) - 1).astype(np.int64)
    facts = _Facts(world, as_of)
    roles = [ROLE_NAMES[RoleCode(int(world.layout.people.role[rep]))] for rep in people]
    members = [_member(world, int(rep), role) for rep, role in zip(people, roles, strict=True)]
    return Planning(
        world=world, period=period, people=people,
        ground=_ground(facts, members, roles, period, target_factor),
    )  # fmt: skip


class _Facts:
    """Counts per rep and day, as facts have them; rep ids are places + 1, days are ordinals."""

    def __init__(self, world: World, as_of: date) -> None:
        self.world, self.as_of = world, as_of
        calls, opportunities, deals, refunds = world.calls, world.opportunities, world.deals, world.refunds
        self.call_day = local_day(calls.started_at) + EPOCH_ORDINAL
        connected = calls.is_answered & (calls.talk_seconds >= 1)
        deep = connected & (calls.talk_seconds >= DEEP_TALK_SECONDS)
        converts = np.zeros(len(calls.rep), dtype=bool)
        converts[opportunities.sourced_call[opportunities.sourced_call >= 0]] = True
        self.opened = local_day(opportunities.reported_at) + EPOCH_ORDINAL
        self.closed = np.where(
            opportunities.closed_at > 0, local_day(opportunities.closed_at) + EPOCH_ORDINAL, 10_000_000
        )
        everything = np.ones(len(calls.rep), dtype=bool)
        stages = ((Stage.CONNECT, everything, connected), (Stage.DEEP_TALK, connected, deep))
        rows = [_cohort(stage, calls.rep[on], self.call_day[on], won[on]) for stage, on, won in stages]
        rows.append(_cohort(Stage.OPPORTUNITY, calls.rep[deep], self.call_day[deep], converts[deep]))
        rows.append(_cohort(Stage.WIN, opportunities.owner, self.opened, opportunities.is_won))
        rep, day, stage, tried, won = (np.concatenate(column) for column in zip(*rows, strict=True))
        self.cohorts = pipeline.CohortArrays(
            rep_id=rep, trial_on=day, stage=stage.astype(np.int8), trials=tried, successes=won
        )
        self.signed = deals.signed_day + EPOCH_ORDINAL
        self.refunded = np.bincount(refunds.deal, refunds.amount_minor, minlength=len(deals.owner)).astype(np.int64)

    def by_month(self, rep: Any, day: Any, amount: Any) -> dict[tuple[int, str], int]:
        """Return sums by rep id and month."""
        found: dict[tuple[int, str], int] = {}
        labels = {int(one): sales_month_of(date.fromordinal(int(one))).label for one in np.unique(day)}
        for who, when, much in zip(rep.tolist(), day.tolist(), amount.tolist(), strict=True):
            key = (who + 1, labels[int(when)])
            found[key] = found.get(key, 0) + int(much)
        return found

    def net_by_month(self) -> dict[tuple[int, str], int]:
        deals, refunds = self.world.deals, self.world.refunds
        owner = np.concatenate([deals.owner, deals.owner[refunds.deal]])
        day = np.concatenate([self.signed, refunds.refunded_day + EPOCH_ORDINAL])
        return self.by_month(owner, day, np.concatenate([deals.amount_minor, -refunds.amount_minor]))

    def spans(self) -> dict[int, pipeline.ActivitySpan]:
        rep = np.concatenate([self.world.calls.rep, self.world.opportunities.owner])
        day = np.concatenate([self.call_day, self.opened])
        found = {}
        for who in np.unique(rep):
            mine = day[rep == who]
            found[int(who) + 1] = pipeline.ActivitySpan(
                first=date.fromordinal(int(mine.min())), last=date.fromordinal(int(mine.max()))
            )
        return found


def _cohort(stage: Stage, rep: Any, day: Any, won: Any) -> tuple[Ints, Ints, Ints, Ints, Ints]:
    key, place = np.unique(rep.astype(np.int64) * 10_000_000 + day, return_inverse=True)
    tried = np.bincount(place, minlength=len(key)).astype(np.int64)
    succeeded = np.bincount(place, won, minlength=len(key)).astype(np.int64)
    return key // 10_000_000 + 1, key % 10_000_000, np.full(len(key), int(stage)), tried, succeeded


def _member(world: World, rep: int, role: str) -> Member:
    people, layout = world.layout.people, world.layout
    team = int(people.team[rep])
    return Member(
        rep_id=rep + 1, name=people.name[rep], employee_no=people.employee_no[rep],
        team_id=team + 1, team_name=layout.teams.name[team], region_id=int(layout.teams.region[team]) + 1,
        region_name="", pattern_id=1, grade_id=int(people.grade[rep]) + 1, grade_name="", role=role,
        hired_on=day_of(int(people.hired_day[rep])), left_on=None,
    )  # fmt: skip


def _ground(facts: _Facts, members: list[Member], roles: list[str], period: Period, target_factor: Any) -> PlanGround:
    world, as_of = facts.world, facts.as_of
    spans, whole = facts.spans(), targets.whole_months(as_of, 1)
    own = targets.medians_of(facts.net_by_month(), spans, whole)
    group = targets.group_medians({one.rep_id: one.role for one in members}, own)
    factors = np.broadcast_to(np.asarray(target_factor, dtype=float), world.layout.spec.reps)
    typed = {
        one.rep_id: int(factors[one.rep_id - 1] * (own.get(one.rep_id) or group[one.role]))
        for one in members if one.role != "setter"
    }  # fmt: skip
    sourced = world.opportunities.sourced_by >= 0
    by_month = facts.by_month(
        world.opportunities.sourced_by[sourced], facts.opened[sourced], np.ones(int(sourced.sum()), dtype=int)
    )
    medians = targets.medians_of(by_month, spans, whole)
    return PlanGround(
        settings=Organization(), period=period, as_of=as_of, people=members, roles=roles,
        roles_told=[False] * len(members), days=_days(world, members, period), booked_minor={},
        sources=targets.TargetSources(typed=typed, own_median=own, group_median=group),
        setter_medians={rep: max(1, round(float(factors[rep - 1]) * count)) for rep, count in medians.items()},
        cohorts=facts.cohorts, **_lags(facts), **_pipeline(facts), **_pace(facts),
    )  # fmt: skip


def _days(world: World, members: list[Member], period: Period) -> list[tuple[date, ...]]:
    worktime = world.layout.worktime
    numbers = np.arange(day_number(period.first), day_number(period.last) + 1)
    works = worktime.works[:, numbers - worktime.first]
    return [tuple(day_of(int(day)) for day in numbers[works[one.rep_id - 1]]) for one in members]


def _lags(facts: _Facts) -> dict[str, Any]:
    opportunities = facts.world.opportunities
    won, lost = opportunities.is_won, ~opportunities.is_won & (opportunities.closed_at > 0)
    ones = np.ones(int(won.sum()), dtype=np.int64)
    lags = pipeline.WinLagArrays(
        rep_id=opportunities.owner[won] + 1, opened_on=facts.opened[won], closed_on=facts.closed[won],
        segment_id=0 * ones, won=ones, is_dated=ones > 0,
    )  # fmt: skip
    losses = pipeline.LossLags(
        opened_on=facts.opened[lost], closed_on=facts.closed[lost], lost=np.ones(int(lost.sum()), dtype=np.int64)
    )
    return {"lags": lags, "losses": losses}


def _pipeline(facts: _Facts) -> dict[str, Any]:
    opportunities, deals = facts.world.opportunities, facts.world.deals
    still = opportunities.closed_at == 0
    known = opportunities.expected_minor > 0
    return {
        "opportunities": pipeline.OpenOpportunities(
            rep_id=opportunities.owner[still] + 1, opened_on=facts.opened[still],
            expected_minor=opportunities.expected_minor[still], segment_id=np.zeros(int(still.sum()), dtype=np.int64),
        ),
        "values": pipeline.DealValues(
            rep_id=deals.owner + 1, signed_on=facts.signed,
            amount_minor=np.maximum(deals.amount_minor - facts.refunded, 0),
        ),
        "expected": pipeline.ExpectedAmounts(
            rep_id=opportunities.owner[known] + 1, opened_on=facts.opened[known],
            expected_minor=opportunities.expected_minor[known],
        ),
    }  # fmt: skip


def _pace(facts: _Facts) -> dict[str, Any]:
    dials = facts.cohorts.stage == Stage.CONNECT
    who, place = np.unique(facts.cohorts.rep_id[dials], return_inverse=True)
    per_day = facts.cohorts.trials[dials]
    opportunities = facts.world.opportunities
    recent = facts.opened >= facts.as_of.toordinal() - DIRECT_DAYS
    owner, source = opportunities.owner[recent], opportunities.sourced_by[recent]
    n_reps = facts.world.layout.spec.reps
    return {
        "dials": pipeline.UsualDials(
            rep_id=who, n_days=np.bincount(place), dials=np.bincount(place, per_day).astype(np.int64),
            squares=np.bincount(place, per_day**2).astype(np.int64),
            most=np.array([per_day[place == one].max() for one in range(len(who))], dtype=np.int64),
        ),
        "owned": pipeline.OwnedCounts(
            rep_id=np.arange(1, n_reps + 1), opportunities=np.bincount(owner, minlength=n_reps),
            not_own_talk=np.bincount(owner, source != owner, minlength=n_reps).astype(np.int64),
            sourced=np.bincount(source[source >= 0], minlength=n_reps),
        ),
    }  # fmt: skip
