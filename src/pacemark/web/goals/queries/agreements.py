"""Reading agreements: where each talk stands, which plan holds, and what was said."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, Max, OuterRef, Q, QuerySet, Subquery, Sum

from pacemark.web.goals.choices import AgreementState, StepKind
from pacemark.web.goals.models import Agreement, AgreementStep, AgreementVersion, RepPlan

WAITING = (AgreementState.PROPOSED, AgreementState.ASKED)


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementView:
    """Where one rep's talk about one sales month stands.

    ``holds_*`` are of the version that was agreed last and not withdrawn since; it holds until another is agreed,
    also while a newer one is being talked about.
    """

    agreement_id: int
    rep_id: int
    state: AgreementState
    n_steps: int
    version: int
    plan_id: int
    target_minor: int
    confidence: str
    said_at: datetime
    reason: str
    wished_minor: int | None
    reminded_at: datetime | None
    holds_version: int | None
    holds_plan_id: int | None
    holds_target_minor: int | None
    holds_from: date | None

    @property
    def is_agreed(self) -> bool:
        """Tell whether nothing is left to say."""
        return self.state == AgreementState.AGREED

    @property
    def is_waiting(self) -> bool:
        """Tell whether one of the two has to answer."""
        return self.state in WAITING


def holding_versions(period_start: date, rep_ids: Collection[int] | None = None) -> QuerySet[AgreementVersion]:
    """Return the versions that hold in a period: agreed last, and not withdrawn; ``None`` asks for everyone."""
    same = AgreementVersion.objects.filter(agreement=OuterRef("agreement"), agreed_at__isnull=False)
    ended = AgreementStep.objects.filter(version=OuterRef("pk"), kind=StepKind.WITHDRAW)
    held = AgreementVersion.objects.filter(
        ~Exists(same.filter(version__gt=OuterRef("version"))),
        ~Exists(ended),
        agreement__period_start=period_start,
        agreed_at__isnull=False,
    )
    return held if rep_ids is None else held.filter(agreement__rep_id__in=rep_ids)


def agreed_rep_ids(period_start: date, rep_ids: Collection[int] | None) -> frozenset[int]:
    """Return those of the reps for whom an agreed version holds; ``None`` asks for everyone."""
    return frozenset(holding_versions(period_start, rep_ids).values_list("agreement__rep_id", flat=True))


def states_of(period_start: date, rep_ids: Collection[int] | None) -> dict[int, AgreementView]:
    """Return the agreements of a period by rep id, in three queries; ``None`` asks for everyone.

    Whoever has never been proposed anything has no entry.
    """
    agreements = Agreement.objects.filter(period_start=period_start, n_steps__gt=0)
    if rep_ids is not None:
        agreements = agreements.filter(rep_id__in=rep_ids)
    steps = _last_steps(agreements)
    held = {version.agreement_id: version for version in holding_versions(period_start, rep_ids)}
    return {
        agreement.rep_id: _view(agreement, steps[agreement.pk], held.get(agreement.pk))
        for agreement in agreements
        if agreement.pk in steps
    }


def agreements_mark(period_start: date, rep_ids: Collection[int]) -> str:
    """Return a short text that changes with every step of some reps' talks and every plan made; two queries."""
    steps = Agreement.objects.filter(period_start=period_start, rep_id__in=rep_ids).aggregate(n=Sum("n_steps"))["n"]
    plan = RepPlan.objects.filter(period_start=period_start, rep_id__in=rep_ids).aggregate(last=Max("pk"))["last"]
    return f"{steps}|{plan}"


def _last_steps(agreements: QuerySet[Agreement]) -> dict[int, AgreementStep]:
    """Return each agreement's last step with its version."""
    steps = AgreementStep.objects.filter(agreement__in=agreements, number=_n_steps()).select_related("version")
    return {step.agreement_id: step for step in steps}


def _n_steps() -> Subquery:
    return Subquery(Agreement.objects.filter(pk=OuterRef("agreement_id")).values("n_steps")[:1])


def _view(agreement: Agreement, step: AgreementStep, held: AgreementVersion | None) -> AgreementView:
    return AgreementView(
        agreement_id=agreement.pk,
        rep_id=agreement.rep_id,
        state=AgreementState(agreement.state),
        n_steps=agreement.n_steps,
        version=step.version.version,
        plan_id=step.version.plan_id,
        target_minor=step.version.target_minor,
        confidence=step.version.confidence,
        said_at=step.at,
        reason=step.reason,
        wished_minor=step.wished_minor,
        reminded_at=agreement.reminded_at,
        holds_version=held.version if held else None,
        holds_plan_id=held.plan_id if held else None,
        holds_target_minor=held.target_minor if held else None,
        holds_from=held.holds_from if held else None,
    )


def standing_query(period_start: date, rep_ids: Collection[int] | None = None) -> QuerySet[RepPlan]:
    """Return the plan that each rep is measured against: the agreed one where one holds, else the current one."""
    holding = holding_versions(period_start, rep_ids)
    is_agreed = Q(pk__in=holding.values("plan_id"))
    is_current = Q(is_current=True) & ~Q(rep_id__in=holding.values("agreement__rep_id"))
    plans = RepPlan.objects.filter(is_agreed | is_current, period_start=period_start).select_related("rep")
    return plans if rep_ids is None else plans.filter(rep_id__in=rep_ids)


def standing_plans(period_start: date, rep_ids: Collection[int] | None = None) -> dict[int, RepPlan]:
    """Return the plans that stand by rep id, in one query."""
    return {plan.rep_id: plan for plan in standing_query(period_start, rep_ids)}


def standing_plan(rep_id: int, period_start: date) -> RepPlan | None:
    """Return the plan that one rep is measured against, where there is one."""
    return standing_query(period_start, {rep_id}).first()


def shown_plan(rep_id: int, period_start: date, version: str = "") -> RepPlan | None:
    """Return the plan that the person's page shows.

    That is the version asked for; else what is proposed and waits for an answer; else what stands.
    """
    plans = RepPlan.objects.filter(rep_id=rep_id, period_start=period_start).select_related("rep")
    if version.isdecimal() and (asked := plans.filter(version=int(version[:9])).first()) is not None:
        return asked
    newest = AgreementVersion.objects.filter(
        agreement__rep_id=rep_id, agreement__period_start=period_start, agreement__state__in=WAITING
    ).order_by("-version")
    proposed = plans.filter(pk=Subquery(newest.values("plan_id")[:1])).first()
    return proposed or standing_plan(rep_id, period_start)


def history_of(rep_id: int, period_start: date) -> list[AgreementStep]:
    """Return everything that was said about one rep's month, first to last, with its versions and plans."""
    return list(
        AgreementStep.objects.filter(agreement__rep_id=rep_id, agreement__period_start=period_start)
        .select_related("version__plan", "by", "agreement__rep")
        .order_by("number")
    )
