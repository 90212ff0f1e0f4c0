"""Reading what leads came to, by rep and kind: what expected deals and matching by value start from."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

from django.db.models import Count, Sum

from pacemark.web.pipeline.models import Deal, Lead
from pacemark.web.resources.bridge.chances import Chances, Record, chances_of

LOOK_BACK_DAYS = 365


def chances_before(day: date) -> Chances:
    """Return the chances from a year of leads that arrived, and the deals they came to, before a day."""
    return chances_of(records_before(day))


def records_before(day: date) -> list[Record]:
    """Return leads, deals and amounts by rep, channel and grade, of leads that arrived in the year before a day."""
    span = (day - timedelta(days=LOOK_BACK_DAYS), day - timedelta(days=1))
    leads = Lead.objects.filter(arrived_on__range=span, owner__isnull=False, duplicate_of__isnull=True)
    kinds = ("owner_id", "segment__channel", "segment__lead_grade")
    counts = {
        (rep, channel or "", grade or ""): n
        for rep, channel, grade, n in leads.values_list(*kinds).annotate(n=Count("pk")).order_by()
    }
    deals = Deal.objects.filter(lead__arrived_on__range=span, signed_on__lt=day, lead__owner__isnull=False)
    rows = deals.values_list(*(f"lead__{kind}" for kind in kinds)).annotate(
        leads=Count("lead_id", distinct=True), amount=Sum("amount_minor"), n=Count("amount_minor")
    )
    won: defaultdict[tuple[int | None, str, str], tuple[int, int, int]] = defaultdict(lambda: (0, 0, 0))
    for rep, channel, grade, n_leads, amount, n in rows.order_by():
        won[rep, channel or "", grade or ""] = (n_leads, amount or 0, n)
    return [
        Record(
            rep_id=str(key[0]), kind=(key[1], key[2]), n_leads=n, n_deals=won[key][0], amount_minor=won[key][1],
            n_amounts=won[key][2],
        )
        for key, n in sorted(counts.items(), key=lambda item: str(item[0]))
    ]  # fmt: skip
