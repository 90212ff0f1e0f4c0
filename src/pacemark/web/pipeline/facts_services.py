"""Counting facts from events: the days that changed, or all of them."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from pacemark.facts.definitions import Definitions
from pacemark.facts.relations import Relations, month_of, of_changed_days, of_months
from pacemark.facts.statements import FACTS, REP_HOUR, Fact
from pacemark.web.accounts.models import User
from pacemark.web.organization.queries import organization
from pacemark.web.pipeline.bridge import FACT_PREFIX, definitions_of, relations
from pacemark.web.pipeline.fact_models import ChangedDay, RepDay
from pacemark.web.pipeline.facts_rebuild import Rebuilt, insert, lock_facts, rebuild_all
from pacemark.web.trail.services import record

_CHANGED = "facts_changed_now"
_MONTHS = "facts_months_now"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Counting:
    """What every statement of one roll-up needs."""

    cursor: CursorWrapper
    relations: Relations
    definitions: Definitions


def rebuild_facts(*, actor: User | None) -> Rebuilt:
    """Count all facts anew from the events; readers see the old ones until all the new ones are there.

    Atomic; uses up the changed days; leaves a trail. On SQLite two readers share the work.
    """
    rebuilt = rebuild_all(relations(), definitions_of(organization()))
    record(actor=actor, action="facts.rebuilt", subject=("facts", "all"), changes={"rows": rebuilt.rows})
    return rebuilt


@transaction.atomic
def refresh_changed_days(*, actor: User | None = None) -> int:
    """Count the facts of the changed days anew and use those days up; return how many there were.

    Atomic and repeatable: killed before its commit, it leaves facts and changed days as they were. The facts are then
    the same as after a rebuild. Leaves no trail of its own, since the write that changed the days has left one.
    """
    with connection.cursor() as cursor:
        lock_facts(cursor)
        if not ChangedDay.objects.exists():
            return 0
        counting = _Counting(cursor=cursor, relations=relations(), definitions=definitions_of(organization()))
        if not RepDay.objects.exists():
            return _count_everything(counting)
        n_days = _take_changed_days(cursor)
        for fact in FACTS:
            if fact is not REP_HOUR:
                _recount_days(counting, fact)
        _recount_hours(counting)
        for table in (_CHANGED, _MONTHS):
            cursor.execute(f"DROP TABLE {table}")
    return n_days


def _count_everything(counting: _Counting) -> int:
    """Count all facts where there are none yet: quicker than day by day."""
    n_days, _kinds = ChangedDay.objects.all().delete()
    for fact in FACTS:
        counting.cursor.execute(f"DELETE FROM {FACT_PREFIX}{fact.name}")
        insert(counting.cursor, fact, fact.select(counting.relations, counting.definitions))
    return n_days


def _take_changed_days(cursor: CursorWrapper) -> int:
    temporary = "CREATE TEMPORARY TABLE"
    cursor.execute(f"{temporary} {_CHANGED} (rep_id bigint, business_date date, PRIMARY KEY (rep_id, business_date))")
    cursor.execute(f"INSERT INTO {_CHANGED} SELECT rep_id, business_date FROM fact_changed_day")
    n_days: int = cursor.rowcount
    cursor.execute("DELETE FROM fact_changed_day")
    cursor.execute(f"{temporary} {_MONTHS} (rep_id bigint, month varchar(7), PRIMARY KEY (rep_id, month))")
    cursor.execute(f"INSERT INTO {_MONTHS} SELECT DISTINCT rep_id, {month_of('business_date')} FROM {_CHANGED}")
    if connection.vendor == "postgresql":  # it takes an unknown table for a large one, and would read all calls
        cursor.execute(f"ANALYZE {_CHANGED}")
        cursor.execute(f"ANALYZE {_MONTHS}")
    return n_days


def _recount_days(counting: _Counting, fact: Fact) -> None:
    rep, day = fact.key[:2]
    changed = f"SELECT rep_id, business_date FROM {_CHANGED}"
    counting.cursor.execute(f"DELETE FROM {FACT_PREFIX}{fact.name} WHERE ({rep}, {day}) IN ({changed})")
    insert(counting.cursor, fact, fact.select(of_changed_days(counting.relations, _CHANGED), counting.definitions))


def _recount_hours(counting: _Counting) -> None:
    months = f"SELECT rep_id, month FROM {_MONTHS}"
    counting.cursor.execute(f"DELETE FROM {FACT_PREFIX}{REP_HOUR.name} WHERE (rep_id, month) IN ({months})")
    for narrowed in of_months(counting.relations, _MONTHS):
        insert(counting.cursor, REP_HOUR, REP_HOUR.select(narrowed, counting.definitions))
