"""What stands about people at a moment — leave, duty, rosters, withholdings, skills, scores — in one statement.

Every lead asks it about everybody, so it is written as SQL: eight queries would each be built, sent and planned anew.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db import connection

from pacemark.web.organization.models import Leave, RosterDay
from pacemark.web.resources.choices import WithholdingState
from pacemark.web.resources.models import DutyToggle, RepSkills, Score, ScoreCycle, SelfSourcing, Withholding
from pacemark.web.shared.row_writing import moment

Roster = tuple[bool, time | None, time | None]
_Row = tuple[int, int | None, int | None, float | None, str | None, str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """What a day and an hour say of people, by rep id; who is not named is as usual."""

    on_leave: frozenset[int]
    away: frozenset[int]
    rosters: dict[int, Roster]
    scores: tuple[tuple[int, float], ...]
    withheld: tuple[tuple[int, int, int], ...]  # parts of base and reward in percent, by their beginning
    skills: tuple[tuple[int, tuple[str, ...]], ...]
    sourcing: dict[tuple[str, int], bool]  # by level and unit: whether leads are self-sourced


# The first part names and types the columns: kind, id, two numbers, a float, two texts.
_SQL = f"""
SELECT 'withheld' AS kind, rep_id AS id, CAST(base_percent AS bigint) AS a, CAST(reward_percent AS bigint) AS b,
    CAST(id AS double precision) AS x, CAST(starts_on AS text) AS s, CAST(NULL AS text) AS t
FROM {Withholding._meta.db_table} WHERE state = '{WithholdingState.APPLIED.value}' AND starts_on <= %s AND ends_on > %s
UNION ALL SELECT 'leave', rep_id, NULL, NULL, NULL, NULL, NULL
FROM {Leave._meta.db_table} WHERE first_day <= %s AND last_day >= %s
UNION ALL SELECT 'roster', rep_id, CASE WHEN is_working THEN 1 ELSE 0 END, NULL, NULL,
    CAST(shift_start AS text), CAST(shift_end AS text)
FROM {RosterDay._meta.db_table} WHERE date = %s
UNION ALL SELECT 'away', rep_id, NULL, NULL, NULL, NULL, NULL
FROM {DutyToggle._meta.db_table} WHERE ended_at IS NULL AND since <= %s AND (until IS NULL OR until > %s)
UNION ALL SELECT 'sourcing', unit_id, CASE WHEN is_on THEN 1 ELSE 0 END, NULL, NULL, CAST(valid_from AS text), level
FROM {SelfSourcing._meta.db_table} WHERE valid_from <= %s
UNION ALL SELECT 'skills', rep_id, NULL, NULL, NULL, CAST(tags AS text), NULL FROM {RepSkills._meta.db_table}
UNION ALL SELECT 'score', rep_id, NULL, NULL, value, NULL, NULL FROM {Score._meta.db_table}
WHERE rep_id IS NOT NULL AND value IS NOT NULL AND cycle_id =
    (SELECT id FROM {ScoreCycle._meta.db_table} ORDER BY published_at DESC, id DESC LIMIT 1)
"""


def marks_at(day: date, at: datetime) -> Marks:
    """Return what stands about everybody on a day and at a moment of it."""
    on, now = connection.ops.adapt_datefield_value(day), moment(at)
    with connection.cursor() as cursor:
        cursor.execute(_SQL, [on, on, on, on, on, now, now, on])
        rows: defaultdict[str, list[_Row]] = defaultdict(list)
        for kind, *row in cursor.fetchall():
            rows[kind].append(tuple(row))
    withheld = sorted(rows["withheld"], key=lambda row: (row[4] or "", row[3] or 0))
    sourcing = sorted(rows["sourcing"], key=lambda row: row[4] or "")
    tagged = ((row[0], sorted(map(str, json.loads(row[4] or "[]")))) for row in sorted(rows["skills"]))
    return Marks(
        on_leave=frozenset(row[0] for row in rows["leave"]),
        away=frozenset(row[0] for row in rows["away"]),
        rosters={rep: (bool(works), _hour(start), _hour(end)) for rep, works, _b, _x, start, end in rows["roster"]},
        scores=tuple((row[0], max(0.0, round(row[3] or 0.0, 6))) for row in sorted(rows["score"])),
        withheld=tuple((rep, base or 0, reward or 0) for rep, base, reward, *_rest in withheld),
        skills=tuple((rep, tuple(tags)) for rep, tags in tagged if tags),
        sourcing={(str(level), unit): bool(is_on) for unit, is_on, _b, _x, _from, level in sourcing},
    )  # fmt: skip


def _hour(text: Any) -> time | None:
    return time.fromisoformat(text) if text else None
