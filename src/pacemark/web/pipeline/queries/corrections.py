"""Which deep talks the padding test takes off: written in windows, read per sales month."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import F

from pacemark.engine.periods import sales_month_of
from pacemark.web.organization.queries import organization
from pacemark.web.pipeline.fact_models import QualityWindow


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """One person's sales month in which so large a share of the deep talks is beyond the smooth curve."""

    rep_id: int
    first_day: date
    last_day: date
    share: float


def corrections(first_day: date, last_day: date, rep_ids: Collection[int] | None) -> list[Correction]:
    """Return the flagged months that touch some days. A month judged with earlier ones carries the window's share."""
    rows = QualityWindow.objects.filter(window_end__gte=first_day, adjusted__lt=F("deep_talks"))
    if rep_ids is not None:
        rows = rows.filter(rep_id__in=rep_ids)
    found = list(rows.values_list("rep_id", "window_end", "excess", "deep_talks"))
    start_day = organization().sales_month_start_day if found else 1
    return [
        Correction(rep_id=rep_id, first_day=month.first, last_day=end, share=excess / deep_talks)
        for rep_id, end, excess, deep_talks in found
        if (month := sales_month_of(end, start_day)).first <= last_day
    ]


def flagged_share(window_end: date) -> float:
    """Return the share of those tested in a window whose deep talks ask to be looked at; NaN where nobody was."""
    tested = QualityWindow.objects.filter(window_end=window_end, q__isnull=False)
    flags = [adjusted < deep_talks for adjusted, deep_talks in tested.values_list("adjusted", "deep_talks")]
    return sum(flags) / len(flags) if flags else float("nan")
