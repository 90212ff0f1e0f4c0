"""Real activity on held leads: connects and touches by whoever holds them. A customer who comes again is none."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import OuterRef, Q, Subquery

from pacemark.web.organization.clock import date_of
from pacemark.web.organization.models import Organization
from pacemark.web.pipeline.choices import ARRIVAL, Direction
from pacemark.web.pipeline.holding_models import Holding
from pacemark.web.pipeline.models import Call, Touch

FETCH_SIZE = 5_000


def latest_activity(settings: Organization, today: date) -> Iterator[tuple[int, date]]:
    """Yield each held lead with the day of its holder's latest activity, where that is later than the one noted.

    Only leads under a clock; what lies in the future (a caller's wrong clock) prolongs nothing.
    """
    mine = {"lead_id": OuterRef("lead_id"), "rep_id": OuterRef("rep_id")}
    is_connect = Q(talk_seconds__gte=settings.connect_seconds) & (Q(answered__isnull=True) | Q(answered=True))
    calls = Call.objects.filter(is_connect, **mine, business_date__lte=today).exclude(direction=Direction.MISSED)
    tomorrow = datetime.combine(today + timedelta(days=1), time(), ZoneInfo(settings.time_zone))
    touches = Touch.objects.filter(**mine, occurred_at__lt=tomorrow).exclude(kind=ARRIVAL)
    rows = Holding.objects.filter(ended_at__isnull=True, due_on__isnull=False).values_list(
        "lead_id", "began_on", "last_activity_on",
        Subquery(calls.order_by("-occurred_at").values("business_date")[:1]),
        Subquery(touches.order_by("-occurred_at").values("occurred_at")[:1]),
    )  # fmt: skip
    for lead_id, began_on, noted, called_on, touched_at in rows.iterator(chunk_size=FETCH_SIZE):
        touched_on = date_of(touched_at, settings.time_zone) if touched_at else date.min
        latest = max(called_on or date.min, touched_on)
        if latest >= began_on and (noted is None or latest > noted):
            yield lead_id, latest
