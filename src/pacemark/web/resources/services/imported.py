"""Leads that an import brought with their owners: held from the import's day on, in a fixed number of statements."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from pacemark.web.accounts.models import User
from pacemark.web.pipeline.choices import HoldingBegan, HoldingEnded
from pacemark.web.pipeline.holding_models import Holding
from pacemark.web.pipeline.holding_services import Taking, take
from pacemark.web.pipeline.models import Lead

CHUNK_SIZE = 10_000


def hold_imported(*, actor: User | None, at: datetime) -> int:
    """Let owners hold the leads that came with them and that no holding tells of; run twice, it finds none.

    Chunks commit by themselves, so that nobody waits for a large import. Returns how many holdings began.
    """
    # Who has won a lead keeps it; nothing is left for the clock.
    held = Holding.objects.filter(Q(ended_at__isnull=True) | Q(ended_how=HoldingEnded.WON), lead_id=OuterRef("pk"))
    taking = Taking(how=HoldingBegan.IMPORTED, at=at)
    count, last = 0, 0
    while True:
        rows = Lead.objects.filter(~Exists(held), pk__gt=last, owner__isnull=False, duplicate_of__isnull=True)
        owners = dict(rows.order_by("pk").values_list("pk", "owner_id")[:CHUNK_SIZE])
        if not owners:
            return count
        last = max(owners)
        count += len(take(actor=actor, owners={pk: owner for pk, owner in owners.items() if owner}, taking=taking))
