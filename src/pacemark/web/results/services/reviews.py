"""Writing reviews from data: one per unit and cycle, drafts written anew while data change, agreed ones left alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from pacemark.web.accounts.models import User
from pacemark.web.results.choices import ReviewLevel, ReviewStage, Worked
from pacemark.web.results.models import Review, ReviewAction
from pacemark.web.results.queries.review_content import (
    Effects,
    Unit,
    content_of,
    key_of,
    last_actions,
    units_of,
)
from pacemark.web.results.queries.review_cycles import Cycle, CycleKind, last_cycle
from pacemark.web.results.queries.review_ground import ReviewGround, load_review_ground
from pacemark.web.trail.services import record

BATCH = 100
_WORKED = {"better": Worked.YES, "worse": Worked.NO}


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """How many reviews a run wrote anew, changed, left as they were, and left alone because they are agreed."""

    new: int
    changed: int
    same: int
    frozen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Composed:
    """A review as the data tell it, not kept."""

    unit: Unit
    content: dict[str, Any]


def compose_reviews(ground: ReviewGround, level: str) -> list[Composed]:
    """Write the reviews of a level from a loaded cycle; nothing is kept."""
    effects, last = Effects(ground), last_actions(ground, level)
    return [
        Composed(unit=unit, content=content_of(ground, unit, last.get(unit.unit_id, ()), effects))
        for unit in units_of(ground, level)
    ]


def write_reviews(*, actor: User | None, cycle: Cycle, level: str, today: date) -> Written:
    """Write a cycle's reviews of a level and keep them; twice the same data leave everything as it is."""
    composed = compose_reviews(load_review_ground(cycle, today), level)
    keys = {key_of(one.unit, cycle.first, cycle.last): one for one in composed}
    with transaction.atomic():
        known = {row.key: row for row in Review.objects.select_for_update().filter(key__in=keys)}
        return _keep(actor, cycle, keys, known)


def write_due_reviews(*, today: date) -> int:
    """Write what is due on a day: the last whole week of the teams, the last whole month of the regions."""
    due: tuple[tuple[CycleKind, str], ...] = (("week", ReviewLevel.TEAM), ("month", ReviewLevel.REGION))
    written = [
        write_reviews(actor=None, cycle=last_cycle(kind, today), level=level, today=today) for kind, level in due
    ]
    return sum(one.new for one in written)


def _keep(actor: User | None, cycle: Cycle, keys: Mapping[str, Composed], known: Mapping[str, Review]) -> Written:
    now = timezone.now()
    new = [_row(one, key, cycle) for key, one in keys.items() if key not in known]
    changed = []
    drafts = [row for row in known.values() if row.stage == ReviewStage.DRAFT]
    for row in drafts:
        if row.content != keys[row.key].content:
            row.content, row.written_at = keys[row.key].content, now
            changed.append(row)
    Review.objects.bulk_create(new, batch_size=BATCH)
    Review.objects.bulk_update(changed, ["content", "written_at"], batch_size=BATCH)
    _note_what_worked([row.content for row in [*new, *changed]])
    if new or changed:
        told = {"new": len(new), "changed": len(changed), "first": cycle.first.isoformat()}
        record(actor=actor, action="results.reviews_written", subject=("cycle", cycle.label), changes=told)
    n_same = len(drafts) - len(changed)
    return Written(new=len(new), changed=len(changed), same=n_same, frozen=len(known) - len(drafts))


def _row(one: Composed, key: str, cycle: Cycle) -> Review:
    unit = one.unit
    return Review(
        key=key, level=unit.level, first_day=cycle.first, last_day=cycle.last, content=one.content,
        team_id=unit.unit_id if unit.level == ReviewLevel.TEAM else None,
        region_id=unit.unit_id if unit.level == ReviewLevel.REGION else None,
        written_at=timezone.now(),
    )  # fmt: skip


def _note_what_worked(contents: Sequence[Mapping[str, Any]]) -> None:
    """Keep on each measured action what the data say of it."""
    found: dict[int, str] = {}
    for content in contents:
        for one in content["last_actions"]:
            if one["effect"]:
                found[one["action_id"]] = _WORKED.get(one["effect"]["verdict"], Worked.UNKNOWN)
    rows = list(ReviewAction.objects.filter(pk__in=found))
    for row in rows:
        row.worked = found[row.pk]
    ReviewAction.objects.bulk_update(rows, ["worked"], batch_size=BATCH)
