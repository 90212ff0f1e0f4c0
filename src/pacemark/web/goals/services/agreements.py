"""The talk about a plan: a manager proposes, the rep agrees or asks, the agreed version holds until another is agreed.

Every service is atomic, attributed, and leaves a trail. Whoever acts says how far the talk had come when they looked
(:class:`Seen`); when somebody was quicker nothing is written and they are told.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from pacemark.web.accounts.models import User
from pacemark.web.goals.choices import AgreementState, Confidence, StepKind
from pacemark.web.goals.models import Agreement, AgreementStep, AgreementVersion, RepPlan
from pacemark.web.goals.queries.agreements import agreed_rep_ids, holding_versions, standing_query
from pacemark.web.goals.refusals import refuse
from pacemark.web.goals.services.replans import replan_running
from pacemark.web.goals.services.steps import Said, lock_agreements, moment_of, newest_versions, take_steps
from pacemark.web.organization.models import Rep
from pacemark.web.trail.services import record

REASON_LENGTH = AgreementStep._meta.get_field("reason").max_length or 1000
OPEN = frozenset({AgreementState.PROPOSED, AgreementState.ASKED})
STANDING = OPEN | {AgreementState.AGREED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Which talk is meant, and how many steps it had when the person who acts looked at it."""

    rep_id: int
    period_start: date
    n_steps: int


def check_may_change(period_start: date, rep_ids: Collection[int] | None, reason: str) -> None:
    """Refuse to change an agreed plan without saying why; ``None`` stands for everyone.

    Call it before writing a target; call :func:`reopen_changed` after the plans were made anew.
    """
    if reason.strip():
        return
    if agreed_rep_ids(period_start, rep_ids):
        raise refuse(
            "agreed_needs_reason", "A plan here is agreed. Say why it is to change; the reason stays with it.", "reason"
        )


@transaction.atomic
def propose(
    *,
    actor: User | None,
    period_start: date,
    rep_ids: Collection[int],
    confidence: str = Confidence.FIVE,
    reason: str = "",
    at: datetime | None = None,
) -> int:
    """Put the current plans before their reps; return how many were proposed.

    Only who has nothing before them is proposed something: a talk that is open or closed by agreement goes on by
    :func:`~pacemark.web.goals.services.revisions.revise`. Nobody proposes to themselves.
    """
    own = Rep.objects.filter(user=actor) if actor is not None else Rep.objects.none()
    plans = {
        plan.rep_id: plan
        for plan in RepPlan.objects.filter(period_start=period_start, is_current=True, rep_id__in=rep_ids)
        .exclude(rep__in=own)
        .order_by("rep_id")
        .defer("content")
    }
    rows = [Agreement(rep_id=rep_id, period_start=period_start, state=AgreementState.WITHDRAWN) for rep_id in plans]
    Agreement.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    said = [
        Said(
            agreement=agreement, kind=StepKind.PROPOSE, state=AgreementState.PROPOSED, plan=plans[rep_id],
            confidence=confidence, reason=reason.strip()[:REASON_LENGTH],
        )
        for rep_id, agreement in lock_agreements(period_start, plans).items()
        if agreement.state == AgreementState.WITHDRAWN
    ]  # fmt: skip
    if said:
        take_steps(said, by=actor, at=moment_of(at))
        _leave_trail(actor, "goals.plans_proposed", said)
    return len(said)


@transaction.atomic
def agree(*, actor: User, seen: Seen, at: datetime | None = None) -> Agreement:
    """Let the rep agree to what is proposed; from today it holds."""
    _only_oneself(actor, seen.rep_id)
    return _answer(actor, seen, at, _Answer(kind=StepKind.AGREE, of=frozenset({AgreementState.PROPOSED})))


@transaction.atomic
def ask(
    *, actor: User, seen: Seen, reason: str, wished_minor: int | None = None, at: datetime | None = None
) -> Agreement:
    """Let the rep ask about what is proposed or agreed, with a reason and perhaps the amount they would take."""
    _only_oneself(actor, seen.rep_id)
    if wished_minor is not None and wished_minor < 0:
        raise refuse(
            "agreement_bad_amount", "Write the amount as a number that is not negative, for example 30000.", "amount"
        )
    of = frozenset({AgreementState.PROPOSED, AgreementState.AGREED})
    answer = _Answer(kind=StepKind.ASK, of=of, reason=stated(reason), wished_minor=wished_minor)
    return _answer(actor, seen, at, answer)


@transaction.atomic
def withdraw(*, actor: User, seen: Seen, reason: str, at: datetime | None = None) -> Agreement:
    """Take back what was said last, with a reason.

    A proposal that is withdrawn leaves the version agreed before it in force; an agreed version that is withdrawn ends,
    and nothing holds until another is agreed.
    """
    return _answer(actor, seen, at, _Answer(kind=StepKind.WITHDRAW, of=STANDING, reason=stated(reason)))


@transaction.atomic
def reopen_changed(
    *,
    actor: User | None,
    period_start: date,
    rep_ids: Collection[int] | None,
    reason: str,
    at: datetime | None = None,
) -> int:
    """Propose anew what was made anew under a talk; return how many. The agreed version holds until the new one is.

    A question stays a question while the amount it is about stays the same.
    """
    agreements = {
        rep_id: row
        for rep_id, row in lock_agreements(period_start, rep_ids).items()
        if row.state in STANDING and row.n_steps
    }
    newest = newest_versions(agreements.values())
    plans = RepPlan.objects.filter(period_start=period_start, is_current=True, rep_id__in=agreements).defer("content")
    said = [
        proposed_anew(agreements[plan.rep_id], newest[agreements[plan.rep_id].pk], plan, reason)
        for plan in plans
        if _is_news(agreements[plan.rep_id], newest[agreements[plan.rep_id].pk], plan)
    ]
    if said:
        take_steps(said, by=actor, at=moment_of(at))
        _leave_trail(actor, "goals.plans_proposed_anew", said)
    return len(said)


def _is_news(agreement: Agreement, version: AgreementVersion, plan: RepPlan) -> bool:
    same_amount = plan.target_minor == version.target_minor
    return plan.pk != version.plan_id and not (agreement.state == AgreementState.ASKED and same_amount)


def proposed_anew(agreement: Agreement, version: AgreementVersion, plan: RepPlan, reason: str) -> Said:
    """Return the step that puts another plan in the place of a version, agreed or not."""
    return Said(
        agreement=agreement,
        kind=StepKind.REOPEN if version.agreed_at else StepKind.REVISE,
        state=AgreementState.PROPOSED,
        plan=plan,
        confidence=version.confidence,
        reason=reason.strip()[:REASON_LENGTH],
    )


def stated(reason: str) -> str:
    """Return a reason that says something, or refuse."""
    if not reason.strip():
        raise refuse("agreement_needs_reason", "Say why; the other side reads it.", "reason")
    return reason.strip()[:REASON_LENGTH]


def lock_seen(seen: Seen) -> Agreement:
    """Return the agreement, held until the transaction ends; refuse where there is none."""
    agreement = lock_agreements(seen.period_start, {seen.rep_id}).get(seen.rep_id)
    if agreement is None:
        raise refuse(
            "agreement_stale", "Somebody was quicker. This is how it stands now; what you wrote is still here."
        )
    return agreement


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    """A step about the newest version, and the states it can be taken in."""

    kind: StepKind
    of: frozenset[AgreementState]
    reason: str = ""
    wished_minor: int | None = None


def _answer(actor: User, seen: Seen, at: datetime | None, answer: _Answer) -> Agreement:
    agreement = lock_seen(seen)
    if _is_sent_twice(actor, seen, agreement, answer):
        return agreement
    if agreement.n_steps != seen.n_steps:
        raise refuse(
            "agreement_stale", "Somebody was quicker. This is how it stands now; what you wrote is still here."
        )
    if agreement.state not in answer.of:
        raise refuse("agreement_not_now", "This cannot be done as things stand now. This is how it stands.")
    version = _talked_about(agreement)
    said = Said(
        agreement=agreement, kind=answer.kind, state=_led_to(agreement, version, answer.kind), reason=answer.reason,
        wished_minor=answer.wished_minor, version=version,
    )  # fmt: skip
    stood = _standing_id(agreement)
    take_steps([said], by=actor, at=moment_of(at))
    _leave_trail(actor, f"goals.plan_{_PAST[answer.kind]}", [said])
    if _standing_id(agreement) != stood:
        replan_running(actor=actor, rep_ids={agreement.rep_id})  # Today is measured against another plan at once
    return agreement


def _standing_id(agreement: Agreement) -> int | None:
    standing = standing_query(agreement.period_start, {agreement.rep_id})
    return standing.values_list("pk", flat=True).first()


_PAST: Mapping[StepKind, str] = {
    StepKind.AGREE: "agreed",
    StepKind.ASK: "asked_about",
    StepKind.WITHDRAW: "withdrawn",
}


def _is_sent_twice(actor: User, seen: Seen, agreement: Agreement, answer: _Answer) -> bool:
    """Tell whether this very answer was the last thing said: a button pressed twice is no quarrel."""
    if agreement.n_steps != seen.n_steps + 1:
        return False
    return AgreementStep.objects.filter(
        agreement=agreement, number=agreement.n_steps, by=actor, kind=answer.kind, reason=answer.reason,
        wished_minor=answer.wished_minor,
    ).exists()  # fmt: skip


def _talked_about(agreement: Agreement) -> AgreementVersion:
    """Return the version that an answer is about: what holds, once a later proposal is taken back; else the newest."""
    holds = holding_versions(agreement.period_start).filter(agreement=agreement).first()
    is_settled = agreement.state == AgreementState.AGREED and holds is not None
    return holds if holds and is_settled else newest_versions([agreement])[agreement.pk]


def _led_to(agreement: Agreement, version: AgreementVersion, kind: StepKind) -> AgreementState:
    if kind == StepKind.AGREE:
        return AgreementState.AGREED
    if kind == StepKind.ASK:
        return AgreementState.ASKED
    holds = holding_versions(agreement.period_start).filter(agreement=agreement).exists()
    return AgreementState.AGREED if holds and version.agreed_at is None else AgreementState.WITHDRAWN


def _only_oneself(actor: User, rep_id: int) -> None:
    if not Rep.objects.filter(pk=rep_id, user=actor).exists():
        raise refuse("agreement_not_yours", "Nobody agrees or asks on somebody else's behalf.")


def _leave_trail(actor: User | None, action: str, said: list[Said]) -> None:
    """Leave one entry for one act, however many people it is about; what was said stands in the steps."""
    first = said[0].agreement
    changes: dict[str, Any] = {"steps": [[one.agreement.rep_id, one.agreement.n_steps] for one in said]}
    subject = first if len(said) == 1 else ("period", first.period_start.isoformat())
    record(actor=actor, action=action, subject=subject, changes=changes)
