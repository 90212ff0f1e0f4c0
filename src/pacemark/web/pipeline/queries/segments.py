"""What became of each rep's dials and opportunities by segment and month: for comparing like with like."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from pacemark.engine.periods import Period
from pacemark.web.organization.queries import organization
from pacemark.web.pipeline.queries.columns import Integers, literal, of_reps, whole_numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentMonths:
    """One entry per rep, sales month and segment with anything in it; all of the same length.

    ``month`` is the place of the sales month among those asked for, ``segment_id`` is 0 where unknown. Deep talks that
    converted count in the month of the talk, opportunities and those won so far in the month they opened.
    """

    rep_id: Integers
    month: Integers
    segment_id: Integers
    dials: Integers
    connects: Integers
    deep_talks: Integers
    talks_converted: Integers
    opportunities: Integers
    won: Integers


def segment_months(months: Sequence[Period], rep_ids: Collection[int] | None) -> SegmentMonths:
    """Return what the facts know now of some sales months, by rep and segment; ordered by rep, month and segment."""
    parts = [_of_month(place, month, rep_ids) for place, month in enumerate(months)]
    columns = [np.concatenate(column) for column in zip(*parts, strict=True)] if parts else [_NONE] * _N_COLUMNS
    order = np.lexsort((columns[2], columns[1], columns[0]))
    rep_id, place, segment_id, dials, connects, deep_talks, converted, opened, won = (
        column[order] for column in columns
    )
    return SegmentMonths(
        rep_id=rep_id, month=place, segment_id=segment_id, dials=dials, connects=connects, deep_talks=deep_talks,
        talks_converted=converted, opportunities=opened, won=won,
    )  # fmt: skip


_N_COLUMNS = 9
_NONE = np.zeros(0, dtype=np.int64)


def _of_month(place: int, month: Period, rep_ids: Collection[int] | None) -> tuple[Integers, ...]:
    names = ", ".join(f"'{name}'" for name in _counted_under(month))
    sql = f"""
        SELECT rep_id, {int(place)}, segment_id, SUM(dials), SUM(connects), SUM(deep_talks), SUM(converted),
               SUM(opened), SUM(won)
        FROM (
            SELECT rep_id, segment_id, dials, connects, deep_talks, 0 AS converted,
                   0 AS opened, 0 AS won
            FROM fact_dial_cohort WHERE month IN ({names}) AND {of_reps("rep_id", rep_ids)}
            UNION ALL
            SELECT rep_id, segment_id, 0, 0, 0, talks_converted, opportunities, won FROM fact_opportunity_cohort
            WHERE trial_on >= {literal(month.first)} AND trial_on <= {literal(month.last)}
              AND {of_reps("rep_id", rep_ids)}
        ) AS counted
        GROUP BY rep_id, segment_id
    """
    return whole_numbers(sql, _N_COLUMNS)


def _counted_under(month: Period) -> list[str]:
    """Return what the dials of a sales month are counted under, see ``pacemark.facts.relations.month_of``."""
    if organization().sales_month_start_day == 1:
        return [f"{month.first:%Y-%m}"]
    following = (month.first.replace(day=1) + timedelta(days=31)).replace(day=1)
    return [f"{month.first:%Y-%m}+", f"{following:%Y-%m}"]
