"""Setting what a pool allows a rep on one day."""

from __future__ import annotations

from django.db import transaction

from pacemark.web.accounts.models import User
from pacemark.web.pipeline.holding_models import Pool
from pacemark.web.trail.services import record


@transaction.atomic
def set_pool_limits(*, actor: User | None, pool_id: int, claims_per_day: int | None, views_per_day: int | None) -> Pool:
    """Limit how many leads a rep may claim from a pool, and look at, in a day; None is no limit.

    What was claimed and seen today counts on: a lower limit takes nothing back.
    """
    pool = Pool.objects.select_for_update().get(pk=pool_id)
    pool.claims_per_day, pool.views_per_day = claims_per_day, views_per_day
    pool.save(update_fields=["claims_per_day", "views_per_day"])
    changes = {"claims_per_day": claims_per_day, "views_per_day": views_per_day}
    record(actor=actor, action="pipeline.pool_limits_set", subject=pool, changes=changes)
    return pool
