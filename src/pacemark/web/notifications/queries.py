"""Reading channels and messages. Who may see them is an argument."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db.models import Count, Q, QuerySet

from pacemark.web.accounts.choices import AccessRole
from pacemark.web.accounts.models import User
from pacemark.web.notifications.choices import MessageState
from pacemark.web.notifications.models import Channel, Message

STUCK = (MessageState.FAILED, MessageState.DOUBTFUL)
WAITING = (MessageState.QUEUED, MessageState.SENDING)
DIGEST_LATE = timedelta(hours=2)


def channels_seen_by(user: User) -> QuerySet[Channel]:
    """Return the channels that a person runs: operations and administrators all, a manager those of the own teams."""
    rows = Channel.objects.select_related("team").order_by("name")
    if user.access_role in {AccessRole.OPERATIONS, AccessRole.ADMIN}:
        return rows
    return rows.filter(team__manager=user) if user.access_role == AccessRole.MANAGER else rows.none()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelRow:
    """A channel with how many of its messages wait, and how many need a person."""

    channel: Channel
    n_waiting: int
    n_stuck: int


def channel_rows(user: User) -> list[ChannelRow]:
    """Return the channels that a person runs, counted; two queries."""
    rows = (
        Message.objects.filter(channel__in=channels_seen_by(user))
        .values_list("channel_id")
        .annotate(n_waiting=Count("pk", filter=Q(state__in=WAITING)), n_stuck=Count("pk", filter=Q(state__in=STUCK)))
    )
    counts = {channel_id: (n_waiting, n_stuck) for channel_id, n_waiting, n_stuck in rows}
    found = [(one, counts.get(one.pk, (0, 0))) for one in channels_seen_by(user)]
    return [ChannelRow(channel=one, n_waiting=n_waiting, n_stuck=n_stuck) for one, (n_waiting, n_stuck) in found]


def messages_seen_by(user: User, *, channel_id: int | None = None, state: str = "") -> QuerySet[Message]:
    """Return the messages of the channels that a person runs, the newest first; pictures are left where they are."""
    rows = Message.objects.filter(channel__in=channels_seen_by(user)).select_related("channel").defer("picture")
    if channel_id is not None:
        rows = rows.filter(channel_id=channel_id)
    if state:
        rows = rows.filter(state=state)
    return rows.order_by("-queued_at", "-pk")


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiet:
    """A channel's quiet hours, which may go past midnight."""

    start: time
    end: time

    def until(self, local: datetime) -> datetime:
        """Return when a moment's quiet ends; the moment itself where nothing is quiet."""
        clock = local.timetz().replace(tzinfo=None)
        over_midnight = self.start > self.end
        is_quiet = clock >= self.start or clock < self.end if over_midnight else self.start <= clock < self.end
        if not is_quiet:
            return local
        ends = local.replace(hour=self.end.hour, minute=self.end.minute, second=0, microsecond=0)
        return ends + timedelta(days=1) if over_midnight and clock >= self.start else ends


def settled_before(moment: datetime) -> QuerySet[Message]:
    """Return messages queued before a moment that need nobody any more; what is stuck waits for a person."""
    return Message.objects.filter(state__in=(MessageState.SENT, MessageState.DROPPED), queued_at__lt=moment)


def quiet_until(channel: Channel, local: datetime) -> datetime:
    """Return the first moment from ``local`` on at which a channel may be spoken to; ``local`` has the floor's zone."""
    if channel.quiet_from is None or channel.quiet_until is None:
        return local
    return Quiet(start=channel.quiet_from, end=channel.quiet_until).until(local)


def digests_due(local: datetime) -> list[Channel]:
    """Return the channels whose hour of the digest has come, and is not long past."""
    clock = local.time()
    earliest = (local - DIGEST_LATE).time() if local.hour >= DIGEST_LATE.seconds // 3600 else time()
    return [
        channel
        for channel in Channel.objects.filter(is_on=True, digest_at__lte=clock, digest_at__gte=earliest)
        if "digest" in channel.wants
    ]
