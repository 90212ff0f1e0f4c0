"""Making and changing channels. Addresses and secrets are sealed; the trail holds neither."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time

from django.db import transaction

from pacemark.web.accounts.models import User
from pacemark.web.notifications.addresses import open_sealed, read_address, read_secret, seal_address, seal_secret
from pacemark.web.notifications.models import Channel
from pacemark.web.notifications.refusals import refuse
from pacemark.web.organization.models import Team
from pacemark.web.trail.services import record


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelWords:
    """A channel as somebody wrote it down. An empty address or secret leaves what is kept."""

    name: str
    kind: str
    address: str
    secret: str
    team: Team | None
    language: str
    wants: tuple[str, ...]
    digest_at: time | None
    quiet_from: time | None
    quiet_until: time | None
    is_on: bool


@transaction.atomic
def save_channel(*, actor: User, channel: Channel | None, words: ChannelWords) -> Channel:
    """Make a channel or change one; leaves a trail without its address."""
    _check(words, channel)
    row = channel or Channel(made_by=actor)
    if channel is not None and channel.kind != words.kind and not words.address:
        raise refuse("address_needed", "Another kind of channel needs its own address.", "address")
    row.kind = words.kind
    if words.address:
        found = seal_address(words.kind, read_address(words.kind, words.address))
        row.address_encrypted, row.address_digest, row.address_hint = found.encrypted, found.digest, found.hint
    if words.secret or words.address:
        row.secret_encrypted = seal_secret(read_secret(words.kind, words.secret) or _kept_secret(row, words))
    for name in ("name", "team", "language", "digest_at", "quiet_from", "quiet_until", "is_on"):
        setattr(row, name, getattr(words, name))
    row.wants = list(words.wants)
    row.save()
    changes = {"kind": row.kind, "team": row.team_id, "wants": row.wants, "is_on": row.is_on,
               "address_changed": bool(words.address)}  # fmt: skip
    record(actor=actor, action="notifications.channel_saved", subject=row, changes=changes)
    return row


def _kept_secret(row: Channel, words: ChannelWords) -> str:
    """Return the secret that stays: a robot keeps its own while it stays of its kind."""
    return read_secret(words.kind, open_sealed(row.secret_encrypted))


def _check(words: ChannelWords, channel: Channel | None) -> None:
    if channel is None and not words.address:
        raise refuse("address_needed", "A channel needs its address.", "address")
    if words.digest_at is not None and words.digest_at.minute % 30 == 0:
        raise refuse("digest_on_half_hour", "Choose a minute beside the full and the half hour.", "digest_at")
    if (words.quiet_from is None) != (words.quiet_until is None):
        raise refuse("half_quiet", "Quiet hours need a beginning and an end.", "quiet_until")
    if words.quiet_from is not None and words.quiet_from == words.quiet_until:
        raise refuse("always_quiet", "Quiet hours must not last the whole day.", "quiet_until")
    named = Channel.objects.filter(name=words.name).first()
    if named is not None and (channel is None or named.pk != channel.pk):
        raise refuse("name_taken", "Another channel has this name already.", "name")


@transaction.atomic
def drop_channel(*, actor: User, channel: Channel) -> None:
    """Remove a channel and what was queued for it."""
    record(actor=actor, action="notifications.channel_dropped", subject=channel, changes={"kind": channel.kind})
    channel.delete()
