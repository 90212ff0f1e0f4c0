"""Rows of the organisation to the engine's values."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from pacemark.engine.workdays import TWO_REST_DAYS
from pacemark.engine.workdays import WorkingPattern as EnginePattern
from pacemark.web.organization.choices import DayKind
from pacemark.web.organization.models import CalendarDay, Leave, RosterDay, WorkingPattern


def engine_pattern(row: WorkingPattern | None) -> EnginePattern:
    """Return a team's pattern; without one, Monday to Friday."""
    if row is None:
        return TWO_REST_DAYS
    return EnginePattern(
        weeks=tuple(frozenset(week) for week in row.weeks),
        anchor_monday=row.anchor_monday,
        follows_calendar=row.follows_calendar,
    )


def engine_calendar(rows: Iterable[CalendarDay]) -> dict[date, bool]:
    """Return the days that are not what their weekday says: True for a make-up workday."""
    return {row.date: row.kind == DayKind.MAKE_UP for row in rows}


def leave_days(rows: Iterable[Leave]) -> dict[int, set[date]]:
    """Return each rep's days away."""
    away: dict[int, set[date]] = {}
    for row in rows:
        span = (row.last_day - row.first_day).days + 1
        away.setdefault(row.rep_id, set()).update(row.first_day + timedelta(days=offset) for offset in range(span))
    return away


def roster_days(rows: Iterable[RosterDay]) -> dict[int, dict[date, bool]]:
    """Return each rep's own roster, over the team's pattern."""
    rosters: dict[int, dict[date, bool]] = {}
    for row in rows:
        rosters.setdefault(row.rep_id, {})[row.date] = row.is_working
    return rosters
