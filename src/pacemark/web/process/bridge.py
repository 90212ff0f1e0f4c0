"""Loaded rows to the engine's values and back: gaps, streaks, coaching."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from pacemark.engine.process.execution import (
    EXCUSED,
    LATE,
    MISSED,
    NOT_DUE,
    ON_TIME,
    OUTCOMES,
    CoachingActions,
    Execution,
    bulk_closings,
    count_outcomes,
    execution_rate,
    outcomes_of,
)
from pacemark.engine.process.gap import LEVELS, ended_streaks, money_per_unit, stage_gaps, zero_streaks
from pacemark.web.process.choices import ActionState
from pacemark.web.process.models import CoachingAction

RATES = ("connect_per_dial", "deep_talk_per_connect", "opportunity_per_deep_talk", "win_rate")
# A manager has a handful of actions a week: three talks do not fit into ten minutes.
BULK_AT_LEAST = 3
COLUMNS = ("dials", "connects", "deep_talks", "opportunities", "deals", "revenue")


@dataclass(frozen=True, slots=True, kw_only=True)
class Worked:
    """What one person did and what was due by now, by column (revenue in minor units); ``content`` is the plan.

    Work is done and due from the day ``since``, revenue from the first day of the span.
    """

    done: Mapping[str, float]
    due: Mapping[str, float]
    content: Mapping[str, Any]
    since: date


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkGap:
    """One person at one column; ``level`` is one of the engine's ``LEVELS``."""

    done: float
    due: float
    money_minor: int
    level: str


def gaps_of(people: Sequence[Worked]) -> list[dict[str, WorkGap]]:
    """Return each person's gaps by column, those columns alone that are due from them."""
    if not people:
        return []
    done, due = (
        np.array([[float(side.get(column, 0.0)) for column in COLUMNS] for side in sides])
        for sides in ([one.done for one in people], [one.due for one in people])
    )
    # Refunds may outweigh the month's money; a gap is counted from nothing.
    found = stage_gaps(np.maximum(done, 0.0), due, _units(people))
    return [
        {
            column: WorkGap(
                done=float(done[row, place]), due=float(due[row, place]),
                money_minor=int(found.money_minor[row, place]), level=LEVELS[found.level[row, place]],
            )
            for place, column in enumerate(COLUMNS)
            if column in one.due
        }
        for row, one in enumerate(people)
    ]  # fmt: skip


def _units(people: Sequence[Worked]) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return what one more of each column is worth to each person in minor units; money is worth itself."""
    rates = np.array([[_rate(one.content, name) for name in RATES] for one in people])
    values = np.array(
        [(one.content["deal_value"]["mean"] or 0.0) * one.content["minor_units"] for one in people], dtype=np.float64
    )
    return np.concatenate([money_per_unit(rates, values), np.ones((len(people), 1))], axis=1)


def _rate(content: Mapping[str, Any], name: str) -> float:
    rate = content["rates"].get(name)
    return float("nan") if rate is None else float(rate["mean"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Streak:
    """Working days without a deal, not counting a day that is not over; ``ended`` is what today's deal has ended."""

    days: int
    ended: int


def streaks_of(
    deals: Sequence[Mapping[date, int]], workdays: Sequence[Collection[date]], first: date, today: date
) -> list[Streak]:
    """Return each row's streak; rows are people or teams."""
    days = [first + timedelta(days=place) for place in range((today - first).days + 1)]
    if not deals:
        return []
    counted = np.array([[float(row.get(day, 0)) for day in days] for row in deals])
    works = np.array([[day in row for day in days] for row in workdays], dtype=bool)
    running = np.where(counted[:, -1] > 0, 0, zero_streaks(counted[:, :-1], works[:, :-1]))
    ended = ended_streaks(counted, works)
    return [Streak(days=int(day), ended=int(end)) for day, end in zip(running, ended, strict=True)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionOutcome:
    """One action and what became of it by now; ``is_bulk``: closed with many others within minutes."""

    action: CoachingAction
    outcome: str
    is_bulk: bool


def judged(actions: Sequence[CoachingAction], today: date) -> list[ActionOutcome]:
    """Return what became of each action."""
    if not actions:
        return []
    codes = outcomes_of(_engine_actions(actions), today.toordinal())
    bulk = _bulk(actions)
    return [
        ActionOutcome(action=action, outcome=OUTCOMES[code], is_bulk=action.pk in bulk)
        for action, code in zip(actions, codes, strict=True)
    ]


def _engine_actions(actions: Sequence[CoachingAction]) -> CoachingActions:
    return CoachingActions(
        due_day=np.array([action.due_on.toordinal() for action in actions], dtype=np.int64),
        done_day=np.array([action.done_on.toordinal() if action.done_on else -1 for action in actions], np.int64),
        has_evidence=np.array([bool(action.evidence.strip()) for action in actions]),
        is_excused=np.array([action.state == ActionState.EXCUSED for action in actions]),
    )


def _bulk(actions: Sequence[CoachingAction]) -> frozenset[int]:
    """Return the ids of what was closed in bulk; an attempt to close without evidence is a closing too."""
    closed = [action for action in actions if action.done_at is not None]
    if not closed:
        return frozenset()
    marked = bulk_closings(
        np.array([action.owner_id or 0 for action in closed], dtype=np.int64),
        np.array([int(action.done_at.timestamp()) for action in closed if action.done_at], dtype=np.int64),
        at_least=BULK_AT_LEAST,
    )
    return frozenset(action.pk for action, is_bulk in zip(closed, marked, strict=True) if is_bulk)


@dataclass(frozen=True, slots=True, kw_only=True)
class ManagerExecution:
    """How much of one manager's coaching that was due was done, against four in five."""

    owner_id: int
    name: str
    execution: Execution
    on_time: int
    late: int
    excused: int
    missed: int
    open: int
    bulk: int


def executions_of(judged_actions: Sequence[ActionOutcome]) -> list[ManagerExecution]:
    """Return every manager's execution, by name."""
    names = {one.action.owner_id or 0: str(one.action.owner or "") for one in judged_actions}
    owners = sorted(names, key=lambda owner: (names[owner], owner))
    place = {owner: index for index, owner in enumerate(owners)}
    who = np.array([place[one.action.owner_id or 0] for one in judged_actions], dtype=np.int64)
    codes = np.array([OUTCOMES.index(one.outcome) for one in judged_actions], dtype=np.int64)
    counts = count_outcomes(who, codes, len(owners))
    bulk = Counter((one.action.owner_id or 0) for one in judged_actions if one.is_bulk)
    found = []
    for index, owner in enumerate(owners):
        row = [int(count) for count in counts[index]]
        due = sum(row) - row[NOT_DUE]
        found.append(
            ManagerExecution(
                owner_id=owner, name=names[owner],
                execution=execution_rate(due, row[ON_TIME], row[LATE], row[EXCUSED]),
                on_time=row[ON_TIME], late=row[LATE], excused=row[EXCUSED], missed=row[MISSED],
                open=row[NOT_DUE], bulk=bulk[owner],
            )
        )  # fmt: skip
    return found
