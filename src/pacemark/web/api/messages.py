"""Channels and messages for programs: what is told where, and what became of it. Addresses and secrets stay inside."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from ninja import Query, Router, Schema

from pacemark.web.accounts.choices import AccessRole
from pacemark.web.accounts.http import PageRequest
from pacemark.web.api.listing import Page, Paged, answers, listed_rows
from pacemark.web.api.shapes import Told, shape_of
from pacemark.web.notifications.choices import ChannelKind, MessageKind, MessageState
from pacemark.web.notifications.queries import channel_rows, channels_seen_by, messages_seen_by
from pacemark.web.notifications.services.queue import Preview, previews_of

router = Router(tags=["messages"])
RUNNERS = frozenset({AccessRole.MANAGER, AccessRole.OPERATIONS, AccessRole.ADMIN})


class ChannelOut(Schema):
    """A channel: ``team_id`` null is everyone; ``n_stuck`` messages failed or may not have arrived."""

    id: int
    name: str
    kind: ChannelKind
    team_id: int | None
    language: str
    wants: list[str]
    digest_at: time | None
    quiet_from: time | None
    quiet_until: time | None
    is_on: bool
    n_waiting: int
    n_stuck: int


class MessageOut(Schema):
    """A message: ``doubtful`` was handed over and no answer came, so it is not sent again by itself."""

    id: int
    channel_id: int
    kind: MessageKind
    title: str
    text: str
    state: MessageState
    queued_at: datetime
    not_before: datetime
    sent_at: datetime | None
    attempts: int
    failure: str


class Channels(Schema):
    """Every channel that the caller runs."""

    items: list[ChannelOut]


class DraftOut(Told):
    """One message as it would be sent, in Markdown."""

    title: str
    text: str


class Previews(Told):
    """What a channel would say of every kind; ``is_wanted`` tells whether the kind is chosen for it."""

    items: list[shape_of(Preview, drafts=list[DraftOut])]  # type: ignore[valid-type]


class Messages(Page):
    """One page of messages, the newest first."""

    items: list[MessageOut]


class AskedMessages(Paged):
    """Of one channel, in one state; left out: all."""

    channel_id: int | None = None
    state: MessageState | None = None


@router.get("/channels", response=answers(Channels), operation_id="channels", url_name="channels",
            summary="Channels")  # fmt: skip
def channels(request: PageRequest) -> dict[str, Any]:
    """Return the channels that the caller runs: a manager those of the own teams, operations all."""
    _runs(request)
    names = [name for name in ChannelOut.model_fields if not name.startswith("n_")]
    return {
        "items": [
            {**{name: getattr(row.channel, name) for name in names}, "n_waiting": row.n_waiting, "n_stuck": row.n_stuck}
            for row in channel_rows(request.user)
        ]
    }


@router.get("/channels/{int:channel_id}/preview", response=answers(Previews), operation_id="channel_preview",
            url_name="channel_preview", summary="What a channel would say now")  # fmt: skip
def preview(request: PageRequest, channel_id: int) -> dict[str, Any]:
    """Return the messages of every kind as they would be now, in the channel's language; nothing is sent."""
    _runs(request)
    found = channels_seen_by(request.user).filter(pk=channel_id).first()
    if found is None:
        raise Http404
    return {"items": previews_of(found)}


@router.get("/messages", response=answers(Messages), operation_id="messages", url_name="messages",
            summary="Messages")  # fmt: skip
def messages(request: PageRequest, asked: Query[AskedMessages]) -> dict[str, Any]:
    """Return messages with their states and, where one failed, the vendor's own word."""
    _runs(request)
    rows = messages_seen_by(request.user, channel_id=asked.channel_id, state=asked.state or "")
    return listed_rows("", asked, rows, list)


def _runs(request: PageRequest) -> None:
    if request.user.access_role not in RUNNERS:
        raise PermissionDenied
