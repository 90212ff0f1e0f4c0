"""Trials and successes per stage, with only what was known at a time; what rates are estimated from."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from pacemark.facts.statements import late_conversions
from pacemark.web.organization.queries import organization
from pacemark.web.pipeline.bridge import definitions_of, relations
from pacemark.web.pipeline.choices import Stage
from pacemark.web.pipeline.queries.columns import Integers, literal, of_reps, ordinal, whole_numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortArrays:
    """One entry per rep, trial day, stage and segment; all of the same length.

    ``trial_on`` counts days as ``date.toordinal``; ``segment_id`` is 0 where unknown, and everywhere when segments were
    not asked for. A success belongs to the day and person of its trial, at most one per trial.
    """

    rep_id: Integers
    trial_on: Integers
    stage: NDArray[np.int8]
    segment_id: Integers
    trials: Integers
    successes: Integers


@dataclass(frozen=True, slots=True, kw_only=True)
class WinLagArrays:
    """Wins by the day the opportunity opened and the day it closed, in ``date.toordinal`` days.

    Where ``is_dated`` is false the source gave no closing day; such wins say nothing about lags.
    """

    rep_id: Integers
    opened_on: Integers
    closed_on: Integers
    segment_id: Integers
    won: Integers
    is_dated: NDArray[np.bool_]


def cohort_arrays(as_of: date, rep_ids: Collection[int] | None, *, by_segment: bool = True) -> CohortArrays:
    """Return trials before ``as_of`` and those of their successes that were known by then.

    A deep talk's success is known once its opportunity has opened, an opportunity's once it has closed. Without
    segments the answer is about a fifteenth as long and comes from the rep-days.
    """
    calls = _calls_by_segment(as_of, rep_ids) if by_segment else _calls_by_day(as_of, rep_ids)
    rep_id, trial_on, segment_id, dials, connects, deep_talks, converted = calls
    keys = (rep_id, trial_on, segment_id)
    converted = converted - _not_yet_known(as_of, rep_ids, keys, by_segment)
    owned = _owned(as_of, rep_ids, by_segment)
    return _joined(
        [
            _stage(Stage.CONNECT, keys, dials, connects),
            _stage(Stage.DEEP_TALK, keys, connects, deep_talks),
            _stage(Stage.OPPORTUNITY, keys, deep_talks, converted),
            _stage(Stage.WIN, owned[:3], *owned[3:]),
        ]
    )


def win_lags(as_of: date, rep_ids: Collection[int] | None = None) -> WinLagArrays:
    """Return the wins that were known at ``as_of``: opened and closed before it."""
    sql = f"""
        SELECT rep_id, {ordinal("opened_on")}, {ordinal("closed_on")}, segment_id, won, 1 - is_undated
        FROM fact_win_lag
        WHERE opened_on < {literal(as_of)} AND closed_on < {literal(as_of)} AND {of_reps("rep_id", rep_ids)}
    """
    rep_id, opened_on, closed_on, segment_id, won, is_dated = whole_numbers(sql, 6)
    return WinLagArrays(
        rep_id=rep_id,
        opened_on=opened_on,
        closed_on=closed_on,
        segment_id=segment_id,
        won=won,
        is_dated=is_dated.astype(np.bool_),
    )


def _calls_by_segment(as_of: date, rep_ids: Collection[int] | None) -> tuple[Integers, ...]:
    sql = f"""
        SELECT rep_id, {ordinal("trial_on")}, segment_id, dials, connects, deep_talks, talks_converted
        FROM fact_call_cohort WHERE trial_on < {literal(as_of)} AND {of_reps("rep_id", rep_ids)}
    """
    return whole_numbers(sql, 7)


def _calls_by_day(as_of: date, rep_ids: Collection[int] | None) -> tuple[Integers, ...]:
    sql = f"""
        SELECT rep_id, {ordinal("business_date")}, 0, dials, connects, deep_talks, talks_converted
        FROM fact_rep_day WHERE dials > 0 AND business_date < {literal(as_of)} AND {of_reps("rep_id", rep_ids)}
    """
    return whole_numbers(sql, 7)


def _owned(as_of: date, rep_ids: Collection[int] | None, by_segment: bool) -> tuple[Integers, ...]:
    segment = "segment_id" if by_segment else "0"
    sql = f"""
        SELECT o.rep_id, {ordinal("o.trial_on")}, o.segment_id, CAST(o.tried AS BIGINT),
               CAST(COALESCE(w.won, 0) AS BIGINT)
        FROM (
            SELECT rep_id, trial_on, {segment} AS segment_id, SUM(opportunities) AS tried
            FROM fact_opportunity_cohort WHERE trial_on < {literal(as_of)} AND {of_reps("rep_id", rep_ids)}
            GROUP BY 1, 2, 3
        ) AS o
        LEFT JOIN (
            SELECT rep_id, opened_on, {segment} AS segment_id, SUM(won) AS won
            FROM fact_win_lag WHERE closed_on < {literal(as_of)} AND {of_reps("rep_id", rep_ids)}
            GROUP BY 1, 2, 3
        ) AS w ON w.rep_id = o.rep_id AND w.opened_on = o.trial_on AND w.segment_id = o.segment_id
    """
    return whole_numbers(sql, 5)


def _not_yet_known(
    as_of: date, rep_ids: Collection[int] | None, keys: tuple[Integers, Integers, Integers], by_segment: bool
) -> Integers:
    """Return, for each key, the deep talks whose first opportunity opened on ``as_of`` or later."""
    late = late_conversions(relations(), definitions_of(organization()), literal(as_of))
    sql = f"""
        SELECT rep_id, {ordinal("trial_on")}, {"segment_id" if by_segment else "0"}, CAST(SUM(talks) AS BIGINT)
        FROM ({late}) AS late WHERE {of_reps("rep_id", rep_ids)} GROUP BY 1, 2, 3
    """
    unknown = np.zeros(len(keys[0]), dtype=np.int64)
    rows = np.stack(whole_numbers(sql, 4), axis=1)
    if len(rows):
        place = {key: index for index, key in enumerate(zip(*(column.tolist() for column in keys), strict=True))}
        for rep_id, day, segment, talks in rows.tolist():
            if (rep_id, day, segment) in place:
                unknown[place[rep_id, day, segment]] += talks
    return unknown


def _stage(
    stage: Stage, keys: tuple[Integers, ...], trials: Integers, successes: Integers
) -> tuple[NDArray[np.int64], ...]:
    tried = trials > 0
    return (*(key[tried] for key in keys), np.full(int(tried.sum()), stage.value), trials[tried], successes[tried])


def _joined(stages: list[tuple[Integers, ...]]) -> CohortArrays:
    rep_id, trial_on, segment_id, stage, trials, successes = (
        np.concatenate(columns) for columns in zip(*stages, strict=True)
    )
    return CohortArrays(
        rep_id=rep_id,
        trial_on=trial_on,
        stage=stage.astype(np.int8),
        segment_id=segment_id,
        trials=trials,
        successes=successes,
    )
