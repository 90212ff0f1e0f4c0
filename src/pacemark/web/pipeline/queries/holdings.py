"""Reading whose leads are: the rule that holds, what each rep holds, what is due, and what is in the pool."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from pacemark.web.organization.models import Membership
from pacemark.web.pipeline.choices import HoldingBegan, OpportunityState
from pacemark.web.pipeline.holding_models import ClaimDay, Cooldown, Holding, PoolEntry, RecycleRule
from pacemark.web.pipeline.models import Opportunity
from pacemark.web.shared.compiled import Compiled, columns_of, whole


def standing_rule() -> RecycleRule | None:
    """Return the recycle rule that holds; none where operations have not set one."""
    return RecycleRule.objects.select_related("pool").order_by("-version").first()


def rule_of_days() -> RecycleRule | None:
    """Return the recycle rule that holds for whoever asks for days alone, at every lead."""
    return whole(RecycleRule, _RULE.first())


_RULE = Compiled(lambda: RecycleRule.objects.order_by("-version").values_list(*columns_of(RecycleRule))[:1])


def teams_of_reps(rep_ids: Collection[int], day: date) -> dict[int, int]:
    """Return each rep's team on a day; who has none is left out."""
    holding = Q(valid_from__lte=day) & (Q(valid_to__isnull=True) | Q(valid_to__gt=day))
    rows = Membership.objects.filter(holding, rep_id__in=rep_ids, team__isnull=False)
    return dict(rows.order_by("valid_from").values_list("rep_id", "team_id"))


def holder_of(lead_id: int) -> int | None:
    """Return the rep who holds a lead now."""
    return Holding.objects.filter(lead_id=lead_id, ended_at__isnull=True).values_list("rep_id", flat=True).first()


def held_counts(rep_ids: Collection[int] | None = None, *, with_self_sourced: bool = True) -> dict[int, int]:
    """Return how many leads each rep holds now."""
    if rep_ids is None and with_self_sourced:
        return {rep: int(n) for rep, n in _HELD.rows()}
    rows = Holding.objects.filter(ended_at__isnull=True)
    if rep_ids is not None:
        rows = rows.filter(rep_id__in=rep_ids)
    if not with_self_sourced:
        rows = rows.filter(is_self_sourced=False)
    return dict(_by_rep(rows))


def received_counts(first: date, last: date) -> dict[int, int]:
    """Return how many leads each rep was given between two days, both included; self-sourced ones are not given."""
    return {rep: int(n) for rep, n in _RECEIVED.rows(first=first, last=last)}


def _received(first: date, last: date) -> QuerySet[Holding, tuple[Any, ...]]:
    days = {"began_on__gte": first, "began_on__lte": last}
    return _by_rep(Holding.objects.filter(**days, is_self_sourced=False, began_how=HoldingBegan.ASSIGNED))


def _by_rep(rows: QuerySet[Holding]) -> QuerySet[Holding, tuple[Any, ...]]:
    return rows.values_list("rep_id").annotate(n=Count("pk")).order_by()


_HELD = Compiled(lambda: _by_rep(Holding.objects.filter(ended_at__isnull=True)))
_RECEIVED = Compiled(_received)


def due_holdings(before: date) -> QuerySet[Holding]:
    """Return the open holdings whose protection ended before a day: not locked, not won."""
    won = Opportunity.objects.filter(lead_id=OuterRef("lead_id"), state=OpportunityState.WON)
    return Holding.objects.filter(~Exists(won), ended_at__isnull=True, is_locked=False, due_on__lt=before).order_by(
        "due_on", "pk"
    )


def running_out(first: date, last: date) -> QuerySet[Holding]:
    """Return the open holdings whose protection ends between two days, both included."""
    return (
        Holding.objects.filter(ended_at__isnull=True, is_locked=False, due_on__range=(first, last))
        .select_related("lead", "rep")
        .order_by("due_on", "pk")
    )


def pool_leads(rep_id: int | None, team_id: int | None, today: date) -> QuerySet[PoolEntry]:
    """Return what is in the pools that a rep may claim from, longest there first, without what cools down for them."""
    entries = PoolEntry.objects.filter(left_at__isnull=True, lead__is_blocked=False)
    if team_id is not None:
        entries = entries.filter(Q(pool__team__isnull=True) | Q(pool__team_id=team_id))
    if rep_id is not None:
        mine = Q(rep_id=rep_id) | Q(team_id=team_id or -1)
        entries = entries.exclude(lead_id__in=Cooldown.objects.filter(mine, until__gt=today).values("lead_id"))
    return entries.select_related("lead", "lead__segment", "pool").order_by("entered_at", "pk")


def claims_today(rep_id: int, today: date) -> int:
    """Return how often a rep has claimed today; what was returned counts."""
    return ClaimDay.objects.filter(rep_id=rep_id, day=today).values_list("claims", flat=True).first() or 0
