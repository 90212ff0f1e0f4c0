"""Moves of a lead by a person's hand: claim, return, assignment and transfer, each with its decision on record."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from pacemark.engine.resources.eligibility import exclusion_for
from pacemark.web.accounts.models import User
from pacemark.web.pipeline import holding_services
from pacemark.web.pipeline.choices import HoldingBegan
from pacemark.web.pipeline.holding_models import Holding
from pacemark.web.pipeline.holding_services import Taking, lock_leads, take
from pacemark.web.pipeline.models import Lead
from pacemark.web.resources.bridge.desk import engine_desk
from pacemark.web.resources.choices import DecisionKind
from pacemark.web.resources.models import Decision, WaitingLead
from pacemark.web.resources.queries.desk import desk_at
from pacemark.web.resources.refusals import refuse
from pacemark.web.resources.services.policies import ensure_active
from pacemark.web.trail.services import record


@transaction.atomic
def claim_lead(*, actor: User | None, rep_id: int, lead_id: int, at: datetime) -> Decision:
    """Let a rep take a lead from the pool; raises HoldingRefused as `holding_services.claim` does."""
    holding_services.claim(actor=actor, rep_id=rep_id, lead_id=lead_id, at=at)
    return _decided(DecisionKind.CLAIM, lead_id, rep_id, at, {})


@transaction.atomic
def return_lead(*, actor: User | None, rep_id: int, lead_id: int, at: datetime) -> Decision:
    """Let a rep give a lead back to the pool; raises HoldingRefused where it is not theirs."""
    holding_services.give_back(actor=actor, rep_id=rep_id, lead_id=lead_id, at=at)
    return _decided(DecisionKind.RETURN, lead_id, rep_id, at, {})


@transaction.atomic
def give_lead(*, actor: User | None, rep_id: int, lead_id: int, at: datetime, override_reason: str = "") -> Decision:
    """Assign or transfer a lead by hand, within the limits that the rule keeps to.

    With a reason the limits do not hold, and the reason stands in the decision. Raises ``resources.not_eligible``,
    ``resources.unknown_lead``, ``resources.already_theirs``.
    """
    lock_leads([lead_id])
    lead = Lead.objects.filter(pk=lead_id).first()
    if lead is None:
        raise refuse("unknown_lead", "There is no such lead.", "lead")
    reason = override_reason.strip()[:500]
    hindrance = _hindrance(actor, lead, rep_id, at)
    if hindrance is not None and not reason:
        message = "This rep cannot be given the lead now; give a reason to do it nevertheless."
        raise refuse("not_eligible", f"{message} ({hindrance['code']})", "rep")
    held = Holding.objects.filter(lead_id=lead_id, ended_at__isnull=True).first()
    if held is not None and held.rep_id == rep_id:
        raise refuse("already_theirs", "This rep holds the lead already.", "rep")
    kind = DecisionKind.MANUAL if held is None else DecisionKind.TRANSFER
    if held is None:
        taking = Taking(how=HoldingBegan.MANUAL, at=at)
        take(actor=actor, owners={lead_id: rep_id}, taking=taking)
        record(
            actor=actor, action="resources.lead_assigned", subject=("lead", str(lead_id)), changes={"rep_id": rep_id}
        )
    else:
        holding_services.transfer(actor=actor, lead_id=lead_id, rep_id=rep_id, at=at)
    evidence: dict[str, Any] = {"by": actor.pk if actor else None, "from": held.rep_id if held else None}
    if hindrance is not None:
        evidence |= {"overridden": hindrance, "reason": reason}
    return _decided(kind, lead_id, rep_id, at, evidence)


def _hindrance(actor: User | None, lead: Lead, rep_id: int, at: datetime) -> dict[str, Any] | None:
    """Return why the rule would not give this rep this lead now."""
    if lead.is_blocked:
        return {"code": "do_not_contact"}
    desk = engine_desk(desk_at(ensure_active(actor=actor), at, at_the_minute=False))
    rep = next((rep for rep in desk.reps if rep.id == str(rep_id)), None)
    if rep is None:
        return {"code": "off_duty"}
    exclusion = exclusion_for(rep, frozenset(map(str, lead.tags or ())))
    return None if exclusion is None else exclusion.as_json()


def _decided(kind: DecisionKind, lead_id: int, rep_id: int, at: datetime, evidence: dict[str, Any]) -> Decision:
    WaitingLead.objects.filter(lead_id=lead_id).delete()
    return Decision.objects.create(lead_id=lead_id, kind=kind, rep_id=rep_id, decided_at=at, evidence=evidence)
