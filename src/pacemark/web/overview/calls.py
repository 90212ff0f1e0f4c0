"""Today's list of leads to call next: promised ones, new ones, then those whose clock runs out first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from pacemark.web.organization.clock import local_now
from pacemark.web.organization.queries import organization
from pacemark.web.pipeline.holding_models import Holding
from pacemark.web.pipeline.queries.holdings import held_counts
from pacemark.web.pipeline.queries.lead_pages import to_call_next

SHOWN = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Calls:
    """The first of a rep's leads by what to call next, and how many there are."""

    leads: Sequence[Holding]
    n_held: int
    today: date
    now: datetime


def calls_of(rep_id: int) -> Calls:
    """Return whom to call next, in two queries."""
    now = local_now(organization().time_zone)
    leads = list(to_call_next(rep_id, now, now.date())[:SHOWN])
    return Calls(leads=leads, n_held=held_counts({rep_id}).get(rep_id, 0), today=now.date(), now=now)
