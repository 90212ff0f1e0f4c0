"""One cell of people × months typed into: checked against what was on the screen, written, planned anew behind."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from pacemark.engine.periods import Period, sales_month_of
from pacemark.web.accounts.models import User
from pacemark.web.goals.choices import TargetBasis
from pacemark.web.goals.models import RepPlan
from pacemark.web.goals.queries.quarters import months_grid
from pacemark.web.goals.queries.seasons import quarter_months
from pacemark.web.goals.refusals import refuse
from pacemark.web.goals.services.quarters import set_months
from pacemark.web.jobs.services import enqueue
from pacemark.web.organization.queries import organization


@dataclass(frozen=True, slots=True, kw_only=True)
class CellSeen:
    """Which cell is meant, and the version of its target that was on the screen; 0 for none."""

    rep_id: int
    month: Period
    version: int


@transaction.atomic
def set_cell(*, actor: User, seen: CellSeen, amount_minor: int, reason: str = "") -> int:
    """Set one person's month by hand; return how many of the quarter's months moved with it.

    Raises ``goals.target_stale`` where somebody has set it since, and whatever refuses a change of the quarter.
    """
    start_day = organization().sales_month_start_day
    quarter = quarter_months(seen.month.first, start_day)
    before = months_grid(quarter[0].first, quarter[-1].first, {seen.rep_id})
    standing = before.get((seen.rep_id, seen.month.first))
    if (standing.version if standing else 0) != seen.version:
        raise refuse("target_stale", "Somebody has set this target since you looked; the page shows the new one.")
    if standing is not None and standing.amount_minor == amount_minor and standing.is_held:
        return 0
    set_months(
        actor=actor,
        changes={(seen.rep_id, seen.month.first): amount_minor},
        basis=TargetBasis.TYPED,
        hold=True,
        reason=reason,
        plans=False,
    )
    after = months_grid(quarter[0].first, quarter[-1].first, {seen.rep_id})
    moved = [key for key, cell in after.items() if key not in before or before[key].amount_minor != cell.amount_minor]
    for _rep_id, first in moved:
        _plan_behind(actor, seen.rep_id, sales_month_of(first, start_day), reason)
    return len(moved)


def _plan_behind(actor: User, rep_id: int, month: Period, reason: str) -> None:
    """Plan the month anew in the background, where it has a plan: everyone leans on everyone, so it takes a moment."""
    plan = RepPlan.objects.filter(rep_id=rep_id, period_start=month.first, is_current=True).only("as_of").first()
    if plan is not None:
        enqueue(
            "plan changed targets",
            label=month.label,
            as_of=plan.as_of.isoformat(),
            rep_ids=[rep_id],
            reason=reason,
            actor_id=actor.pk,
        )
