"""The recycle clock at work: setting its rule, reminding, telling managers, and recycling what is overdue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from pacemark.web.accounts.models import User
from pacemark.web.organization.clock import local_date
from pacemark.web.organization.queries import organization
from pacemark.web.pipeline.activity_services import prolong_by_activity
from pacemark.web.pipeline.choices import HoldingEnded
from pacemark.web.pipeline.holding_bridge import due_days
from pacemark.web.pipeline.holding_models import Holding, RecycleRule
from pacemark.web.pipeline.holding_services import BATCH_SIZE, let_go, lock_leads
from pacemark.web.pipeline.queries.holdings import due_holdings, running_out, standing_rule
from pacemark.web.trail.services import record


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockTurn:
    """What one turn of the clock did; ids of holdings that were told of, for whoever sends the words."""

    reminded: tuple[int, ...] = ()
    escalated: tuple[int, ...] = ()
    n_recycled: int = 0


@transaction.atomic
def set_recycle_rule(*, actor: User | None, at: datetime, **values: Any) -> RecycleRule:
    """Let a new version of the recycle rule hold.

    Holdings keep the due dates they have, so that switching the clock off and on moves nothing. Those that began
    before there was any rule get theirs now, counted from today: nobody loses a lead for having been first.
    """
    last = standing_rule()
    kept = {field.name: getattr(last, field.name) for field in RecycleRule._meta.fields} if last else {}
    for name in ("id", "version", "set_by", "set_at"):
        kept.pop(name, None)
    rule = RecycleRule(**{**kept, **values}, version=(last.version if last else 0) + 1, set_by=actor)
    rule.full_clean()
    today = local_date(at, organization().time_zone)
    days = due_days(rule, today)  # refuses what cannot be kept, before anything is written
    rule.save()
    for is_self_sourced in (False, True):
        Holding.objects.filter(ended_at__isnull=True, due_on__isnull=True, is_self_sourced=is_self_sourced).update(
            rule=rule, due_on=days.first_due(today, is_self_sourced=is_self_sourced)
        )
    changes = {name: value for name, value in values.items() if isinstance(value, (int, bool, str))}
    record(actor=actor, action="pipeline.recycle_rule_set", subject=rule, changes=changes)
    return rule


def turn_clock(*, at: datetime) -> ClockTurn:
    """Remind, tell managers, and recycle; in batches of one transaction each, so that a kill loses one batch at most.

    What holders have done prolongs first, so that nobody loses a lead for calls that came in a moment ago. Run twice
    on a day it does nothing the second time. A rule that is off recycles nothing and tells nobody.
    """
    rule = standing_rule()
    if rule is None or not rule.is_on:
        return ClockTurn()
    today = local_date(at, organization().time_zone)
    prolong_by_activity(actor=None, at=at)
    reminded, escalated = _tell(rule, today)
    n_recycled = 0
    while batch := list(due_holdings(today).values_list("lead_id", flat=True)[:BATCH_SIZE]):
        n_recycled += _recycle(batch, today, at)
    return ClockTurn(reminded=reminded, escalated=escalated, n_recycled=n_recycled)


@transaction.atomic
def _recycle(lead_ids: list[int], today: date, at: datetime) -> int:
    """Recycle those that are still due once they are locked: one may have been transferred or locked meanwhile."""
    lock_leads(lead_ids)
    due = list(due_holdings(today).filter(lead_id__in=lead_ids).values_list("lead_id", flat=True))
    return let_go(actor=None, lead_ids=due, how=HoldingEnded.RECYCLED, at=at)


@transaction.atomic
def _tell(rule: RecycleRule, today: date) -> tuple[tuple[int, ...], tuple[int, ...]]:
    days = due_days(rule, today)
    # Working days may be far apart: look ahead generously, the clock decides.
    ahead = 4 * max(rule.remind_days_before, rule.escalate_days_before) + 14
    near = list(running_out(today, today + timedelta(days=ahead)))
    steps = {holding.pk: days.step(holding, today) for holding in near}
    remind = tuple(h.pk for h in near if steps[h.pk] in {"remind", "escalate"} and h.reminded_on is None)
    escalate = tuple(h.pk for h in near if steps[h.pk] == "escalate" and h.escalated_on is None)
    Holding.objects.filter(pk__in=remind).update(reminded_on=today)
    Holding.objects.filter(pk__in=escalate).update(escalated_on=today)
    return remind, escalate
