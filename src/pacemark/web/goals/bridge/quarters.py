"""A rep's quarter: what an edit of a month or of the whole does to its months, with the sum held."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from pacemark.engine.goals.quantify import quantify
from pacemark.engine.periods import Period
from pacemark.web.goals.choices import TargetBasis
from pacemark.web.goals.refusals import refuse


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetCell:
    """What is asked of a rep for a month; version 0 is not written down yet but comes from the ladder or a plan."""

    amount_minor: int
    basis: TargetBasis
    version: int
    is_held: bool
    is_closed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarterShape:
    """The months of a quarter with what they weigh; ``step_minor`` is what open months are whole multiples of."""

    months: tuple[Period, ...]
    weights: tuple[Fraction, ...]
    workdays: tuple[int, ...]
    is_closed: tuple[bool, ...]
    step_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarter:
    """A rep's quarter as it stands: an amount of its own, or None where it is the sum of its months."""

    amount_minor: int | None
    cells: tuple[TargetCell | None, ...]

    @property
    def sum_minor(self) -> int:
        """Return what its months add up to."""
        return sum(cell.amount_minor for cell in self.cells if cell)


@dataclass(frozen=True, slots=True, kw_only=True)
class EditedQuarter:
    """What an edit makes of a quarter: each month's amount, None where nothing is asked; the quarter's own amount."""

    amounts_minor: tuple[int | None, ...]
    amount_minor: int | None


def spread(shape: QuarterShape, amount_minor: int, fixed: Sequence[int | None]) -> tuple[int, ...]:
    """Split a quarter over its months by season × working days; fixed months keep theirs."""
    days = shape.workdays if any(shape.workdays) else (1,) * len(shape.months)
    parts = quantify(
        Fraction(amount_minor),
        shape.weights,
        workdays=[Fraction(count) for count in days],
        closed=[None if part is None else Fraction(part) for part in fixed],
        step=Fraction(shape.step_minor),
    )
    return tuple(int(part) for part in parts)


def with_amount(shape: QuarterShape, quarter: Quarter, amount_minor: int) -> EditedQuarter:
    """Ask another amount of a quarter: closed months and those set by hand keep theirs, the others share the rest."""
    if amount_minor < 0:
        raise refuse("negative", "amount must not be negative.", "amount")
    fixed = [_fixed(cell, is_closed) for cell, is_closed in zip(quarter.cells, shape.is_closed, strict=True)]
    return EditedQuarter(amounts_minor=_held_sum(shape, amount_minor, fixed), amount_minor=amount_minor)


def with_months(shape: QuarterShape, quarter: Quarter, changes: Mapping[int, int]) -> EditedQuarter:
    """Ask other amounts of some months, by place in the quarter.

    A quarter with an amount of its own keeps it: the open months that nobody set by hand share the difference. Where
    every open month is given, the quarter becomes their sum. A quarter without is the sum of its months.
    """
    _check(shape, changes)
    standing = [cell.amount_minor if cell else None for cell in quarter.cells]
    if quarter.amount_minor is None:
        return EditedQuarter(
            amounts_minor=tuple(changes.get(place, amount) for place, amount in enumerate(standing)), amount_minor=None
        )
    fixed = [
        changes[place] if place in changes else _fixed(cell, is_closed)
        for place, (cell, is_closed) in enumerate(zip(quarter.cells, shape.is_closed, strict=True))
    ]
    whole = [part for part in fixed if part is not None]
    open_places = {place for place, is_closed in enumerate(shape.is_closed) if not is_closed}
    if len(whole) == len(fixed) and open_places <= set(changes):
        return EditedQuarter(amounts_minor=tuple(whole), amount_minor=sum(whole))
    return EditedQuarter(amounts_minor=_held_sum(shape, quarter.amount_minor, fixed), amount_minor=quarter.amount_minor)


def _held_sum(shape: QuarterShape, amount_minor: int, fixed: Sequence[int | None]) -> tuple[int, ...]:
    rest = amount_minor - sum(part for part in fixed if part is not None)
    if rest < 0:
        raise refuse("months_above_quarter", "Closed months and those set by hand hold more than the quarter.")
    if rest and all(part is not None for part in fixed):
        raise refuse("no_open_month", "No open month is left to take the difference; change the quarter itself.")
    return spread(shape, amount_minor, fixed)


def _fixed(cell: TargetCell | None, is_closed: bool) -> int | None:
    if is_closed:
        return cell.amount_minor if cell else 0
    return cell.amount_minor if cell and cell.is_held else None


def _check(shape: QuarterShape, changes: Mapping[int, int]) -> None:
    for place, amount in changes.items():
        if shape.is_closed[place]:
            message = f"{shape.months[place].label} is over; the target that stood in it stays."
            raise refuse("month_closed", message, shape.months[place].label)
        if amount < 0:
            raise refuse("negative", "A month's target must not be negative.", shape.months[place].label)
