"""Whose a lead is: the one way by which leads are taken, let go, claimed, returned, transferred and locked.

Every path comes through here — assignment, the pool, transfer by hand, import, API and the clock — so that protection,
cooldowns and limits hold for all of them. Atomic, attributed; a constraint holds a lead to one open holding.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import F, Q

from pacemark.web.accounts.models import User
from pacemark.web.organization.clock import local_date
from pacemark.web.organization.models import Rep
from pacemark.web.organization.queries import organization
from pacemark.web.pipeline.choices import HoldingBegan, HoldingEnded, PoolEntered
from pacemark.web.pipeline.holding_bridge import DueDays, due_days
from pacemark.web.pipeline.holding_models import ClaimDay, Cooldown, Holding, Pool, PoolEntry
from pacemark.web.pipeline.holding_refusals import HoldingRefused
from pacemark.web.pipeline.models import Lead
from pacemark.web.pipeline.pool_views import count_look
from pacemark.web.pipeline.queries.holdings import rule_of_days, standing_rule, teams_of_reps
from pacemark.web.shared.row_writing import insert_rows, set_values
from pacemark.web.trail.services import record

BATCH_SIZE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Taking:
    """How leads come to their reps: by which path, and when. ``are_new``: made just now, so that no pool has them."""

    how: HoldingBegan
    at: datetime
    is_self_sourced: bool = False
    are_new: bool = False


@transaction.atomic
def take(*, actor: User | None, owners: Mapping[int, int], taking: Taking) -> list[int]:
    """Let reps hold leads (lead id → rep id) that nobody holds; return the leads that were free.

    Set-based: a fixed number of statements, however many leads. A lead that somebody took meanwhile is left alone.
    """
    lock_leads(owners)
    held = set(Holding.objects.filter(lead_id__in=owners, ended_at__isnull=True).values_list("lead_id", flat=True))
    free = {lead_id: rep_id for lead_id, rep_id in owners.items() if lead_id not in held}
    hold_free(actor=actor, owners=free, taking=taking)
    return list(free)


def hold_free(*, actor: User | None, owners: Mapping[int, int], taking: Taking) -> None:
    """Let reps hold leads for a caller who has locked them in its transaction and seen that nobody holds them."""
    today = local_date(taking.at, organization().time_zone)
    days = due_days(rule_of_days(), today)
    shared = _holding_columns(actor, taking, today, days)
    insert_rows(
        Holding._meta.db_table, ["lead_id", "rep_id", *shared],
        [(lead_id, rep_id, *shared.values()) for lead_id, rep_id in owners.items()],
    )  # fmt: skip
    in_pool = PoolEntry.objects.filter(left_at__isnull=True)
    if not taking.are_new and in_pool.exists():
        in_pool.filter(lead_id__in=owners).update(left_at=taking.at)
    set_values(Lead._meta.db_table, "owner_id", owners)


def _holding_columns(actor: User | None, taking: Taking, today: date, days: DueDays) -> dict[str, Any]:
    """Return what the holdings that begin together share: a row each would take longer to build than to write."""
    model = Holding(
        began_how=taking.how,
        began_at=taking.at,
        began_on=today,
        rule_id=days.rule_id,
        due_on=days.first_due(today, is_self_sourced=taking.is_self_sourced),
        is_self_sourced=taking.is_self_sourced,
        by=actor,
    )
    return {
        str(field.column): field.get_db_prep_save(getattr(model, field.attname), connection=connection)
        for field in Holding._meta.concrete_fields
        if field.column not in {"id", "lead_id", "rep_id"}
    }


@transaction.atomic
def let_go(
    *, actor: User | None, lead_ids: Collection[int], how: HoldingEnded, at: datetime, pool: Pool | None = None
) -> int:
    """End the open holdings of leads; those not won go to the pool, and whoever let them go waits to have them again.

    Where the owner left, the lead is nobody's and in no pool: whoever calls deals it. Returns how many holdings ended.
    """
    lock_leads(lead_ids)
    open_now = list(Holding.objects.filter(lead_id__in=lead_ids, ended_at__isnull=True))
    ids = [holding.pk for holding in open_now]
    Holding.objects.filter(pk__in=ids).update(ended_at=at, ended_how=how)
    today = local_date(at, organization().time_zone)
    if how in {HoldingEnded.RETURNED, HoldingEnded.RECYCLED}:
        _cool_down(open_now, today)
        gone = [holding.lead_id for holding in open_now]
        enter_pool(actor=actor, lead_ids=gone, at=at, how=PoolEntered(how.value), pool=pool)
    if how in {HoldingEnded.RETURNED, HoldingEnded.RECYCLED, HoldingEnded.LEFT}:
        Lead.objects.filter(pk__in=lead_ids).update(owner=None)
    if open_now:
        record(
            actor=actor, action=f"pipeline.leads_{how.value}", subject=("lead", "many"),
            changes={"holdings": ids[:BATCH_SIZE], "n": len(ids)},
        )  # fmt: skip
    return len(ids)


@transaction.atomic
def transfer(*, actor: User | None, lead_id: int, rep_id: int, at: datetime) -> Holding:
    """Let another rep hold a lead from now on; protection starts anew."""
    let_go(actor=actor, lead_ids=[lead_id], how=HoldingEnded.TRANSFERRED, at=at)
    take(actor=actor, owners={lead_id: rep_id}, taking=Taking(how=HoldingBegan.TRANSFERRED, at=at))
    holding = Holding.objects.get(lead_id=lead_id, ended_at__isnull=True)
    record(actor=actor, action="pipeline.lead_transferred", subject=("lead", str(lead_id)), changes={"rep_id": rep_id})
    return holding


@transaction.atomic
def claim(*, actor: User | None, rep_id: int, lead_id: int, at: datetime) -> Holding:
    """Let a rep take a lead from the pool: exactly one winner, and never above the day's limit.

    Raises HoldingRefused: ``holding.not_in_pool``, ``holding.other_pool``, ``holding.do_not_contact``,
    ``holding.cooldown``, ``holding.view_limit`` or ``holding.claim_limit``.
    """
    today = local_date(at, organization().time_zone)
    entries = PoolEntry.objects.select_related("pool", "lead").filter(lead_id=lead_id, left_at__isnull=True)
    entry = entries.first()
    if entry is None:
        raise HoldingRefused("holding.not_in_pool", "Somebody else was quicker: the lead is not in the pool any more.")
    _check_claimable(entry, rep_id, today)
    count_look(rep_id, lead_id, entry.pool, today)
    _count_claim(rep_id, today, entry.pool.claims_per_day)
    # The conditional update is the race's finish line: one caller changes the row, all others change none.
    if not PoolEntry.objects.filter(pk=entry.pk, left_at__isnull=True).update(left_at=at):
        raise HoldingRefused("holding.not_in_pool", "Somebody else was quicker: the lead is not in the pool any more.")
    try:
        taken = take(actor=actor, owners={lead_id: rep_id}, taking=Taking(how=HoldingBegan.CLAIMED, at=at))
    except IntegrityError as error:
        raise HoldingRefused("holding.held", "Somebody holds this lead already.") from error
    if not taken:
        raise HoldingRefused("holding.held", "Somebody holds this lead already.")
    record(actor=actor, action="pipeline.lead_claimed", subject=("lead", str(lead_id)), changes={"rep_id": rep_id})
    return Holding.objects.get(lead_id=lead_id, ended_at__isnull=True)


@transaction.atomic
def give_back(*, actor: User | None, rep_id: int, lead_id: int, at: datetime) -> None:
    """Let a rep return a lead to the pool; the day's count of claims stays as it is."""
    if not Holding.objects.filter(lead_id=lead_id, rep_id=rep_id, ended_at__isnull=True).exists():
        raise HoldingRefused("holding.not_yours", "You do not hold this lead, so it cannot be returned.")
    let_go(actor=actor, lead_ids=[lead_id], how=HoldingEnded.RETURNED, at=at)


@transaction.atomic
def set_lock(*, actor: User | None, lead_id: int, rep_id: int, is_locked: bool) -> None:
    """Exempt a lead from the clock, or let the clock have it again; a rep has so many locks and no more."""
    # The rep takes turns with themselves: two locks at once cannot both be the last one allowed.
    list(Rep.objects.select_for_update().filter(pk=rep_id).values_list("pk", flat=True))
    mine = Holding.objects.select_for_update().filter(rep_id=rep_id, ended_at__isnull=True)
    holding = mine.filter(lead_id=lead_id).first()
    if holding is None:
        raise HoldingRefused("holding.not_yours", "You do not hold this lead, so it cannot be locked.")
    rule = standing_rule()
    limit = rule.max_locks if rule else None
    if is_locked and not holding.is_locked and limit is not None and mine.filter(is_locked=True).count() >= limit:
        raise HoldingRefused("holding.lock_limit", f"You have locked {limit} leads already; unlock one first.")
    holding.is_locked = is_locked
    holding.save(update_fields=["is_locked"])
    record(actor=actor, action="pipeline.lead_locked", subject=("lead", str(lead_id)), changes={"is_locked": is_locked})


@transaction.atomic
def enter_pool(
    *, actor: User | None, lead_ids: Sequence[int], at: datetime, how: PoolEntered, pool: Pool | None = None
) -> int:
    """Put leads that nobody holds into a pool: the one given, else the one each came from, else the rule's.

    Those that are in a pool stay there.
    """
    target = pool or main_pool()
    before = {} if pool else _pools_before(lead_ids)
    there = set(PoolEntry.objects.filter(lead_id__in=lead_ids, left_at__isnull=True).values_list("lead_id", flat=True))
    held = set(Holding.objects.filter(lead_id__in=lead_ids, ended_at__isnull=True).values_list("lead_id", flat=True))
    rows = [
        PoolEntry(lead_id=lead_id, pool_id=before.get(lead_id, target.pk), entered_at=at, entered_how=how)
        for lead_id in dict.fromkeys(lead_ids)
        if lead_id not in there and lead_id not in held
    ]
    PoolEntry.objects.bulk_create(rows, batch_size=BATCH_SIZE)
    if rows:
        record(actor=actor, action="pipeline.leads_pooled", subject=("lead", "many"), changes={"n": len(rows)})
    return len(rows)


def _pools_before(lead_ids: Sequence[int]) -> dict[int, int]:
    """Return the pool that each lead was in last."""
    rows = PoolEntry.objects.filter(lead_id__in=lead_ids).order_by("entered_at", "pk")
    return dict(rows.values_list("lead_id", "pool_id"))


def main_pool() -> Pool:
    """Return the organisation's pool, made on first use."""
    rule = standing_rule()
    if rule is not None and rule.pool is not None:
        return rule.pool
    found, _is_new = Pool.objects.get_or_create(name="公海")
    return found


def lock_leads(lead_ids: Collection[int]) -> None:
    """Take turns: in one order, so that two writers never wait for each other."""
    if not connection.features.has_select_for_update:
        return  # there the whole database takes turns
    list(Lead.objects.select_for_update().filter(pk__in=lead_ids).order_by("pk").values_list("pk", flat=True))


def _cool_down(holdings: list[Holding], today: date) -> None:
    rule = standing_rule()
    if rule is None or not (rule.cooldown_days or rule.team_cooldown_days):
        return
    teams = teams_of_reps({holding.rep_id for holding in holdings}, today) if rule.team_cooldown_days else {}
    rows = []
    for holding in holdings:
        if rule.cooldown_days:
            until = today + timedelta(days=rule.cooldown_days)
            rows.append(Cooldown(lead_id=holding.lead_id, rep_id=holding.rep_id, until=until))
        if teams.get(holding.rep_id):
            until = today + timedelta(days=rule.team_cooldown_days)
            rows.append(Cooldown(lead_id=holding.lead_id, team_id=teams[holding.rep_id], until=until))
    Cooldown.objects.bulk_create(rows, batch_size=BATCH_SIZE)


def _check_claimable(entry: PoolEntry, rep_id: int, today: date) -> None:
    """Refuse what the rep may not have: another team's pool, who must not be called, what was let go just now."""
    team_id = teams_of_reps({rep_id}, today).get(rep_id)
    if entry.pool.team_id not in {None, team_id}:
        raise HoldingRefused("holding.other_pool", "This lead is in another team's pool.")
    if entry.lead.is_blocked:
        raise HoldingRefused("holding.do_not_contact", "This customer does not want to be contacted.")
    cooling = Cooldown.objects.filter(lead_id=entry.lead_id, until__gt=today).filter(
        Q(rep_id=rep_id) | Q(team_id=team_id or -1)
    )
    row = cooling.order_by("-until").first()
    if row is not None:
        message = f"You let this lead go a short while ago; it can be claimed again on {row.until.isoformat()}."
        raise HoldingRefused("holding.cooldown", message)


def _count_claim(rep_id: int, today: date, limit: int | None) -> None:
    """Raise the day's count unless the limit is reached: one statement, so that parallel claims cannot pass it."""
    ClaimDay.objects.get_or_create(rep_id=rep_id, day=today)
    row = ClaimDay.objects.filter(rep_id=rep_id, day=today)
    if limit is not None:
        row = row.filter(claims__lt=limit)
    if not row.update(claims=F("claims") + 1):
        message = f"You have claimed {limit} leads today, which is the day's limit."
        raise HoldingRefused("holding.claim_limit", message)
