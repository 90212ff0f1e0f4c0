"""Loaded rows to the engine's values and back: coaching."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

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
from pacemark.web.process.choices import ActionState
from pacemark.web.process.models import CoachingAction

# A manager has a handful of actions a week: three talks do not fit into ten minutes.
BULK_AT_LEAST = 3


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
