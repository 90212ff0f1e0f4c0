"""The made-up organisation as columns. Days count from 1970-01-01 (local), times are UTC seconds since then.

People, teams, leads and so on are referred to by their place in their own columns; -1 means none.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import IntEnum
from typing import Any, TypeVar

import numpy as np

from pacemark.demo.draws import Flags, Floats, Ints, Small

LOCAL_OFFSET_SECONDS = 8 * 3600  # Asia/Shanghai, the same all year
DAY_SECONDS = 86_400


class TeamKind(IntEnum):
    """``HUNG_UP``: half of its connects are answered and hung up. ``POOR_LEADS``: it gets most of the poor source."""

    PLAIN = 0
    SPLIT = 1
    HUNG_UP = 2
    POOR_LEADS = 3


class RoleCode(IntEnum):
    FULL_CYCLE = 0
    SETTER = 1
    CLOSER = 2


class CoachingOutcome(IntEnum):
    OPEN = 0
    ON_TIME = 1
    LATE = 2
    EXCUSED = 3
    MISSED = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Teams:
    """``pattern`` is the place in :data:`pacemark.demo.worktime.PATTERNS`."""

    name: tuple[str, ...]
    manager_name: tuple[str, ...]
    region: Small
    kind: Small
    pattern: Small


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Reps. The multipliers are hidden truths: 1 is what peers have. ``grade`` 0 is the lowest."""

    name: tuple[str, ...]
    employee_no: tuple[str, ...]
    team: Small
    role: Small
    grade: Small
    hired_day: Small
    earlier_team: Small
    moved_day: Small
    earlier_grade: Small
    promoted_day: Small
    reach: Floats
    communication: Floats
    product: Floats
    closing: Floats
    volume: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Leads:
    owner: Small
    channel: Small
    lead_grade: Small
    arrived_at: Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class Calls:
    """Outbound dials in the order in which they ended. ``is_padded``: the talk was really a bit under 180 s."""

    rep: Small
    lead: Small
    started_at: Ints
    ended_at: Ints
    talk_seconds: Small
    is_answered: Flags
    is_padded: Flags


@dataclass(frozen=True, slots=True, kw_only=True)
class Opportunities:
    """``sourced_call`` -1: direct. ``closed_at`` 0: still open. ``expected_minor`` -1: unknown."""

    lead: Small
    owner: Small
    sourced_call: Ints
    sourced_by: Small
    reported_at: Ints
    expected_minor: Ints
    win_rate: Floats
    is_won: Flags
    closed_at: Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class Deals:
    """``ready_day`` is when the customer was ready; a deferred deal was signed later than that, in the next month."""

    opportunity: Ints
    owner: Small
    signed_day: Small
    ready_day: Small
    amount_minor: Ints
    cash_minor: Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class Refunds:
    deal: Ints
    refunded_day: Small
    amount_minor: Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthlyTotals:
    """A team's revenue in a month before the first event."""

    team: Small
    month_day: Small
    revenue_minor: Ints
    active_reps: Small


@dataclass(frozen=True, slots=True, kw_only=True)
class CoachingActions:
    """What a team's manager should do with a rep by a day. ``closed_at`` 0: not closed."""

    team: Small
    rep: Small
    opened_day: Small
    due_day: Small
    closed_at: Ints
    outcome: Small
    has_evidence: Flags


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaves:
    rep: Small
    first_day: Small
    last_day: Small


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterDays:
    """Days worked over the team's pattern."""

    rep: Small
    day: Small


Columns = TypeVar("Columns")


def take(columns: Columns, chosen: Any) -> Columns:
    """Return the chosen rows of any of the tables above."""
    kind = type(columns)
    return kind(**{field.name: getattr(columns, field.name)[chosen] for field in fields(columns)})  # type: ignore[arg-type]


def join(parts: list[Columns]) -> Columns:
    """Return the rows of several tables of one kind, one after the other."""
    kind = type(parts[0])
    names = [field.name for field in fields(parts[0])]  # type: ignore[arg-type]
    return kind(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in names})


def size_of(columns: Any) -> int:
    """Return the number of rows."""
    return len(getattr(columns, fields(columns)[0].name))


def local_day(utc_seconds: Ints) -> Small:
    """Return the local business day of moments."""
    return ((utc_seconds + LOCAL_OFFSET_SECONDS) // DAY_SECONDS).astype(np.int32)
