"""Checking wishes against what stands: row by row what is wrong, and what the rest makes of the quarters it touches."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.utils import timezone

from pacemark.web.goals.bridge.batches import BatchRow, Wish, doubled
from pacemark.web.goals.queries.batches import Key, Standing, standing_of
from pacemark.web.goals.queries.seasons import quarter_months
from pacemark.web.goals.services.quarters import work_out_months
from pacemark.web.organization.queries import organization

# How a quarter says that it cannot take a change, in the words of a row.
_REFUSALS = {"month_closed": "closed"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """Wishes after every check: the rows to show, and the changes that would be written."""

    rows: tuple[BatchRow, ...]
    changes: Mapping[Key, int]
    n_same: int


def standing_for(wishes: Iterable[Wish]) -> Standing:
    """Gather what the wishes are checked against, for the whole quarters that they touch."""
    start_day = organization().sales_month_start_day
    quarters = [quarter_months(wish_month, start_day) for wish_month in {wish.month for wish in wishes}]
    if not quarters:
        quarters = [quarter_months(timezone.now().date(), start_day)]
    first = min(months[0].first for months in quarters)
    last = max(months[-1].first for months in quarters)
    return standing_of(first, last, {wish.rep_id for wish in wishes})


def check(wishes: Sequence[Wish], standing: Standing, seen: Mapping[Key, BatchRow] | None = None) -> Checked:
    """Tell row by row what is wrong, and work out what the rest makes of the quarters it touches."""
    twice = doubled(wishes)
    problems = {(wish.rep_id, wish.month): _problem(wish, standing, twice) for wish in wishes}
    quarter_of = standing.quarter_of
    stale = {(rep, quarter_of[month]) for rep, month in seen or () if _is_stale((rep, month), standing, seen or {})}
    problems |= {key: "stale" for key in problems if (key[0], quarter_of[key[1]]) in stale}
    good = [wish for wish in wishes if not problems[wish.rep_id, wish.month] and wish.new_minor is not None]
    # A quarter in which something moves is given whole: what is to stay as it is must not be moved by the rest.
    moving = {(wish.rep_id, quarter_of[wish.month]) for wish in good if wish.new_minor != _old(wish, standing)}
    given = {
        (wish.rep_id, wish.month): wish.new_minor
        for wish in good
        if wish.new_minor is not None and (wish.rep_id, quarter_of[wish.month]) in moving
    }
    worked = work_out_months(given) if given else None
    refusals = {key: _row_problem(error.code) for key, error in worked.refused.items()} if worked else {}
    changes = {key: amount for key, amount in given.items() if key not in refusals}
    rows = [
        _row(wish, standing, problems[wish.rep_id, wish.month] or refusals.get((wish.rep_id, wish.month), ""))
        for wish in wishes
        if problems[wish.rep_id, wish.month] or (wish.rep_id, wish.month) in given
    ]
    follows = _following(worked.months, given, standing) if worked else []
    return Checked(rows=(*rows, *follows), changes=changes, n_same=len(wishes) - len(rows))


def _following(months: Mapping[Key, int], given: Mapping[Key, int], standing: Standing) -> list[BatchRow]:
    """Return the months that nobody named but that move, because their quarter's sum is held."""
    found = []
    for (rep_id, month), amount in sorted(months.items()):
        cell = standing.cells.get((rep_id, month))
        if (rep_id, month) in given or (cell is not None and cell.amount_minor == amount):
            continue
        wish = Wish(rep_id=rep_id, month=month, new_minor=amount)
        found.append(replace(_row(wish, standing, ""), follows=True))
    return found


def _row(wish: Wish, standing: Standing, problem: str) -> BatchRow:
    key = (wish.rep_id, wish.month)
    cell = standing.cells.get(key)
    old = cell.amount_minor if cell else None
    said = [problem] if problem else []
    if not problem and wish.new_minor != old:
        if key in standing.agreed:
            said.append("agreed")
        if wish.new_minor is not None and wish.new_minor < standing.booked_minor.get(key, 0):
            said.append("below_booked")
    return BatchRow(
        rep_id=wish.rep_id,
        month=wish.month,
        old_minor=old,
        new_minor=wish.new_minor,
        version=cell.version if cell else 0,
        problems=tuple(said),
        cell=wish.cell,
    )


def _problem(wish: Wish, standing: Standing, twice: Collection[Key]) -> str:
    """Return what keeps a wish from being written, or nothing."""
    if wish.problem:
        return wish.problem
    if (wish.rep_id, wish.month) in twice:
        return "duplicate"
    if wish.new_minor is not None and wish.new_minor < 0:
        return "negative"
    period = standing.months[wish.month]
    if wish.new_minor == _old(wish, standing):
        return ""
    if period.last < standing.today:
        return "closed"
    hired_on, left_on = standing.employed.get(wish.rep_id, (None, None))
    if left_on is not None and left_on <= period.first:
        return "left"
    return "not_there_yet" if hired_on is not None and hired_on > period.last else ""


def _old(wish: Wish, standing: Standing) -> int | None:
    cell = standing.cells.get((wish.rep_id, wish.month))
    return cell.amount_minor if cell else None


def _is_stale(key: Key, standing: Standing, seen: Mapping[Key, BatchRow]) -> bool:
    cell, row = standing.cells.get(key), seen[key]
    return (cell.version if cell else 0) != row.version or (cell.amount_minor if cell else None) != row.old_minor


def _row_problem(code: str) -> str:
    what = code.rpartition(".")[2]
    return _REFUSALS.get(what, what)
