"""What other rooms read of events and facts. ``rep_ids`` are the visible reps; ``None`` means everyone."""

from __future__ import annotations

from pacemark.web.pipeline.queries.booked import booked_by_month
from pacemark.web.pipeline.queries.cohorts import CohortArrays, WinLagArrays, cohort_arrays, win_lags
from pacemark.web.pipeline.queries.deals import (
    DealValues,
    ExpectedAmounts,
    LossLags,
    OpenOpportunities,
    deal_values,
    expected_amounts,
    loss_lags,
    open_opportunities,
)
from pacemark.web.pipeline.queries.freshness import (
    Freshness,
    LeadCount,
    SegmentName,
    freshness,
    last_call_date,
    last_opportunity_date,
    lead_counts,
    segment_names,
)
from pacemark.web.pipeline.queries.history import (
    RepDayArrays,
    dials_by_rep,
    rep_day_arrays,
    spans_by_rep,
    sums_by_month,
    sums_by_rep,
)
from pacemark.web.pipeline.queries.pace import (
    ActivitySpan,
    OwnedCounts,
    UsualDials,
    activity_spans,
    hour_shares,
    last_call_at,
    owned_counts,
    sum_days,
)
from pacemark.web.pipeline.queries.rep_days import (
    DayCounts,
    MonthRevenue,
    RepDayRow,
    RepTotals,
    day_of_reps,
    days_mark,
    days_of_reps,
    monthly_revenue,
    rep_day_rows,
    rep_day_totals,
    today_of,
)
from pacemark.web.pipeline.queries.segments import SegmentMonths, segment_months
from pacemark.web.pipeline.queries.unreported import Unreported, unreported_leads

__all__ = [
    "ActivitySpan", "CohortArrays", "DayCounts", "DealValues", "ExpectedAmounts", "Freshness", "LeadCount", "LossLags",
    "MonthRevenue", "OpenOpportunities", "OwnedCounts", "RepDayArrays", "RepDayRow", "RepTotals", "SegmentMonths",
    "SegmentName", "Unreported", "UsualDials", "WinLagArrays", "activity_spans", "booked_by_month", "cohort_arrays",
    "day_of_reps", "days_mark", "days_of_reps", "deal_values", "dials_by_rep", "expected_amounts", "freshness",
    "hour_shares", "last_call_at", "last_call_date", "last_opportunity_date", "lead_counts", "loss_lags",
    "monthly_revenue", "open_opportunities", "owned_counts", "rep_day_arrays", "rep_day_rows", "rep_day_totals",
    "segment_months", "segment_names", "spans_by_rep", "sum_days", "sums_by_month", "sums_by_rep", "today_of",
    "unreported_leads", "win_lags",
]  # fmt: skip
