"""What everyone did and won, week by week, as one block of numbers: what metrics are audited on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from pacemark.web.pipeline.bridge import TABLES
from pacemark.web.pipeline.queries.columns import Integers, literal, ordinal, unindexed, whole_numbers

DAYS_IN_WEEK = 7
SUMS = (
    "dials", "distinct_leads_dialled", "connects", "effective_dials", "talk_seconds", "deep_talks", "opportunities",
    "opportunities_sourced", "pipeline_minor",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class WeeklyPanel:
    """Sums by count, person and week (from Monday, oldest first), days with a dial, and deals.

    ``deals`` counts a win for who closed it and for who sourced it, once each; NaN for a week without any fact.
    """

    rep_id: Integers
    sums: dict[str, NDArray[np.float64]]
    active_days: NDArray[np.float64]
    deals: NDArray[np.float64]


def weekly_panel(first_monday: date, n_weeks: int) -> WeeklyPanel:
    """Return so many whole weeks of everyone with a dial or a deal in them; two queries."""
    last = first_monday + timedelta(days=n_weeks * DAYS_IN_WEEK - 1)
    start = first_monday.toordinal()
    week = f"({ordinal('business_date')} - {start}) / {DAYS_IN_WEEK}"
    sql = f"""
        SELECT rep_id, {week}, COUNT(*), SUM(CASE WHEN dials > 0 THEN 1 ELSE 0 END),
               {", ".join(f"CAST(SUM({name}) AS BIGINT)" for name in SUMS)}
        FROM fact_rep_day WHERE rep_id > 0 AND {unindexed("business_date")} >= {literal(first_monday)}
          AND {unindexed("business_date")} <= {literal(last)}
        GROUP BY 1, 2
    """
    rep_id, place, _days, active, *sums = whole_numbers(sql, 4 + len(SUMS))
    reps, row = np.unique(rep_id, return_inverse=True)
    shape = (len(reps), n_weeks)

    def laid(values: Integers, nothing: float = np.nan) -> NDArray[np.float64]:
        table = np.full(shape, nothing)
        table[row, place] = values
        return table

    deals = laid(np.zeros(len(row), dtype=np.int64))
    whose, when, won = _won_by_week(first_monday, last)
    known = np.isin(whose, reps)
    np.add.at(deals, (np.searchsorted(reps, whose[known]), when[known]), won[known])
    return WeeklyPanel(
        rep_id=reps,
        sums={name: laid(column) for name, column in zip(SUMS, sums, strict=True)},
        active_days=laid(active),
        deals=deals,
    )


def _won_by_week(first: date, last: date) -> tuple[Integers, ...]:
    """Return rep, week and deals: for their owners, and for who sourced them where that is somebody else."""
    week = f"({ordinal('d.signed_on')} - {first.toordinal()}) / {DAYS_IN_WEEK}"
    within = f"d.signed_on BETWEEN {literal(first)} AND {literal(last)}"
    sql = f"""
        SELECT w.rep_id, w.week, COUNT(*) FROM (
            SELECT d.owner_id AS rep_id, {week} AS week FROM {TABLES.deals} AS d
            WHERE {within} AND d.owner_id IS NOT NULL
            UNION ALL
            SELECT o.sourced_by_id, {week} FROM {TABLES.deals} AS d
            JOIN {TABLES.opportunities} AS o ON o.id = d.opportunity_id
            WHERE {within} AND o.sourced_by_id IS NOT NULL AND (d.owner_id IS NULL OR d.owner_id <> o.sourced_by_id)
        ) AS w GROUP BY 1, 2
    """
    return whole_numbers(sql, 3)
