"""Noticing moments, and the word of the person they are about: asked first, and taken back at any time."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone, translation

from pacemark.web.accounts.models import User
from pacemark.web.notifications.choices import MessageKind
from pacemark.web.notifications.models import Channel
from pacemark.web.notifications.services.queue import queue, take_back
from pacemark.web.organization.models import Rep
from pacemark.web.results.models import Celebration, CelebrationConsent
from pacemark.web.results.pages.card_draft import drafts_of, message_key
from pacemark.web.results.queries.celebrations import consenting, truths_on
from pacemark.web.results.refusals import refuse
from pacemark.web.trail.services import record

NUMBERS = ("label", "tier", "net_minor", "target_minor", "deals", "opportunities", "days", "n_teams")


@transaction.atomic
def notice_celebrations(*, day: date, at: datetime | None = None) -> int:
    """Keep every moment of a day once; return how many are new. Run again, it finds nothing."""
    truths = {truth.key: truth for truth in truths_on(day)}
    known = set(Celebration.objects.filter(key__in=truths).values_list("key", flat=True))
    fresh = [
        Celebration(
            kind=truth.kind, key=key, rep_id=truth.rep_id, team_id=truth.team_id, day=day, made_at=at or timezone.now(),
            content={name: value for name, value in asdict(truth).items() if name in NUMBERS},
        )
        for key, truth in truths.items()
        if key not in known
    ]  # fmt: skip
    Celebration.objects.bulk_create(fresh, ignore_conflicts=True)
    return len(fresh)


@transaction.atomic
def set_consent(*, actor: User, rep: Rep, is_given: bool) -> None:
    """Keep what a rep says about their name on cards; taking it back also stops what is still on its way."""
    if rep.user_id != actor.pk:
        raise refuse("consent_not_yours", "Only the person themselves allows their name.")
    CelebrationConsent.objects.update_or_create(rep=rep, defaults={"is_given": is_given, "set_at": timezone.now()})
    if not is_given:
        keys = Celebration.objects.filter(rep=rep).values_list("key", flat=True)
        take_back([message_key(key) for key in keys])
    record(actor=actor, action="results.celebration_consent", subject=rep, changes={"is_given": is_given})


@transaction.atomic
def send_card(*, actor: User, celebration: Celebration, channel: Channel) -> int:
    """Queue a card for a channel, drawn from the records of this moment; return 0 where it was told there before."""
    if celebration.rep_id is not None and celebration.rep_id not in consenting({celebration.rep_id}):
        raise refuse("consent_missing", "This person has not allowed their name on cards.")
    with translation.override(channel.language):
        drafts = drafts_of([celebration])
        if not drafts:
            raise refuse("card_not_true", "The records no longer bear this card out.")
        count = queue(channel, MessageKind.CELEBRATION, drafts)
    record(actor=actor, action="results.card_sent", subject=celebration, changes={"channel": channel.pk})
    return count
