"""Reading receivers, callers and their logs. All of it is for whoever runs the floor."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Max, Q, QuerySet

from pacemark.web.webhooks.choices import DeliveryState
from pacemark.web.webhooks.models import Caller, Delivery, Receipt, Receiver

WAITING = (DeliveryState.QUEUED, DeliveryState.SENDING)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiverRow:
    """A receiver with how many deliveries wait, and how many a person has to look at."""

    receiver: Receiver
    n_waiting: int
    n_failed: int


def receiver_rows() -> list[ReceiverRow]:
    """Return every receiver, counted."""
    rows = Receiver.objects.order_by("name").annotate(
        n_waiting=Count("deliveries", filter=Q(deliveries__state__in=WAITING)),
        n_failed=Count("deliveries", filter=Q(deliveries__state=DeliveryState.FAILED)),
    )
    return [ReceiverRow(receiver=row, n_waiting=row.n_waiting, n_failed=row.n_failed) for row in rows]


def callers() -> QuerySet[Caller]:
    """Return every caller, with ``last_at`` of the last post that was taken."""
    return Caller.objects.order_by("name").annotate(last_at=Max("receipts__at", filter=Q(receipts__state="taken")))


def deliveries_shown(*, receiver_id: int | None = None, state: str = "") -> QuerySet[Delivery]:
    """Return deliveries, the newest first."""
    rows = Delivery.objects.select_related("receiver").order_by("-queued_at", "-pk")
    if receiver_id is not None:
        rows = rows.filter(receiver_id=receiver_id)
    return rows.filter(state=state) if state else rows


def receipts_shown() -> QuerySet[Receipt]:
    """Return what was posted to us, the newest first."""
    return Receipt.objects.select_related("caller").order_by("-at", "-pk")
