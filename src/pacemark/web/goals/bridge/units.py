"""What is asked of the organisation, its regions and teams, against what their people add up to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from pacemark.engine.goals.quantify import quantify
from pacemark.engine.periods import MONTHS_IN_QUARTER, Period
from pacemark.web.goals.choices import Span, UnitLevel
from pacemark.web.goals.refusals import refuse

SpanKey = tuple[str, date]
UnitKey = tuple[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A month, a quarter or a year, with its sales months."""

    span: Span
    label: str
    months: tuple[Period, ...]

    @property
    def first(self) -> date:
        """Return its first day."""
        return self.months[0].first

    @property
    def parts(self) -> tuple[SpanKey, ...]:
        """Return the shorter spans that it consists of: quarters of a year, months of a quarter."""
        if self.span == Span.YEAR:
            return tuple((Span.QUARTER, month.first) for month in self.months[::MONTHS_IN_QUARTER])
        return tuple((Span.MONTH, month.first) for month in self.months) if self.span == Span.QUARTER else ()

    def quarter_at(self, first: date) -> Stretch:
        """Return one of the year's quarters."""
        place = [month.first for month in self.months].index(first)
        months = self.months[place : place + MONTHS_IN_QUARTER]
        return Stretch(span=Span.QUARTER, label=months[0].label, months=months)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked of a unit in a span: its own amount, or the sum of its shorter spans."""

    amount_minor: int
    is_own: bool
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitNode:
    """A unit of the tree: the organisation, a region or a team, with who is below it."""

    level: UnitLevel
    unit_id: int
    name: str
    depth: int
    below: tuple[UnitKey, ...]
    rep_ids: frozenset[int]

    @property
    def key(self) -> UnitKey:
        """Return level and id."""
        return (self.level, self.unit_id)


def asked_of(amounts: Mapping[SpanKey, tuple[int, int]], stretch: Stretch) -> Asked | None:
    """Return what is asked in a stretch: an amount of its own, else the sum of its parts where each has one."""
    own = amounts.get((stretch.span, stretch.first))
    if own is not None:
        return Asked(amount_minor=own[0], is_own=True, version=own[1])
    found = [_part(amounts, stretch, key) for key in stretch.parts]
    whole = [one.amount_minor for one in found if one is not None]
    if not found or len(whole) < len(found):
        return None
    return Asked(amount_minor=sum(whole), is_own=False, version=0)


def _part(amounts: Mapping[SpanKey, tuple[int, int]], stretch: Stretch, key: SpanKey) -> Asked | None:
    if key[0] == Span.QUARTER:
        return asked_of(amounts, stretch.quarter_at(key[1]))
    own = amounts.get(key)
    return Asked(amount_minor=own[0], is_own=True, version=own[1]) if own else None


def split_by(amount_minor: int, weights: Sequence[int], step_minor: int) -> tuple[int, ...]:
    """Split an amount from above in proportion to weights, in whole steps; the sum is exact."""
    if not any(weight > 0 for weight in weights):
        raise refuse("split_no_weights", "There is nothing to split by: every weight is zero.", "rule")
    claims = [Fraction(max(weight, 0)) for weight in weights]
    return tuple(int(part) for part in quantify(Fraction(amount_minor), claims, step=Fraction(step_minor)))


def split_over_time(
    amount_minor: int, stretch: Stretch, weights: Sequence[Fraction], workdays: Sequence[int], step_minor: int
) -> dict[SpanKey, int]:
    """Split a year over its quarters, or a quarter over its months, by season × working days.

    ``weights`` and ``workdays`` are of the stretch's months. A quarter's share is what its months take of the year.
    """
    claims = [weight * count for weight, count in zip(weights, workdays, strict=True)]
    size = len(stretch.months) // len(stretch.parts)
    each = [sum(claims[place : place + size], Fraction(0)) for place in range(0, len(claims), size)]
    parts = quantify(Fraction(amount_minor), each, step=Fraction(step_minor))
    return {key: int(part) for key, part in zip(stretch.parts, parts, strict=True)}
