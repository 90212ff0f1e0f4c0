"""Recycle rules ↔ the engine's clock. Days are worked out once per beginning, not once per lead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from pacemark.engine.resources.clock import ClockRule, Hold, Step, first_due, next_step, prolonged
from pacemark.engine.workdays import Schedule, working_days
from pacemark.web.organization import bridge as organization_bridge
from pacemark.web.organization.models import CalendarDay
from pacemark.web.pipeline.holding_models import Holding, RecycleRule

LONGEST_SPAN_DAYS = 800


@dataclass(frozen=True, slots=True, kw_only=True)
class DueDays:
    """Due days under a rule; none where there is no rule."""

    rule_id: int | None
    rule: ClockRule | None
    self_sourced: ClockRule | None

    def first_due(self, began_on: date, *, is_self_sourced: bool) -> date | None:
        """Return the last protected day of a holding that begins on a day."""
        rule = self.self_sourced if is_self_sourced else self.rule
        return first_due(rule, began_on) if rule else None

    def prolonged(
        self, began_on: date, due_on: date | None, activity_on: date, *, is_self_sourced: bool
    ) -> date | None:
        """Return the last protected day after an activity."""
        rule = self.self_sourced if is_self_sourced else self.rule
        if rule is None or due_on is None:
            return due_on
        return prolonged(rule, Hold(began_on=began_on, due_on=due_on), activity_on)

    def step(self, holding: Holding, today: date) -> Step:
        """Return what a day asks for about one holding."""
        if self.rule is None or holding.due_on is None:
            return "none"
        hold = Hold(began_on=holding.began_on, due_on=holding.due_on, is_exempt=holding.is_locked)
        return next_step(self.rule, hold, today)


def due_days(rule: RecycleRule | None, first: date, last: date | None = None) -> DueDays:
    """Return the due days of a rule for holdings that began between two days; one calendar serves them all."""
    if rule is None:
        return DueDays(rule_id=None, rule=None, self_sourced=None)
    workdays = _workdays(first, last or first) if rule.counts_working_days else None
    return DueDays(
        rule_id=rule.pk,
        rule=_clock_rule(rule, rule.default_days, workdays),
        self_sourced=_clock_rule(rule, rule.self_sourced_days, workdays),
    )


def _clock_rule(rule: RecycleRule, default_days: int, workdays: Sequence[date] | None) -> ClockRule:
    return ClockRule(
        default_days=default_days,
        extension_days=rule.extension_days,
        maximum_days=max(rule.maximum_days, default_days),
        remind_days_before=rule.remind_days_before,
        escalate_days_before=rule.escalate_days_before,
        workdays=workdays,
    )


def _workdays(first: date, last: date) -> tuple[date, ...]:
    """Return the plain calendar's working days from a day on: the clock only counts forward."""
    end = last + timedelta(days=LONGEST_SPAN_DAYS)
    calendar = organization_bridge.engine_calendar(CalendarDay.objects.filter(date__range=(first, end)))
    pattern = organization_bridge.engine_pattern(None)
    return working_days(first, end, Schedule(pattern=pattern, calendar=calendar))
