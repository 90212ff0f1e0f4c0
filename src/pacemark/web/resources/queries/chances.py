"""Reading what leads came to, by rep and kind: what expected deals and matching by value start from."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

from django.db.models import Count, F, Q, Sum

from pacemark.web.pipeline.models import Deal, Lead
from pacemark.web.resources.bridge.chances import Chances, Record, chances_of
from pacemark.web.resources.queries.workers import came_of, first_worker

LOOK_BACK_DAYS = 365


def chances_before(day: date) -> Chances:
    """Return the chances from a year of leads that arrived, and the deals they came to, before a day."""
    return chances_of(records_before(day))


def records_before(day: date) -> list[Record]:
    """Return leads, deals and amounts by who worked them first, channel and grade, of a year's leads before a day."""
    span = (day - timedelta(days=LOOK_BACK_DAYS), day - timedelta(days=1))
    leads = Lead.objects.filter(arrived_on__range=span, duplicate_of__isnull=True).annotate(worker=first_worker())
    kinds = ("segment__channel", "segment__lead_grade")
    counts = {
        (rep, channel or "", grade or ""): n
        for rep, channel, grade, n in leads.filter(worker__isnull=False)
        .values_list("worker", *kinds)
        .annotate(n=Count("pk"))
        .order_by()
    }
    deals = Deal.objects.filter(
        lead__arrived_on__range=span, lead__duplicate_of__isnull=True, signed_on__lt=day
    ).annotate(worker=first_worker("lead__"))
    theirs = came_of("opportunity__", "lead__", F("worker")) | Q(owner_id=F("worker"))
    rows = (
        deals.filter(theirs)
        .values_list("worker", *(f"lead__{kind}" for kind in kinds))
        .annotate(leads=Count("lead_id", distinct=True), amount=Sum("amount_minor"), n=Count("amount_minor"))
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
