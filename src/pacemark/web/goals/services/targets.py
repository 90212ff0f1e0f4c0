"""Writing targets. Atomic, attributed, with a trail; versions follow each other."""

from __future__ import annotations

from decimal import Decimal

from django.db import transaction

from pacemark.engine.periods import Period
from pacemark.web.accounts.models import User
from pacemark.web.goals.bridge.planning import minor_units_of
from pacemark.web.goals.choices import TargetBasis
from pacemark.web.goals.models import RepPlan, Target
from pacemark.web.goals.queries.quarters import has_quarter
from pacemark.web.goals.services.agreements import check_may_change, reopen_changed
from pacemark.web.goals.services.plans import plan_period
from pacemark.web.goals.services.quarters import set_months
from pacemark.web.organization.queries import organization
from pacemark.web.trail.services import record

REASON_LENGTH = Target._meta.get_field("reason").max_length or 500


@transaction.atomic
def set_target(*, actor: User, rep_id: int, period: Period, amount: Decimal, reason: str = "") -> Target:
    """Set one person's target for a sales month as a new version, and plan that person anew.

    Where a plan is agreed a reason is needed, and what was agreed holds until the new plan is agreed to. In a quarter
    with an amount of its own the other open months take the difference.
    """
    check_may_change(period.first, {rep_id}, reason)
    minor = int(amount * minor_units_of(organization().currency))
    if has_quarter(rep_id, period.first):
        return _within_quarter(actor, rep_id, period, minor, reason)
    last = Target.objects.filter(rep_id=rep_id, period_start=period.first).order_by("-version").first()
    target = Target(
        rep_id=rep_id,
        period_start=period.first,
        version=last.version + 1 if last else 1,
        amount_minor=minor,
        reason=reason.strip()[:REASON_LENGTH],
        set_by=actor,
    )
    target.full_clean()
    target.save()
    before = last.amount_minor if last else None
    record(actor=actor, action="goals.target_set", subject=target, changes={"amount_minor": [before, minor]})
    standing = RepPlan.objects.filter(rep_id=rep_id, period_start=period.first, is_current=True).first()
    plan_period(actor=actor, period=period, as_of=standing.as_of if standing else period.first, rep_ids={rep_id})
    reopen_changed(actor=actor, period_start=period.first, rep_ids={rep_id}, reason=reason)
    return target


def _within_quarter(actor: User, rep_id: int, period: Period, amount_minor: int, reason: str) -> Target:
    changes = {(rep_id, period.first): amount_minor}
    kept = reason.strip()[:REASON_LENGTH]
    set_months(actor=actor, changes=changes, basis=TargetBasis.TYPED, hold=True, reason=kept)
    if not RepPlan.objects.filter(rep_id=rep_id, period_start=period.first, is_current=True).exists():
        plan_period(actor=actor, period=period, as_of=period.first, rep_ids={rep_id})
    return Target.objects.filter(rep_id=rep_id, period_start=period.first).order_by("-version")[0]
