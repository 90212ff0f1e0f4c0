"""Contested leads (撞单): a rep disputes whose a customer is, a manager of both decides, with what was known then."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from pacemark.web.accounts.models import User
from pacemark.web.organization.clock import local_date
from pacemark.web.organization.models import Rep
from pacemark.web.organization.queries import members_on, organization
from pacemark.web.pipeline import holding_services
from pacemark.web.pipeline.choices import HoldingBegan
from pacemark.web.pipeline.holding_services import Taking, lock_leads, take
from pacemark.web.pipeline.models import Lead
from pacemark.web.pipeline.queries.holdings import holder_of
from pacemark.web.resources.choices import ContestState, DecisionKind
from pacemark.web.resources.models import Contest, Decision
from pacemark.web.resources.queries.contests import evidence_ids
from pacemark.web.resources.refusals import refuse
from pacemark.web.trail.services import record

MAX_WORDS = 500


@transaction.atomic
def raise_contest(*, actor: User | None, rep_id: int, lead_id: int, reason: str, at: datetime) -> Contest:
    """Let a rep dispute whose a lead is; the ids of what stands now are kept with it.

    Raises ``resources.unknown_lead``, ``resources.reason_needed``, ``resources.not_held`` (then it can be claimed),
    ``resources.already_theirs``, ``resources.contest_open``.
    """
    # Who disputes takes turns with who disputes too: one open contest per lead.
    lock_leads([lead_id])
    if not Lead.objects.filter(pk=lead_id).exists():
        raise refuse("unknown_lead", "There is no such lead.", "lead")
    holder = holder_of(lead_id)
    if holder is None:
        raise refuse("not_held", "Nobody holds this lead, so there is nobody to dispute it with.", "lead")
    if holder == rep_id:
        raise refuse("already_theirs", "This rep holds the lead already.", "rep")
    if Contest.objects.filter(lead_id=lead_id, state=ContestState.OPEN).exists():
        raise refuse("contest_open", "This lead is disputed already; its manager decides.", "lead")
    contest = Contest.objects.create(
        lead_id=lead_id, raised_by_id=rep_id, against_id=holder, reason=_words(reason), raised_at=at,
        evidence=evidence_ids(lead_id),
    )  # fmt: skip
    record(
        actor=actor, action="resources.contest_raised", subject=contest, changes={"lead_id": lead_id, "rep_id": rep_id}
    )
    return contest


@transaction.atomic
def decide_contest(
    *, actor: User | None, contest_id: int, is_moved: bool, verdict: str, at: datetime, rep_ids: frozenset[int] | None
) -> Contest:
    """Let the lead stay with its holder, or go to who disputed it; ``rep_ids`` is whom the decider leads.

    Caps do not stand in the way of a verdict; the lead's move is a decision of its own. Raises
    ``resources.no_contest`` (also where one of the two is not the decider's), ``resources.contest_decided``,
    ``resources.reason_needed``, ``resources.not_eligible`` for a winner who has left.
    """
    contest = Contest.objects.select_for_update().filter(pk=contest_id).first()
    if contest is None or (rep_ids is not None and not {contest.raised_by_id, contest.against_id} <= rep_ids):
        raise refuse("no_contest", "There is no such contest among the people you lead.", "contest")
    if contest.state != ContestState.OPEN:
        raise refuse("contest_decided", "Somebody has decided this already.", "contest")
    contest.state = ContestState.MOVED if is_moved else ContestState.KEPT
    contest.decided_by, contest.decided_at, contest.verdict = actor, at, _words(verdict)
    if is_moved:
        _move(actor, contest, at)
    contest.save(update_fields=["state", "decided_by", "decided_at", "verdict"])
    record(actor=actor, action="resources.contest_decided", subject=contest, changes={"moved": is_moved})
    return contest


def _words(text: str) -> str:
    if not text.strip():
        raise refuse("reason_needed", "Say why, in a few words.", "reason")
    return text.strip()[:MAX_WORDS]


def _move(actor: User | None, contest: Contest, at: datetime) -> None:
    """Give the lead to who disputed it, from whoever holds it by now."""
    lead_id, winner = contest.lead_id, contest.raised_by_id
    lock_leads([lead_id])
    today = local_date(at, organization().time_zone)
    if not members_on(today, frozenset({winner})):
        raise refuse("not_eligible", f"{Rep.objects.get(pk=winner).name} does not work here any more.", "rep")
    holder = holder_of(lead_id)
    if holder == winner:
        return
    if holder is None:
        take(actor=actor, owners={lead_id: winner}, taking=Taking(how=HoldingBegan.TRANSFERRED, at=at))
    else:
        holding_services.transfer(actor=actor, lead_id=lead_id, rep_id=winner, at=at)
    Decision.objects.create(
        lead_id=lead_id, kind=DecisionKind.TRANSFER, rep_id=winner, decided_at=at,
        evidence={"by": actor.pk if actor else None, "from": holder, "contest": contest.pk},
    )  # fmt: skip
