"""What is known of months from before the records, and when the records begin."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pacemark.web.pipeline.fact_models import RepDay
from pacemark.web.pipeline.history_models import MonthlyTotal


@dataclass(frozen=True, slots=True, kw_only=True)
class BroughtTotal:
    """Revenue of one month net of refunds, of a team or (``rep_id``) of a rep, and how many people sold."""

    rep_id: int | None
    month_start: date
    revenue_minor: int
    active_reps: int


def brought_totals(before: date) -> list[BroughtTotal]:
    """Return the monthly totals that were brought along, of months that started before a day."""
    rows = MonthlyTotal.objects.filter(month_start__lt=before).order_by("month_start", "pk")
    return [BroughtTotal(**row) for row in rows.values("rep_id", "month_start", "revenue_minor", "active_reps")]


def first_fact_date() -> date | None:
    """Return the first day that the records tell anything of."""
    return RepDay.objects.order_by("business_date").values_list("business_date", flat=True).first()
