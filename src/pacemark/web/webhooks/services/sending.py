"""Sending deliveries: at least once each, over any number of workers, and slower to whoever does not answer.

A worker claims a delivery under a lease. Killed before the answer was noted, it leaves one that is sent again under the
same id; a receiver that has seen the id lets it go. While a receiver fails, all of its deliveries wait.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

import requests
from django.db import transaction
from django.db.models import Min, Q, QuerySet
from django.utils import timezone

from pacemark.web.shared.outgoing import ForbiddenAddressError, check_url, guarded_session, post
from pacemark.web.webhooks.choices import DeliveryState
from pacemark.web.webhooks.models import Delivery, DeliveryTry, Receiver
from pacemark.web.webhooks.services.ends import houses
from pacemark.web.webhooks.signing import secrets_of, signed_headers, unseal

LEASE = timedelta(seconds=90)  # longer than the longest wait for an answer
# Seconds to wait after the n-th failure; after the last one it is a person's.
DELAYS = (10, 60, 300, 900, 3600, 3 * 3600, 6 * 3600, 12 * 3600, 24 * 3600)
LONGEST_PAUSE_SECONDS = 300  # while one delivery waits for hours, another may show that the receiver is back
SHORT_WAIT = timedelta(seconds=4)
MOST_WAIT_SECONDS = 24 * 3600
_TOO_MANY, _UNAVAILABLE = 429, 503


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of one try. ``wait_seconds`` is what a receiver asked for that has too much to do."""

    status: int | None
    detail: str = ""
    wait_seconds: int | None = None

    @property
    def is_sent(self) -> bool:
        """Say whether the receiver has taken it."""
        return self.status is not None and 200 <= self.status < 300


def send_due(*, budget_seconds: float = 45.0) -> int:
    """Send what is due and return how many were taken."""
    deadline, count = time.monotonic() + budget_seconds, 0
    with guarded_session(houses()) as session:
        while time.monotonic() < deadline:
            release_expired(timezone.now())
            claimed = claim(timezone.now())
            if claimed is None:
                if not _wait_briefly():
                    break
                continue
            began = time.monotonic()
            outcome = deliver(session, claimed)
            count += outcome.is_sent
            settle(claimed, outcome, timezone.now(), round(1000 * (time.monotonic() - began)))
    return count


def _wait_briefly() -> bool:
    now = timezone.now()
    free = _free(now + SHORT_WAIT).aggregate(first=Min("not_before"), paused=Min("receiver__paused_until"))
    if free["first"] is None:
        return False
    until = max(free["first"], free["paused"] or free["first"])
    time.sleep(min(max(0.05, (until - now).total_seconds()), SHORT_WAIT.total_seconds()))
    return True


def _free(now: datetime) -> QuerySet[Delivery]:
    may_be_sent = Q(receiver__paused_until__isnull=True) | Q(receiver__paused_until__lte=now)
    return Delivery.objects.filter(may_be_sent, state=DeliveryState.QUEUED, not_before__lte=now, receiver__is_on=True)


@transaction.atomic
def claim(now: datetime) -> Delivery | None:
    """Take the next delivery that is due, or None."""
    due = _free(now).select_related("receiver").order_by("not_before", "pk")
    row = due.select_for_update(skip_locked=True, of=("self",)).first()
    if row is None:
        return None
    row.state, row.leased_until, row.holder = DeliveryState.SENDING, now + LEASE, f"{os.getpid()}-{uuid4().hex}"
    row.save(update_fields=["state", "leased_until", "holder"])
    return row


def deliver(session: requests.Session, delivery: Delivery) -> Outcome:
    """Post one delivery, signed; nothing is read of the answer but its status."""
    receiver, body, now = delivery.receiver, delivery.body.encode(), timezone.now()
    address = unseal(receiver.address_encrypted)
    headers = signed_headers(secrets_of(receiver, now), delivery.key, int(now.timestamp()), body)
    headers |= {"Content-Type": "application/json; charset=utf-8", "User-Agent": "Pacemark"}
    try:
        check_url(address, houses())
        answer = post(session, address, body, headers)
    except ForbiddenAddressError:
        return Outcome(status=None, detail="webhooks.forbidden_address")
    except requests.Timeout:
        return Outcome(status=None, detail="webhooks.no_answer")
    except (requests.RequestException, OSError):
        return Outcome(status=None, detail="webhooks.not_reached")
    wait = answer.headers.get("Retry-After", "")
    asks = answer.status_code in {_TOO_MANY, _UNAVAILABLE} and wait.isdecimal()
    return Outcome(
        status=answer.status_code, detail=f"HTTP {answer.status_code}", wait_seconds=int(wait[:6]) if asks else None
    )


@transaction.atomic
def settle(claimed: Delivery, outcome: Outcome, now: datetime, took_ms: int) -> None:
    """Note what came of a try. Whoever lost the lease meanwhile only adds to the log, unless it arrived."""
    row = Delivery.objects.select_for_update().filter(pk=claimed.pk).first()
    if row is None:
        return
    DeliveryTry.objects.create(
        delivery=row, at=now, status=outcome.status, detail=outcome.detail[:100], took_ms=took_ms
    )
    if outcome.is_sent:
        row.state, row.sent_at, row.failure = DeliveryState.SENT, now, ""
        row.save(update_fields=["state", "sent_at", "failure"])
        Receiver.objects.filter(pk=row.receiver_id).exclude(failures=0).update(failures=0, paused_until=None)
    elif row.holder == claimed.holder and row.state == DeliveryState.SENDING:
        _failed(row, outcome, now)


def _failed(row: Delivery, outcome: Outcome, now: datetime) -> None:
    receiver = Receiver.objects.select_for_update().get(pk=row.receiver_id)
    receiver.failures += 1
    wait = outcome.wait_seconds
    pause = min(DELAYS[min(receiver.failures, len(DELAYS)) - 1], LONGEST_PAUSE_SECONDS)
    receiver.paused_until = now + timedelta(seconds=min(wait or pause, MOST_WAIT_SECONDS))
    receiver.save(update_fields=["failures", "paused_until"])
    if wait is None:  # being asked to wait is no failure of the delivery's
        row.attempts += 1
    _requeue(row, outcome.detail, now + timedelta(seconds=min(wait or _delay(row.attempts), MOST_WAIT_SECONDS)))


def _delay(attempts: int) -> int:
    return DELAYS[min(max(attempts, 1), len(DELAYS)) - 1]


def _requeue(row: Delivery, detail: str, not_before: datetime) -> None:
    is_over = row.attempts > len(DELAYS)
    row.state = DeliveryState.FAILED if is_over else DeliveryState.QUEUED
    row.not_before, row.failure, row.holder, row.leased_until = not_before, detail[:100], "", None
    row.save(update_fields=["state", "attempts", "not_before", "failure", "holder", "leased_until"])


def release_expired(now: datetime) -> int:
    """Queue again what workers that are gone had begun; return how many."""
    expired = Delivery.objects.filter(state=DeliveryState.SENDING, leased_until__lt=now)
    if not expired.exists():
        return 0
    with transaction.atomic():
        rows = list(expired.select_for_update(skip_locked=True))
        for row in rows:
            _requeue(row, "webhooks.worker_ended", now)
    return len(rows)
