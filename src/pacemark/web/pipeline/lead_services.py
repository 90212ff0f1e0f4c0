"""What a rep writes on a lead (下次跟进 and one line), and the one way to see a number in full."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from pacemark.web.accounts.models import User
from pacemark.web.pipeline.choices import RevealReason
from pacemark.web.pipeline.models import Lead
from pacemark.web.pipeline.phones import open_phone
from pacemark.web.trail.services import record

NOTE_LENGTH = 200
PHONE_SEEN = "pipeline.phone_seen"


@transaction.atomic
def note_lead(*, actor: User | None, lead_id: int, next_contact_at: datetime | None, note: str) -> Lead:
    """Set when to contact a customer next, and the line about them. Who may is the caller's to ask.

    The trail says that it was written, not what: a note may hold a person's affairs.
    """
    lead = Lead.objects.select_for_update().get(pk=lead_id)
    lead.next_contact_at, lead.note = next_contact_at, " ".join(note.split())[:NOTE_LENGTH]
    lead.save(update_fields=["next_contact_at", "note"])
    moment = next_contact_at.isoformat() if next_contact_at else None
    record(actor=actor, action="pipeline.lead_noted", subject=lead, changes={"next_contact_at": moment})
    return lead


@transaction.atomic
def phone_in_full(*, actor: User, lead_id: int, reason: RevealReason | None = None) -> str:
    """Return a lead's number, and leave on the trail that it was looked at, and why by who does not work the lead."""
    lead = Lead.objects.get(pk=lead_id)
    number = open_phone(lead.phone_encrypted)
    if number or reason:
        record(actor=actor, action=PHONE_SEEN, subject=lead, changes={"reason": reason.value} if reason else None)
    return number
