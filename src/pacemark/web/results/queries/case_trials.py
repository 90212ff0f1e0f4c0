"""Everybody's trials of one stage by kind of lead, whole or only as far as they have had their time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from pacemark.engine.goals.roles import tell_roles
from pacemark.engine.lags import LagCurve, Trials, fit_lag_curve
from pacemark.web.organization.choices import Role
from pacemark.web.organization.queries import members_on
from pacemark.web.pipeline.queries import WinLagArrays, rep_day_totals, win_lags
from pacemark.web.pipeline.queries.stage_windows import opened_by_day, segment_dials, segment_trials

STAGES = ("connect_per_dial", "deep_talk_per_connect", "opportunity_per_deep_talk", "deal_per_opportunity")
Integers = NDArray[np.int64]
Floats = NDArray[np.float64]
# An opportunity that has lived through less of the lag curve says nothing of its own yet.
RIPE = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class StageCells:
    """Trials of one stage; a rep and segment may have several entries, which add up. Segment 0 is not known.

    ``exposed`` counts each trial by the share of the lag curve it has lived through, ``won`` what came of all of them;
    ``tried`` and ``tried_won`` are whole numbers, of the trials that have had at least half of their time.
    """

    rep_id: Integers
    segment_id: Integers
    exposed: Floats
    won: Floats
    tried: Integers
    tried_won: Integers

    def only(self, chosen: NDArray[np.bool_]) -> StageCells:
        """Return the chosen entries."""
        return StageCells(**{one.name: getattr(self, one.name)[chosen] for one in fields(self)})

    @staticmethod
    def joined(parts: Sequence[StageCells]) -> StageCells:
        """Return the entries of all parts."""
        return StageCells(
            **{one.name: np.concatenate([getattr(part, one.name) for part in parts]) for one in fields(StageCells)}
        )


def stage_cells(stage: str, first: date, last: date, *, known: date) -> StageCells:
    """Return everybody's trials of a stage from the first to the last day, as they stood at the end of ``known``."""
    if stage == "deal_per_opportunity":
        return _closing(first, last, known)
    rows = segment_dials(first, last)
    pairs = {
        "connect_per_dial": (rows.dials, rows.connects),
        "deep_talk_per_connect": (rows.connects, rows.deep_talks),
        "opportunity_per_deep_talk": (rows.deep_talks, np.zeros_like(rows.deep_talks)),
    }
    tried, won = pairs[stage]
    cells = _cells(rows.rep_id, rows.segment_id, tried, won)
    if stage != "opportunity_per_deep_talk":
        return cells
    trials = segment_trials(first, last)
    none = np.zeros_like(trials.rep_id)
    return StageCells.joined([cells, _cells(trials.rep_id, trials.segment_id, none, trials.talks_converted)])


def not_theirs(stage: str, first: date, last: date) -> frozenset[int]:
    """Return the reps whose work a stage is not: closers dial for other reasons, setters do not close.

    Roles are those that the organisation states on the last day, else told from the records of these days.
    """
    other = Role.SETTER if stage == "deal_per_opportunity" else Role.CLOSER
    stated = {member.rep_id: member.role for member in members_on(last)}
    rows = [row for row in rep_day_totals(first, last, None) if row.rep_id]
    columns = ("dials", "opportunities_sourced", "opportunities", "deals")
    told = tell_roles(*(np.array([getattr(row, name) for row in rows], dtype=np.int64) for name in columns))
    roles = {row.rep_id: role for row, role in zip(rows, told, strict=True)} | {k: v for k, v in stated.items() if v}
    return frozenset(rep_id for rep_id, role in roles.items() if role == other)


def _cells(rep_id: Integers, segment_id: Integers, tried: Integers, won: Integers) -> StageCells:
    """Return trials that had their whole time."""
    return StageCells(
        rep_id=rep_id, segment_id=segment_id, exposed=tried.astype(np.float64), won=won.astype(np.float64),
        tried=tried, tried_won=won,
    )  # fmt: skip


def _closing(first: date, last: date, known: date) -> StageCells:
    trials, wins = segment_trials(first, last), win_lags(known + timedelta(days=1))
    curve = _curve(wins, known)
    opened = trials.opportunities
    share = curve.within((known.toordinal() - trials.day).astype(np.float64))
    tried = StageCells(
        rep_id=trials.rep_id, segment_id=trials.segment_id, exposed=opened * share, won=np.zeros(len(opened)),
        tried=np.where(share >= RIPE, opened, 0), tried_won=np.zeros_like(opened),
    )  # fmt: skip
    here = (wins.rep_id > 0) & (wins.opened_on >= first.toordinal()) & (wins.opened_on <= last.toordinal())
    won = wins.won[here]
    none = np.zeros_like(won)
    is_ripe = curve.within((known.toordinal() - wins.opened_on[here]).astype(np.float64)) >= RIPE
    came = StageCells(
        rep_id=wins.rep_id[here], segment_id=wins.segment_id[here], exposed=none.astype(np.float64),
        won=won.astype(np.float64), tried=none, tried_won=np.where(is_ripe, won, 0),
    )  # fmt: skip
    return StageCells.joined([tried, came])


def _curve(wins: WinLagArrays, known: date) -> LagCurve:
    day, tried = opened_by_day(known)
    today, count = known.toordinal(), wins.won
    return fit_lag_curve(
        Trials(
            age_days=(today - day).astype(np.float64),
            tried=tried.astype(np.float64),
            win_lag_days=np.repeat((wins.closed_on - wins.opened_on).astype(np.float64), count),
            win_age_days=np.repeat((today - wins.opened_on).astype(np.float64), count),
        )
    )
