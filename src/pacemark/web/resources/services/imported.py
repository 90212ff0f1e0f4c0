"""Leads that an import brought with their owners: held from the import's day on, in a fixed number of statements."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, Subquery

from pacemark.web.accounts.models import User
from pacemark.web.pipeline.choices import HoldingBegan, HoldingEnded
from pacemark.web.pipeline.holding_models import Holding
from pacemark.web.pipeline.holding_services import Taking, let_go, lock_leads, take
from pacemark.web.pipeline.models import Lead

CHUNK_SIZE = 10_000


def hold_imported(*, actor: User | None, at: datetime) -> int:
    """Let owners hold the leads that came with them and that no holding tells of; run twice, it finds none.

    A later record that names another owner moves the lead; one that names nobody takes it from nobody. Chunks commit
    by themselves, so that nobody waits for a large import. Returns how many holdings began.
    """
    _end_moved(actor, at)
    # Who has won a lead keeps it; nothing is left for the clock.
    held = Holding.objects.filter(Q(ended_at__isnull=True) | Q(ended_how=HoldingEnded.WON), lead_id=OuterRef("pk"))
    taking = Taking(how=HoldingBegan.IMPORTED, at=at)
    count, last = 0, 0
    while True:
        rows = Lead.objects.filter(
            ~Exists(held), pk__gt=last, owner__isnull=False, duplicate_of__isnull=True, erased_at=None
        )
        owners = dict(rows.order_by("pk").values_list("pk", "owner_id")[:CHUNK_SIZE])
        if not owners:
            return count
        last = max(owners)
        count += len(take(actor=actor, owners={pk: owner for pk, owner in owners.items() if owner}, taking=taking))


@transaction.atomic
def _end_moved(actor: User | None, at: datetime) -> None:
    """Give unnamed leads back to their holders, and end the holdings of leads that the import gave to others."""
    differs = Q(lead__owner__isnull=True) | ~Q(lead__owner=F("rep"))
    open_now = Holding.objects.filter(differs, ended_at__isnull=True)
    lock_leads(list(open_now.values_list("lead_id", flat=True)))
    unnamed = list(open_now.filter(lead__owner__isnull=True).values_list("lead_id", flat=True))
    holder = Holding.objects.filter(lead_id=OuterRef("pk"), ended_at__isnull=True).values("rep_id")
    Lead.objects.filter(pk__in=unnamed).update(owner_id=Subquery(holder))
    moved = list(open_now.filter(lead__owner__isnull=False).values_list("lead_id", flat=True))
    if moved:
        let_go(actor=actor, lead_ids=moved, how=HoldingEnded.IMPORTED, at=at)
