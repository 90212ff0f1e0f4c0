"""Reading how likely amounts are for one rep in a month, at the pace they have shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from pacemark.engine.periods import Period
from pacemark.web.goals.bridge.replanning import ReplanGround, replan_people
from pacemark.web.goals.queries.agreements import standing_plan
from pacemark.web.goals.queries.replans import load_replan_ground


def chances_in_month(rep_id: int, period: Period, amounts_minor: Sequence[int], today: date) -> list[float | None]:
    """Return the chance of each amount, from the plan of the month and what has happened since.

    ``None`` where the month has no plan yet or is over, and for setters, whose result is opportunities.
    """
    nothing: list[float | None] = [None] * len(amounts_minor)
    # Without a plan there is nothing to be likely; the ground, with how long wins take, is not gathered for that.
    if period.last < today or standing_plan(rep_id, period.first) is None:
        return nothing
    ground = load_replan_ground(period, max(period.first, today), [rep_id])
    if not ground.people or ground.people[0].is_setter:
        return nothing
    return [_chance(ground, amount) for amount in amounts_minor]


def _chance(ground: ReplanGround, amount_minor: int) -> float:
    person = ground.people[0]
    content = {**person.content, "target": amount_minor / person.content["minor_units"]}
    asked = replace(ground, people=[replace(person, content=content)])
    return float(replan_people(asked).outlook.chance[0])
