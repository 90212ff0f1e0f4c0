"""Writes whose the leads are: held since they came with the clock's due days, won, or gone to the pool by the clock."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from django.db import connection

from pacemark.demo.bulk import Same, day_texts, insert_rows, moment_texts
from pacemark.demo.draws import Flags, Ints
from pacemark.demo.tables import DAY_SECONDS, LOCAL_OFFSET_SECONDS, Calls, Leads, Opportunities, local_day, size_of
from pacemark.web.pipeline.choices import HoldingBegan, HoldingEnded, PoolEntered
from pacemark.web.pipeline.holding_models import Holding, Pool, PoolEntry, RecycleRule
from pacemark.web.pipeline.models import Lead

# A talk about money takes weeks, so protection is longer than the product's own.
DEFAULT_DAYS, EXTENSION_DAYS, MAXIMUM_DAYS = 15, 7, 60
CLAIMS_PER_DAY, VIEWS_PER_DAY = 10, 30
# Of the last days, what nobody has called yet belongs to nobody yet: the rule deals it.
DEALT_DAYS = 14
RECYCLED_HOUR = 9
HOLDINGS, POOL_ENTRIES, LEADS = (model._meta.db_table for model in (Holding, PoolEntry, Lead))


@dataclass(slots=True)
class Cards:
    """Every lead's owner, moment of coming, last call and last connect, in the order of leads."""

    owner: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    arrived_at: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    is_dialled: Flags = field(default_factory=lambda: np.zeros(0, dtype=np.bool_))
    last_connect_day: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    def note(self, leads: Leads, calls: Calls) -> None:
        """Add a month's leads, and remember who was dialled, and each lead's last connect."""
        self.owner = np.concatenate([self.owner, leads.owner.astype(np.int64)])
        self.arrived_at = np.concatenate([self.arrived_at, leads.arrived_at])
        self.is_dialled = np.concatenate([self.is_dialled, np.zeros(size_of(leads), dtype=np.bool_)])
        self.last_connect_day = np.concatenate([self.last_connect_day, np.full(size_of(leads), -1, dtype=np.int64)])
        self.is_dialled[calls.lead] = True
        days = local_day(calls.started_at).astype(np.int64)[calls.is_answered]
        np.maximum.at(self.last_connect_day, calls.lead[calls.is_answered], days)

    def due_day(self) -> Ints:
        """Return the last protected day of each: what the clock gives for the coming and the last connect."""
        came = local_day(self.arrived_at).astype(np.int64)
        prolonged = np.maximum(came + DEFAULT_DAYS, self.last_connect_day + EXTENSION_DAYS)
        return np.asarray(np.minimum(prolonged, came + MAXIMUM_DAYS))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fates:
    """What became of each lead."""

    won_at: Ints
    is_open: Flags
    is_over: Flags
    is_nobodys: Flags


def write_holdings(cards: Cards, opportunities: Opportunities, lead_id: Ints, rep_id: Ints, now_seconds: int) -> None:
    """Write a holding for every lead but those that nobody has had; what the clock took is in the pool."""
    rule, pool = _rule()
    today = (now_seconds + LOCAL_OFFSET_SECONDS) // DAY_SECONDS
    due = cards.due_day()
    fates = _fates(cards, opportunities, due, today)
    held = np.flatnonzero(~fates.is_nobodys)
    is_won, is_over = fates.won_at[held] > 0, fates.is_over[held]
    recycled_at = (due[held] + 1) * DAY_SECONDS + RECYCLED_HOUR * 3600 - LOCAL_OFFSET_SECONDS
    ended_at = np.where(is_won, fates.won_at[held], np.where(is_over, recycled_at, 0))
    moments = moment_texts(np.maximum(ended_at, 0))
    insert_rows(
        HOLDINGS,
        {
            "lead_id": lead_id[held].tolist(),
            "rep_id": rep_id[cards.owner[held]].tolist(),
            "began_how": Same(HoldingBegan.IMPORTED.value),
            "began_at": moment_texts(cards.arrived_at[held]),
            "began_on": day_texts(local_day(cards.arrived_at[held])),
            "rule_id": Same(rule.pk),
            "due_on": day_texts(due[held]),
            "last_activity_on": day_texts(cards.last_connect_day[held]),
            "is_locked": (fates.is_open[held] & (due[held] < today)).tolist(),
            "is_self_sourced": Same(False),
            "ended_at": [moment if at else None for moment, at in zip(moments, ended_at.tolist(), strict=True)],
            "ended_how": [
                HoldingEnded.WON.value if won else HoldingEnded.RECYCLED.value if over else ""
                for won, over in zip(is_won.tolist(), is_over.tolist(), strict=True)
            ],
        },
    )
    _fill_pool(pool, lead_id[held][is_over & ~is_won], recycled_at[is_over & ~is_won])
    _disown(lead_id[fates.is_nobodys])


def _rule() -> tuple[RecycleRule, Pool]:
    pool, _is_new = Pool.objects.get_or_create(
        name="公海", defaults={"claims_per_day": CLAIMS_PER_DAY, "views_per_day": VIEWS_PER_DAY}
    )
    rule, _is_new = RecycleRule.objects.get_or_create(
        version=1,
        defaults={
            "default_days": DEFAULT_DAYS, "extension_days": EXTENSION_DAYS, "maximum_days": MAXIMUM_DAYS,
            "remind_days_before": 2, "escalate_days_before": 1, "cooldown_days": 7, "max_locks": 40, "pool": pool,
        },
    )  # fmt: skip
    return rule, pool


def _fates(cards: Cards, opportunities: Opportunities, due: Ints, today: int) -> _Fates:
    won_at = np.zeros(len(due), dtype=np.int64)
    won_at[opportunities.lead[opportunities.is_won]] = opportunities.closed_at[opportunities.is_won]
    is_open = np.zeros(len(due), dtype=np.bool_)
    is_open[opportunities.lead[opportunities.closed_at == 0]] = True
    is_free = (won_at == 0) & ~is_open
    is_recent = local_day(cards.arrived_at) > today - DEALT_DAYS
    is_nobodys = is_free & ~cards.is_dialled & is_recent
    return _Fates(won_at=won_at, is_open=is_open, is_over=is_free & (due < today) & ~is_nobodys, is_nobodys=is_nobodys)


def _fill_pool(pool: Pool, lead_ids: Ints, entered_at: Ints) -> None:
    insert_rows(
        POOL_ENTRIES,
        {
            "lead_id": lead_ids.tolist(),
            "pool_id": Same(pool.pk),
            "entered_at": moment_texts(entered_at),
            "entered_how": Same(PoolEntered.RECYCLED.value),
        },
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {LEADS} SET owner_id = NULL WHERE id IN (SELECT lead_id FROM {POOL_ENTRIES} WHERE left_at IS NULL)"
        )


def _disown(lead_ids: Ints) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(f"UPDATE {LEADS} SET owner_id = NULL WHERE id = %s", [[pk] for pk in lead_ids.tolist()])
