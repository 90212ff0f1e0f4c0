"""Counts against tolerances: who is noticed, with the numbers that a person will be shown."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any

import numpy as np

from pacemark.engine.periods import Period
from pacemark.engine.process.deferral import Deferrals, find_deferrals
from pacemark.web.pipeline.queries.call_patterns import DayCountArrays, HourArrays
from pacemark.web.pipeline.queries.late_deals import SignedArrays, TalklessArrays
from pacemark.web.pipeline.queries.padding import PaddedWindow
from pacemark.web.process.choices import QualityKind

# One or two say nothing, whatever share of few they are.
LEAST_TALKLESS = 3
DAYS_IN_WEEK = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Noticed:
    """Something of one person's sales month that deserves a look. ``numbers`` survive JSON."""

    rep_id: int
    kind: QualityKind
    numbers: dict[str, Any]


def padded(windows: Sequence[PaddedWindow]) -> list[Noticed]:
    """Return what the padding test flagged."""
    return [
        Noticed(
            rep_id=one.rep_id,
            kind=QualityKind.PADDING,
            numbers={
                "first_day": one.first_day.isoformat(), "last_day": one.month.last.isoformat(),
                "threshold_seconds": one.threshold_seconds, "first_seconds": one.first_seconds,
                "bin_seconds": one.bin_seconds, "counts": list(one.counts), "curve": list(one.curve),
                "observed": one.observed, "fitted": round(one.fitted, 1), "excess": round(one.excess, 1),
                "q": one.q, "deep_talks": one.deep_talks, "adjusted": round(one.adjusted, 1),
                "just_past_won": one.just_past_won, "beyond_won": one.beyond_won, "times": one.observed,
            },
        )
        for one in windows
    ]  # fmt: skip


def often_in_a_day(found: DayCountArrays, kind: QualityKind, *, above: int) -> list[Noticed]:
    """Return everyone with a day on which something happened more often than is normal; entries are sorted by rep."""
    return _by_rep(found, kind, lambda times, _days: times > above, above)


def often_in_a_week(found: DayCountArrays, kind: QualityKind, *, above: int) -> list[Noticed]:
    """Return everyone with a week (from Monday) in which something happened more often than is normal."""

    def is_often(times: np.ndarray[Any, Any], days: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        week = (days - 1) // DAYS_IN_WEEK  # date.toordinal: day 1 was a Monday
        _weeks, place = np.unique(week, return_inverse=True)
        return np.asarray(np.bincount(place, times)[place] > above)

    return _by_rep(found, kind, is_often, above)


def _by_rep(found: DayCountArrays, kind: QualityKind, is_often: Callable[[Any, Any], Any], above: int) -> list[Noticed]:
    noticed = []
    for rep_id in np.unique(found.rep_id).tolist():
        own = slice(*np.searchsorted(found.rep_id, [rep_id, rep_id + 1]))
        times, days = found.times[own], found.day[own]
        often = is_often(times, days)
        if often.any():
            numbers = {"times": int(times[often].sum()), "above": above, "days": _worst(times[often], days[often])}
            noticed.append(Noticed(rep_id=int(rep_id), kind=kind, numbers=numbers))
    return noticed


def _worst(times: np.ndarray[Any, Any], days: np.ndarray[Any, Any]) -> list[list[Any]]:
    order = np.lexsort((days, -times))
    return [[date.fromordinal(int(days[place])).isoformat(), int(times[place])] for place in order]


def off_roster(
    dials: HourArrays, workdays: Mapping[int, Collection[int]], shifts: Mapping[int, tuple[time, time]]
) -> DayCountArrays:
    """Count dials on days that are not worked, or in hours outside the shift; of those alone whose shift is told.

    Days are ``date.toordinal``. The hours in which a shift begins and ends belong to it.
    """
    told = {rep_id: (workdays[rep_id], _hours(shift)) for rep_id, shift in shifts.items() if rep_id in workdays}
    columns = (dials.rep_id.tolist(), dials.day.tolist(), dials.hour.tolist(), dials.dials.tolist())
    counted: dict[tuple[int, int], int] = {}
    for rep_id, day, hour, count in zip(*columns, strict=True):
        if rep_id in told and (day not in told[rep_id][0] or hour not in told[rep_id][1]):
            counted[rep_id, day] = counted.get((rep_id, day), 0) + count
    keys = sorted(counted)
    return DayCountArrays(
        rep_id=np.array([rep_id for rep_id, _ in keys], dtype=np.int64),
        day=np.array([day for _, day in keys], dtype=np.int64),
        times=np.array([counted[key] for key in keys], dtype=np.int64),
    )


def _hours(shift: tuple[time, time]) -> frozenset[int]:
    start, end = shift
    if start <= end:
        return frozenset(range(start.hour, end.hour + 1))
    return frozenset(range(start.hour, 24)) | frozenset(range(end.hour + 1))  # over midnight


def talkless(found: TalklessArrays, *, above_percent: int) -> list[Noticed]:
    """Return everyone with a larger share of opportunities without a talk than is normal."""
    rows = zip(found.rep_id.tolist(), found.opportunities.tolist(), found.talkless.tolist(), strict=True)
    return [
        Noticed(
            rep_id=rep_id,
            kind=QualityKind.NO_TALK,
            numbers={"times": without, "opportunities": opportunities, "above_percent": above_percent},
        )
        for rep_id, opportunities, without in rows
        if without >= LEAST_TALKLESS and 100 * without > above_percent * opportunities
    ]


def deferred(
    signed: SignedArrays, months: Sequence[Period], workdays: Mapping[int, Sequence[int]], *, n_days: int
) -> list[Noticed]:
    """Return everyone who signs more just after the months' ends than others do, and did so in the last month.

    ``months`` follow each other; their starts but the first one's are the ends looked at. Just after and just before
    are working days of one's own, so that a holiday at the turn of a month hides nothing.
    """
    edges = [month.first.toordinal() for month in months[1:]]
    reps = sorted(workdays)
    row = {rep: place for place, rep in enumerate(reps)}
    around = {rep: [_around(workdays[rep], edge, n_days) for edge in edges] for rep in reps}
    before, after = (np.zeros((len(reps), len(edges)), dtype=np.int64) for _ in range(2))
    days_after: dict[int, set[int]] = {rep: set() for rep in reps}
    for rep, day, deals in zip(signed.rep_id.tolist(), signed.day.tolist(), signed.deals.tolist(), strict=True):
        for end, (first_before, edge, last_after) in enumerate(around.get(rep, ())):
            if first_before <= day < edge:
                before[row[rep], end] += deals
            elif edge <= day <= last_after:
                after[row[rep], end] += deals
                days_after[rep].add(day)
    found = find_deferrals(before, after)
    told = {"n_days": n_days, "ends": len(edges)}
    return [
        Noticed(
            rep_id=rep,
            kind=QualityKind.DEFERRED,
            numbers={**told, **_turned(found, place), "signed_days": _iso(days_after[rep])},
        )
        for place, rep in enumerate(reps)
        if found.is_noticed[place] and after[place, -1]
    ]


def _turned(found: Deferrals, place: int) -> dict[str, Any]:
    return {
        "times": int(found.after[place]),
        "around": int(found.around[place]),
        "expected": round(float(found.expected[place]), 1),
        "q": float(found.q[place]),
    }


def _iso(days: Collection[int]) -> list[str]:
    return [date.fromordinal(day).isoformat() for day in sorted(days)]


def _around(workdays: Sequence[int], edge: int, n_days: int) -> tuple[int, int, int]:
    """Return the first day of those just before an edge, the edge, and the last day of those just after it."""
    place = int(np.searchsorted(np.asarray(workdays), edge))
    before, after = workdays[max(0, place - n_days) : place], workdays[place : place + n_days]
    return before[0] if before else edge, edge, after[-1] if after else edge + n_days - 1
