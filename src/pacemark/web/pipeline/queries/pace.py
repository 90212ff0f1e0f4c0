"""How somebody usually works: dials a day, hours of the day, opportunities that no talk of theirs preceded."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
from django.db.models import Max, Min, Sum
from numpy.typing import NDArray

from pacemark.web.pipeline.fact_models import DialCohort, RepDay
from pacemark.web.pipeline.models import Call
from pacemark.web.pipeline.queries.columns import Integers, literal, of_reps, unindexed, whole_numbers
from pacemark.web.pipeline.queries.rep_days import COUNTS, DayCounts

PACE_DAYS = 60
HOUR_DAYS = 92


@dataclass(frozen=True, slots=True, kw_only=True)
class UsualDials:
    """One entry per rep who dialled in the span: days with a dial, their dials, the squares' sum, the most in a day."""

    rep_id: Integers
    n_days: Integers
    dials: Integers
    squares: Integers
    most: Integers

    @property
    def shown_per_day(self) -> NDArray[np.float64]:
        """Return the dials that a good tenth of the days reach: mean + 1.28 standard deviations, at most the most."""
        mean = self.dials / self.n_days
        spread = np.sqrt(np.maximum(self.squares / self.n_days - mean**2, 0.0))
        return np.minimum(mean + 1.2816 * spread, self.most)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnedCounts:
    """One entry per rep who owns or sourced opportunities opened in the span.

    Those owned, those of them that no deep talk of the owner's preceded, and those sourced, whoever owns them.
    """

    rep_id: Integers
    opportunities: Integers
    not_own_talk: Integers
    sourced: Integers


def owned_counts(as_of: date, rep_ids: Collection[int] | None, days: int) -> OwnedCounts:
    """Return what each rep came to own in the last ``days`` before ``as_of``, and what their talks brought."""
    sql = f"""
        SELECT COALESCE(owner_id, 0), COALESCE(sourced_by_id, 0), COUNT(*) FROM pipeline_opportunity
        WHERE state <> 'unqualified' AND {unindexed("opened_on")} < {literal(as_of)}
          AND {unindexed("opened_on")} >= {literal(as_of - timedelta(days=days))}
          AND ({of_reps("owner_id", rep_ids)} OR {of_reps("sourced_by_id", rep_ids)})
        GROUP BY owner_id, sourced_by_id
    """
    owner, source, count = whole_numbers(sql, 3)
    rep_id = np.union1d(owner, source)
    rep_id = rep_id[rep_id > 0]
    if rep_ids is not None:
        rep_id = rep_id[np.isin(rep_id, list(rep_ids))]
    not_own = np.where(owner != source, count, 0)
    return OwnedCounts(
        rep_id=rep_id,
        opportunities=_summed(rep_id, owner, count),
        not_own_talk=_summed(rep_id, owner, not_own),
        sourced=_summed(rep_id, source, count),
    )


def _summed(rep_id: Integers, of: Integers, count: Integers) -> Integers:
    """Return the sums per rep, in their (rising) order; of nobody else."""
    place = np.searchsorted(rep_id, of)
    mine = np.append(rep_id, -1)[place] == of
    return np.bincount(place[mine], count[mine], minlength=len(rep_id)).astype(np.int64)


def _end_of(day: date) -> str:
    """Return what sorts after everything that a calendar month is counted under."""
    return f"{day.isoformat()[:7]}~"


def hour_shares(rep_id: int, day: date) -> dict[int, float]:
    """Return which share of a rep's dials falls into each hour of the day, from the last three months.

    Empty where the rep has not dialled in that time.
    """
    rows = (
        DialCohort.objects.filter(
            rep_id=rep_id, month__gt=_end_of(day - timedelta(days=HOUR_DAYS)), month__lte=_end_of(day)
        )
        .values_list("local_hour")
        .annotate(dials=Sum("dials"))
    )
    dials = dict(rows)
    total = sum(dials.values())
    return {hour: count / total for hour, count in dials.items()} if total else {}


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivitySpan:
    """The first and the last day on which a rep has any fact."""

    first: date
    last: date


def activity_spans(as_of: date) -> dict[int, ActivitySpan]:
    """Return each rep's first and last day with a fact before ``as_of``."""
    rows = RepDay.objects.filter(business_date__lt=as_of, rep_id__gt=0).values_list("rep_id")
    spans = rows.annotate(first=Min("business_date"), last=Max("business_date"))
    return {rep_id: ActivitySpan(first=first, last=last) for rep_id, first, last in spans}


def last_call_at(rep_id: int, day: date) -> datetime | None:
    """Return when a rep's last call of a day began."""
    rows = Call.objects.filter(rep_id=rep_id, business_date=day)
    found: datetime | None = rows.aggregate(last=Max("occurred_at"))["last"]
    return found


def sum_days(days: Iterable[DayCounts]) -> DayCounts:
    """Add days up."""
    rows = list(days)
    return DayCounts(**{name: sum(getattr(row, name) for row in rows) for name in COUNTS})
