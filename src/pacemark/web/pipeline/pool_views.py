"""Looking into a pool that shows each rep so many leads a day and no more."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from pacemark.web.accounts.models import User
from pacemark.web.organization.clock import local_date
from pacemark.web.organization.queries import organization
from pacemark.web.pipeline.holding_models import ClaimDay, Pool
from pacemark.web.pipeline.holding_refusals import HoldingRefused
from pacemark.web.pipeline.queries.holdings import teams_of_reps
from pacemark.web.pipeline.queries.pool_views import still_hidden
from pacemark.web.trail.services import record


@transaction.atomic
def look_into_pool(*, actor: User | None, rep_id: int, count: int, at: datetime) -> int:
    """Draw up to so many leads of the limited pools for a rep to see; return how many. A lead counts once a day.

    Raises HoldingRefused ``holding.view_limit`` where the day's number is used up.
    """
    today = local_date(at, organization().time_zone)
    # The rep takes turns with themselves: two looks at once cannot both be the last one allowed.
    row = _locked_day(rep_id, today)
    team_id = teams_of_reps({rep_id}, today).get(rep_id)
    hidden = list(still_hidden(rep_id, team_id, today).select_related("pool")[: max(0, count)])
    drawn: list[int] = []
    for entry in hidden:
        limit = entry.pool.views_per_day
        if limit is None or row.views + len(drawn) < limit:
            drawn.append(entry.lead_id)
    if hidden and not drawn:
        raise _used_up(hidden[0].pool)
    _see(row, drawn)
    if drawn:
        record(actor=actor, action="pipeline.pool_viewed", subject=("rep", str(rep_id)), changes={"n": len(drawn)})
    return len(drawn)


def count_look(rep_id: int, lead_id: int, pool: Pool, today: date) -> None:
    """Count a claim of a lead that was not drawn as a look; call it in the claim's transaction."""
    if pool.views_per_day is None:
        return
    row = _locked_day(rep_id, today)
    if lead_id in row.seen:
        return
    if row.views >= pool.views_per_day:
        raise _used_up(pool)
    _see(row, [lead_id])


def _locked_day(rep_id: int, today: date) -> ClaimDay:
    ClaimDay.objects.get_or_create(rep_id=rep_id, day=today)
    return ClaimDay.objects.select_for_update().get(rep_id=rep_id, day=today)


def _see(row: ClaimDay, lead_ids: list[int]) -> None:
    row.seen, row.views = [*row.seen, *lead_ids], row.views + len(lead_ids)
    row.save(update_fields=["seen", "views"])


def _used_up(pool: Pool) -> HoldingRefused:
    message = f"You have looked at {pool.views_per_day} pool leads today, which is the day's limit."
    return HoldingRefused("holding.view_limit", message)
