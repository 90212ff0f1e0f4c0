"""Who works when: the working days of many reps in a handful of queries."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, time

from pacemark.engine.workdays import Schedule, working_days
from pacemark.web.organization import bridge
from pacemark.web.organization.models import CalendarDay, Leave, RosterDay, WorkingPattern
from pacemark.web.organization.queries import Member

# Of so few people alone leave and rosters are read; of more than that, everybody's in one go.
FEW = 100
DEFAULT_SHIFT = (time(9, 0), time(18, 0))


def working_days_of(members: Iterable[Member], first: date, last: date) -> dict[int, tuple[date, ...]]:
    """Return each member's working days in a span, both ends included, by rep id.

    Days before hiring and from leaving on are not worked. Four queries, however many members.
    """
    people = list(members)
    patterns = {row.pk: bridge.engine_pattern(row) for row in WorkingPattern.objects.all()}
    calendar = bridge.engine_calendar(CalendarDay.objects.filter(date__range=(first, last)))
    leaves = Leave.objects.filter(first_day__lte=last, last_day__gte=first)
    rostered = RosterDay.objects.filter(date__range=(first, last))
    if len(people) <= FEW:
        ids = [person.rep_id for person in people]
        leaves, rostered = leaves.filter(rep_id__in=ids), rostered.filter(rep_id__in=ids)
    away, rosters = bridge.leave_days(leaves), bridge.roster_days(rostered)
    shared: dict[int, tuple[date, ...]] = {}
    found: dict[int, tuple[date, ...]] = {}
    for person in people:
        pattern = patterns.get(person.pattern_id, bridge.engine_pattern(None))
        own_roster, own_leave = rosters.get(person.rep_id, {}), frozenset(away.get(person.rep_id, ()))
        if own_roster:
            schedule = Schedule(pattern=pattern, calendar=calendar, roster=own_roster, leave=own_leave)
            days = working_days(first, last, schedule)
        else:
            if person.pattern_id not in shared:
                shared[person.pattern_id] = working_days(first, last, Schedule(pattern=pattern, calendar=calendar))
            days = shared[person.pattern_id]
            if own_leave:
                days = tuple(day for day in days if day not in own_leave)
        is_whole = _employed(person, first) and _employed(person, last)
        found[person.rep_id] = days if is_whole else tuple(day for day in days if _employed(person, day))
    return found


def patterns_at_work(patterns: Iterable[WorkingPattern], day: date) -> frozenset[int]:
    """Return the patterns that work on a day, the calendar's holidays and make-up days included, by id."""
    calendar = bridge.engine_calendar(CalendarDay.objects.filter(date=day))
    return frozenset(
        row.pk
        for row in patterns
        if working_days(day, day, Schedule(pattern=bridge.engine_pattern(row), calendar=calendar))
    )


def shift_of(member: Member) -> tuple[time, time]:
    """Return when a member's day starts and ends."""
    row = WorkingPattern.objects.filter(pk=member.pattern_id).first()
    return (row.shift_start, row.shift_end) if row else DEFAULT_SHIFT


def stated_shifts(members: Iterable[Member]) -> dict[int, tuple[time, time]]:
    """Return when the day of those members starts and ends whose team has a working pattern; of nobody else."""
    shifts = {row.pk: (row.shift_start, row.shift_end) for row in WorkingPattern.objects.all()}
    return {member.rep_id: shifts[member.pattern_id] for member in members if member.pattern_id in shifts}


def _employed(person: Member, day: date) -> bool:
    return (person.hired_on is None or person.hired_on <= day) and (person.left_on is None or day < person.left_on)
