"""Which tables hold the events, and how to look at some reps or some days of them only."""

from __future__ import annotations

from dataclasses import dataclass, replace


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
    call_cohort: str


def relations_in(tables: Tables, call_cohort: str) -> Relations:
    """Return all events of an engine. A refund counts against the owner of its deal.

    ``call_cohort`` names the table of that fact, which is counted first: rep-days are summed up from it.
    """
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
        call_cohort=call_cohort,
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
        call_cohort=f"""(
        SELECT e.* FROM {changed} AS k CROSS JOIN {relations.call_cohort} AS e
        WHERE e.rep_id = k.rep_id AND e.trial_on = k.business_date
    )""",
    )


def of_reps(relations: Relations, events: str, facts: str) -> Relations:
    """Return only the events of some reps.

    ``events`` is SQL with ``{rep}`` for the rep's column, as ``{rep} IS NULL``; ``facts`` is the same of a fact, where
    nobody is rep 0.
    """

    def narrowed(relation: str, rep: str, condition: str = events) -> str:
        return f"(SELECT e.* FROM {relation} AS e WHERE {condition.format(rep=f'e.{rep}')})"

    return replace(
        relations,
        calls=narrowed(relations.calls, "rep_id"),
        owned_opportunities=narrowed(relations.owned_opportunities, "owner_id"),
        sourced_opportunities=narrowed(relations.sourced_opportunities, "sourced_by_id"),
        signed_deals=narrowed(relations.signed_deals, "owner_id"),
        refunds=narrowed(relations.refunds, "owner_id"),
        call_cohort=narrowed(relations.call_cohort, "rep_id", facts),
    )


def of_months(relations: Relations, months: str) -> tuple[Relations, Relations]:
    """Return only the calls of some reps' calendar months; ``months`` names a table of ``rep_id`` and ``month``.

    The calls of somebody and those of nobody come apart, so that each is one walk along an index.
    """
    # SUBSTR takes the column's type away, without which SQLite compares in a way that no index of expressions serves.
    is_month = f"{month_of('e.business_date')} = SUBSTR(k.month, 1, 7)"
    of_somebody = f"""(
        SELECT e.* FROM {months} AS k CROSS JOIN {relations.calls} AS e WHERE e.rep_id = k.rep_id AND {is_month}
    )"""
    of_nobody = f"""(
        SELECT e.* FROM {months} AS k CROSS JOIN {relations.calls} AS e
        WHERE k.rep_id = 0 AND e.rep_id IS NULL AND {is_month}
    )"""
    return replace(relations, calls=of_somebody), replace(relations, calls=of_nobody)


def month_of(day: str) -> str:
    """Return the SQL of a date's calendar month, like 2024-01."""
    return f"SUBSTR(CAST({day} AS VARCHAR(10)), 1, 7)"


def _on_changed_days(relation: str, changed: str, rep: str, day: str) -> str:
    # CROSS JOIN keeps SQLite from reading all events: it goes from the few changed days to their events.
    return f"""(
        SELECT e.* FROM {changed} AS k CROSS JOIN {relation} AS e
        WHERE e.{rep} = k.rep_id AND e.{day} = k.business_date
        UNION ALL
        SELECT e.* FROM {changed} AS k CROSS JOIN {relation} AS e
        WHERE k.rep_id = 0 AND e.{rep} IS NULL AND e.{day} = k.business_date
    )"""
