"""How dials follow each other: the same lead again within minutes, runs of short dials, and hours of the day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from pacemark.web.pipeline.bridge import TABLES
from pacemark.web.pipeline.choices import Direction
from pacemark.web.pipeline.models import Call
from pacemark.web.pipeline.queries.columns import Integers, epoch_seconds, literal, ordinal, whole_numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class DayCountArrays:
    """One entry per rep and day (``date.toordinal``): how often, and the most at once where that is counted."""

    rep_id: Integers
    day: Integers
    times: Integers


@dataclass(frozen=True, slots=True, kw_only=True)
class HourArrays:
    """One entry per rep, day and hour of the day with a dial."""

    rep_id: Integers
    day: Integers
    hour: Integers
    dials: Integers


def redials(first_day: date, last_day: date, *, minutes: int) -> DayCountArrays:
    """Count each rep's dials to a lead that the same rep dialled so few minutes before."""
    sql = f"""
        SELECT g.rep_id, {ordinal("g.business_date")}, COUNT(*) FROM ({_redials(first_day, last_day)}) AS g
        WHERE g.gap <= {minutes * 60} GROUP BY 1, 2 ORDER BY 1, 2
    """
    rep_id, day, times = whole_numbers(sql, 3)
    return DayCountArrays(rep_id=rep_id, day=day, times=times)


def redial_ids(rep_id: int, days: Sequence[date], *, minutes: int, most: int) -> list[int]:
    """Return the calls of some days that were such redials, oldest first."""
    listed = ", ".join(literal(day) for day in days)
    sql = f"""
        SELECT g.id FROM ({_redials(min(days), max(days), rep_id)}) AS g
        WHERE g.gap <= {minutes * 60} AND g.business_date IN ({listed}) ORDER BY g.at, g.id LIMIT {most}
    """
    return [int(key) for key in whole_numbers(sql, 1)[0]]


def bursts(first_day: date, last_day: date, *, seconds: int, gap_seconds: int, at_least: int) -> DayCountArrays:
    """Count each rep's dials in runs of at least so many dials in a row, all shorter and begun sooner than given.

    A run is over with the first talk that lasted, and with a longer pause.
    """
    runs = _runs(first_day, last_day, seconds=seconds, gap_seconds=gap_seconds)
    sql = f"""
        SELECT b.rep_id, {ordinal("b.business_date")}, CAST(SUM(b.n) AS BIGINT)
        FROM (SELECT r.rep_id, r.business_date, r.run, COUNT(*) AS n FROM ({runs}) AS r
              WHERE r.talk_seconds < {seconds} GROUP BY 1, 2, 3 HAVING COUNT(*) >= {at_least}) AS b
        GROUP BY 1, 2 ORDER BY 1, 2
    """
    rep_id, day, times = whole_numbers(sql, 3)
    return DayCountArrays(rep_id=rep_id, day=day, times=times)


def burst_ids(first_day: date, last_day: date, rep_id: int, *, limits: tuple[int, int, int], most: int) -> list[int]:
    """Return the calls of such runs, oldest first; ``limits`` are the seconds, the pause and the length of a run."""
    seconds, gap_seconds, at_least = limits
    runs = _runs(first_day, last_day, seconds=seconds, gap_seconds=gap_seconds, rep_id=rep_id)
    sql = f"""
        SELECT t.id FROM (
            SELECT r.id, r.at, COUNT(*) OVER (PARTITION BY r.business_date, r.run) AS n FROM ({runs}) AS r
            WHERE r.talk_seconds < {seconds}
        ) AS t WHERE t.n >= {at_least} ORDER BY t.at, t.id LIMIT {most}
    """
    return [int(key) for key in whole_numbers(sql, 1)[0]]


def dials_by_hour(first_day: date, last_day: date) -> HourArrays:
    """Count everyone's dials by day and hour."""
    sql = f"""
        SELECT rep_id, {ordinal("business_date")}, local_hour, COUNT(*) FROM {_dials(first_day, last_day)}
        GROUP BY rep_id, business_date, local_hour ORDER BY 1, 2, 3
    """
    rep_id, day, hour, dials = whole_numbers(sql, 4)
    return HourArrays(rep_id=rep_id, day=day, hour=hour, dials=dials)


def _dials(first_day: date, last_day: date, rep_id: int | None = None) -> str:
    whose = "rep_id IS NOT NULL" if rep_id is None else f"rep_id = {int(rep_id)}"
    return (
        f"{TABLES.calls} WHERE direction = 1 AND {whose} "
        f"AND business_date BETWEEN {literal(first_day)} AND {literal(last_day)}"
    )


def _redials(first_day: date, last_day: date, rep_id: int | None = None) -> str:
    return f"""
        SELECT s.id, s.rep_id, s.business_date, s.at,
               s.at - LAG(s.at) OVER (PARTITION BY s.rep_id, s.lead_id ORDER BY s.at, s.id) AS gap
        FROM (SELECT id, rep_id, business_date, lead_id, {epoch_seconds("occurred_at")} AS at
              FROM {_dials(first_day, last_day, rep_id)} AND lead_id IS NOT NULL) AS s
    """


def _runs(first_day: date, last_day: date, *, seconds: int, gap_seconds: int, rep_id: int | None = None) -> str:
    """Return the SQL of everyone's dials with the number of their run: it grows where a run ends."""
    order = "PARTITION BY {0}.rep_id, {0}.business_date ORDER BY {0}.at, {0}.id"
    return f"""
        SELECT m.id, m.rep_id, m.business_date, m.at, m.talk_seconds,
               SUM(CASE WHEN m.gap <= {gap_seconds} AND m.before < {seconds} AND m.talk_seconds < {seconds}
                   THEN 0 ELSE 1 END) OVER ({order.format("m")}) AS run
        FROM (
            SELECT s.id, s.rep_id, s.business_date, s.at, s.talk_seconds,
                   s.at - LAG(s.at) OVER ({order.format("s")}) AS gap,
                   LAG(s.talk_seconds) OVER ({order.format("s")}) AS before
            FROM (SELECT id, rep_id, business_date, talk_seconds, {epoch_seconds("occurred_at")} AS at
                  FROM {_dials(first_day, last_day, rep_id)}) AS s
        ) AS m
    """


def dial_ids(rep_id: int, days: Sequence[date], *, most: int) -> list[int]:
    """Return a rep's dials of some days, the last first."""
    rows = Call.objects.filter(rep_id=rep_id, business_date__in=days, direction=Direction.OUTBOUND)
    return list(rows.order_by("-occurred_at", "pk").values_list("pk", flat=True)[:most])
