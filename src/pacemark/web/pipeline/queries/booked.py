"""Revenue net of refunds per rep and month, for pages that show many people at once."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from pacemark.engine.periods import Period
from pacemark.web.pipeline.queries.columns import literal, of_reps, whole_numbers


def booked_by_month(months: Sequence[Period], rep_ids: Collection[int] | None) -> dict[tuple[int, int], int]:
    """Return minor units by rep id and place in ``months``; sums of nothing are left out.

    One query, added up by the database. The months must follow each other. Rep 0 is unassigned.
    """
    if not months:
        return {}
    places = " ".join(f"WHEN business_date <= {literal(month.last)} THEN {at}" for at, month in enumerate(months))
    # The condition on money is that of the index, in literals: SQLite cannot tell from parameters that it may use it.
    sql = f"""
        SELECT rep_id, CASE {places} END AS place, CAST(SUM(revenue_minor - refunds_minor) AS BIGINT)
        FROM fact_rep_day
        WHERE business_date BETWEEN {literal(months[0].first)} AND {literal(months[-1].last)}
          AND (revenue_minor > 0 OR refunds_minor > 0) AND {of_reps("rep_id", rep_ids)}
        GROUP BY 1, 2
    """
    reps, at, sums = whole_numbers(sql, 3)
    return dict(zip(zip(reps.tolist(), at.tolist(), strict=True), sums.tolist(), strict=True))
