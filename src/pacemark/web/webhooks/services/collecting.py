"""Turning what happened into deliveries. A worker does it, once a minute; looked at twice, nothing is told twice."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from pacemark.web.accounts.models import User
from pacemark.web.jobs.services import enqueue_unless_waiting
from pacemark.web.trail.services import record
from pacemark.web.webhooks.choices import DeliveryState, HookEvent
from pacemark.web.webhooks.happenings import SOURCES, Happening
from pacemark.web.webhooks.models import Delivery, DeliveryTry, Mark, Receiver
from pacemark.web.webhooks.refusals import refuse

SEND_JOB = "webhooks.send"
# Longer than any transaction of ours that adds to what is read here.
LAG = timedelta(minutes=10)
KEEP = timedelta(days=30)
_CHUNK = 1_000


def collect(now: datetime | None = None) -> int:
    """Queue what happened since the last look for everyone who wants it; return how many deliveries are new."""
    at = now or timezone.now()
    receivers = Receiver.objects.filter(is_on=True).values_list("pk", flat=True)
    return sum(_collect_for(receiver_id, at) for receiver_id in list(receivers))


@transaction.atomic
def _collect_for(receiver_id: int, now: datetime) -> int:
    receiver = Receiver.objects.select_for_update().filter(pk=receiver_id, is_on=True).first()
    if receiver is None:
        return 0
    count = sum(_collect_event(receiver, mark, now) for mark in receiver.marks.order_by("event"))
    if count:
        enqueue_unless_waiting(SEND_JOB)
    return count


def _collect_event(receiver: Receiver, mark: Mark, now: datetime) -> int:
    source = SOURCES[mark.event]
    newest, count = mark.mark, 0
    for part in _parts(source.after(mark.floor)):
        count += _queue(receiver, mark.event, part, now)
        newest = max(newest, part[-1].position)
    if now - mark.marked_at >= LAG:
        mark.floor, mark.mark, mark.marked_at = mark.mark, newest, now
        mark.save(update_fields=["floor", "mark", "marked_at"])
    return count


def _parts(rows: Iterator[Happening]) -> Iterator[list[Happening]]:
    while part := list(islice(rows, _CHUNK)):
        yield part


def _queue(receiver: Receiver, event: str, rows: Sequence[Happening], now: datetime) -> int:
    keys = {key_of(event, row.number): row for row in rows}
    known = set(Delivery.objects.filter(receiver=receiver, key__in=keys).values_list("key", flat=True))
    fresh = [_delivery(receiver, event, key, row.at, row.data, now) for key, row in keys.items() if key not in known]
    Delivery.objects.bulk_create(fresh, batch_size=_CHUNK)
    return len(fresh)


def key_of(event: str, number: int | str) -> str:
    """Return the id under which a receiver knows one event again."""
    return f"{event.replace('.', '_')}_{number}"


def _delivery(
    receiver: Receiver, event: str, key: str, at: datetime, data: dict[str, object], now: datetime
) -> Delivery:
    told = {"id": key, "type": event, "timestamp": at.isoformat(), "data": data}
    return Delivery(
        receiver=receiver,
        key=key,
        event=event,
        body=json.dumps(told, ensure_ascii=False),
        queued_at=now,
        not_before=now,
    )


@transaction.atomic
def queue_test(*, actor: User, receiver: Receiver) -> Delivery:
    """Queue a word that shows whether the receiver answers."""
    now = timezone.now()
    key = key_of(HookEvent.TEST, uuid4().hex)
    row = _delivery(receiver, HookEvent.TEST, key, now, {"receiver": receiver.name}, now)
    row.save()
    Receiver.objects.filter(pk=receiver.pk).update(paused_until=None)
    enqueue_unless_waiting(SEND_JOB)
    record(actor=actor, action="webhooks.tested", subject=receiver)
    return row


@transaction.atomic
def send_again(*, actor: User, delivery_id: int) -> Delivery:
    """Put a delivery that failed back into the queue; its id stays, so that a receiver knows it again."""
    row = Delivery.objects.select_for_update().get(pk=delivery_id)
    if row.state != DeliveryState.FAILED:
        raise refuse("not_failed", "This one has not failed.")
    row.state, row.attempts, row.not_before, row.failure = DeliveryState.QUEUED, 0, timezone.now(), ""
    row.save()
    Receiver.objects.filter(pk=row.receiver_id).update(paused_until=None)
    enqueue_unless_waiting(SEND_JOB)
    record(actor=actor, action="webhooks.sent_again", subject=row)
    return row


@transaction.atomic
def forget_old(now: datetime | None = None) -> int:
    """Forget deliveries that arrived long ago, with their tries; what failed stays."""
    before = (now or timezone.now()) - KEEP
    old = Delivery.objects.filter(state=DeliveryState.SENT, queued_at__lt=before)
    DeliveryTry.objects.filter(delivery__in=old).delete()
    count, _by_model = old.delete()
    return count
