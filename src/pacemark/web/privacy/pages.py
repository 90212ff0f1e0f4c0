"""What the privacy pages show, in plain values."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from pacemark.web.pipeline.phones import masked_phone
from pacemark.web.pipeline.queries.customers import Customer
from pacemark.web.privacy.queries.retention import Due


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerCard:
    """Whom an administrator has found: masked, since the page needs no more to be sure."""

    lead_id: int
    lead_ids: tuple[int, ...]
    sources: tuple[str, ...]
    phones: tuple[str, ...]
    is_erased: bool
    counts: tuple[tuple[str, int], ...]


def customer_card(customer: Customer, counts: Mapping[str, int]) -> CustomerCard:
    """Return the card of one customer."""
    return CustomerCard(
        lead_id=customer.lead_ids[0],
        lead_ids=customer.lead_ids,
        sources=tuple(dict.fromkeys(lead.source.name for lead in customer.leads)),
        phones=() if customer.is_erased else tuple(map(masked_phone, customer.numbers)),
        is_erased=customer.is_erased,
        counts=worded(counts),
    )


def worded(counts: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    """Return counts of rows under words for the tables people know; the others are counted together."""
    words = {
        "pipeline.lead": _("Leads"), "pipeline.call": _("Calls"), "pipeline.touch": _("Contacts"),
        "pipeline.opportunity": _("Opportunities"), "pipeline.deal": _("Deals"), "pipeline.refund": _("Refunds"),
        "pipeline.holding": _("Holdings"), "pipeline.eventversion": _("Versions that were replaced"),
        "resources.decision": _("Decisions"), "trail.trailentry": _("Trail entries"),
    }  # fmt: skip
    known = [(words[label], n) for label, n in counts.items() if label in words]
    others = sum(n for label, n in counts.items() if label not in words)
    return (*known, *([(_("Other records"), others)] if others else []))


def document_bytes(document: Mapping[str, Any], given_to: int) -> bytes:
    """Return a document as a JSON file that says for whom it was made."""
    told = {**document, "given_to_account": given_to, "tables": sorted(document["records"])}
    return json.dumps(told, ensure_ascii=False, indent=1).encode()


def due_lines(due: Due) -> tuple[tuple[str, int | None], ...]:
    """Return what would go, by kind; None where it is kept without an end."""
    return (
        (_("Customers' leads"), due.leads),
        (_("Imports with files"), due.uploads),
        (_("Imports with refused rows"), due.refusals),
        (_("Messages"), due.messages),
    )
