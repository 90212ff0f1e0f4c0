"""What the rest of everyone's quarter is worked out from: the month's ground, stretched to the quarter's end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from pacemark.engine.periods import Period
from pacemark.web.goals.bridge.replanning import ReplanGround
from pacemark.web.goals.queries.quarters import months_grid
from pacemark.web.goals.queries.replans import load_replan_ground
from pacemark.web.goals.queries.tiers import tier_amounts
from pacemark.web.organization.queries import members_on
from pacemark.web.organization.working_time import working_days_of
from pacemark.web.pipeline.queries.sales import Money, money_by_rep
from pacemark.web.results.bridge.climbing import Rung, rungs_of
from pacemark.web.results.queries.spans import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarterGround:
    """The engine's ground with what the quarter asks, and each rep's ladder and target by id."""

    span: Span
    replan: ReplanGround
    targets: Mapping[int, int]
    rungs: Mapping[int, tuple[Rung, ...]]


def load_quarter_ground(span: Span, as_of: date) -> QuarterGround:
    """Gather what was known when a day of a quarter began, about everyone who has a plan for that day's month."""
    month = next(one for one in span.months if one.holds(as_of))
    ground = load_replan_ground(month, as_of)
    members = {member.rep_id: member for member in members_on(as_of)}
    left = working_days_of(members.values(), as_of, span.last)
    booked = {one.rep_id: one.won_minor - one.refunds_minor for one in _before(span, as_of)}
    targets: dict[int, int] = {}
    for (rep_id, _first), cell in months_grid(span.months[0].first, span.months[-1].first, None).items():
        targets[rep_id] = targets.get(rep_id, 0) + cell.amount_minor
    tiers = tier_amounts(span.first)
    rungs = {}
    for rep_id, member in members.items():
        known = tiers.get(member.grade_id)
        amounts = {tier: one.amount_minor for tier, one in known.tiers.items()} if known else {}
        rungs[rep_id] = rungs_of(targets.get(rep_id), amounts)
    people = [
        replace(
            person,
            content={**person.content, "target": targets.get(person.rep_id, 0) / person.content["minor_units"]},
            days_left=left.get(person.rep_id, ()),
            # So many days of this month are worked already: they tell the pace.
            n_days=len(left.get(person.rep_id, ())) + person.n_days - len(person.days_left),
            booked_minor=booked.get(person.rep_id, 0),
        )
        for person in ground.people
    ]
    whole = Period(label=span.label, first=span.first, last=span.last)
    return QuarterGround(span=span, replan=replace(ground, period=whole, people=people), targets=targets, rungs=rungs)


def _before(span: Span, as_of: date) -> list[Money]:
    return money_by_rep(span.first, as_of - timedelta(days=1), None) if as_of > span.first else []
