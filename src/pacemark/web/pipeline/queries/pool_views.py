"""What of the pool a rep may see: all of it, or what they have drawn today where a pool limits that."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from pacemark.web.pipeline.holding_models import ClaimDay, Pool, PoolEntry
from pacemark.web.pipeline.queries.holdings import pool_leads


def seen_today(rep_id: int, today: date) -> list[int]:
    """Return the pool leads that a rep has looked at today, in the order they were drawn."""
    seen = ClaimDay.objects.filter(rep_id=rep_id, day=today).values_list("seen", flat=True).first()
    return list(seen or ())


def pool_in_sight(rep_id: int, team_id: int | None, today: date) -> QuerySet[PoolEntry]:
    """Return what a rep may see now, longest there first: of limited pools only what was drawn today."""
    seen = Q(lead_id__in=seen_today(rep_id, today))
    # By their ids: through the join the database would read a pool of a million leads to find ten.
    unlimited = list(Pool.objects.filter(views_per_day__isnull=True).values_list("pk", flat=True))
    return pool_leads(rep_id, team_id, today).filter(seen | Q(pool_id__in=unlimited) if unlimited else seen)


def still_hidden(rep_id: int, team_id: int | None, today: date) -> QuerySet[PoolEntry]:
    """Return what a rep could look at next in the limited pools."""
    hidden = pool_leads(rep_id, team_id, today).filter(pool__views_per_day__isnull=False)
    return hidden.exclude(lead_id__in=seen_today(rep_id, today))
