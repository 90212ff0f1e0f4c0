"""What reps did and got, day by day; sums over the facts."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import date

from django.db.models import Count, Q, QuerySet, Sum

from pacemark.engine.periods import sales_month_of
from pacemark.web.pipeline.fact_models import RepDay


@dataclass(frozen=True, slots=True, kw_only=True)
class DayCounts:
    """What a rep did and got. Money is in minor units; revenue is before refunds."""

    dials: int = 0
    connects: int = 0
    effective_dials: int = 0
    talk_seconds: int = 0
    deep_talks: int = 0
    opportunities: int = 0
    opportunities_sourced: int = 0
    pipeline_minor: int = 0
    deals: int = 0
    revenue_minor: int = 0
    refunds_minor: int = 0

    @property
    def net_revenue_minor(self) -> int:
        """Revenue with refunds taken off."""
        return self.revenue_minor - self.refunds_minor


COUNTS = tuple(field.name for field in fields(DayCounts))


@dataclass(frozen=True, slots=True, kw_only=True)
class RepTotals(DayCounts):
    """One rep over a span of days; rep 0 is unassigned."""

    rep_id: int
    active_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RepDayRow(DayCounts):
    """One rep on one day."""

    rep_id: int
    business_date: date
    team_id: int = 0
    distinct_leads_dialled: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthRevenue:
    """One rep's revenue net of refunds in one sales month."""

    rep_id: int
    month: str
    first_day: date
    net_revenue_minor: int
    deals: int


def _days(first_day: date, last_day: date, rep_ids: Collection[int] | None) -> QuerySet[RepDay]:
    rows = RepDay.objects.filter(business_date__range=(first_day, last_day))
    return rows if rep_ids is None else rows.filter(rep_id__in=rep_ids)


def rep_day_totals(first_day: date, last_day: date, rep_ids: Collection[int] | None) -> list[RepTotals]:
    """Return each rep's sums from the first to the last day, both included, ordered by rep.

    ``active_days`` counts the days with a dial. Reps without any fact in the span have no row. Distinct leads are not
    among the sums, since those of several days do not add up.
    """
    rows = (
        _days(first_day, last_day, rep_ids)
        .values("rep_id")
        .annotate(active_days=Count("business_date", filter=Q(dials__gt=0)), **{name: Sum(name) for name in COUNTS})
        .order_by("rep_id")
    )
    return [RepTotals(**row) for row in rows]


def rep_day_rows(rep_id: int, first_day: date, last_day: date) -> list[RepDayRow]:
    """Return one rep's days from the first to the last, both included; days without facts are left out."""
    return list(_rows_of(_days(first_day, last_day, [rep_id]).order_by("business_date")))


def today_of(rep_id: int, day: date) -> RepDayRow:
    """Return one rep's day; all zeros where nothing has happened yet."""
    row = next(iter(_rows_of(RepDay.objects.filter(rep_id=rep_id, business_date=day))), None)
    return row or RepDayRow(rep_id=rep_id, business_date=day)


def day_of_reps(day: date, rep_ids: Collection[int] | None) -> list[RepDayRow]:
    """Return one day of many reps, ordered by rep."""
    return list(_rows_of(_days(day, day, rep_ids).order_by("rep_id")))


def days_of_reps(first_day: date, last_day: date, rep_ids: Collection[int] | None) -> list[RepDayRow]:
    """Return the days of many reps from the first to the last, both included; days without facts are left out."""
    return list(_rows_of(_days(first_day, last_day, rep_ids)))


def days_mark(first_day: date, last_day: date, rep_ids: Collection[int] | None) -> str:
    """Return a short text that changes whenever those days are counted otherwise; for conditional requests."""
    sums = _days(first_day, last_day, rep_ids).aggregate(**{name: Sum(name) for name in COUNTS})
    return "|".join(str(sums[name] or 0) for name in COUNTS)


def _rows_of(rows: QuerySet[RepDay]) -> list[RepDayRow]:
    names = tuple(field.name for field in fields(RepDayRow))
    return [RepDayRow(**row) for row in rows.values(*names)]


def monthly_revenue(as_of: date, rep_ids: Collection[int] | None, start_day: int = 1) -> list[MonthRevenue]:
    """Return each rep's revenue net of refunds per sales month, from the days before ``as_of``.

    Months without a fact have no row; ordered by rep and month.
    """
    rows = RepDay.objects.filter(business_date__lt=as_of).filter(
        Q(revenue_minor__gt=0) | Q(refunds_minor__gt=0) | Q(deals__gt=0)
    )
    if rep_ids is not None:
        rows = rows.filter(rep_id__in=rep_ids)
    sums: dict[tuple[int, date], list[int]] = {}
    labels: dict[date, tuple[str, date]] = {}
    for rep_id, day, revenue, refunds, deals in rows.values_list(
        "rep_id", "business_date", "revenue_minor", "refunds_minor", "deals"
    ):
        if day not in labels:
            month = sales_month_of(day, start_day)
            labels[day] = (month.label, month.first)
        of_month = sums.setdefault((rep_id, labels[day][1]), [0, 0])
        of_month[0] += revenue - refunds
        of_month[1] += deals
    names = {first: label for label, first in labels.values()}
    return [
        MonthRevenue(rep_id=rep_id, month=names[first], first_day=first, net_revenue_minor=net, deals=deals)
        for (rep_id, first), (net, deals) in sorted(sums.items())
    ]
