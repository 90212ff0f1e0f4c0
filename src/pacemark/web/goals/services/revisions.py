"""Answering a question with another plan, or putting another in the place of an agreed one."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from pacemark.engine.periods import Period
from pacemark.web.accounts.models import User
from pacemark.web.goals.choices import TargetBasis
from pacemark.web.goals.models import Agreement, AgreementStep, RepPlan
from pacemark.web.goals.refusals import refuse
from pacemark.web.goals.services.agreements import STANDING, Seen, lock_seen, proposed_anew, stated
from pacemark.web.goals.services.plans import plan_period
from pacemark.web.goals.services.quarters import set_months
from pacemark.web.goals.services.steps import moment_of, newest_versions, take_steps
from pacemark.web.organization.models import Rep
from pacemark.web.trail.services import record


@transaction.atomic
def revise(
    *,
    actor: User,
    seen: Seen,
    period: Period,
    amount_minor: int | None,
    reason: str,
    at: datetime | None = None,
) -> Agreement:
    """Propose a new version with a reason: another amount, or the same (``None``) with its numbers as of now.

    The target, the plan made for it and the version come into being together or not at all.
    """
    said = stated(reason)
    if amount_minor is not None and amount_minor < 0:
        raise refuse(
            "agreement_bad_amount", "Write the amount as a number that is not negative, for example 30000.", "amount"
        )
    if Rep.objects.filter(pk=seen.rep_id, user=actor).exists():
        raise refuse("agreement_to_oneself", "Nobody proposes a plan to themselves; whoever leads you does.")
    # The same order as whoever sets targets: first the rep, then the talk.
    Rep.objects.select_for_update().filter(pk=seen.rep_id).first()
    agreement = lock_seen(seen)
    if _is_sent_twice(actor, seen, agreement, said, amount_minor):
        return agreement
    if agreement.n_steps != seen.n_steps:
        raise refuse(
            "agreement_stale", "Somebody was quicker. This is how it stands now; what you wrote is still here."
        )
    if agreement.state not in STANDING:
        raise refuse("agreement_not_now", "This cannot be done as things stand now. This is how it stands.")
    version = newest_versions([agreement])[agreement.pk]
    if amount_minor is not None and amount_minor != _current(seen).target_minor:
        _ask_amount(actor, seen, period, amount_minor, said)
    agreement.refresh_from_db()
    if agreement.n_steps == seen.n_steps:  # the amount stays, or has been set before: the plan of now is proposed
        take_steps([proposed_anew(agreement, version, _current(seen), said)], by=actor, at=moment_of(at))
        changes = {"steps": [[seen.rep_id, agreement.n_steps]]}
        record(actor=actor, action="goals.plan_revised", subject=agreement, changes=changes)
    return agreement


def _ask_amount(actor: User, seen: Seen, period: Period, amount_minor: int, reason: str) -> None:
    """Set the month by hand; the quarter's other months take the difference, and the plan is made anew."""
    changes = {(seen.rep_id, period.first): amount_minor}
    set_months(actor=actor, changes=changes, basis=TargetBasis.TYPED, hold=True, reason=reason)
    current = _current(seen)
    if current.target_minor != amount_minor:  # the amount stood already, only the plan had not followed
        plan_period(actor=actor, period=period, as_of=current.as_of, rep_ids={seen.rep_id})


def _current(seen: Seen) -> RepPlan:
    plan = RepPlan.objects.filter(rep_id=seen.rep_id, period_start=seen.period_start, is_current=True).first()
    if plan is None:
        raise refuse("agreement_no_plan", "There is no plan to propose yet; it is made from the records first.")
    return plan


def _is_sent_twice(actor: User, seen: Seen, agreement: Agreement, reason: str, amount_minor: int | None) -> bool:
    if agreement.n_steps != seen.n_steps + 1:
        return False
    same = AgreementStep.objects.filter(agreement=agreement, number=agreement.n_steps, by=actor, reason=reason)
    return (same if amount_minor is None else same.filter(version__target_minor=amount_minor)).exists()
