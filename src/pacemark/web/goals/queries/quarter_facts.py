"""Everything that one person's quarter page is made from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from pacemark.engine.errors import EngineError
from pacemark.engine.periods import months_of_quarter, quarter_of, sales_month_of, shift_month
from pacemark.web.goals.bridge.quarters import Quarter, QuarterShape
from pacemark.web.goals.choices import IntentionKind
from pacemark.web.goals.models import Intention
from pacemark.web.goals.queries.intentions import AskedInQuarter, asked_in_quarter
from pacemark.web.goals.queries.periods import shown_period
from pacemark.web.goals.queries.quarters import quarter_board
from pacemark.web.goals.queries.wish_odds import chances_in_month
from pacemark.web.organization.clock import local_today
from pacemark.web.organization.models import Rep
from pacemark.web.organization.queries import organization
from pacemark.web.pipeline import queries as pipeline


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarterFacts:
    """What the page is made from."""

    rep_id: int
    rep_name: str
    label: str
    currency: str
    shape: QuarterShape
    quarter: Quarter
    booked_minor: Mapping[date, int]
    asked: AskedInQuarter
    chances: Mapping[tuple[IntentionKind, date], float | None]
    intentions: Sequence[Intention]


def quarter_start_asked(text: str) -> date:
    """Return the first day of the quarter that an address names (2024-Q2), else of the month that pages show."""
    start_day = organization().sales_month_start_day
    try:
        return months_of_quarter(text, start_day)[0].first
    except EngineError:
        return months_of_quarter(quarter_of(shown_period(text).label), start_day)[0].first


def quarter_label(quarter_start: date) -> str:
    """Return 2024-Q2 for the quarter's first day."""
    return quarter_of(sales_month_of(quarter_start, organization().sales_month_start_day).label)


def neighbours(label: str) -> tuple[str, str]:
    """Return the quarters before and after one."""
    first = f"{label[:4]}-{int(label[-1]) * 3 - 2:02d}"
    return quarter_of(shift_month(first, -3)), quarter_of(shift_month(first, 3))


def quarter_facts(rep_id: int, quarter_start: date) -> QuarterFacts:
    """Return what stands in a rep's quarter, what the ladder asks, and how likely that is."""
    settings = organization()
    today = local_today(settings.time_zone)
    board = quarter_board([quarter_start], [rep_id])
    shape = board.shapes[quarter_start]
    asked = asked_in_quarter(rep_id, quarter_start)
    last = min(shape.months[-1].last, today)
    booked: dict[date, int] = {}
    for row in pipeline.rep_day_rows(rep_id, quarter_start, last):
        month = next(month.first for month in shape.months if month.holds(row.business_date))
        booked[month] = booked.get(month, 0) + row.revenue_minor - row.refunds_minor
    return QuarterFacts(
        rep_id=rep_id,
        rep_name=Rep.objects.values_list("name", flat=True).get(pk=rep_id),
        label=quarter_of(shape.months[0].label),
        currency=settings.currency,
        shape=shape,
        quarter=board.quarters[rep_id, quarter_start],
        booked_minor=booked,
        asked=asked,
        chances=_chances(rep_id, asked, today),
        intentions=list(
            Intention.objects.filter(rep_id=rep_id, quarter_start=quarter_start)
            .select_related("set_by")
            .order_by("-version")
        ),
    )


def _chances(rep_id: int, asked: AskedInQuarter, today: date) -> dict[tuple[IntentionKind, date], float | None]:
    found: dict[tuple[IntentionKind, date], float | None] = {}
    kinds = list(asked.months_minor)
    for place, month in enumerate(asked.months):
        amounts = [asked.months_minor[kind][place] for kind in kinds]
        for kind, chance in zip(kinds, chances_in_month(rep_id, month, amounts, today), strict=True):
            found[kind, month.first] = chance
    return found
