"""Counting facts from events: the days that changed, or all of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from pacemark.facts.definitions import Definitions
from pacemark.facts.relations import Relations, month_of, of_changed_days
from pacemark.facts.statements import DAILY_FACTS, MONTHLY_FACTS, Fact
from pacemark.web.accounts.models import User
from pacemark.web.organization.queries import organization
from pacemark.web.pipeline.bridge import FACT_PREFIX, definitions_of, month_relations, relations
from pacemark.web.pipeline.fact_models import ChangedDay, ChangedMonth, RepDay
from pacemark.web.pipeline.facts_built import log_build, refuse_over_logs
from pacemark.web.pipeline.facts_rebuild import (
    MANY_ROWS,
    Count,
    Rebuilt,
    insert,
    lock_days,
    lock_months,
    rebuild_all,
    rebuild_days,
    rebuild_months,
    set_for_now,
)
from pacemark.web.pipeline.queries.freshness import waiting_days
from pacemark.web.trail.services import record

_CHANGED = "facts_changed_now"
_MONTHS = "facts_months_now"
# Facts up to this day come from event logs elsewhere; a month of which they hold a part waits for their next build.
_LOGS_END = "COALESCE((SELECT MAX(last_day) FROM fact_log_build), '0001-01-01')"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Counting:
    """What every statement of one roll-up needs."""

    cursor: CursorWrapper
    relations: Relations
    definitions: Definitions


def rebuild_facts(*, actor: User | None) -> Rebuilt:
    """Count all facts anew from the events; readers see the old ones until the new ones are there.

    Two transactions: days become visible first, then months. Killed in between, it leaves a note by which the next
    roll-up counts the months. Uses up the changed days; leaves a trail. On SQLite two readers share the work.

    Raises
    ------
    FactsElsewhereError
        While facts come from event logs elsewhere.
    """
    refuse_over_logs()
    rebuilt = rebuild_all(relations(), definitions_of(organization()))
    record(actor=actor, action="facts.rebuilt", subject=("facts", "all"), changes={"rows": rebuilt.rows})
    return rebuilt


def refresh_changed_days(*, actor: User | None = None) -> int:
    """Count the facts of the changed days anew, then those of their months; return how many days there were.

    Two transactions, each of which uses up what it was asked for: killed at any time, a second run does the rest. The
    facts are then the same as after a rebuild. Leaves no trail of its own, since the write that changed the days has
    left one.
    """
    n_days = refresh_days(actor=actor)
    if ChangedMonth.objects.exists():
        _refresh_months(definitions_of(organization()))
    return n_days


def refresh_days(*, actor: User | None = None) -> int:
    """Count the daily facts of the changed days alone, in one transaction; their months stay noted for later.

    What Today and Team show is then there, while a month's dials of a whole floor may take as long as they need.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        counting = _Counting(cursor=cursor, relations=relations(), definitions=definitions_of(organization()))
        lock_days(cursor)
        return _refresh_days(counting) if ChangedDay.objects.exists() else 0


@transaction.atomic
def note_days_of(*, actor: User | None, rep_id: int, first_day: date) -> None:
    """Note all days of a rep from one on, for the next roll-up; who moved them there has left the trail."""
    days = RepDay.objects.filter(rep_id=rep_id, business_date__gte=first_day).values_list("business_date", flat=True)
    ChangedDay.objects.bulk_create([ChangedDay(rep_id=rep_id, business_date=day) for day in days])


def _refresh_days(counting: _Counting) -> int:
    if not RepDay.objects.exists() and log_build() is None:  # quicker than day by day
        n_days = waiting_days()
        rebuild_days(Count(relations=counting.relations, definitions=counting.definitions, seconds={}))
        return n_days
    n_days = _take_changed_days(counting)
    for fact in DAILY_FACTS:
        _recount_days(counting, fact)
    counting.cursor.execute(f"DROP TABLE {_CHANGED}")
    return n_days


def _take_changed_days(counting: _Counting) -> int:
    cursor = counting.cursor
    cursor.execute(
        f"CREATE TEMPORARY TABLE {_CHANGED} (rep_id bigint, business_date date, PRIMARY KEY (rep_id, business_date))"
    )
    cursor.execute(
        f"INSERT INTO {_CHANGED} SELECT DISTINCT rep_id, business_date FROM fact_changed_day "
        f"WHERE business_date > {_LOGS_END}"
    )
    n_days: int = cursor.rowcount
    cursor.execute("DELETE FROM fact_changed_day")
    month = month_of("business_date", counting.definitions.month_start_day)
    cursor.execute(
        f"INSERT INTO fact_changed_month (rep_id, month) SELECT DISTINCT rep_id, {month} FROM {_CHANGED} "
        f"WHERE {month} > SUBSTR(CAST({_LOGS_END} AS VARCHAR(10)), 1, 7) || '+'"
    )
    _analyze(cursor, _CHANGED)
    return n_days


def _analyze(cursor: CursorWrapper, table: str) -> None:
    if connection.vendor == "postgresql":  # it takes an unknown table for a large one, and would read all calls
        cursor.execute(f"ANALYZE {table}")


def _recount_days(counting: _Counting, fact: Fact) -> None:
    rep, day = fact.key[:2]
    changed = f"SELECT rep_id, business_date FROM {_CHANGED}"
    counting.cursor.execute(f"DELETE FROM {FACT_PREFIX}{fact.name} WHERE ({rep}, {day}) IN ({changed})")
    insert(counting.cursor, fact, fact.select(of_changed_days(counting.relations, _CHANGED), counting.definitions))


def _refresh_months(definitions: Definitions) -> None:
    if ChangedMonth.objects.filter(month="").exists():
        if log_build() is not None:  # they wait for the next build from the logs
            ChangedMonth.objects.filter(month="").delete()
            return
        rebuild_months(Count(relations=relations(), definitions=definitions, seconds={}))
        return
    with transaction.atomic(), connection.cursor() as cursor:
        lock_months(cursor)
        cursor.execute(
            f"CREATE TEMPORARY TABLE {_MONTHS} (rep_id bigint, month varchar(8), PRIMARY KEY (rep_id, month))"
        )
        cursor.execute(f"INSERT INTO {_MONTHS} SELECT DISTINCT rep_id, month FROM fact_changed_month WHERE month <> ''")
        cursor.execute(f"DELETE FROM fact_changed_month WHERE (rep_id, month) IN (SELECT rep_id, month FROM {_MONTHS})")
        _analyze(cursor, _MONTHS)
        set_for_now(cursor, MANY_ROWS)
        cursor.execute(f"SELECT DISTINCT month FROM {_MONTHS} ORDER BY month")
        months = [row[0] for row in cursor.fetchall()]
        for fact in MONTHLY_FACTS:
            changed = f"SELECT rep_id, month FROM {_MONTHS}"
            cursor.execute(f"DELETE FROM {FACT_PREFIX}{fact.name} WHERE (rep_id, month) IN ({changed})")
            for month in months:
                for narrowed in month_relations(_MONTHS, month, definitions.month_start_day):
                    insert(cursor, fact, fact.select(narrowed, definitions))
        cursor.execute(f"DROP TABLE {_MONTHS}")
