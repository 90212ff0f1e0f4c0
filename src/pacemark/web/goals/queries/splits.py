"""Reading how an amount from above would be split: by which rule, over whom, and what each has now."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from pacemark.web.goals.bridge.ladder import Climber, asked_by_ladder
from pacemark.web.goals.bridge.units import Stretch, UnitKey, UnitNode, split_by
from pacemark.web.goals.choices import Span, SplitRule, UnitLevel
from pacemark.web.goals.queries.ladder import ladder_months
from pacemark.web.goals.queries.units import UnitBoard, UnitRow, stretch_before
from pacemark.web.goals.refusals import refuse
from pacemark.web.organization.models import Rep
from pacemark.web.organization.queries import members_on, organization
from pacemark.web.pipeline import queries as pipeline
from pacemark.web.shared.currency import minor_digits


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitPart:
    """One unit or person that takes a share; ``now_minor`` is what stands, None for nothing."""

    key: UnitKey | None
    rep_id: int
    name: str
    weight_minor: int
    now_minor: int | None
    becomes_minor: int

    @property
    def difference_minor(self) -> int:
        """Return what changes."""
        return self.becomes_minor - (self.now_minor or 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """An amount over the level below; ``seen`` changes whenever anything in it does."""

    node: UnitNode
    stretch: Stretch
    rule: SplitRule
    amount_minor: int
    parts: tuple[SplitPart, ...]
    seen: str

    @property
    def is_to_people(self) -> bool:
        """Tell whether people take the shares, not units."""
        return self.node.level == UnitLevel.TEAM


def split_down(board: UnitBoard, row: UnitRow, rule: SplitRule) -> Split:
    """Return how a unit's amount would be split over the units below it, a team's over its people."""
    if row.asked is None:
        raise refuse("split_no_amount", "Nothing is asked of this unit yet.", "amount")
    to_people = row.node.level == UnitLevel.TEAM
    if to_people and board.stretch.span == Span.YEAR:
        raise refuse("split_year_to_people", "Split the year over its quarters first.", "span")
    weight_of = _weights(board, rule)
    parts = _people(board, row, weight_of) if to_people else _units(board, row, weight_of, rule)
    step = 10 ** minor_digits(organization().currency)
    shares = split_by(row.asked.amount_minor, [part.weight_minor for part in parts], step)
    done = tuple(_with(part, share) for part, share in zip(parts, shares, strict=True))
    return Split(
        node=row.node,
        stretch=board.stretch,
        rule=rule,
        amount_minor=row.asked.amount_minor,
        parts=done,
        seen=_seen(done, row.asked.amount_minor),
    )


def _with(part: SplitPart, share_minor: int) -> SplitPart:
    return SplitPart(
        key=part.key, rep_id=part.rep_id, name=part.name, weight_minor=part.weight_minor, now_minor=part.now_minor,
        becomes_minor=share_minor,
    )  # fmt: skip


def _seen(parts: Sequence[SplitPart], amount_minor: int) -> str:
    rows = [[part.key, part.rep_id, part.weight_minor, part.now_minor, part.becomes_minor] for part in parts]
    return hashlib.sha256(json.dumps([amount_minor, rows]).encode()).hexdigest()[:32]


def _units(board: UnitBoard, row: UnitRow, weight_of: Callable[[int], int], rule: SplitRule) -> list[SplitPart]:
    below = [one for one in board.rows if one.node.key in row.node.below]

    def weight(one: UnitRow) -> int:
        # Who changed teams stands in each for the months there; other rules know people as they are on the first day.
        if rule == SplitRule.STANDING:
            return one.people_minor
        return sum(max(weight_of(rep_id), 0) for rep_id in one.node.rep_ids)

    return [
        SplitPart(
            key=one.node.key,
            rep_id=0,
            name=one.node.name,
            weight_minor=weight(one),
            now_minor=one.asked.amount_minor if one.asked and one.asked.is_own else None,
            becomes_minor=0,
        )
        for one in below
    ]


def _people(board: UnitBoard, row: UnitRow, weight_of: Callable[[int], int]) -> list[SplitPart]:
    names = dict(Rep.objects.filter(pk__in=row.node.rep_ids).values_list("pk", "name"))
    return [
        SplitPart(
            key=None,
            rep_id=rep_id,
            name=names[rep_id],
            weight_minor=max(weight_of(rep_id), 0),
            now_minor=board.people_minor.get(rep_id),
            becomes_minor=0,
        )
        for rep_id in sorted(row.node.rep_ids, key=lambda one: (names[one], one))
    ]


def _weights(board: UnitBoard, rule: SplitRule) -> Callable[[int], int]:
    """Return what each rep counts for under a rule, in minor units."""
    amounts: Mapping[int, int]
    if rule == SplitRule.STANDING:
        amounts = board.people_minor
    elif rule == SplitRule.QUOTA:
        amounts = _by_ladder(board.stretch)
    else:
        amounts = _last_revenue(stretch_before(board.stretch))
    return lambda rep_id: amounts.get(rep_id, 0)


def _by_ladder(stretch: Stretch) -> dict[int, int]:
    ladders = ladder_months(stretch.months, organization())
    found: dict[int, int] = {}
    for person in members_on(stretch.first):
        climber = Climber(rep_id=person.rep_id, grade_id=person.grade_id, hired_on=person.hired_on)
        asked = [asked_by_ladder(ladders[month.first], climber) for month in stretch.months]
        found[person.rep_id] = sum(one[0] for one in asked if one)
    return found


def _last_revenue(stretch: Stretch) -> dict[int, int]:
    totals = pipeline.rep_day_totals(stretch.first, stretch.months[-1].last, None)
    return {row.rep_id: row.net_revenue_minor for row in totals}
