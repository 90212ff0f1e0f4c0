"""What happened at each stage inside a window of any days: by lead segment, and in equal stretches before it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from pacemark.engine.periods import sales_month_of
from pacemark.facts.statements import dials
from pacemark.web.organization.queries import organization
from pacemark.web.pipeline.bridge import definitions_of, month_relations
from pacemark.web.pipeline.queries.columns import Integers, literal, ordinal, unindexed, whole_numbers
from pacemark.web.pipeline.queries.freshness import last_call_date

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentDials:
    """Dials of a window and what became of them, one entry per rep and segment; nobody's are left out."""

    rep_id: Integers
    segment_id: Integers
    dials: Integers
    connects: Integers
    deep_talks: Integers


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentTrials:
    """One entry per rep, day and segment: deep talks that converted by the day of the talk, opportunities opened."""

    rep_id: Integers
    day: Integers
    segment_id: Integers
    talks_converted: Integers
    opportunities: Integers


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretches:
    """One entry per rep and stretch of equally many days; stretch 0 begins with the window, those before are below 0.

    ``net_revenue_minor`` is net of refunds.
    """

    rep_id: Integers
    stretch: Integers
    dials: Integers
    connects: Integers
    deep_talks: Integers
    opportunities: Integers
    opportunities_sourced: Integers
    deals: Integers
    net_revenue_minor: Integers
    talks_converted: Integers


@dataclass(frozen=True, slots=True, kw_only=True)
class _Chunk:
    """Days that the monthly facts count under one name, as far as they lie in the window."""

    name: str
    first: date
    last: date
    is_whole: bool


def segment_dials(first: date, last: date) -> SegmentDials:
    """Return a window's dials by segment: whole months from the facts, the days of others from the calls."""
    parts = [_of_facts(chunk.name) if chunk.is_whole else _of_calls(chunk) for chunk in _chunks(first, last)]
    columns = [np.concatenate(column) for column in zip(*parts, strict=True)] if parts else [_NONE] * 5
    rep_id, segment_id, dialled, connects, deep_talks = columns
    return SegmentDials(rep_id=rep_id, segment_id=segment_id, dials=dialled, connects=connects, deep_talks=deep_talks)


def segment_trials(first: date, last: date) -> SegmentTrials:
    """Return a window's deep talks that converted and its opportunities, by day and segment."""
    sql = f"""
        SELECT rep_id, {ordinal("trial_on")}, segment_id, talks_converted, opportunities FROM fact_opportunity_cohort
        WHERE rep_id > 0 AND {unindexed("trial_on")} >= {literal(first)} AND trial_on <= {literal(last)}
    """
    rep_id, day, segment_id, converted, opened = whole_numbers(sql, 5)
    return SegmentTrials(rep_id=rep_id, day=day, segment_id=segment_id, talks_converted=converted, opportunities=opened)


def stretches(first: date, last: date, *, n_before: int, days: int = 30) -> Stretches:
    """Return everybody's sums over stretches of so many days: those of the window and ``n_before`` before it."""
    start = first - timedelta(days=days * n_before)
    place = f"({{day}} - {start.toordinal()}) / {int(days)} - {int(n_before)}"
    by_day, by_trial = (place.format(day=ordinal(column)) for column in ("business_date", "trial_on"))
    sql = f"""
        SELECT rep_id, stretch, SUM(dials), SUM(connects), SUM(deep_talks), SUM(opportunities), SUM(sourced),
               SUM(deals), SUM(net), SUM(converted)
        FROM (
            SELECT rep_id, {by_day} AS stretch, dials, connects, deep_talks, opportunities,
                   opportunities_sourced AS sourced, deals, revenue_minor - refunds_minor AS net, 0 AS converted
            FROM fact_rep_day
            WHERE rep_id > 0 AND {unindexed("business_date")} >= {literal(start)} AND business_date <= {literal(last)}
            UNION ALL
            SELECT rep_id, {by_trial}, 0, 0, 0, 0, 0, 0, 0, talks_converted FROM fact_opportunity_cohort
            WHERE rep_id > 0 AND {unindexed("trial_on")} >= {literal(start)} AND trial_on <= {literal(last)}
        ) AS counted
        GROUP BY rep_id, stretch
    """
    columns = whole_numbers(sql, 10)
    names = (
        "rep_id", "stretch", "dials", "connects", "deep_talks", "opportunities", "opportunities_sourced", "deals",
        "net_revenue_minor", "talks_converted",
    )  # fmt: skip
    return Stretches(**dict(zip(names, columns, strict=True)))


def opened_by_day(last: date) -> tuple[Integers, Integers]:
    """Return the days on which opportunities opened up to a day, and how many did; ``date.toordinal`` days."""
    sql = f"""
        SELECT {ordinal("trial_on")}, SUM(opportunities) FROM fact_opportunity_cohort
        WHERE {unindexed("trial_on")} <= {literal(last)} GROUP BY trial_on
    """
    day, count = whole_numbers(sql, 2)
    return day, count


_NONE = np.zeros(0, dtype=np.int64)


def _of_facts(name: str) -> tuple[Integers, ...]:
    sql = f"""
        SELECT rep_id, segment_id, SUM(dials), SUM(connects), SUM(deep_talks) FROM fact_dial_cohort
        WHERE rep_id > 0 AND month = '{name}' GROUP BY rep_id, segment_id
    """
    return whole_numbers(sql, 5)


def _of_calls(chunk: _Chunk) -> tuple[Integers, ...]:
    """Count some days of a month from its calls, walking the index that keeps each rep's months together."""
    settings = organization()
    definitions = definitions_of(settings)
    months = f"(SELECT DISTINCT rep_id, month FROM fact_dial_cohort WHERE rep_id > 0 AND month = '{chunk.name}')"
    of_somebody, _nobody = month_relations(months, chunk.name, settings.sales_month_start_day)
    sql = f"""
        SELECT d.rep_id, COALESCE(d.segment_id, 0), COUNT(*), COUNT(*) FILTER (WHERE {definitions.is_connect}),
               COUNT(*) FILTER (WHERE {definitions.is_deep_talk})
        FROM {dials(of_somebody)} AS d
        WHERE d.business_date >= {literal(chunk.first)} AND d.business_date <= {literal(chunk.last)}
        GROUP BY d.rep_id, d.segment_id
    """
    return whole_numbers(sql, 5)


def _chunks(first: date, last: date) -> Iterator[_Chunk]:
    start_day, known = organization().sales_month_start_day, last_call_date()
    begin = day = first
    while day <= last:
        name = _name_of(day, start_day)
        if day == last or _name_of(day + ONE_DAY, start_day) != name:
            # What comes after the last call is nothing: the running month is whole as far as it goes.
            is_over = known is None or known <= day or _name_of(day + ONE_DAY, start_day) != name
            is_whole = is_over and _name_of(begin - ONE_DAY, start_day) != name
            yield _Chunk(name=name, first=begin, last=day, is_whole=is_whole)
            begin = day + ONE_DAY
        day += ONE_DAY


def _name_of(day: date, start_day: int) -> str:
    """Return what the monthly facts count a day under, see ``pacemark.facts.relations.month_of``."""
    first = sales_month_of(day, start_day).first
    has_started = start_day > 1 and (first.year, first.month) == (day.year, day.month)
    return f"{day:%Y-%m}" + ("+" if has_started else "")
