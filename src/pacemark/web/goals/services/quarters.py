"""Writing what is asked of reps per month and quarter: the sum of a quarter is held, whatever is changed in it.

Many at once cost as many queries as one. Versions follow each other; a trail entry tells of the whole batch.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from pacemark.engine.periods import Period, sales_month_of
from pacemark.web.accounts.models import User
from pacemark.web.goals.bridge.quarters import EditedQuarter, TargetCell, with_amount, with_months
from pacemark.web.goals.choices import TargetBasis
from pacemark.web.goals.models import QuarterTarget, RepPlan, Target
from pacemark.web.goals.queries.quarters import QuarterBoard, quarter_board
from pacemark.web.goals.queries.seasons import quarter_months
from pacemark.web.goals.refusals import Refused, refuse
from pacemark.web.goals.services.agreements import check_may_change, reopen_changed
from pacemark.web.goals.services.plans import plan_period
from pacemark.web.jobs.services import enqueue
from pacemark.web.organization.models import Rep
from pacemark.web.organization.queries import organization
from pacemark.web.trail.services import record

Key = tuple[int, date]
BATCH_ROWS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkedOut:
    """What changes would make of the quarters they touch: amounts by rep and month, and what is refused by rep."""

    months: Mapping[Key, int]
    quarters: Mapping[Key, int]
    refused: Mapping[Key, Refused]


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """Who writes, on what grounds and why; ``hold`` are the months that a later split leaves alone."""

    actor: User | None
    basis: TargetBasis
    reason: str
    hold: frozenset[Key] = frozenset()
    given: frozenset[Key] = frozenset()
    plans: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanChange:
    """Whose month is to be planned anew because their targets changed, and why they did."""

    period: Period
    as_of: date
    rep_ids: frozenset[int]
    reason: str


@transaction.atomic
def set_quarter(
    *, actor: User | None, rep_id: int, quarter_start: date, amount_minor: int, basis: TargetBasis, reason: str = ""
) -> int:
    """Ask an amount of a rep for a quarter and split it over its open months; return how many months changed."""
    changes = {(rep_id, quarter_start): amount_minor}
    return set_quarters(actor=actor, changes=changes, basis=basis, reason=reason)


@transaction.atomic
def set_quarters(*, actor: User | None, changes: Mapping[Key, int], basis: TargetBasis, reason: str = "") -> int:
    """Ask amounts of many reps by rep id and the quarter's first day; all of them or, where one is refused, none."""
    _lock({rep for rep, _ in changes})
    board = _board({first for _, first in changes}, {rep for rep, _ in changes})
    edited = {key: with_amount(board.shapes[key[1]], board.quarters[key], amount) for key, amount in changes.items()}
    return _write(Writing(actor=actor, basis=basis, reason=reason), board, edited)


@transaction.atomic
def set_months(
    *,
    actor: User | None,
    changes: Mapping[Key, int],
    basis: TargetBasis,
    hold: bool,
    reason: str = "",
    plans: bool = True,
) -> int:
    """Ask amounts of reps for months, by rep id and the month's first day; return how many months changed.

    The other open months of a quarter with an amount of its own share the difference. ``hold`` keeps the months given
    from later splits. All of them are written or, where one is refused, none. Without ``plans`` the caller plans the
    months anew.
    """
    held = frozenset(changes) if hold else frozenset()
    given = frozenset(changes)
    writing = Writing(actor=actor, basis=basis, reason=reason, hold=held, given=given, plans=plans)
    return _edit_months(writing, changes)


@transaction.atomic
def edit_quarter(
    *, actor: User | None, rep_id: int, amounts: Mapping[date, int], held: Collection[date], reason: str = ""
) -> int:
    """Ask amounts of one rep for months by hand, and say which months later splits leave alone."""
    changes = {(rep_id, day): amount for day, amount in amounts.items()}
    hold = frozenset((rep_id, day) for day in held)
    writing = Writing(
        actor=actor, basis=TargetBasis.TYPED, reason=reason, hold=hold & frozenset(changes), given=frozenset(changes)
    )
    return _edit_months(writing, changes)


def _edit_months(writing: Writing, changes: Mapping[Key, int]) -> int:
    _lock({rep for rep, _ in changes})
    board, edited, refused = _months_edited(changes)
    if refused:
        raise next(iter(refused.values()))
    return _write(writing, board, edited)


def work_out_months(changes: Mapping[Key, int]) -> WorkedOut:
    """Tell what `set_months` would make of some changes, row by row; nothing is written."""
    board, edited, refused = _months_edited(changes)
    months = {
        (rep, month.first): amount
        for (rep, first), edit in edited.items()
        for month, amount in zip(board.shapes[first].months, edit.amounts_minor, strict=True)
        if amount is not None
    }
    quarters = {key: edit.amount_minor for key, edit in edited.items() if edit.amount_minor is not None}
    return WorkedOut(months=months, quarters=quarters, refused=refused)


def split_anew(*, actor: User | None, quarter_start: date, reason: str = "") -> int:
    """Split every quarter with an amount of its own anew, after seasons or the calendar have changed."""
    rows = QuarterTarget.objects.filter(quarter_start=quarter_start).order_by("version")
    changes = {(rep, quarter_start): amount for rep, amount in rows.values_list("rep_id", "amount_minor")}
    return set_quarters(actor=actor, changes=changes, basis=TargetBasis.QUARTER, reason=reason) if changes else 0


def _lock(rep_ids: Collection[int]) -> None:
    # Whoever changes a rep's amounts at the same time waits here, and then sees what was written.
    list(Rep.objects.select_for_update().filter(pk__in=rep_ids).order_by("pk").values_list("pk"))


def _board(quarter_firsts: Collection[date], rep_ids: Collection[int]) -> QuarterBoard:
    start_day = organization().sales_month_start_day
    for first in quarter_firsts:
        if quarter_months(first, start_day)[0].first != first:
            raise refuse("not_a_quarter_start", "A quarter is named by its first day.", first.isoformat())
    return quarter_board(quarter_firsts, rep_ids)


def _months_edited(
    changes: Mapping[Key, int],
) -> tuple[QuarterBoard, dict[Key, EditedQuarter], dict[Key, Refused]]:
    start_day = organization().sales_month_start_day
    by_quarter: dict[Key, dict[date, int]] = defaultdict(dict)
    for (rep, day), amount in changes.items():
        if sales_month_of(day, start_day).first != day:
            raise refuse("not_a_month_start", "A sales month is named by its first day.", day.isoformat())
        by_quarter[rep, quarter_months(day, start_day)[0].first][day] = amount
    board = _board({first for _, first in by_quarter}, {rep for rep, _ in changes})
    edited: dict[Key, EditedQuarter] = {}
    refused: dict[Key, Refused] = {}
    for key, amounts in by_quarter.items():
        shape = board.shapes[key[1]]
        places = {place: amounts[month.first] for place, month in enumerate(shape.months) if month.first in amounts}
        try:
            edited[key] = with_months(shape, board.quarters[key], places)
        except Refused as problem:
            refused |= {(key[0], day): problem for day in amounts}
    return board, edited, refused


def _write(writing: Writing, board: QuarterBoard, edited: Mapping[Key, EditedQuarter]) -> int:
    targets = [row for key, edit in edited.items() for row in _month_rows(writing, board, key, edit)]
    quarters = [
        QuarterTarget(
            rep_id=rep, quarter_start=first, version=board.versions.get((rep, first), 0) + 1,
            amount_minor=edit.amount_minor, basis=writing.basis, reason=writing.reason, set_by=writing.actor,
        )
        for (rep, first), edit in edited.items()
        if edit.amount_minor is not None and edit.amount_minor != board.quarters[rep, first].amount_minor
    ]  # fmt: skip
    if not targets and not quarters:
        return 0
    moved = _moved(board, targets)
    for start, rep_ids in moved.items():
        check_may_change(start, rep_ids, writing.reason)
    Target.objects.bulk_create(targets, batch_size=BATCH_ROWS)
    QuarterTarget.objects.bulk_create(quarters, batch_size=BATCH_ROWS)
    _leave_trail(writing, targets, quarters)
    for start, rep_ids in moved.items() if writing.plans else ():
        _plan_anew(writing, start, rep_ids)
    return len(targets)


def _month_rows(writing: Writing, board: QuarterBoard, key: Key, edit: EditedQuarter) -> Iterable[Target]:
    rep_id, shape, quarter = key[0], board.shapes[key[1]], board.quarters[key]
    for month, cell, amount in zip(shape.months, quarter.cells, edit.amounts_minor, strict=True):
        given = (rep_id, month.first) in writing.given
        held = (rep_id, month.first) in writing.hold or bool(cell and cell.is_held and not given)
        is_written = cell is not None and cell.version > 0
        is_news = not (cell and is_written and cell.amount_minor == amount and cell.is_held == held)
        # In a quarter that is the sum of its months only what was given is written down.
        if amount is None or not is_news or not (is_written or given or edit.amount_minor is not None):
            continue
        yield Target(
            rep_id=rep_id, period_start=month.first, version=(cell.version if cell else 0) + 1, amount_minor=amount,
            basis=_basis(writing, cell, given), is_held=held, reason=writing.reason, set_by=writing.actor,
        )  # fmt: skip


def _basis(writing: Writing, cell: TargetCell | None, given: bool) -> TargetBasis:
    """Return where a month's amount comes from: what was given with it, or the split of the quarter around it."""
    if cell and cell.is_closed:
        return cell.basis
    is_split = not given and (bool(writing.given) or writing.basis == TargetBasis.TYPED)
    return TargetBasis.QUARTER if is_split else writing.basis


def _moved(board: QuarterBoard, targets: Iterable[Target]) -> dict[date, set[int]]:
    """Return whose amount becomes another one, by the month's first day."""
    standing = {
        (rep, month.first): cell.amount_minor
        for (rep, first), quarter in board.quarters.items()
        for month, cell in zip(board.shapes[first].months, quarter.cells, strict=True)
        if cell
    }
    moved: dict[date, set[int]] = defaultdict(set)
    for row in targets:
        if standing.get((row.rep_id, row.period_start)) != row.amount_minor:
            moved[row.period_start].add(row.rep_id)
    return moved


def _leave_trail(writing: Writing, targets: Sequence[Target], quarters: Sequence[QuarterTarget]) -> None:
    rep_ids = {row.rep_id for row in targets} | {row.rep_id for row in quarters}
    record(
        actor=writing.actor,
        action="goals.targets_set",
        subject=("targets", str(len(targets))),
        changes={
            "rep_ids": sorted(rep_ids),
            "months": sorted({row.period_start.isoformat() for row in targets}),
            "target_ids": [row.pk for row in targets],
            "quarter_ids": [row.pk for row in quarters],
            "basis": str(writing.basis),
            "reason": writing.reason,
        },
    )


def _plan_anew(writing: Writing, start: date, rep_ids: Collection[int]) -> None:
    """Plan a month anew for those who have a plan: one rep at once, many in the background."""
    planned = RepPlan.objects.filter(period_start=start, is_current=True, rep_id__in=rep_ids)
    as_of = planned.order_by("-as_of").values_list("as_of", flat=True).first()
    if as_of is None:
        return
    change = PlanChange(
        period=sales_month_of(start, organization().sales_month_start_day), as_of=as_of, rep_ids=frozenset(rep_ids),
        reason=writing.reason,
    )  # fmt: skip
    if len(rep_ids) == 1:
        plan_changed(actor=writing.actor, change=change)
        return
    enqueue(
        "plan changed targets", label=change.period.label, as_of=as_of.isoformat(), rep_ids=sorted(rep_ids),
        reason=writing.reason, actor_id=writing.actor.pk if writing.actor else None,
    )  # fmt: skip


def plan_changed(*, actor: User | None, change: PlanChange) -> int:
    """Plan reps' month anew after their targets changed, and propose anew what was agreed or talked about."""
    planned = plan_period(actor=actor, period=change.period, as_of=change.as_of, rep_ids=change.rep_ids)
    reopen_changed(actor=actor, period_start=change.period.first, rep_ids=change.rep_ids, reason=change.reason)
    return planned
