"""Sending what is due: within each vendor's limits, over any number of workers, and nothing twice.

A message is claimed under a lease, then **handed over**: that is committed just before the first byte leaves. Whoever
dies before the hand-over leaves a message that is sent again; whoever dies after it, and whoever never hears an answer,
leaves one whose arrival nobody knows. No vendor lets us ask or takes a key of ours, so such a message is held for a
person instead of being sent a second time (decision 0013).
"""

from __future__ import annotations

import logging
import os
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Min
from django.utils import timezone

from pacemark.web.notifications.addresses import open_sealed
from pacemark.web.notifications.choices import Answer, MessageState
from pacemark.web.notifications.limits import LIMITS, free_at
from pacemark.web.notifications.models import Attempt, Channel, Message
from pacemark.web.notifications.queries import quiet_until
from pacemark.web.notifications.robots import Outcome, Parcel, deliver
from pacemark.web.organization.queries import organization

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=90)  # longer than the longest wait for an answer
MAX_ATTEMPTS = 6
TOO_OLD = timedelta(days=2)
WINDOW = timedelta(minutes=15)  # longer than any vendor's span
SHORT_WAIT = timedelta(seconds=4)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A message that this worker sends now."""

    message: Message
    attempt: Attempt
    holder: str


def retry_delay(attempts: int) -> timedelta:
    """Return how long to wait after the n-th attempt that reached nobody: 30 s, 2 min, 8 min … at most an hour."""
    return min(timedelta(seconds=30 * 4 ** (attempts - 1)), timedelta(hours=1))


def send_due(*, budget_seconds: float = 45.0) -> int:
    """Send what is due and return how many messages were taken. Waits for a moment where a limit asks for a moment."""
    deadline, count = time.monotonic() + budget_seconds, 0
    while time.monotonic() < deadline:
        release_expired(timezone.now())
        claimed = claim(timezone.now())
        if claimed is not None:
            count += send(claimed) == Answer.SENT
        elif not _wait_briefly():
            break
    return count


def _wait_briefly() -> bool:
    due = Message.objects.filter(state=MessageState.QUEUED, channel__is_on=True).aggregate(first=Min("not_before"))
    if due["first"] is None or due["first"] - timezone.now() > SHORT_WAIT:
        return False
    time.sleep(max(0.05, (due["first"] - timezone.now()).total_seconds()))
    return True


def claim(now: datetime) -> Claimed | None:
    """Take the next message that may leave now, or None; what has to wait is given the moment it waits for."""
    due = Message.objects.filter(state=MessageState.QUEUED, not_before__lte=now, channel__is_on=True)
    while (first := due.order_by("not_before", "pk").values_list("pk", "channel__address_digest").first()) is not None:
        with transaction.atomic():
            # one address at a time: several channels may lead to one robot, and the vendor counts the robot
            list(Channel.objects.select_for_update().filter(address_digest=first[1]).order_by("pk"))
            message = due.select_related("channel").defer("picture").filter(pk=first[0]).first()
            claimed = message and _claimed(message, now)
        if claimed:
            return claimed
    return None


def _claimed(message: Message, now: datetime) -> Claimed | None:
    if now - message.queued_at > TOO_OLD:
        _put(message, state=MessageState.FAILED, failure="notifications.too_old")
        return None
    moment = _allowed_at(message, now)
    if moment > now:
        same = Message.objects.filter(channel__address_digest=message.channel.address_digest)
        same.filter(state=MessageState.QUEUED, not_before__lt=moment).update(not_before=moment)
        return None
    holder = f"{os.getpid()}-{uuid4().hex}"
    _put(message, state=MessageState.SENDING, holder=holder, leased_until=now + LEASE, handed_over_at=None)
    attempt = Attempt.objects.create(message=message, address_digest=message.channel.address_digest, at=now)
    return Claimed(message=message, attempt=attempt, holder=holder)


def _allowed_at(message: Message, now: datetime) -> datetime:
    """Return when the vendor's limits, its last word and the quiet hours let one more message leave."""
    channel, limit = message.channel, LIMITS[message.channel.kind]
    past = Attempt.objects.filter(address_digest=channel.address_digest, at__gt=now - WINDOW).order_by("at")
    rows = list(past.values_list("at", "answer"))
    moment = free_at(limit, [at for at, _answer in rows], now)
    if rows and rows[-1][1] == Answer.THROTTLED:
        moment = max(moment, rows[-1][0] + timedelta(seconds=limit.throttled_seconds))
    if message.kind == "test":
        return moment
    return quiet_until(channel, moment.astimezone(ZoneInfo(organization().time_zone)))


def send(claimed: Claimed) -> Answer:
    """Hand a claimed message over and note what came of it."""
    message, channel = claimed.message, claimed.message.channel
    try:
        outcome = deliver(
            Parcel(
                kind=channel.kind, address=open_sealed(channel.address_encrypted),
                secret=open_sealed(channel.secret_encrypted), title=message.title, text=message.text,
                picture=bytes(message.picture) if message.picture is not None else None,
                hand_over=lambda: hand_over(claimed),
            )
        )  # fmt: skip
    except Exception:
        logger.exception("message %d could not be sent", message.pk)
        message.refresh_from_db(fields=["handed_over_at"])
        answer = Answer.AGAIN if message.handed_over_at is None else Answer.DOUBTFUL
        outcome = Outcome(answer=answer, detail="notifications.broke_down")
    settle(claimed, outcome, timezone.now())
    return outcome.answer


def hand_over(claimed: Claimed) -> bool:
    """Note, for good, that the message is about to leave. False where the lease was lost: then it must not leave."""
    held = Message.objects.filter(pk=claimed.message.pk, holder=claimed.holder, state=MessageState.SENDING)
    return held.update(handed_over_at=timezone.now()) == 1


@transaction.atomic
def settle(claimed: Claimed, outcome: Outcome, now: datetime) -> None:
    """Note what came of an attempt. An answer that comes after the lease still tells what became of the message."""
    Attempt.objects.filter(pk=claimed.attempt.pk).update(at=now, answer=outcome.answer, detail=outcome.detail[:300])
    message = Message.objects.select_for_update().filter(pk=claimed.message.pk, holder=claimed.holder).first()
    if message is None:
        return
    if outcome.answer == Answer.SENT:
        _put(message, state=MessageState.SENT, sent_at=now, failure="", leased_until=None, picture=None)
    elif outcome.answer == Answer.THROTTLED:
        wait = outcome.wait_seconds or LIMITS[claimed.message.channel.kind].throttled_seconds
        _requeue(message, now + timedelta(seconds=wait), outcome.detail)
    elif outcome.answer == Answer.AGAIN:
        _try_again(message, now, outcome.detail)
    else:
        state = MessageState.FAILED if outcome.answer == Answer.REFUSED else MessageState.DOUBTFUL
        _put(message, state=state, failure=outcome.detail[:300], leased_until=None)


def _try_again(message: Message, now: datetime, detail: str) -> None:
    message.attempts += 1
    if message.attempts >= MAX_ATTEMPTS:
        _put(message, state=MessageState.FAILED, attempts=message.attempts, failure=detail[:300], leased_until=None)
    else:
        message.save(update_fields=["attempts"])
        _requeue(message, now + retry_delay(message.attempts), detail)


def _requeue(message: Message, not_before: datetime, detail: str) -> None:
    _put(
        message, state=MessageState.QUEUED, not_before=not_before, failure=detail[:300],
        holder="", leased_until=None, handed_over_at=None,
    )  # fmt: skip


def release_expired(now: datetime) -> int:
    """Settle the messages of workers that are gone; return how many."""
    expired = Message.objects.filter(state=MessageState.SENDING, leased_until__lt=now)
    if not expired.exists():
        return 0
    with transaction.atomic():
        rows = list(expired.select_for_update(skip_locked=True))
        for message in rows:
            if message.handed_over_at is None:
                _try_again(message, now, "notifications.worker_ended")
            else:  # the holder stays: should its answer come after all, it is believed
                _put(message, state=MessageState.DOUBTFUL, failure="notifications.no_answer", leased_until=None)
    return len(rows)


def _put(message: Message, **values: object) -> None:
    for name, value in values.items():
        setattr(message, name, value)
    message.save(update_fields=list(values))
