"""Reading people × months: everyone in sight, in a fixed number of queries however many people and months there are."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import TypeVar

import numpy as np
from django.db.models import Max, QuerySet

from pacemark.engine.periods import Period, months_of_quarter, quarter_of, sales_month, shift_month
from pacemark.web.goals.bridge.grid import NO_TARGET, NOT_PROPOSED, Grid, IntArray
from pacemark.web.goals.bridge.ladder import Climber, LadderMonth, asked_by_ladder
from pacemark.web.goals.models import Agreement, Replan, RepPlan, Target
from pacemark.web.goals.queries.ladder import ladder_months
from pacemark.web.organization.clock import local_today
from pacemark.web.organization.models import Organization, Rep
from pacemark.web.organization.queries import Member, members_on
from pacemark.web.pipeline.queries import booked_by_month
from pacemark.web.pipeline.queries.columns import literal, of_reps, ordinal, whole_numbers

RepIds = frozenset[int] | None
LONGEST_MONTH_DAYS = 31
FOREVER = date.max.toordinal()
Row = TypeVar("Row", RepPlan, Agreement, Replan)


def months_shown(focus: Period, span: str, start_day: int) -> tuple[Period, ...]:
    """Return the months of the quarter, or of the year, that a month lies in."""
    if span == "year":
        january = f"{focus.label[:4]}-01"
        return tuple(sales_month(shift_month(january, later), start_day) for later in range(12))
    return months_of_quarter(quarter_of(focus.label), start_day)


def people_of(month: Period, today: date, rep_ids: RepIds) -> list[Member]:
    """Return who belongs to a month: everyone of its last day, or of today while it runs, and who left within it."""
    day = min(max(today, month.first), month.last)
    left = Rep.objects.filter(left_on__gt=month.first, left_on__lte=day).values_list("pk", flat=True)
    gone = frozenset(left) if rep_ids is None else rep_ids.intersection(left)
    return members_on(day, rep_ids) + members_on(month.first, gone)


def load_grid(months: Sequence[Period], focus: Period, settings: Organization, rep_ids: RepIds) -> Grid:
    """Gather everyone in sight; ``rep_ids`` are those who may be seen, ``None`` for everyone."""
    today = local_today(settings.time_zone)
    people = people_of(focus, today, rep_ids)
    place_of = {member.rep_id: place for place, member in enumerate(people)}
    columns = _Columns(months, place_of, rep_ids)
    target_minor, version, is_held = columns.targets()
    _ask_ladder(target_minor, people, months, settings)
    plans = {
        rep_id: (role, is_feasible)
        for rep_id, role, is_feasible in _seen(
            RepPlan.objects.filter(period_start=focus.first, is_current=True), rep_ids
        ).values_list("rep_id", "role", "is_feasible")
    }
    states = dict(_seen(Agreement.objects.filter(period_start=focus.first), rep_ids).values_list("rep_id", "state"))
    statuses = _statuses(focus, rep_ids)
    return Grid(
        months=tuple(months),
        now=next(at for at, month in enumerate(months) if month.first == focus.first),
        people=people,
        roles=[member.role or plans.get(member.rep_id, ("", None))[0] for member in people],
        target_minor=target_minor,
        booked_minor=columns.booked(),
        version=version,
        is_held=is_held.astype(np.bool_),
        states=[states.get(member.rep_id, NOT_PROPOSED) for member in people],
        statuses=[statuses.get(member.rep_id, "") for member in people],
        fits=[plans.get(member.rep_id, ("", None))[1] for member in people],
    )


def plans_shown(focus: Period, rep_ids: Collection[int]) -> dict[int, RepPlan]:
    """Return the plans of the few people on one page, with their contents."""
    rows = RepPlan.objects.filter(period_start=focus.first, is_current=True, rep_id__in=rep_ids)
    return {plan.rep_id: plan for plan in rows}


def _seen(rows: QuerySet[Row], rep_ids: RepIds) -> QuerySet[Row]:
    return rows if rep_ids is None else rows.filter(rep_id__in=rep_ids)


def _ask_ladder(target_minor: IntArray, people: Sequence[Member], months: Sequence[Period], of: Organization) -> None:
    """Fill in what the ladder asks where no target was set and no plan made.

    Thousands share a grade, are past the ramp and chose nothing: of each grade's the ladder is asked once a month.
    """
    ladders = ladder_months(months, of)
    ramp_days = LONGEST_MONTH_DAYS * (1 + max((max(one.ramp, default=0) for one in ladders.values()), default=0))
    grade = np.array([member.grade_id or 0 for member in people], dtype=np.int64)
    joined = np.array([member.hired_on.toordinal() if member.hired_on else 0 for member in people], dtype=np.int64)
    left = np.array([member.left_on.toordinal() if member.left_on else FOREVER for member in people], dtype=np.int64)
    place_of = {member.rep_id: place for place, member in enumerate(people)}
    for column, month in enumerate(months):
        ladder, first = ladders[month.first], month.first.toordinal()
        is_missing = (target_minor[:, column] == NO_TARGET) & (grade > 0) & (left > first)
        is_alike = is_missing & (joined < first - ramp_days)
        is_alike[[place_of[rep_id] for rep_id in ladder.intentions if rep_id in place_of]] = False
        for one in np.unique(grade[is_alike]).tolist():
            target_minor[is_alike & (grade == one), column] = _asked(ladder, rep_id=0, grade_id=one, hired_on=None)
        is_there = is_missing & ~is_alike & (joined <= month.last.toordinal())
        for place in np.flatnonzero(is_there).tolist():
            member = people[place]
            target_minor[place, column] = _asked(
                ladder, rep_id=member.rep_id, grade_id=member.grade_id, hired_on=member.hired_on
            )


def _asked(ladder: LadderMonth, *, rep_id: int, grade_id: int, hired_on: date | None) -> int:
    found = asked_by_ladder(ladder, Climber(rep_id=rep_id, grade_id=grade_id, hired_on=hired_on))
    return NO_TARGET if found is None else found[0]


def _statuses(focus: Period, rep_ids: RepIds) -> dict[int, str]:
    """Return where each month is heading, as the last replan of anybody's month saw it."""
    replans = Replan.objects.filter(period_start=focus.first)
    newest = replans.aggregate(day=Max("as_of"))["day"]
    return dict(_seen(replans.filter(as_of=newest), rep_ids).values_list("rep_id", "status"))


class _Columns:
    """Rows of tables put where they belong: a person's row, a month's column."""

    def __init__(self, months: Sequence[Period], place_of: dict[int, int], rep_ids: RepIds) -> None:
        self._months = list(months)
        self._place_of = place_of
        self._rep_ids = rep_ids
        self._shape = (len(place_of), len(self._months))
        self._column_of = {month.first.toordinal(): at for at, month in enumerate(self._months)}

    def targets(self) -> tuple[IntArray, IntArray, IntArray]:
        """Return targets, their versions and whether they are held; a plan's target where none was ever set."""
        target = np.full(self._shape, NO_TARGET, dtype=np.int64)
        version, held = np.zeros(self._shape, dtype=np.int64), np.zeros(self._shape, dtype=np.int64)
        reps, days, amounts = whole_numbers(self._sql(RepPlan, "target_minor", "AND is_current"), 3)
        rows, columns, known = self._places(reps, days)
        target[rows, columns] = amounts[known]
        parts = "amount_minor, version, CAST(is_held AS INTEGER)"
        reps, days, amounts, versions, holds = whole_numbers(self._sql(Target, parts, "ORDER BY version"), 5)
        rows, columns, known = self._places(reps, days)
        # The same place twice takes the last, which is the highest version.
        target[rows, columns], version[rows, columns] = amounts[known], versions[known]
        held[rows, columns] = holds[known]
        return target, version, held

    def booked(self) -> IntArray:
        """Return what is booked in each month."""
        booked = np.zeros(self._shape, dtype=np.int64)
        for (rep_id, column), net in booked_by_month(self._months, self._rep_ids).items():
            if rep_id in self._place_of:
                booked[self._place_of[rep_id], column] = net
        return booked

    def _sql(self, table: type[RepPlan] | type[Target], parts: str, tail: str) -> str:
        starts = ", ".join(literal(month.first) for month in self._months)
        return (
            f"SELECT rep_id, {ordinal('period_start')}, {parts} FROM {table._meta.db_table} "
            f"WHERE period_start IN ({starts}) AND {of_reps('rep_id', self._rep_ids)} {tail}"
        )

    def _places(self, reps: IntArray, days: IntArray) -> tuple[IntArray, IntArray, IntArray]:
        rows = np.array([self._place_of.get(rep, -1) for rep in reps.tolist()], dtype=np.int64)
        known = np.flatnonzero(rows >= 0)
        columns = np.array([self._column_of[day] for day in days[known].tolist()], dtype=np.int64)
        return rows[known], columns, known
