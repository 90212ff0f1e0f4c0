"""Background work of the Goals room: the month's plans, each night and whenever facts have changed."""

from __future__ import annotations

from datetime import date, timedelta

from pacemark.engine.periods import sales_month, sales_month_of
from pacemark.web.accounts.models import User
from pacemark.web.goals.queries.periods import default_as_of, default_period, records_reach
from pacemark.web.goals.queries.plans import planned_periods
from pacemark.web.goals.services.agreements import reopen_changed
from pacemark.web.goals.services.batches import APPLY_JOB, apply_batch
from pacemark.web.goals.services.plans import plan_period
from pacemark.web.goals.services.quarters import PlanChange, plan_changed
from pacemark.web.goals.services.reminders import remind_waiting
from pacemark.web.goals.services.replans import replan_running
from pacemark.web.goals.services.seasons import learn_seasons
from pacemark.web.jobs.registry import AFTER_IMPORT, FACTS_CHANGED, job, periodic
from pacemark.web.organization.clock import local_today
from pacemark.web.organization.queries import organization


@job("plan period")
def plan_one_period(label: str, actor_id: int | None = None, reason: str = "") -> int:
    """Plan one sales month for everyone; what is agreed holds, and with a reason the new plans are proposed."""
    period = sales_month(label, organization().sales_month_start_day)
    actor = User.objects.filter(pk=actor_id).first() if actor_id else None
    count = plan_period(actor=actor, period=period, as_of=default_as_of(period))
    if reason:
        reopen_changed(actor=actor, period_start=period.first, rep_ids=None, reason=reason)
    return count


@job("plan changed targets")
def plan_changed_targets(label: str, as_of: str, rep_ids: list[int], reason: str, actor_id: int | None = None) -> int:
    """Plan the reps of a month whose targets changed."""
    change = PlanChange(
        period=sales_month(label, organization().sales_month_start_day),
        as_of=date.fromisoformat(as_of),
        rep_ids=frozenset(rep_ids),
        reason=reason,
    )
    return plan_changed(actor=User.objects.filter(pk=actor_id).first() if actor_id else None, change=change)


@periodic("plan the months", every=timedelta(hours=24), offset=timedelta(hours=19))
@job(AFTER_IMPORT, can_wait=True)
def plan_missing_months(**_payload: object) -> int:
    """Plan the present month and the one after the last call, where they have no plans yet.

    What stands at a month's start stands for the month; planning anew is a person's decision.
    """
    settings = organization()
    present = sales_month_of(local_today(settings.time_zone), settings.sales_month_start_day)
    months = {default_period().label: default_period()}
    if records_reach(present):
        months[present.label] = present
    planned = set(planned_periods())
    for month in months.values():
        learn_seasons(month.first)
    return sum(
        plan_period(actor=None, period=month, as_of=default_as_of(month))
        for month in months.values()
        if month.first not in planned
    )


@periodic("remind of agreements", every=timedelta(hours=24), offset=timedelta(hours=1))  # 09:00 in China
def remind_of_agreements() -> int:
    """Remind whoever has to answer: reps of proposals, managers of questions."""
    return remind_waiting()


@periodic("replan the month", every=timedelta(hours=24), offset=timedelta(hours=19, minutes=30))
@job(AFTER_IMPORT, can_wait=True)
@job(FACTS_CHANGED, can_wait=True)
def replan_the_month(**_payload: object) -> int:
    """Work out what is left of the running month: each night, and for today again whenever records have come in."""
    return replan_running(actor=None)


@job(APPLY_JOB)
def apply_target_batch(batch_id: int, actor_id: int | None = None) -> int:
    """Write a confirmed batch of targets and plan its months anew."""
    return apply_batch(batch_id, actor_id)
