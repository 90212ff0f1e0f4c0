"""What the Resources page shows beside the accounts: fairness in numbers, and what leads brought by source."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from django.db.models import Count, Sum

from pacemark.engine.resources.fairness import jain
from pacemark.web.pipeline.choices import OpportunityState
from pacemark.web.pipeline.models import Deal, Lead, Opportunity, Refund, Segment
from pacemark.web.resources.choices import RunKind
from pacemark.web.resources.models import PolicyVersion, Run
from pacemark.web.resources.queries.fairness_page import AccountRow
from pacemark.web.resources.queries.runs import inputs_of

SOURCE_DAYS = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class FairnessView:
    """How even distribution has been. ``jain`` is 1 when everybody has exactly what is owed."""

    jain: float | None
    worst: float
    worst_name: str
    n_off: int
    floor: int
    n_below_floor: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRow:
    """What the leads of one source came to so far."""

    channel: str
    n_leads: int
    n_opportunities: int
    n_deals: int
    revenue_minor: int

    @property
    def conversion(self) -> float | None:
        """Return deals per lead."""
        return self.n_deals / self.n_leads if self.n_leads else None

    @property
    def opportunity_rate(self) -> float | None:
        """Return opportunities per lead."""
        return self.n_opportunities / self.n_leads if self.n_leads else None

    @property
    def per_lead_minor(self) -> int | None:
        """Return revenue per lead in minor units, rounded to one."""
        return round(self.revenue_minor / self.n_leads) if self.n_leads else None


def fairness_of(accounts: Sequence[AccountRow], version: PolicyVersion | None) -> FairnessView:
    """Return the numbers over everybody's accounts, and who was below the floor in the last batch."""
    owed = [row for row in accounts if row.entitled > 0]
    worst = max(owed, key=lambda row: abs(row.balance), default=None)
    found = jain([Fraction(row.received) / Fraction(row.entitled) for row in owed])
    floor = int((version.content["policy"].get("floor") or 0) if version else 0)
    return FairnessView(
        jain=None if found is None else float(found),
        worst=worst.balance if worst else 0.0,
        worst_name=worst.name if worst else "",
        n_off=sum(abs(row.balance) >= 1 for row in owed),
        floor=floor,
        n_below_floor=_below_floor(version, floor),
    )


def _below_floor(version: PolicyVersion | None, floor: int) -> int | None:
    """Return how many on duty got less than the floor in the last batch; None where there was none."""
    if version is None or not floor:
        return None
    run = Run.objects.filter(version=version, kind=RunKind.BATCH, state="done").order_by("-began_at", "-pk").first()
    if run is None:
        return None
    counts = run.answer.get("counts", {})
    n_below: int = sum(counts.get(rep["id"], 0) < floor for rep in inputs_of(run).get("reps", ()) if not rep.get("off"))
    return n_below


def sources_of(today: date) -> list[SourceRow]:
    """Return what leads of the last ninety days have brought, by source, the best revenue per lead first.

    Leads that came lately have had less time; every source has them alike.
    """
    since = today - timedelta(days=SOURCE_DAYS)
    recent = {"lead__arrived_on__gt": since}
    leads = _leads_since(since)
    opportunities = Opportunity.objects.filter(**recent).exclude(state=OpportunityState.UNQUALIFIED)
    opened = _counted(opportunities, "lead__segment__channel")
    deals = Deal.objects.filter(**recent).values_list("lead__segment__channel")
    won = {channel: (n, minor or 0) for channel, n, minor in deals.annotate(n=Count("pk"), minor=Sum("amount_minor"))}
    refunds = Refund.objects.filter(deal__lead__arrived_on__gt=since).values_list("deal__lead__segment__channel")
    back = dict(refunds.annotate(minor=Sum("amount_minor")))
    rows = []
    for channel, n in leads.items():
        n_deals, minor = won.get(channel, (0, 0))
        row = SourceRow(
            channel=channel or "", n_leads=n, n_opportunities=opened.get(channel, 0), n_deals=n_deals,
            revenue_minor=minor - back.get(channel, 0),
        )  # fmt: skip
        rows.append(row)
    return sorted(rows, key=lambda row: (-(row.per_lead_minor or 0), row.channel))


def _leads_since(since: date) -> dict[str | None, int]:
    """Count by day and segment, in the order of the index that answers it, and name the sources afterwards."""
    rows = Lead.objects.filter(arrived_on__gt=since, duplicate_of__isnull=True).values_list("arrived_on", "segment_id")
    channels, found = dict(Segment.objects.values_list("pk", "channel")), Counter[str | None]()
    for _day, segment_id, n in rows.annotate(n=Count("pk")).order_by():
        found[channels.get(segment_id or 0)] += n
    return dict(found)


def _counted(rows: object, column: str) -> dict[Any, int]:
    return dict(rows.values_list(column).annotate(n=Count("pk")).order_by())  # type: ignore[attr-defined]
