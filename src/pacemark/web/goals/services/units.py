"""Writing what is asked of units, and splitting it: over the level below, or over quarters and months."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.db import transaction

from pacemark.web.accounts.models import User
from pacemark.web.goals.bridge.units import SpanKey, Stretch, UnitKey, split_over_time
from pacemark.web.goals.choices import Span, SplitRule, TargetBasis
from pacemark.web.goals.models import UnitTarget
from pacemark.web.goals.queries.seasons import month_workdays, quarter_months, saved_seasons, season_on
from pacemark.web.goals.queries.splits import Split, split_down
from pacemark.web.goals.queries.units import unit_board
from pacemark.web.goals.refusals import refuse
from pacemark.web.goals.services.quarters import set_months, set_quarters
from pacemark.web.organization.queries import organization
from pacemark.web.shared.currency import minor_digits
from pacemark.web.trail.services import record


@transaction.atomic
def set_unit_amounts(
    *, actor: User | None, span: Span, first: date, amounts: Mapping[UnitKey, int], reason: str = ""
) -> int:
    """Ask amounts of units in one span; return how many are new."""
    return _write(actor, {key: {(str(span), first): amount} for key, amount in amounts.items()}, reason)


@transaction.atomic
def split_unit_over_time(*, actor: User | None, key: UnitKey, stretch: Stretch, reason: str = "") -> int:
    """Split a unit's year over its quarters, or its quarter over its months, by season × working days."""
    row = unit_board(stretch).row(key)
    if row is None or row.asked is None:
        raise refuse("split_no_amount", "Nothing is asked of this unit yet.", "amount")
    if not stretch.parts:
        raise refuse("unit_span_unknown", "A month is not split any further.", "span")
    settings = organization()
    start_day, saved = settings.sales_month_start_day, saved_seasons()
    weights = [
        season_on(quarter_months(month.first, start_day)[0].first, saved).weights[int(month.label[5:]) - 1]
        for month in stretch.months
    ]
    workdays = month_workdays(stretch.months)
    counts = [workdays[month.label] for month in stretch.months]
    step = 10 ** minor_digits(settings.currency)
    parts = split_over_time(row.asked.amount_minor, stretch, weights, counts, step)
    return _write(actor, {key: parts}, reason)


@transaction.atomic
def apply_split(
    *, actor: User | None, key: UnitKey, stretch: Stretch, rule: SplitRule, seen: str, reason: str = ""
) -> int:
    """Split a unit's amount over the level below as previewed; return how many amounts changed.

    ``seen`` is the preview's mark: where anything has changed since, nothing is written and a new look is asked for.
    """
    board = unit_board(stretch)
    row = board.row(key)
    if row is None:
        raise refuse("split_no_amount", "Nothing is asked of this unit yet.", "amount")
    split = split_down(board, row, rule)
    if split.seen != seen:
        raise refuse("split_stale", "What this was split by has changed since the preview.", "seen")
    if split.is_to_people:
        return _to_people(actor, split, reason)
    amounts = {part.key: part.becomes_minor for part in split.parts if part.key is not None}
    return set_unit_amounts(actor=actor, span=stretch.span, first=stretch.first, amounts=amounts, reason=reason)


def _to_people(actor: User | None, split: Split, reason: str) -> int:
    changes = {
        (part.rep_id, split.stretch.first): part.becomes_minor
        for part in split.parts
        if part.becomes_minor != (part.now_minor or 0)
    }
    if not changes:
        return 0
    if split.stretch.span == Span.QUARTER:
        return set_quarters(actor=actor, changes=changes, basis=TargetBasis.SPLIT, reason=reason)
    return set_months(actor=actor, changes=changes, basis=TargetBasis.SPLIT, hold=False, reason=reason)


def _write(actor: User | None, amounts: Mapping[UnitKey, Mapping[SpanKey, int]], reason: str) -> int:
    if any(amount < 0 for spans in amounts.values() for amount in spans.values()):
        raise refuse("negative", "amount must not be negative.", "amount")
    days = {day for spans in amounts.values() for _, day in spans}
    standing = {
        (row.level, row.unit_id, row.span, row.first_day): row
        for row in UnitTarget.objects.select_for_update().filter(first_day__in=days).order_by("version")
    }
    rows = []
    for (level, unit_id), spans in amounts.items():
        for (span, day), amount in spans.items():
            last = standing.get((level, unit_id, span, day))
            if last is not None and last.amount_minor == amount:
                continue
            rows.append(
                UnitTarget(
                    level=level,
                    unit_id=unit_id,
                    span=span,
                    first_day=day,
                    version=last.version + 1 if last else 1,
                    amount_minor=amount,
                    reason=reason,
                    set_by=actor,
                )
            )
    UnitTarget.objects.bulk_create(rows)
    if rows:
        changes = {"unit_target_ids": [row.pk for row in rows], "reason": reason}
        record(actor=actor, action="goals.units_set", subject=("units", str(len(rows))), changes=changes)
    return len(rows)
