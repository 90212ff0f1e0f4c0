"""Many targets at once: previewed as a batch, then applied whole in the background, or thrown away.

A batch keeps what was wished and which versions were seen. Applying checks everything again: what somebody has changed
since is refused by row and the rest is written in one transaction; then plans are made anew, month by month. A job that
is killed begins where it was: either nothing is written yet, or only planning is left.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from django.db import transaction
from django.utils import timezone

from pacemark.engine.periods import MONTHS_IN_QUARTER
from pacemark.web.accounts.models import User
from pacemark.web.goals.bridge.batches import (
    BatchContent,
    BatchRow,
    RefusedCell,
    Wish,
    content_json,
    content_of,
)
from pacemark.web.goals.choices import BatchKind, BatchState, TargetBasis
from pacemark.web.goals.models import RepPlan, TargetBatch
from pacemark.web.goals.queries.batches import Key, month_of
from pacemark.web.goals.queries.seasons import quarter_months
from pacemark.web.goals.refusals import Refused, refuse
from pacemark.web.goals.services.batch_checks import check, standing_for
from pacemark.web.goals.services.quarters import PlanChange, plan_changed, set_months
from pacemark.web.jobs.services import enqueue
from pacemark.web.organization.queries import organization
from pacemark.web.trail.services import record

APPLY_JOB = "apply target batch"
BASES = {
    BatchKind.EDIT: TargetBasis.TYPED,
    BatchKind.IMPORT: TargetBasis.IMPORTED,
    BatchKind.COPY: TargetBasis.COPIED,
    BatchKind.SPLIT: TargetBasis.SPLIT,
}


@transaction.atomic
def prepare_batch(
    *,
    actor: User,
    kind: BatchKind,
    wishes: Sequence[Wish],
    refused: Sequence[RefusedCell] = (),
    file_name: str = "",
) -> TargetBatch:
    """Keep a preview of what the wishes would change; nothing else is written."""
    checked = check(wishes, standing_for(wishes))
    content = BatchContent(rows=checked.rows, refused=tuple(refused), n_same=checked.n_same)
    batch = TargetBatch(
        kind=kind,
        file_name=file_name[:255],
        changes=content_json(content),
        made_by=actor,
        n_all=2 * len(content.written),
    )
    batch.full_clean(exclude=["changes"])
    batch.save()
    counts = {"rows": len(content.written), "refused": len(content.rows) - len(content.written) + len(refused)}
    record(actor=actor, action="goals.batch_previewed", subject=batch, changes={"kind": str(kind), **counts})
    return batch


@transaction.atomic
def confirm_batch(*, actor: User, batch_id: int, reason: str = "", leaves_agreed_out: bool = False) -> TargetBatch:
    """Let a preview be applied in the background; pressing twice is no quarrel.

    Raises ``goals.agreed_needs_reason`` where agreed plans are among the rows and nothing is said about them.
    """
    batch = TargetBatch.objects.select_for_update().get(pk=batch_id)
    if batch.state in {BatchState.APPLYING, BatchState.APPLIED}:
        return batch
    if batch.state != BatchState.PREVIEWED:
        raise refuse("batch_is_over", "This preview was thrown away; make it again.")
    content = content_of(batch.changes)
    if not leaves_agreed_out and not reason.strip() and any(row.is_agreed for row in content.written):
        raise refuse(
            "agreed_needs_reason", "A plan here is agreed. Say why it is to change; the reason stays with it.", "reason"
        )
    if leaves_agreed_out:
        content = _without_agreed(content)
    if not content.written:
        raise refuse("batch_is_empty", "No row of this preview can be written.")
    batch.changes = content_json(replace(content, reason=reason.strip()[:500]))
    batch.state, batch.n_done, batch.n_all = BatchState.APPLYING, 0, 2 * len(content.written)
    batch.save()
    enqueue(APPLY_JOB, batch_id=batch.pk, actor_id=actor.pk)
    return batch


@transaction.atomic
def drop_batch(*, actor: User, batch_id: int) -> TargetBatch:
    """Throw a preview away; what is being applied or was applied stays."""
    batch = TargetBatch.objects.select_for_update().get(pk=batch_id)
    if batch.state != BatchState.PREVIEWED:
        raise refuse("batch_is_over", "This batch is no longer a preview.")
    batch.state = BatchState.DROPPED
    batch.save(update_fields=["state"])
    record(actor=actor, action="goals.batch_dropped", subject=batch)
    return batch


def apply_batch(batch_id: int, actor_id: int | None) -> int:
    """Write a confirmed batch and plan its months anew; return how many targets were written. May run twice."""
    actor = User.objects.filter(pk=actor_id).first() if actor_id else None
    batch = TargetBatch.objects.get(pk=batch_id)
    if batch.state != BatchState.APPLYING:
        return 0
    if batch.n_done == 0:
        try:
            batch = _write(actor, batch_id)
        except Refused as refused:
            _give_up(batch_id, refused.code)
            return 0
    content = content_of(batch.changes)
    done = _plan_anew(actor, batch, content)
    TargetBatch.objects.filter(pk=batch_id, state=BatchState.APPLYING).update(
        state=BatchState.APPLIED, applied_at=timezone.now(), n_done=done
    )
    return len(content.written)


@transaction.atomic
def _give_up(batch_id: int, code: str) -> None:
    """Make it a preview again and say why: nothing of it was written."""
    batch = TargetBatch.objects.select_for_update().get(pk=batch_id)
    batch.state = BatchState.PREVIEWED
    batch.changes = content_json(replace(content_of(batch.changes), failed=code))
    batch.save(update_fields=["state", "changes"])


@transaction.atomic
def _write(actor: User | None, batch_id: int) -> TargetBatch:
    """Write every row that may still be written, together with the note that it is written."""
    batch = TargetBatch.objects.select_for_update().get(pk=batch_id)
    if batch.state != BatchState.APPLYING or batch.n_done:
        return batch
    content = content_of(batch.changes)
    wishes = [_wish_of(row) for row in content.written if not row.follows]
    standing = standing_for(wishes)
    checked = check(wishes, standing, seen={(row.rep_id, row.month): row for row in content.written})
    kept = tuple(row for row in content.rows if row.is_refused)
    if not content.reason and any(row.is_agreed for row in checked.rows):
        # Agreed to since the preview was confirmed: nobody has said why it should change.
        rest = _without_agreed(BatchContent(rows=checked.rows))
        kept += tuple(row for row in rest.rows if row.is_refused)
        checked = check([_wish_of(row) for row in rest.written if not row.follows], standing)
    # One more than none even where every row was refused: what is done must be told from what is not.
    batch.n_done = max(1, sum(not row.is_refused for row in checked.rows))
    batch.n_all = 2 * batch.n_done
    batch.changes = content_json(replace(content, rows=(*checked.rows, *kept)))
    for changes, hold in _parts_of(BatchKind(batch.kind), checked.changes, standing.quarter_of):
        set_months(
            actor=actor, changes=changes, basis=BASES[BatchKind(batch.kind)], hold=hold, reason=content.reason,
            plans=False,
        )  # fmt: skip
    batch.save()
    record(actor=actor, action="goals.batch_applied", subject=batch, changes={"targets": len(checked.changes)})
    return batch


def _plan_anew(actor: User | None, batch: TargetBatch, content: BatchContent) -> int:
    """Plan each month anew that had plans, noting how far it has come; return the whole way."""
    by_month: dict[date, set[int]] = defaultdict(set)
    for row in content.written:
        by_month[row.month].add(row.rep_id)
    done = batch.n_all - sum(len(reps) for reps in by_month.values())
    for month, rep_ids in sorted(by_month.items()):
        planned = RepPlan.objects.filter(period_start=month, is_current=True, rep_id__in=rep_ids)
        as_of = planned.order_by("-as_of").values_list("as_of", flat=True).first()
        if as_of is not None:
            change = PlanChange(period=month_of(month), as_of=as_of, rep_ids=frozenset(rep_ids), reason=content.reason)
            plan_changed(actor=actor, change=change)
        done += len(rep_ids)
        TargetBatch.objects.filter(pk=batch.pk, state=BatchState.APPLYING).update(n_done=done)
    return batch.n_all


def _wish_of(row: BatchRow) -> Wish:
    return Wish(rep_id=row.rep_id, month=row.month, new_minor=row.new_minor, cell=row.cell)


def _without_agreed(content: BatchContent) -> BatchContent:
    """Leave out every quarter in which an agreed plan would move: what moves beside it moves because of it."""
    start_day = organization().sales_month_start_day
    quarter = {month: quarter_months(month, start_day)[0].first for month in {row.month for row in content.rows}}
    kept_out = {(row.rep_id, quarter[row.month]) for row in content.written if row.is_agreed}
    rows = [
        replace(row, problems=("left_as_agreed",)) if (row.rep_id, quarter[row.month]) in kept_out else row
        for row in content.rows
        if not (row.follows and (row.rep_id, quarter[row.month]) in kept_out)
    ]
    return replace(content, rows=tuple(rows))


def _parts_of(
    kind: BatchKind, changes: Mapping[Key, int], quarter_of: Mapping[date, date]
) -> list[tuple[dict[Key, int], bool]]:
    """Tell what later splits of a quarter must leave alone: what was typed, but not quarters that were given whole."""
    if kind != BatchKind.IMPORT:
        return [(dict(changes), kind == BatchKind.EDIT)] if changes else []
    n_months = Counter((rep_id, quarter_of[month]) for rep_id, month in changes)
    whole = {
        (rep_id, month): amount
        for (rep_id, month), amount in changes.items()
        if n_months[rep_id, quarter_of[month]] == MONTHS_IN_QUARTER
    }
    rest = {key: amount for key, amount in changes.items() if key not in whole}
    return [(part, hold) for part, hold in ((whole, False), (rest, True)) if part]
