"""Lets the made-up managers and reps talk about their plans: agreements in every state, the same every time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import transaction

from pacemark.engine.periods import Period, sales_month_of
from pacemark.web.accounts.models import User
from pacemark.web.goals.choices import AgreementState, StepKind, TargetBasis
from pacemark.web.goals.models import Agreement, RepPlan
from pacemark.web.goals.queries.plans import planned_periods
from pacemark.web.goals.services.agreements import propose, proposed_anew, reopen_changed
from pacemark.web.goals.services.plans import plan_period
from pacemark.web.goals.services.quarters import set_months, work_out_months
from pacemark.web.goals.services.steps import Said, lock_agreements, newest_versions, take_steps
from pacemark.web.organization.clock import local_now
from pacemark.web.organization.models import Team
from pacemark.web.organization.queries import organization
from pacemark.web.trail.services import record

# What becomes of twenty talks in a row: in a month that runs, and in one that is still to come.
RUNNING = ("agreed",) * 11 + ("revised",) * 3 + ("proposed", "proposed", "asked", "reopened", "withdrawn", "nothing")
COMING = ("proposed",) * 9 + ("asked", "asked", "agreed", "agreed", "agreed") + ("nothing",) * 6
QUESTIONS = ("这个月要请三天假，按满月算偏高。", "上月新分的名片还没跟熟，想先缓一缓。", "手上两个大单要到下月才能签。")
ANSWER = "按实际出勤折算，下月补回来。"
AGAIN = "季度中间对一次数，请再确认。"
TAKEN_BACK = "团队调整，等新分工定了再谈。"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Month:
    """A month's talks: who ends where, who leads whom, and when things are said."""

    period: Period
    fates: Mapping[str, tuple[int, ...]]
    leaders: Mapping[User, frozenset[int]]
    users: Mapping[int, User]
    targets: Mapping[int, int]
    first_day: date

    def of(self, *fates: str) -> list[int]:
        """Return the reps whose talks end in one of these ways."""
        return sorted(rep_id for fate in fates for rep_id in self.fates.get(fate, ()))

    def at(self, days: int, hour: int) -> datetime:
        """Return a moment of the talk, never later than now."""
        now = local_now(organization().time_zone)
        said = datetime.combine(self.first_day + timedelta(days=days), time(hour, 10), tzinfo=now.tzinfo)
        return min(said, now)


def write_agreements() -> int:
    """Let people talk about every planned month that nobody has talked about; return how many talks there are."""
    talked = set(Agreement.objects.values_list("period_start", flat=True).distinct())
    return sum(_write_month(_month(start)) for start in sorted(set(planned_periods()) - talked))


def _month(start: date) -> _Month:
    settings = organization()
    today = local_now(settings.time_zone).date()
    plans = list(
        RepPlan.objects.filter(period_start=start, is_current=True)
        .select_related("rep__user")
        .defer("content")
        .order_by("rep__employee_no", "rep_id")
    )
    ends = RUNNING if start <= today else COMING
    fates: dict[str, list[int]] = defaultdict(list)
    for place, plan in enumerate(plans):
        # Whoever signs in as the demo's rep has a story behind them, and something to answer.
        own = "revised" if start <= today else "proposed"
        fates[own if plan.rep.user_id else ends[place % len(ends)]].append(plan.rep_id)
    return _Month(
        period=sales_month_of(start, settings.sales_month_start_day),
        fates={fate: tuple(ids) for fate, ids in fates.items()},
        leaders=_leaders(plans),
        users={plan.rep_id: plan.rep.user for plan in plans if plan.rep.user is not None},
        targets={plan.rep_id: plan.target_minor for plan in plans},
        first_day=min(start, today),
    )


def _leaders(plans: Iterable[RepPlan]) -> dict[User, frozenset[int]]:
    managers = {team.pk: team.manager for team in Team.objects.select_related("manager")}
    led: dict[User, set[int]] = defaultdict(set)
    for plan in plans:
        if (manager := managers.get(plan.team_id)) is not None:
            led[manager].add(plan.rep_id)
    return {manager: frozenset(ids) for manager, ids in led.items()}


@transaction.atomic
def _write_month(month: _Month) -> int:
    talked = set(month.targets) - set(month.of("nothing"))
    for leader, rep_ids in month.leaders.items():
        propose(actor=leader, period_start=month.period.first, rep_ids=rep_ids & talked, at=month.at(0, 9))
    _by_reps(month, month.of("asked", "revised"), month.at(0, 11), _question(month))
    _revise(month)
    _by_reps(month, month.of("agreed", "revised", "reopened"), month.at(1, 17), _consent)
    _by_leaders(month, month.of("reopened"), month.at(3, 10), _once_more)
    _by_leaders(month, month.of("withdrawn"), month.at(2, 15), _taken_back)
    changes = {fate: len(ids) for fate, ids in sorted(month.fates.items())}
    record(actor=None, action="demo.agreements_written", subject=("period", month.period.label), changes=changes)
    return Agreement.objects.filter(period_start=month.period.first).count()


Words = Callable[[Agreement], Said]


def _question(month: _Month) -> Words:
    def said(agreement: Agreement) -> Said:
        wished = month.targets[agreement.rep_id] * 9 // 10 // 10_000 * 10_000
        reason = QUESTIONS[agreement.rep_id % len(QUESTIONS)]
        return Said(
            agreement=agreement, kind=StepKind.ASK, state=AgreementState.ASKED, reason=reason, wished_minor=wished
        )

    return said


def _consent(agreement: Agreement) -> Said:
    return Said(agreement=agreement, kind=StepKind.AGREE, state=AgreementState.AGREED)


def _once_more(agreement: Agreement) -> Said:
    version = newest_versions([agreement])[agreement.pk]
    return proposed_anew(agreement, version, version.plan, AGAIN)


def _taken_back(agreement: Agreement) -> Said:
    return Said(agreement=agreement, kind=StepKind.WITHDRAW, state=AgreementState.WITHDRAWN, reason=TAKEN_BACK)


def _by_reps(month: _Month, rep_ids: Collection[int], at: datetime, words: Words) -> None:
    """Let reps speak; most of them have no account of their own here."""
    by_user: dict[User | None, list[Agreement]] = defaultdict(list)
    for rep_id, agreement in lock_agreements(month.period.first, rep_ids).items():
        if agreement.state == AgreementState.PROPOSED:
            by_user[month.users.get(rep_id)].append(agreement)
    for user, agreements in by_user.items():
        take_steps([words(agreement) for agreement in agreements], by=user, at=at)


def _by_leaders(month: _Month, rep_ids: Collection[int], at: datetime, words: Words) -> None:
    for leader, led in month.leaders.items():
        talks = lock_agreements(month.period.first, led & set(rep_ids)).values()
        if said := [words(agreement) for agreement in talks if agreement.n_steps]:
            take_steps(said, by=leader, at=at)


def _revise(month: _Month) -> None:
    """Answer questions with a target between the two amounts, and the plans made for it."""
    first = month.period.first
    changes = {(rep_id, first): month.targets[rep_id] * 95 // 100 // 10_000 * 10_000 for rep_id in month.of("revised")}
    refused = {rep_id for rep_id, _first in work_out_months(changes).refused} if changes else set()
    changes = {key: amount for key, amount in changes.items() if key[0] not in refused}
    for leader, led in month.leaders.items():
        own = {key: amount for key, amount in changes.items() if key[0] in led}
        if own:
            set_months(actor=leader, changes=own, basis=TargetBasis.TYPED, hold=True, reason=ANSWER, plans=False)
    as_of = RepPlan.objects.filter(period_start=first, is_current=True).values_list("as_of", flat=True).first()
    if not changes or as_of is None:
        return
    plan_period(actor=None, period=month.period, as_of=as_of, rep_ids={rep_id for rep_id, _first in changes})
    for leader, led in month.leaders.items():
        reopen_changed(actor=leader, period_start=first, rep_ids=led, reason=ANSWER, at=month.at(0, 15))
