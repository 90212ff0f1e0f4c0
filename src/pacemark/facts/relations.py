"""Which tables hold the events, and how to look at some reps or some days of them only."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """Names of the tables or views that hold the events."""

    calls: str = "calls"
    opportunities: str = "opportunities"
    leads: str = "leads"
    deals: str = "deals"
    refunds: str = "refunds"
    memberships: str = "memberships"


@dataclass(frozen=True, slots=True, kw_only=True)
class Relations:
    """What the facts are counted from: names of tables, or whole subqueries in brackets.

    Opportunities and deals are looked at in several ways, each of which can be narrowed to some days by its own rep
    and date: as owned, as sourced, and all of them for finding what came from a call.

    An engine that knows more spares itself work: each rep's dials by day, counted before, stand in a table
    (``dial_days``); all calls are of one month, as :func:`month_of` names it (``only_month``).
    """

    calls: str
    owned_opportunities: str
    sourced_opportunities: str
    opportunities: str
    leads: str
    deals: str
    signed_deals: str
    refunds: str
    memberships: str
    dial_days: str = ""
    only_month: str = ""


def relations_in(tables: Tables) -> Relations:
    """Return all events of an engine. A refund counts against the owner of its deal."""
    return Relations(
        calls=tables.calls,
        owned_opportunities=tables.opportunities,
        sourced_opportunities=tables.opportunities,
        opportunities=tables.opportunities,
        leads=tables.leads,
        deals=tables.deals,
        signed_deals=tables.deals,
        refunds=f"""(
            SELECT r.refunded_on, r.amount_minor, g.owner_id
            FROM {tables.refunds} AS r JOIN {tables.deals} AS g ON g.id = r.deal_id
        )""",
        memberships=tables.memberships,
    )


def of_changed_days(relations: Relations, changed: str) -> Relations:
    """Return only the events that count towards the changed days.

    ``changed`` names a table of ``rep_id`` and ``business_date``, with rep 0 for what is assigned to nobody.
    """
    return replace(
        relations,
        calls=_on_changed_days(relations.calls, changed, "rep_id", "business_date"),
        owned_opportunities=_on_changed_days(relations.owned_opportunities, changed, "owner_id", "opened_on"),
        sourced_opportunities=_on_changed_days(relations.sourced_opportunities, changed, "sourced_by_id", "sourced_on"),
        signed_deals=_on_changed_days(relations.signed_deals, changed, "owner_id", "signed_on"),
        refunds=_on_changed_days(relations.refunds, changed, "owner_id", "refunded_on"),
    )


def of_days(relations: Relations, first: date | None, end: date | None) -> Relations:
    """Return only what counts towards the days from one on and before another; None leaves that side open.

    The calls stay as they are: an engine has ways of its own to read those of some days.
    """

    def narrowed(relation: str, day: str) -> str:
        limits = [f"e.{day} {sign} DATE '{limit}'" for sign, limit in ((">=", first), ("<", end)) if limit]
        return f"(SELECT e.* FROM {relation} AS e WHERE {' AND '.join(limits)})" if limits else relation

    return replace(
        relations,
        owned_opportunities=narrowed(relations.owned_opportunities, "opened_on"),
        sourced_opportunities=narrowed(relations.sourced_opportunities, "sourced_on"),
        signed_deals=narrowed(relations.signed_deals, "signed_on"),
        refunds=narrowed(relations.refunds, "refunded_on"),
        dial_days=narrowed(relations.dial_days, "business_date") if relations.dial_days else "",
    )


def of_reps(relations: Relations, which: str) -> Relations:
    """Return only some reps' events; ``which`` is SQL with ``{rep}`` for the rep's column, as ``{rep} IS NULL``."""

    def narrowed(relation: str, rep: str) -> str:
        return f"(SELECT e.* FROM {relation} AS e WHERE {which.format(rep=f'e.{rep}')})"

    return replace(
        relations,
        calls=narrowed(relations.calls, "rep_id"),
        owned_opportunities=narrowed(relations.owned_opportunities, "owner_id"),
        sourced_opportunities=narrowed(relations.sourced_opportunities, "sourced_by_id"),
        signed_deals=narrowed(relations.signed_deals, "owner_id"),
        refunds=narrowed(relations.refunds, "owner_id"),
    )


def of_month(
    relations: Relations, months: str, month: str, start_day: int, *, by_index: bool
) -> tuple[Relations, Relations]:
    """Return only one month's calls of the reps whom ``months``, a table of ``rep_id`` and ``month``, names with it.

    The calls of somebody and those of nobody come apart, so that each is one walk along an index: where there is one
    of :func:`month_of` (``by_index``), along that, else along one of days.
    """
    first, end = days_of_month(month, start_day)
    days = f"e.business_date >= '{first}' AND e.business_date < '{end}'"
    is_month = f"{month_of('e.business_date', start_day)} = '{month}'" if by_index else days
    who = f"SELECT e.* FROM {months} AS k CROSS JOIN {relations.calls} AS e WHERE k.month = '{month}' AND {is_month}"
    return (
        replace(relations, calls=f"({who} AND e.rep_id = k.rep_id)", only_month=month),
        replace(relations, calls=f"({who} AND k.rep_id = 0 AND e.rep_id IS NULL)", only_month=month),
    )


def days_of_month(month: str, start_day: int) -> tuple[date, date]:
    """Return the first day of what :func:`month_of` calls so, and the first day after it; the same for no such month.

    Examples
    --------
    >>> days_of_month("2024-01+", 26)
    (datetime.date(2024, 1, 26), datetime.date(2024, 2, 1))
    """
    first = date.fromisoformat(f"{month[:7]}-01")
    after = (first + timedelta(31)).replace(day=1)
    starts = min(first + timedelta(start_day - 1), after - timedelta(1)) if start_day > 1 else after
    return (starts, after) if month.endswith("+") else (first, starts)


def month_of(day: str, start_day: int) -> str:
    """Return the SQL of a date's calendar month, like 2024-01.

    Where sales months start within calendar months, the days from ``start_day`` on are a month of their own, 2024-01+:
    so that what is counted by it adds up to calendar months and to sales months alike.
    """
    text = f"CAST({day} AS VARCHAR(10))"
    month = f"SUBSTR({text}, 1, 7)"
    if start_day == 1:
        return month
    has_started = f"SUBSTR({text}, 9, 2) >= '{start_day:02}'"
    if start_day > _SHORTEST_MONTH:
        has_started += f" OR {_ends_early(text, start_day)}"
    return f"{month} || CASE WHEN {has_started} THEN '+' ELSE '' END"


_SHORTEST_MONTH = 28
_LAST_30TH = ("04-30", "06-30", "09-30", "11-30")


def _ends_early(text: str, start_day: int) -> str:
    """Return the SQL for the last day of a month that does not have the starting day: it starts there all the same."""
    days = (*(_LAST_30TH if start_day > 30 else ()), *(("02-29",) if start_day > 29 else ()))
    year = f"CAST(SUBSTR({text}, 1, 4) AS INTEGER)"
    is_common = f"({year} % 4 <> 0 OR ({year} % 100 = 0 AND {year} % 400 <> 0))"
    ends = f"SUBSTR({text}, 6, 5) = '02-28' AND {is_common}"
    quoted = ", ".join(f"'{day}'" for day in days)
    return f"SUBSTR({text}, 6, 5) IN ({quoted}) OR ({ends})" if days else f"({ends})"


def _on_changed_days(relation: str, changed: str, rep: str, day: str) -> str:
    # CROSS JOIN keeps SQLite from reading all events: it goes from the few changed days to their events.
    return f"""(
        SELECT e.* FROM {changed} AS k CROSS JOIN {relation} AS e
        WHERE e.{rep} = k.rep_id AND e.{day} = k.business_date
        UNION ALL
        SELECT e.* FROM {changed} AS k CROSS JOIN {relation} AS e
        WHERE k.rep_id = 0 AND e.{rep} IS NULL AND e.{day} = k.business_date
    )"""
