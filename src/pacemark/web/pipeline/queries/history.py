"""Every rep-day before a day, read once as arrays, and what they add up to per rep, month and stage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import numpy as np

from pacemark.engine.periods import Period
from pacemark.web.pipeline.queries.columns import Integers, literal, ordinal, unindexed, whole_numbers
from pacemark.web.pipeline.queries.pace import PACE_DAYS, ActivitySpan, UsualDials

Counted = Literal["dials", "opportunities", "opportunities_sourced", "deals", "net_revenue_minor"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RepDayArrays:
    """One entry per rep and day with a fact; ``day`` as ``date.toordinal`` counts, money net of refunds."""

    rep_id: Integers
    day: Integers
    dials: Integers
    connects: Integers
    deep_talks: Integers
    opportunities: Integers
    opportunities_sourced: Integers
    deals: Integers
    net_revenue_minor: Integers


def rep_day_arrays(as_of: date) -> RepDayArrays:
    """Return everybody's rep-days before ``as_of``; rep 0 is unassigned. One query in the table's own order."""
    sql = f"""
        SELECT rep_id, {ordinal("business_date")}, dials, connects, deep_talks, opportunities, opportunities_sourced,
               deals, revenue_minor - refunds_minor
        FROM fact_rep_day WHERE {unindexed("business_date")} < {literal(as_of)}
    """
    rep_id, day, dials, connects, deep_talks, opportunities, sourced, deals, net = whole_numbers(sql, 9)
    return RepDayArrays(
        rep_id=rep_id,
        day=day,
        dials=dials,
        connects=connects,
        deep_talks=deep_talks,
        opportunities=opportunities,
        opportunities_sourced=sourced,
        deals=deals,
        net_revenue_minor=net,
    )


def sums_by_rep(days: RepDayArrays, counted: Counted, first_day: date) -> dict[int, int]:
    """Return each rep's sum from a day on; reps without anything are left out."""
    keep = days.day >= first_day.toordinal()
    sums = _sums(days.rep_id[keep], getattr(days, counted)[keep])
    reps = np.flatnonzero(sums)
    return dict(zip(reps.tolist(), sums[reps].tolist(), strict=True))


def sums_by_month(days: RepDayArrays, counted: Counted, months: Sequence[Period]) -> dict[tuple[int, str], int]:
    """Return each rep's sum in each of the months given; sums of nothing are left out."""
    ordered = sorted(months, key=lambda month: month.first)
    firsts = np.array([month.first.toordinal() for month in ordered], dtype=np.int64)
    lasts = np.array([month.last.toordinal() for month in ordered], dtype=np.int64)
    if not len(firsts):
        return {}
    place = np.searchsorted(firsts, days.day, side="right") - 1
    keep = (place >= 0) & (days.day <= lasts[place])
    sums = _sums(days.rep_id[keep] * len(ordered) + place[keep], getattr(days, counted)[keep])
    found = np.flatnonzero(sums)
    reps, which = np.divmod(found, len(ordered))
    labels = [month.label for month in ordered]
    triples = zip(reps.tolist(), which.tolist(), sums[found].tolist(), strict=True)
    return {(rep, labels[month]): total for rep, month, total in triples}


def spans_by_rep(days: RepDayArrays) -> dict[int, ActivitySpan]:
    """Return each rep's first and last day with a fact."""
    reps, place = np.unique(days.rep_id, return_inverse=True)
    first, last = np.full(len(reps), np.iinfo(np.int64).max), np.zeros(len(reps), dtype=np.int64)
    np.minimum.at(first, place, days.day)
    np.maximum.at(last, place, days.day)
    spans = zip(reps.tolist(), first.tolist(), last.tolist(), strict=True)
    return {
        rep: ActivitySpan(first=date.fromordinal(begin), last=date.fromordinal(end)) for rep, begin, end in spans if rep
    }


def dials_by_rep(days: RepDayArrays, as_of: date) -> UsualDials:
    """Return what each rep dialled on the days with a dial in the last ``PACE_DAYS`` before ``as_of``."""
    keep = (days.dials > 0) & (days.day >= (as_of - timedelta(days=PACE_DAYS)).toordinal())
    reps, place = np.unique(days.rep_id[keep], return_inverse=True)
    dials = days.dials[keep]
    most = np.zeros(len(reps), dtype=np.int64)
    np.maximum.at(most, place, dials)
    return UsualDials(
        rep_id=reps,
        n_days=np.bincount(place, minlength=len(reps)).astype(np.int64),
        dials=_sums(place, dials, len(reps)),
        squares=_sums(place, dials * dials, len(reps)),
        most=most,
    )


def _sums(key: Integers, values: Integers, length: int = 0) -> Integers:
    # Sums of whole numbers below 2^53 are exact in a float.
    return np.bincount(key, weights=values, minlength=length).astype(np.int64)
