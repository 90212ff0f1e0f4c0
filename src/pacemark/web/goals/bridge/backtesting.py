"""A month's start as it was: who could be spoken of, what was to be reached, and the chances stated then."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from pacemark.engine.goals.pace import N_SCENARIOS, WorkHistory, learn_pace, pace_per_day, work_scenarios
from pacemark.engine.goals.stated import PACEMARK, PlainRecord, chance_by_scenarios, naive_chances
from pacemark.engine.periods import Period
from pacemark.web.goals.bridge.ground import PlanGround
from pacemark.web.goals.bridge.planning import Prepared, minor_units_of, prepare
from pacemark.web.organization.queries import Member
from pacemark.web.pipeline.choices import Stage
from pacemark.web.pipeline.queries import ActivitySpan, RepTotals

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

NOTHING_DONE = RepTotals(rep_id=0, active_days=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """A sales month as the calendar has it: everyone's sums, and the working days of each working pattern.

    Leave and rosters are left out: nobody can tell by now which of them were known before the month began.
    """

    period: Period
    totals: Mapping[int, RepTotals]
    days: Mapping[int, tuple[date, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthStatements:
    """Everyone who could be spoken of at a month's start, in one order; amounts in minor units."""

    period: Period
    rep_ids: tuple[int, ...]
    roles: tuple[str, ...]
    target_minor: IntArray
    chances: Mapping[str, FloatArray]


def without_foresight(people: list[Member]) -> list[Member]:
    """Return people as if nobody knew when they will leave."""
    return [replace(person, left_on=None) for person in people]


def state_month(
    ground: PlanGround, before: Sequence[Month], days: Mapping[int, tuple[date, ...]], spans: Mapping[int, ActivitySpan]
) -> MonthStatements:
    """State the chance of each person's own median month, from the months before and ``ground`` alone.

    ``days`` are the month's working days by pattern, ``before`` all months before it, oldest first. Left out are
    setters (their result is opportunities, not revenue), people whose median is 0 or not known yet, and those who
    neither dialled nor opened an opportunity in the month before.
    """
    people = without_foresight(ground.people)
    known = replace(ground, people=people, days=[days[person.pattern_id] for person in people])
    scale = minor_units_of(ground.settings.currency)
    target_minor = np.array([ground.sources.own_median.get(person.rep_id, 0) for person in people], dtype=np.int64)
    ready = prepare(known)
    history = _Histories(people, before, spans)
    n_days = np.array([len(worked) for worked in known.days], dtype=np.float64)
    scenarios = _scenarios(history, n_days, np.array([role == "closer" for role in ground.roles]))
    ours = chance_by_scenarios(replace(ready.inputs, target=target_minor / scale), scenarios)
    spoken = np.flatnonzero(_spoken_of(ground.roles, target_minor, history))
    record = _plain_record(ready, history, n_days, target_minor / scale, ground.roles)
    naive = naive_chances(_take(record, spoken))
    return MonthStatements(
        period=ground.period,
        rep_ids=tuple(people[index].rep_id for index in spoken),
        roles=tuple(ground.roles[index] for index in spoken),
        target_minor=target_minor[spoken],
        chances={PACEMARK: ours[spoken], **naive},
    )


def outcomes_of(stated: MonthStatements, totals: Mapping[int, RepTotals]) -> BoolArray:
    """Tell who reached what was stated, once the month is over."""
    reached = [totals.get(rep_id, NOTHING_DONE).net_revenue_minor for rep_id in stated.rep_ids]
    return np.array(reached, dtype=np.int64) >= stated.target_minor


class _Histories:
    """Everyone's months as arrays of shape (people, months)."""

    def __init__(self, people: list[Member], before: Sequence[Month], spans: Mapping[int, ActivitySpan]) -> None:
        rows = [[month.totals.get(person.rep_id, NOTHING_DONE) for month in before] for person in people]
        shape = (len(people), len(before))

        def of(name: str) -> FloatArray:
            return np.array([[getattr(row, name) for row in mine] for mine in rows], dtype=np.float64).reshape(shape)

        self.dials, self.opportunities, self.deals = of("dials"), of("opportunities"), of("deals")
        self.days = np.zeros(shape)
        for place, month in enumerate(before):
            worked = {pattern: np.array([day.toordinal() for day in days]) for pattern, days in month.days.items()}
            for index, person in enumerate(people):
                span = spans.get(person.rep_id)
                if span is not None:
                    first = np.searchsorted(worked[person.pattern_id], span.first.toordinal())
                    self.days[index, place] = len(worked[person.pattern_id]) - first


def _scenarios(history: _Histories, n_days: FloatArray, is_closer: BoolArray) -> FloatArray:
    """Return equally likely amounts of work: a closer's opportunities, everyone else's dials."""
    scenarios = np.zeros((len(n_days), N_SCENARIOS))
    for mine, work in ((is_closer, history.opportunities), (~is_closer, history.dials)):
        pace = learn_pace(WorkHistory(work=work[mine], days=history.days[mine]))
        scenarios[mine] = work_scenarios(pace.per_day * n_days[mine], pace.spread)
    return scenarios


def _spoken_of(roles: Sequence[str], target_minor: IntArray, history: _Histories) -> BoolArray:
    worked = (history.dials[:, -1] > 0) | (history.opportunities[:, -1] > 0)
    sells = np.array([role != "setter" for role in roles])
    return np.asarray(sells & worked & (target_minor > 0))


def _plain_record(
    ready: Prepared, history: _Histories, n_days: FloatArray, target: FloatArray, roles: Sequence[str]
) -> PlainRecord:
    win = ready.rates.stages[Stage.WIN].counts
    own_pace = pace_per_day(WorkHistory(work=history.opportunities, days=history.days))
    return PlainRecord(
        target=target,
        last_deals=history.deals[:, -1],
        opportunities=own_pace * n_days,
        won=win.raw_won,
        tried=win.raw_tried,
        deals=ready.deals.count.astype(np.float64),
        money=ready.deals.total,
        group=np.unique(np.array(roles), return_inverse=True)[1].astype(np.int64),
    )


def _take(record: PlainRecord, people: IntArray) -> PlainRecord:
    return PlainRecord(**{name: getattr(record, name)[people] for name in record.__slots__})
