"""How people work, in numbers: hours of the day, how soon a new lead is called, attempts, talks, follow-up rhythm."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from pacemark.facts.statements import dials
from pacemark.web.organization.queries import organization
from pacemark.web.pipeline.bridge import TABLES, definitions_of, relations
from pacemark.web.pipeline.queries.columns import Integers, epoch_seconds, literal, ordinal, whole_numbers

SOON_SECONDS = 600
NOON, EVENING = 12, 18


@dataclass(frozen=True, slots=True, kw_only=True)
class HabitArrays:
    """One entry per rep, ordered by rep; NaN where somebody has nothing of it. Shares are 0 to 1."""

    rep_id: Integers
    values: dict[str, NDArray[np.float64]]


def habits_in(first: date, last: date) -> HabitArrays:
    """Return everybody's habits over some days, from their outbound calls, in three queries."""
    calls, leads, answers = _calls(first, last), _leads(first, last), _first_answers(first, last)
    reps = calls[0]
    of_leads = _placed(reps, leads)
    dialled, morning, evening, connects, seconds = (column.astype(np.float64) for column in calls[1:])
    n_leads, n_calls, n_gaps, gap_days = of_leads
    new, soon, median = _of_answers(reps, answers)
    with np.errstate(divide="ignore", invalid="ignore"):
        values = {
            "soon_share": soon / new,
            "response_minutes": median,
            "attempts_per_lead": n_calls / n_leads,
            "gap_days": gap_days / n_gaps,
            "morning_share": morning / dialled,
            "evening_share": evening / dialled,
            "talk_seconds": seconds / connects,
        }
    return HabitArrays(rep_id=reps, values={code: np.where(np.isfinite(v), v, np.nan) for code, v in values.items()})


def _calls(first: date, last: date) -> tuple[Integers, ...]:
    is_connect = definitions_of(organization()).is_connect
    sql = f"""
        SELECT d.rep_id, COUNT(*), COUNT(*) FILTER (WHERE d.local_hour < {NOON}),
               COUNT(*) FILTER (WHERE d.local_hour >= {EVENING}), COUNT(*) FILTER (WHERE {is_connect}),
               COALESCE(SUM(d.talk_seconds) FILTER (WHERE {is_connect}), 0)
        FROM {dials(relations())} AS d
        WHERE d.rep_id IS NOT NULL AND d.business_date BETWEEN {literal(first)} AND {literal(last)}
        GROUP BY d.rep_id ORDER BY d.rep_id
    """
    return whole_numbers(sql, 6)


def _leads(first: date, last: date) -> tuple[Integers, ...]:
    """Return rep, leads dialled, dials to them, dials after the first to each, and the days between."""
    days = f"{ordinal('MAX(d.business_date)')} - {ordinal('MIN(d.business_date)')}"
    sql = f"""
        SELECT rep_id, COUNT(*), SUM(n), SUM(n - 1), SUM(days) FROM (
            SELECT d.rep_id, d.lead_id, COUNT(*) AS n, {days} AS days FROM {dials(relations())} AS d
            WHERE d.rep_id IS NOT NULL AND d.lead_id IS NOT NULL
              AND d.business_date BETWEEN {literal(first)} AND {literal(last)}
            GROUP BY d.rep_id, d.lead_id
        ) AS by_lead GROUP BY rep_id ORDER BY rep_id
    """
    return whole_numbers(sql, 5)


def _first_answers(first: date, last: date) -> tuple[Integers, ...]:
    """Return rep and seconds from a lead's arrival to that rep's first call, for the leads that came in these days."""
    sql = f"""
        SELECT d.rep_id, {epoch_seconds("MIN(d.occurred_at)")} - {epoch_seconds("l.arrived_at")}
        FROM {TABLES.leads} AS l JOIN {TABLES.calls} AS d ON d.lead_id = l.id
        WHERE l.arrived_on BETWEEN {literal(first)} AND {literal(last)} AND l.arrived_at IS NOT NULL
          AND l.duplicate_of_id IS NULL AND d.direction = 1 AND d.rep_id IS NOT NULL
          AND d.occurred_at >= l.arrived_at AND d.business_date <= {literal(last)}
        GROUP BY d.rep_id, l.id, l.arrived_at
    """
    return whole_numbers(sql, 2)


def _placed(reps: Integers, rows: tuple[Integers, ...]) -> list[NDArray[np.float64]]:
    """Return the columns after the first by place of the rep; 0 where a rep has no row."""
    place = np.searchsorted(reps, rows[0])
    known = (place < len(reps)) & (reps[np.minimum(place, len(reps) - 1)] == rows[0]) if len(reps) else place < 0
    found = []
    for column in rows[1:]:
        out = np.zeros(len(reps))
        out[place[known]] = column[known]
        found.append(out)
    return found


def _of_answers(reps: Integers, answers: tuple[Integers, ...]) -> tuple[NDArray[np.float64], ...]:
    """Return per rep the new leads called, those called soon, and the median minutes to the first call."""
    rep_id, seconds = answers
    order = np.lexsort((seconds, rep_id))
    rep_id, seconds = rep_id[order], seconds[order]
    low, high = np.searchsorted(rep_id, reps, "left"), np.searchsorted(rep_id, reps, "right")
    count = high - low
    median = np.full(len(reps), np.nan)
    some = count > 0
    middle = (low + (count - 1) // 2)[some], (low + count // 2)[some]
    median[some] = (seconds[middle[0]] + seconds[middle[1]]) / 2 / 60
    sums = np.concatenate([[0], np.cumsum(seconds <= SOON_SECONDS)])
    return count.astype(np.float64), (sums[high] - sums[low]).astype(np.float64), median
