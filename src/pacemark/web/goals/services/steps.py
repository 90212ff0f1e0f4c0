"""Adding to the talk about plans. Steps and versions are only ever added; many agreements take a step at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import F
from django.utils import timezone

from pacemark.web.accounts.models import User
from pacemark.web.goals.choices import AgreementState, Confidence, StepKind
from pacemark.web.goals.models import Agreement, AgreementStep, AgreementVersion, RepPlan
from pacemark.web.organization.clock import local_now
from pacemark.web.organization.queries import organization

BATCH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One step to take: what was said about which version, and the state it leads to.

    A ``plan`` makes a new version of the agreement; else the step is about ``version``, or the newest there is.
    """

    agreement: Agreement
    kind: StepKind
    state: AgreementState
    reason: str = ""
    wished_minor: int | None = None
    version: AgreementVersion | None = None
    plan: RepPlan | None = None
    confidence: str = Confidence.FIVE


def moment_of(at: datetime | None) -> datetime:
    """Return the moment given, else now on the organisation's clock."""
    return at or local_now(organization().time_zone)


def lock_agreements(period_start: date, rep_ids: Collection[int] | None = None) -> dict[int, Agreement]:
    """Return the agreements of a period by rep id, held until the transaction ends: the next one waits, then looks."""
    rows = Agreement.objects.select_for_update().filter(period_start=period_start).order_by("pk")
    return {row.rep_id: row for row in (rows if rep_ids is None else rows.filter(rep_id__in=rep_ids))}


def newest_versions(agreements: Iterable[Agreement]) -> dict[int, AgreementVersion]:
    """Return each agreement's newest version by the agreement's id, in one query."""
    ids = [agreement.pk for agreement in agreements]
    rows = AgreementVersion.objects.filter(agreement_id__in=ids).order_by("version")
    return {row.agreement_id: row for row in rows}


def take_steps(said: Sequence[Said], *, by: User | None, at: datetime) -> list[AgreementVersion]:
    """Write the steps, the versions they make and the states they lead to; return each step's version, in order.

    The agreements are locked by the caller. The number of queries does not grow with the number of steps.
    """
    versions = _versions_of(said, by, at)
    AgreementStep.objects.bulk_create(
        [
            AgreementStep(
                agreement=one.agreement, number=one.agreement.n_steps + 1, kind=one.kind, version=version, by=by, at=at,
                reason=one.reason, wished_minor=one.wished_minor,
            )
            for one, version in zip(said, versions, strict=True)
        ],
        batch_size=BATCH,
    )  # fmt: skip
    _move(said)
    agreed = [version.pk for one, version in zip(said, versions, strict=True) if one.kind == StepKind.AGREE]
    if agreed:
        day = timezone.localtime(at, local_now(organization().time_zone).tzinfo).date()
        AgreementVersion.objects.filter(pk__in=agreed).update(agreed_by=by, agreed_at=at, holds_from=day)
    return versions


def _versions_of(said: Sequence[Said], by: User | None, at: datetime) -> list[AgreementVersion]:
    newest = newest_versions(one.agreement for one in said)
    made = {
        one.agreement.pk: AgreementVersion(
            agreement=one.agreement,
            version=newest[one.agreement.pk].version + 1 if one.agreement.pk in newest else 1,
            plan=one.plan,
            target_minor=one.plan.target_minor,
            confidence=one.confidence,
            proposed_by=by,
            proposed_at=at,
        )
        for one in said
        if one.plan is not None
    }
    AgreementVersion.objects.bulk_create(made.values(), batch_size=BATCH)
    return [made.get(one.agreement.pk) or one.version or newest[one.agreement.pk] for one in said]


def _move(said: Sequence[Said]) -> None:
    """Let the states follow; whoever has to answer now has not been reminded yet."""
    led_to: dict[AgreementState, list[int]] = defaultdict(list)
    for one in said:
        led_to[one.state].append(one.agreement.pk)
        one.agreement.n_steps += 1
        one.agreement.state = one.state
    for state, ids in led_to.items():
        Agreement.objects.filter(pk__in=ids).update(state=state, n_steps=F("n_steps") + 1, reminded_at=None)
