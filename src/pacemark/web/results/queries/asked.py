"""What is asked of everyone over some days, and what the ladder asks for keeping and for the next grade."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from pacemark.engine.results.attribution import Stay, quota_of_stays
from pacemark.web.goals.bridge.ladder import Climber, LadderMonth, asked_by_ladder, quotas_on
from pacemark.web.goals.queries.ladder import dated_quotas, ladder_months, next_grades
from pacemark.web.goals.queries.quarters import months_grid
from pacemark.web.goals.queries.seasons import ANYONE
from pacemark.web.organization.queries import organization
from pacemark.web.organization.working_time import working_days_of
from pacemark.web.results.bridge.targets import by_team
from pacemark.web.results.queries.spans import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked of a person over a span, by the team in which it was asked; minor units."""

    amount_minor: int
    by_team: Mapping[int | None, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeAsks:
    """What keeping the grade and reaching the next ask in a quarter; None where the ladder has no quota."""

    keep_minor: int | None = None
    reach_minor: int | None = None


def asked_of(span: Span, stays: Mapping[int, Sequence[Stay]], rep_ids: Collection[int] | None) -> dict[int, Asked]:
    """Return everyone's target of a span made of whole sales months; of other days nothing is asked."""
    if not span.months:
        return {}
    days, months = plain_days(span.first, span.last), {month.first: month for month in span.months}
    days_of = {first: [day for day in days if month.holds(day)] for first, month in months.items()}
    sums: dict[int, dict[int | None, int]] = {}
    for (rep_id, first), cell in months_grid(span.months[0].first, span.months[-1].first, rep_ids).items():
        month, mine = months[first], stays.get(rep_id, ())
        if len(mine) > 1:
            mine = [stay for stay in mine if stay.first <= month.last and (stay.last is None or stay.last >= first)]
        total = sums.setdefault(rep_id, {})
        for team_id, amount in by_team(cell.amount_minor, mine, days_of[first]).items():
            total[team_id] = total.get(team_id, 0) + amount
    return {rep_id: Asked(amount_minor=sum(parts.values()), by_team=parts) for rep_id, parts in sums.items()}


def plain_days(first: date, last: date) -> tuple[date, ...]:
    """Return the working days of the plain calendar, which mean the same in every team."""
    return working_days_of([ANYONE], first, last)[ANYONE.rep_id]


def grade_asks(
    span: Span, stays: Mapping[int, Sequence[Stay]], hired_on: Mapping[int, date | None]
) -> dict[int, GradeAsks]:
    """Return what the ladder asks of everyone in a quarter.

    Whoever stood in one grade is asked what Goals asks for keeping it, newcomers their ramp; whoever changed, each
    grade's quota for the working days in it.
    """
    if span.kind != "quarter" or not (quotas := quotas_on(dated_quotas(), span.last)):
        return {}
    ladders = ladder_months(span.months, organization())
    keeping = [replace(ladders[month.first], intentions={}) for month in span.months]
    above, days = next_grades(), plain_days(span.first, span.last)
    known: dict[tuple[int, date | None], int | None] = {}
    found = {}
    for rep_id, mine in stays.items():
        grades = {stay.grade_id for stay in mine}
        last = mine[-1].grade_id
        reach = quotas.get(above.get(last or 0, 0))
        if len(grades) > 1:
            inside = [replace(stay, first=max(stay.first, span.first)) for stay in mine]
            keep = quota_of_stays(inside, quotas, days)
        else:
            key = (last or 0, hired_on.get(rep_id))
            if key not in known:
                known[key] = _keeping(keeping, Climber(rep_id=0, grade_id=key[0], hired_on=key[1]))
            keep = known[key]
        found[rep_id] = GradeAsks(keep_minor=keep, reach_minor=reach)
    return found


def _keeping(ladders: Sequence[LadderMonth], climber: Climber) -> int | None:
    asked = [asked_by_ladder(ladder, climber) for ladder in ladders]
    return sum(one[0] for one in asked if one) if all(asked) else None
