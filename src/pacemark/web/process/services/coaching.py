"""Coaching: put down what will be done with whom, close it with evidence or excuse it with a reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from pacemark.engine.errors import EngineError as Refused
from pacemark.web.accounts.models import User
from pacemark.web.organization.clock import date_of, local_today
from pacemark.web.organization.queries import organization
from pacemark.web.process.choices import ActionState
from pacemark.web.process.models import CoachingAction, Finding
from pacemark.web.trail.services import record

__all__ = ["Planned", "Refused", "close_coaching", "excuse_coaching", "plan_coaching"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What is to be done with a rep, until when, and what will show that it was."""

    rep_id: int
    what: str
    due_on: date
    evidence_asked: str = ""
    stage: str = ""
    finding: Finding | None = None


@transaction.atomic
def plan_coaching(*, actor: User | None, owner: User, planned: Planned, at: datetime | None = None) -> CoachingAction:
    """Put down an action; who owns it is measured by it."""
    moment = at or timezone.now()
    if not planned.what.strip():
        raise Refused("process.coaching_says_nothing", "Say what will be done.", "what")
    if planned.due_on < _day_of(at):
        raise Refused("process.coaching_due_in_the_past", "The day it is due must not be over.", "due_on")
    action = CoachingAction.objects.create(
        owner=owner, rep_id=planned.rep_id, finding=planned.finding, stage=planned.stage, what=planned.what.strip(),
        evidence_asked=planned.evidence_asked.strip(), made_by=actor, made_at=moment, due_on=planned.due_on,
    )  # fmt: skip
    changes = {"rep": planned.rep_id, "owner": owner.pk, "due_on": planned.due_on.isoformat()}
    record(actor=actor, action="process.coaching_planned", subject=action, changes=changes)
    return action


@transaction.atomic
def close_coaching(*, actor: User, action_id: int, evidence: str, at: datetime | None = None) -> CoachingAction:
    """Close an action with its evidence. Without any it stays open; that it was tried is kept and counts as a closing.

    Closing twice changes nothing: the first evidence stays.
    """
    moment, action = at or timezone.now(), CoachingAction.objects.select_for_update().get(pk=action_id)
    if action.state != ActionState.OPEN:
        return action
    action.done_at = moment
    if evidence.strip():
        action.state, action.evidence = ActionState.DONE, evidence.strip()[:2000]
        action.done_on = _day_of(at)
    action.save(update_fields=["done_at", "state", "evidence", "done_on"])
    what = "coaching_done" if action.state == ActionState.DONE else "coaching_closed_without_evidence"
    record(actor=actor, action=f"process.{what}", subject=action)
    return action


@transaction.atomic
def excuse_coaching(*, actor: User, action_id: int, reason: str) -> CoachingAction:
    """Leave an action out of what was due, with the reason; nobody excuses what they owe themselves."""
    action = CoachingAction.objects.select_for_update().get(pk=action_id)
    if not reason.strip():
        raise Refused("process.coaching_needs_reason", "Say why it is excused.", "reason")
    if action.owner_id == actor.pk:
        raise Refused("process.coaching_excused_by_owner", "Whoever leads you excuses it, not you.")
    if action.state == ActionState.OPEN:
        action.state, action.excuse = ActionState.EXCUSED, reason.strip()[:500]
        action.save(update_fields=["state", "excuse"])
        record(actor=actor, action="process.coaching_excused", subject=action)
    return action


def _day_of(at: datetime | None) -> date:
    """Return the business date of a moment that is told, else today's."""
    zone = organization().time_zone
    return date_of(at, zone) if at else local_today(zone)
