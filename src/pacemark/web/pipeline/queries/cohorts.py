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
from pacemark.web.pipeline.queries.columns import Integers, literal, of_reps, ordinal, unindexed, whole_numbers
from pacemark.web.pipeline.queries.history import RepDayArrays
from pacemark.web.pipeline.queries.keyed_counts import counts_at, summed


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortArrays:
    """One entry per rep, trial day and stage; all of the same length.

    ``trial_on`` counts days as ``date.toordinal``. A success belongs to the day and person of its trial, at most one
    per trial.
    """

    rep_id: Integers
    trial_on: Integers
    stage: NDArray[np.int8]
    trials: Integers
    successes: Integers


@dataclass(frozen=True, slots=True, kw_only=True)
class WinLagArrays:
    """Wins by the day the opportunity opened and the day it closed, in ``date.toordinal`` days.

    Where ``is_dated`` is false the source gave no closing day: the win counts on the opening day, as its revenue does.
    """

    rep_id: Integers
    opened_on: Integers
    closed_on: Integers
    segment_id: Integers
    won: Integers
    is_dated: NDArray[np.bool_]


def cohort_arrays(as_of: date, rep_ids: Collection[int] | None, *, days: RepDayArrays | None = None) -> CohortArrays:
    """Return trials before ``as_of`` and those of their successes that were known by then.

    A deep talk's success is known once its opportunity has opened, an opportunity's once it has closed. Reads
    rep-days; ``days`` where everybody's before ``as_of`` have been read already. By segment, see
    :func:`pacemark.web.pipeline.queries.segments.segment_months`.
    """
    *keys, dials, connects, deep_talks = _called(as_of, rep_ids) if days is None else _dialled(days)
    *late_keys, late = _not_yet_known(as_of, rep_ids)
    *talk_keys, converted, opened = _opportunities(as_of, rep_ids)
    known = counts_at(keys, talk_keys, converted) - counts_at(keys, late_keys, late)
    owned_keys, opened = summed(talk_keys, opened)
    lags = win_lags(as_of, rep_ids)
    won = counts_at(owned_keys, (lags.rep_id, lags.opened_on), lags.won)
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


def _dialled(days: RepDayArrays) -> tuple[Integers, ...]:
    some = days.dials > 0
    return (days.rep_id[some], days.day[some], days.dials[some], days.connects[some], days.deep_talks[some])


def _called(as_of: date, rep_ids: Collection[int] | None) -> tuple[Integers, ...]:
    sql = f"""
        SELECT rep_id, {ordinal("business_date")}, dials, connects, deep_talks FROM fact_rep_day
        WHERE dials > 0 AND {unindexed("business_date")} < {literal(as_of)} AND {of_reps("rep_id", rep_ids)}
    """
    return whole_numbers(sql, 5)


def _opportunities(as_of: date, rep_ids: Collection[int] | None) -> tuple[Integers, ...]:
    """Return deep talks that converted and opportunities opened, once per segment: a key may stand more than once."""
    sql = f"""
        SELECT rep_id, {ordinal("trial_on")}, talks_converted, opportunities
        FROM fact_opportunity_cohort WHERE {unindexed("trial_on")} < {literal(as_of)} AND {of_reps("rep_id", rep_ids)}
    """
    return whole_numbers(sql, 4)


def _not_yet_known(as_of: date, rep_ids: Collection[int] | None) -> tuple[Integers, ...]:
    """Return the deep talks whose first opportunity opened on ``as_of`` or later."""
    late = late_conversions(relations(), definitions_of(organization()), literal(as_of))
    sql = f"""
        SELECT rep_id, {ordinal("trial_on")}, CAST(SUM(talks) AS BIGINT)
        FROM ({late}) AS late WHERE {of_reps("rep_id", rep_ids)} GROUP BY 1, 2
    """
    return whole_numbers(sql, 3)


def _stage(stage: Stage, keys: Sequence[Integers], trials: Integers, successes: Integers) -> tuple[Integers, ...]:
    tried = trials > 0
    return (*(key[tried] for key in keys), np.full(int(tried.sum()), stage.value), trials[tried], successes[tried])


def _joined(stages: list[tuple[Integers, ...]]) -> CohortArrays:
    rep_id, trial_on, stage, trials, successes = (np.concatenate(columns) for columns in zip(*stages, strict=True))
    return CohortArrays(
        rep_id=rep_id,
        trial_on=trial_on,
        stage=stage.astype(np.int8),
        trials=trials,
        successes=successes,
    )
