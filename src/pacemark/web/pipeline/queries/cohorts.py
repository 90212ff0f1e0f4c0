"""Trials and successes per stage, with only what was known at a time; what rates are estimated from."""

from __future__ import annotations

from collections.abc import Collection, Sequence
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
    *keys, dials, connects, deep_talks = _called(as_of, rep_ids, by_segment)
    *talk_keys, converted = _converted(as_of, rep_ids, by_segment)
    *late_keys, late = _not_yet_known(as_of, rep_ids, by_segment)
    known = _at(keys, talk_keys, converted) - _at(keys, late_keys, late)
    *owned_keys, opened, won = _owned(as_of, rep_ids, by_segment)
    return _joined(
        [
            _stage(Stage.CONNECT, keys, dials, connects),
            _stage(Stage.DEEP_TALK, keys, connects, deep_talks),
            _stage(Stage.OPPORTUNITY, keys, deep_talks, known),
            _stage(Stage.WIN, owned_keys, opened, won),
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


def _called(as_of: date, rep_ids: Collection[int] | None, by_segment: bool) -> tuple[Integers, ...]:
    table, day, segment = ("call_cohort", "trial_on", "segment_id") if by_segment else ("rep_day", "business_date", "0")
    sql = f"""
        SELECT rep_id, {ordinal(day)}, {segment}, dials, connects, deep_talks FROM fact_{table}
        WHERE dials > 0 AND {day} < {literal(as_of)} AND {of_reps("rep_id", rep_ids)}
    """
    return whole_numbers(sql, 6)


def _converted(as_of: date, rep_ids: Collection[int] | None, by_segment: bool) -> tuple[Integers, ...]:
    sql = f"""
        SELECT rep_id, {ordinal("trial_on")}, {"segment_id" if by_segment else "0"},
               CAST(SUM(talks_converted) AS BIGINT)
        FROM fact_opportunity_cohort
        WHERE talks_converted > 0 AND trial_on < {literal(as_of)} AND {of_reps("rep_id", rep_ids)} GROUP BY 1, 2, 3
    """
    return whole_numbers(sql, 4)


def _owned(as_of: date, rep_ids: Collection[int] | None, by_segment: bool) -> tuple[Integers, ...]:
    segment = "segment_id" if by_segment else "0"
    sql = f"""
        SELECT o.rep_id, {ordinal("o.trial_on")}, o.segment_id, CAST(o.tried AS BIGINT),
               CAST(COALESCE(w.won, 0) AS BIGINT)
        FROM (
            SELECT rep_id, trial_on, {segment} AS segment_id, SUM(opportunities) AS tried
            FROM fact_opportunity_cohort
            WHERE opportunities > 0 AND trial_on < {literal(as_of)} AND {of_reps("rep_id", rep_ids)}
            GROUP BY 1, 2, 3
        ) AS o
        LEFT JOIN (
            SELECT rep_id, opened_on, {segment} AS segment_id, SUM(won) AS won
            FROM fact_win_lag WHERE closed_on < {literal(as_of)} AND {of_reps("rep_id", rep_ids)}
            GROUP BY 1, 2, 3
        ) AS w ON w.rep_id = o.rep_id AND w.opened_on = o.trial_on AND w.segment_id = o.segment_id
    """
    return whole_numbers(sql, 5)


def _not_yet_known(as_of: date, rep_ids: Collection[int] | None, by_segment: bool) -> tuple[Integers, ...]:
    """Return the deep talks whose first opportunity opened on ``as_of`` or later."""
    late = late_conversions(relations(), definitions_of(organization()), literal(as_of))
    sql = f"""
        SELECT rep_id, {ordinal("trial_on")}, {"segment_id" if by_segment else "0"}, CAST(SUM(talks) AS BIGINT)
        FROM ({late}) AS late WHERE {of_reps("rep_id", rep_ids)} GROUP BY 1, 2, 3
    """
    return whole_numbers(sql, 4)


def _at(keys: Sequence[Integers], sparse_keys: Sequence[Integers], counts: Integers) -> Integers:
    """Return the counts of a few keys at the places of those keys among all, zero elsewhere."""
    found = np.zeros(len(keys[0]), dtype=np.int64)
    if not len(counts) or not len(found):
        return found
    spans = [int(max(all_.max(), some.max())) + 1 for all_, some in zip(keys, sparse_keys, strict=True)]
    every, some = _packed(keys, spans), _packed(sparse_keys, spans)
    order = np.argsort(every, kind="stable")
    place = np.minimum(np.searchsorted(every, some, sorter=order), len(every) - 1)
    there = every[order[place]] == some
    found[order[place[there]]] = counts[there]
    return found


def _packed(keys: Sequence[Integers], spans: Sequence[int]) -> Integers:
    return (keys[0] * spans[1] + keys[1]) * spans[2] + keys[2]


def _stage(stage: Stage, keys: Sequence[Integers], trials: Integers, successes: Integers) -> tuple[Integers, ...]:
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
