"""The pool as a manager sees it: what lies there, who claimed today, and whose clocks run out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, F

from pacemark.web.organization.models import Rep
from pacemark.web.pipeline.holding_models import Holding, Pool, PoolEntry
from pacemark.web.pipeline.queries.holdings import held_counts, running_out
from pacemark.web.pipeline.queries.lead_pages import claims_of

DAYS_AHEAD, SHOWN = 3, 50


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolRow:
    """A pool with how many leads lie in it."""

    pool: Pool
    n_leads: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimRow:
    """What one rep took from and saw of the pools today, and holds now."""

    name: str
    claims: int
    looks: int
    held: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolPage:
    """Everything of the page."""

    pools: tuple[PoolRow, ...]
    newest: tuple[PoolEntry, ...]
    claims: tuple[ClaimRow, ...]
    due: tuple[Holding, ...]
    n_due: int


def pool_page(rep_ids: frozenset[int] | None, team_ids: frozenset[int] | None, today: date) -> PoolPage:
    """Return the pools of the teams in sight and the public ones, claims and clocks of the people in sight."""
    pools = Pool.objects.select_related("team").order_by(F("team__name").asc(nulls_first=True), "name")
    mine = [pool for pool in pools if pool.team_id is None or team_ids is None or pool.team_id in team_ids]
    entries = PoolEntry.objects.filter(left_at__isnull=True, pool__in=mine)
    counts: Mapping[int, int] = dict(entries.values_list("pool_id").annotate(n=Count("pk")).order_by())
    newest = entries.select_related("lead", "lead__segment", "pool").order_by("-entered_at", "-pk")[:SHOWN]
    due = running_out(today, today + timedelta(days=DAYS_AHEAD))
    if rep_ids is not None:
        due = due.filter(rep_id__in=rep_ids)
    return PoolPage(
        pools=tuple(PoolRow(pool=pool, n_leads=counts.get(pool.pk, 0)) for pool in mine),
        newest=tuple(newest),
        claims=_claims(rep_ids, today),
        due=tuple(due.select_related("lead", "lead__segment", "rep")[:SHOWN]),
        n_due=due.count(),
    )


def _claims(rep_ids: frozenset[int] | None, today: date) -> tuple[ClaimRow, ...]:
    found = claims_of(rep_ids, today)[:SHOWN]
    ids = [rep for rep, _claims, _looks in found]
    names, held = dict(Rep.objects.filter(pk__in=ids).values_list("pk", "name")), held_counts(ids)
    return tuple(
        ClaimRow(name=names.get(rep, ""), claims=claims, looks=looks, held=held.get(rep, 0))
        for rep, claims, looks in found
    )
