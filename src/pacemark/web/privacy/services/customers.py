"""Giving out what is kept about a customer, and erasing it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from pacemark.web.accounts.models import User
from pacemark.web.intake.forgetting import forget_values
from pacemark.web.pipeline.erasure_services import erase_leads
from pacemark.web.pipeline.queries.customers import Customer
from pacemark.web.privacy.queries.customers import counts_of, everything_about
from pacemark.web.resources.services.erasure import clear_words_about
from pacemark.web.trail.services import record


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """What an erasure did: leads cleared, words cleared about them, cells of refused rows emptied."""

    leads: int
    words: int
    cells: int


@transaction.atomic
def export_customer(*, actor: User | None, customer: Customer, at: datetime) -> dict[str, Any]:
    """Return everything kept about a customer; the trail says that it was given out."""
    document = everything_about(customer, at)
    record(
        actor=actor, action="privacy.customer_exported", subject=("pipeline.lead", str(customer.lead_ids[0])),
        changes={"rows": sum(counts_of(document).values())},
    )  # fmt: skip
    return document


@transaction.atomic
def erase_customer(*, actor: User | None, customer: Customer, at: datetime) -> Erased:
    """Clear name, number, notes and words; ids, days, counts and money stay, so that every total does.

    Asked again it changes nothing. Afterwards nobody contacts them, and no import brings the values back.
    """
    leads = erase_leads(actor=actor, lead_ids=customer.lead_ids, numbers=customer.numbers, at=at)
    words = clear_words_about(lead_ids=customer.lead_ids) if leads else 0
    names = {lead.name for lead in customer.leads}
    cells = forget_values(numbers=customer.numbers, names=names) if leads else 0
    return Erased(leads=leads, words=words, cells=cells)
