"""Writing one person's target, which keeps the quarter's sum, and planning that person anew."""

from __future__ import annotations

from decimal import Decimal

from django.db import transaction

from pacemark.engine.periods import Period
from pacemark.web.accounts.models import User
from pacemark.web.goals.bridge.planning import minor_units_of
from pacemark.web.goals.choices import TargetBasis
from pacemark.web.goals.models import RepPlan, Target
from pacemark.web.goals.services.agreements import check_may_change
from pacemark.web.goals.services.plans import plan_period
from pacemark.web.goals.services.quarters import set_months
from pacemark.web.organization.queries import organization

REASON_LENGTH = Target._meta.get_field("reason").max_length or 500


@transaction.atomic
def set_target(*, actor: User, rep_id: int, period: Period, amount: Decimal, reason: str = "") -> Target:
    """Set one person's target for a sales month by hand, and plan that person anew.

    Where a plan is agreed a reason is needed, and what was agreed holds until the new plan is agreed to. In a quarter
    with an amount of its own the other open months take the difference; else the quarter is the sum of its months.
    """
    check_may_change(period.first, {rep_id}, reason)
    changes = {(rep_id, period.first): int(amount * minor_units_of(organization().currency))}
    kept = reason.strip()[:REASON_LENGTH]
    set_months(actor=actor, changes=changes, basis=TargetBasis.TYPED, hold=True, reason=kept)
    if not RepPlan.objects.filter(rep_id=rep_id, period_start=period.first, is_current=True).exists():
        plan_period(actor=actor, period=period, as_of=period.first, rep_ids={rep_id})
    return Target.objects.filter(rep_id=rep_id, period_start=period.first).order_by("-version")[0]
