"""What messages say. The rooms above know; they register a composer per kind, and this room calls it by the kind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils import translation

from pacemark.web.notifications.choices import MessageKind
from pacemark.web.notifications.models import Channel
from pacemark.web.organization.clock import local_today
from pacemark.web.organization.models import Team
from pacemark.web.organization.queries import organization


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """Who reads a channel: one team, or the whole organisation; and the day it is for them."""

    team: Team | None
    today: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One message in Markdown. Its key names the moment it tells of, so that no channel is told twice.

    ``draw`` makes the picture of those that have one; it is asked once the message is known to be new.
    """

    key: str
    title: str
    text: str
    draw: Callable[[], bytes | None] | None = None


Composer = Callable[[Audience], Sequence[Draft]]
_composers: dict[str, Composer] = {}


def composer(kind: MessageKind) -> Callable[[Composer], Composer]:
    """Register what a kind of message says, in the language in use. Nothing to tell is an empty answer."""

    def register(function: Composer) -> Composer:
        _composers[kind] = function
        return function

    return register


def composed(kind: str, channel: Channel) -> Sequence[Draft]:
    """Return what a channel would be told now, in its language."""
    compose = _composers.get(kind)
    if compose is None:
        return ()
    with translation.override(channel.language):
        return compose(Audience(team=channel.team, today=local_today(organization().time_zone)))


def composed_kinds() -> tuple[MessageKind, ...]:
    """Return the kinds that a channel can choose, in their order."""
    return tuple(kind for kind in MessageKind if kind in _composers)
