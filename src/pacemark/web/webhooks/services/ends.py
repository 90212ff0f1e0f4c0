"""Making, changing and ending receivers and callers. Addresses and secrets are sealed; the trail holds neither."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from pacemark.web.accounts.models import User
from pacemark.web.intake.errors import ProfileError
from pacemark.web.intake.profiles import profile_from_text
from pacemark.web.pipeline.choices import EventKind
from pacemark.web.pipeline.publishing.reported import REPORTED_SOURCE
from pacemark.web.shared.outgoing import ForbiddenAddressError, Houses, check_url
from pacemark.web.trail.services import record
from pacemark.web.webhooks.choices import DeliveryState
from pacemark.web.webhooks.happenings import SOURCES
from pacemark.web.webhooks.models import Caller, Mark, Receiver, Signed
from pacemark.web.webhooks.refusals import refuse
from pacemark.web.webhooks.signing import OVERLAP, hint_of, new_secret, seal

End = Receiver | Caller


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiverWords:
    """A receiver as somebody wrote it down. An empty address leaves what is kept."""

    name: str
    address: str
    wants: tuple[str, ...]
    is_on: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerWords:
    """A caller as somebody wrote it down; ``mapping`` is the text of a profile, empty for our own field names."""

    name: str
    kind: str
    mapping: str = ""
    is_on: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """One that was just made, or given a new secret. ``secret`` is shown once; kept it is only sealed."""

    end: End
    secret: str


def houses() -> Houses:
    """Return what webhooks may speak to although it is not public."""
    return Houses.of(settings.PACEMARK_WEBHOOK_HOSTS)


@transaction.atomic
def make_receiver(*, actor: User, words: ReceiverWords) -> Made:
    """Make a receiver; it is told what happens from now on."""
    if not words.address:
        raise refuse("address_needed", "A receiver needs its address.", "address")
    secret = new_secret()
    row = Receiver(made_by=actor, made_at=timezone.now(), secret_encrypted=seal(secret))
    _write_receiver(actor, row, words)
    return Made(end=row, secret=secret)


@transaction.atomic
def change_receiver(*, actor: User, receiver: Receiver, words: ReceiverWords) -> Receiver:
    """Change a receiver; of events it did not want before it is told from now on."""
    _write_receiver(actor, receiver, words)
    return receiver


def _write_receiver(actor: User, row: Receiver, words: ReceiverWords) -> None:
    _check_name(Receiver, row, words.name)
    if unknown := set(words.wants) - set(SOURCES):
        raise refuse("unknown_event", f"There is no event {min(unknown)!r}.", "wants")
    if words.address:
        try:
            check_url(words.address, houses())
        except ForbiddenAddressError as error:
            raise refuse("forbidden_address", "Write a public https address.", "address") from error
        row.address_encrypted, row.address_hint = seal(words.address), hint_of(words.address)
    row.name, row.wants, row.is_on = words.name, sorted(words.wants), words.is_on
    row.failures, row.paused_until = 0, None
    row.save()
    _mark_wanted(row)
    changes = {"wants": row.wants, "is_on": row.is_on, "address_changed": bool(words.address)}
    record(actor=actor, action="webhooks.receiver_saved", subject=row, changes=changes)


def _mark_wanted(row: Receiver) -> None:
    now = timezone.now()
    row.marks.exclude(event__in=row.wants).delete()
    known = set(row.marks.values_list("event", flat=True))
    for event in row.wants:
        if event not in known:
            newest = SOURCES[event].newest()
            Mark.objects.create(receiver=row, event=event, floor=newest, mark=newest, marked_at=now)


@transaction.atomic
def make_caller(*, actor: User, words: CallerWords) -> Made:
    """Make a caller."""
    secret = new_secret()
    row = Caller(made_by=actor, made_at=timezone.now(), secret_encrypted=seal(secret))
    _write_caller(actor, row, words)
    return Made(end=row, secret=secret)


@transaction.atomic
def change_caller(*, actor: User, caller: Caller, words: CallerWords) -> Caller:
    """Change a caller."""
    _write_caller(actor, caller, words)
    return caller


def _write_caller(actor: User, row: Caller, words: CallerWords) -> None:
    _check_name(Caller, row, words.name)
    if words.name == REPORTED_SOURCE:
        raise refuse("name_kept", "This name is kept for what is reported here; take another.", "name")
    if words.kind not in EventKind.values:
        raise refuse("unknown_kind", "There is no such kind of record.", "kind")
    if words.mapping:
        _check_mapping(words.mapping, words.kind)
    row.name, row.kind, row.mapping, row.is_on = words.name, words.kind, words.mapping, words.is_on
    row.save()
    changes = {"kind": row.kind, "is_on": row.is_on, "is_mapped": bool(row.mapping)}
    record(actor=actor, action="webhooks.caller_saved", subject=row, changes=changes)


def _check_mapping(text: str, kind: str) -> None:
    try:
        profile = profile_from_text(text)
    except ProfileError as error:
        raise refuse("bad_mapping", str(error), "mapping") from error
    if sum(part.kind == kind for part in profile.kinds) != 1:
        raise refuse("mapping_of_other_kind", "The mapping must map this kind of record, once.", "mapping")


def _check_name(model: type[Receiver] | type[Caller], row: Signed, name: str) -> None:
    if not name or name != name.strip() or not name.isprintable():
        raise refuse("bad_name", "Give it a name.", "name")
    if model.objects.filter(name=name).exclude(pk=row.pk).exists():
        raise refuse("name_taken", "Another one has this name already.", "name")


@transaction.atomic
def change_secret(*, actor: User, end: End) -> Made:
    """Give a new secret; the one before holds for another day, so that the other side can follow."""
    row = type(end).objects.select_for_update().get(pk=end.pk)
    secret = new_secret()
    row.former_encrypted, row.former_until = row.secret_encrypted, timezone.now() + OVERLAP
    row.secret_encrypted = seal(secret)
    row.save(update_fields=["secret_encrypted", "former_encrypted", "former_until"])
    record(actor=actor, action="webhooks.secret_changed", subject=row)
    return Made(end=row, secret=secret)


@transaction.atomic
def end_for_good(*, actor: User, end: End) -> None:
    """Remove a receiver or a caller with its log; what waits to be sent goes too."""
    changes: dict[str, int] = {}
    if isinstance(end, Receiver):
        changes = {"waiting": end.deliveries.filter(state=DeliveryState.QUEUED).count()}
    record(actor=actor, action="webhooks.ended", subject=end, changes=changes)
    end.delete()
