"""Publishing scores with their parts: reps against others with the same leads, teams against teams."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from django.db import transaction
from django.utils import timezone

from pacemark.engine.resources.score import Part, composite
from pacemark.web.accounts.models import User
from pacemark.web.organization.queries import members_on
from pacemark.web.resources.bridge.scores import parts_of
from pacemark.web.resources.models import Score, ScoreCycle
from pacemark.web.resources.queries.policies import score_weights
from pacemark.web.resources.queries.scores import counts_over
from pacemark.web.resources.services.policies import ensure_active
from pacemark.web.trail.services import record

WINDOW_DAYS = 90
# Under so many trials over all metrics a newcomer is protected: no score, the team's mean instead.
MIN_TRIALS = 20


@transaction.atomic
def publish_scores(*, actor: User | None, today: date, days: int = WINDOW_DAYS) -> int:
    """Publish everyone's score over the days before today; return how many reps have one."""
    version = ensure_active(actor=actor)
    first, last = today - timedelta(days=days), today - timedelta(days=1)
    members = members_on(today)
    found = counts_over(first, last)
    weights = score_weights(version)
    cycle = ScoreCycle.objects.create(version=version, first_day=first, last_day=last, published_at=timezone.now())
    team_of = {member.rep_id: member.team_id for member in members}
    own = parts_of(found, weights, {rep: rep for rep in team_of})
    by_team = parts_of(found, weights, {rep: team for rep, team in team_of.items() if team})
    rows = [_row(cycle, parts, rep_id=rep, team_id=team_of[rep] or None) for rep, parts in own.items()]
    teams = [_row(cycle, parts, team_id=team) for team, parts in by_team.items()]
    for group in [*_grouped(rows).values(), teams]:
        _rank(group)
    Score.objects.bulk_create([*rows, *teams], batch_size=500)
    record(actor=actor, action="resources.scores_published", subject=cycle, changes={"n": len(rows)})
    return sum(1 for row in rows if row.value is not None)


def _row(cycle: ScoreCycle, parts: list[Part], *, team_id: int | None, rep_id: int | None = None) -> Score:
    value = composite(parts, MIN_TRIALS)
    return Score(
        cycle=cycle, rep_id=rep_id, team_id=team_id, value=None if value is None else round(float(value), 6),
        parts={part.code: _told(part) for part in parts},
    )  # fmt: skip


def _told(part: Part) -> dict[str, Any]:
    return {
        "actual": part.actual, "n": part.n, "expected": _short(part.expected), "ratio": _short(part.ratio),
        "strength": _short(part.strength), "weight": part.weight, "points": _short(part.points),
    }  # fmt: skip


def _short(value: Fraction) -> float:
    return round(float(value), 4)


def _grouped(rows: list[Score]) -> dict[int | None, list[Score]]:
    groups: dict[int | None, list[Score]] = defaultdict(list)
    for row in rows:
        groups[row.team_id].append(row)
    return groups


def _rank(rows: list[Score]) -> None:
    """Give places from 1; equal scores share a place, who has no score has none."""
    scored = sorted((row for row in rows if row.value is not None), key=lambda row: -(row.value or 0))
    for place, row in enumerate(scored, 1):
        before = scored[place - 2] if place > 1 else None
        row.place = before.place if before is not None and before.value == row.value else place
