"""Opportunities that no talk preceded, and deals by the day they were signed: what is looked at for quality."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pacemark.facts.definitions import IS_QUALIFIED
from pacemark.web.organization.queries import organization
from pacemark.web.pipeline.bridge import TABLES
from pacemark.web.pipeline.models import Deal
from pacemark.web.pipeline.queries.columns import Integers, literal, ordinal, whole_numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class TalklessArrays:
    """One entry per owner: the opportunities of leads, and those of them that nobody had talked with."""

    rep_id: Integers
    opportunities: Integers
    talkless: Integers


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedArrays:
    """One entry per owner and day (``date.toordinal``): dated deals signed."""

    rep_id: Integers
    day: Integers
    deals: Integers


def talkless_opportunities(first_day: date, last_day: date) -> TalklessArrays:
    """Count the opportunities that opened in some days, and those whose lead nobody had a connected talk with before.

    Where the source tells only the intake, a talk after it counts too. Opportunities without a lead are left out:
    there is nobody to look for.
    """
    sql = f"""
        SELECT o.owner_id, COUNT(*), CAST(SUM(CASE WHEN {_talked()} THEN 0 ELSE 1 END) AS BIGINT)
        FROM {_opportunities(first_day, last_day)} AND o.owner_id IS NOT NULL GROUP BY 1 ORDER BY 1
    """
    rep_id, opportunities, talkless = whole_numbers(sql, 3)
    return TalklessArrays(rep_id=rep_id, opportunities=opportunities, talkless=talkless)


def talkless_ids(first_day: date, last_day: date, rep_id: int, *, most: int) -> list[int]:
    """Return those opportunities of one rep, oldest first."""
    sql = f"""
        SELECT o.id FROM {_opportunities(first_day, last_day)} AND o.owner_id = {int(rep_id)} AND NOT {_talked()}
        ORDER BY o.opened_at, o.id LIMIT {most}
    """
    return [int(key) for key in whole_numbers(sql, 1)[0]]


def signed_by_day(first_day: date, last_day: date) -> SignedArrays:
    """Count each owner's deals by the day they were signed; those whose day is not known are left out."""
    sql = f"""
        SELECT owner_id, {ordinal("signed_on")}, COUNT(*) FROM {TABLES.deals}
        WHERE owner_id IS NOT NULL AND NOT is_undated
          AND signed_on BETWEEN {literal(first_day)} AND {literal(last_day)}
        GROUP BY owner_id, signed_on ORDER BY 1, 2
    """
    rep_id, day, deals = whole_numbers(sql, 3)
    return SignedArrays(rep_id=rep_id, day=day, deals=deals)


def deals_signed_on(rep_id: int, days: list[date], *, most: int) -> list[int]:
    """Return one owner's deals of some days, the last first."""
    rows = Deal.objects.filter(owner_id=rep_id, signed_on__in=days, is_undated=False).order_by("-signed_on", "pk")
    return list(rows.values_list("pk", flat=True)[:most])


def _opportunities(first_day: date, last_day: date) -> str:
    return (
        f"{TABLES.opportunities} AS o WHERE {IS_QUALIFIED} AND o.lead_id IS NOT NULL "
        f"AND o.opened_on BETWEEN {literal(first_day)} AND {literal(last_day)}"
    )


def _talked() -> str:
    seconds = organization().connect_seconds
    return (
        f"EXISTS (SELECT 1 FROM {TABLES.calls} AS c WHERE c.lead_id = o.lead_id AND c.talk_seconds >= {seconds} "
        "AND (c.answered IS NULL OR c.answered) AND (o.reported_at IS NULL OR c.occurred_at <= o.reported_at))"
    )
