"""The queue: what is to be told, to whom, and what people decide about messages that did not arrive."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from pacemark.web.accounts.models import User
from pacemark.web.jobs.services import enqueue
from pacemark.web.notifications.choices import ChannelKind, MessageKind, MessageState
from pacemark.web.notifications.composing import Draft, composed, composed_kinds
from pacemark.web.notifications.limits import LIMITS, shortened
from pacemark.web.notifications.models import Channel, Message
from pacemark.web.notifications.queries import STUCK, digests_due, quiet_until, settled_before
from pacemark.web.notifications.refusals import refuse
from pacemark.web.organization.clock import local_now
from pacemark.web.organization.queries import organization
from pacemark.web.trail.services import record

SEND_JOB = "notifications.send"
TELL_JOB = "notifications.tell"
KEEP = timedelta(days=90)
# DingTalk and Feishu robots take no picture; there the same is said in words.
DRAWN = frozenset({ChannelKind.WECOM, ChannelKind.EMAIL})


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a channel would be told now of one kind."""

    kind: MessageKind
    is_wanted: bool
    drafts: tuple[Draft, ...]


@transaction.atomic
def queue(channel: Channel, kind: str, drafts: Sequence[Draft], *, at: datetime | None = None) -> int:
    """Queue messages for a channel and return how many are new; a key that was queued before is left alone."""
    now = at or timezone.now()
    known = set(channel.messages.filter(key__in=[draft.key for draft in drafts]).values_list("key", flat=True))
    not_before = now if kind == MessageKind.TEST else quiet_until(channel, now.astimezone(_zone()))
    fresh = [
        Message(
            channel=channel, kind=kind, key=draft.key, title=draft.title[:200], text=fitted(channel, draft.text),
            queued_at=now, not_before=not_before,
            picture=draft.draw() if draft.draw and channel.kind in DRAWN else None,
        )
        for draft in {draft.key: draft for draft in drafts}.values()
        if draft.key not in known
    ]  # fmt: skip
    Message.objects.bulk_create(fresh, ignore_conflicts=True)  # another process may queue the same moment
    if fresh:
        enqueue(SEND_JOB)
    return len(fresh)


def fitted(channel: Channel, text: str) -> str:
    """Return a text as long as the channel's vendor takes; what is cut off is said."""
    with translation.override(channel.language):
        return shortened(text, LIMITS[channel.kind].text_bytes, _("… shortened here; the whole is on the Team page."))


def previews_of(channel: Channel) -> list[Preview]:
    """Return what a channel would be told now, of every kind; nothing is queued."""
    return [
        Preview(
            kind=kind,
            is_wanted=kind in channel.wants,
            drafts=tuple(replace(one, text=fitted(channel, one.text)) for one in composed(kind, channel)),
        )
        for kind in composed_kinds()
    ]


def tell(kind: str) -> int:
    """Tell every channel that wants this kind what there is to tell now; return how many messages are new."""
    channels = [one for one in Channel.objects.filter(is_on=True).select_related("team") if kind in one.wants]
    return sum(queue(channel, kind, composed(kind, channel)) for channel in channels)


def queue_digests() -> int:
    """Queue the digests whose hour has come; return how many."""
    local = local_now(organization().time_zone)
    return sum(
        queue(channel, MessageKind.DIGEST, composed(MessageKind.DIGEST, channel)) for channel in digests_due(local)
    )


@transaction.atomic
def queue_test(*, actor: User, channel: Channel) -> None:
    """Queue a short word that shows whether a channel works; quiet hours do not hold it."""
    now = timezone.now()
    with translation.override(channel.language):
        draft = Draft(
            key=f"test:{now.isoformat()}",
            title=_("Pacemark · test"),
            text=_("This channel works. What it will be told is chosen under Settings, Channels."),
        )
    queue(channel, MessageKind.TEST, [draft], at=now)
    record(actor=actor, action="notifications.channel_tested", subject=channel)


@transaction.atomic
def send_again(*, actor: User, message_id: int) -> Message:
    """Put a message back into the queue that failed, or of which nobody knows whether it arrived."""
    message = _stuck(message_id)
    message.state, message.attempts, message.failure = MessageState.QUEUED, 0, ""
    message.handed_over_at, message.holder, message.not_before = None, "", timezone.now()
    message.queued_at = message.not_before  # what a person sends again is not too old
    message.save()
    enqueue(SEND_JOB)
    record(actor=actor, action="notifications.message_sent_again", subject=message)
    return message


@transaction.atomic
def settle_by_hand(*, actor: User, message_id: int, arrived: bool) -> Message:
    """Close a message by what a person saw in the group: it arrived, or it is not wanted any more."""
    message = _stuck(message_id)
    message.state = MessageState.SENT if arrived else MessageState.DROPPED
    message.sent_at = message.handed_over_at if arrived else None
    message.holder = ""
    message.save()
    record(actor=actor, action=f"notifications.message_{message.state}", subject=message)
    return message


def _stuck(message_id: int) -> Message:
    message = Message.objects.select_for_update().get(pk=message_id)
    if message.state not in STUCK:
        raise refuse("not_stuck", "This message has been settled meanwhile.")
    return message


@transaction.atomic
def take_back(keys: Sequence[str]) -> int:
    """Drop what is queued under some keys and has not left yet; return how many messages."""
    return Message.objects.filter(key__in=keys, state=MessageState.QUEUED).update(
        state=MessageState.DROPPED, failure="notifications.taken_back", picture=None
    )


@transaction.atomic
def forget_old(at: datetime | None = None) -> int:
    """Forget what was settled long ago, with its attempts; what is stuck stays until a person has settled it."""
    return settled_before((at or timezone.now()) - KEEP).delete()[1].get("notifications.Message", 0)


def _zone() -> ZoneInfo:
    return ZoneInfo(organization().time_zone)
