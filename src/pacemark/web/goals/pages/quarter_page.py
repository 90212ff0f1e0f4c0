"""One person's quarter: what they are after, and its months with the sum held."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from django.utils.functional import Promise

from pacemark.engine.periods import Period
from pacemark.web.goals.choices import IntentionKind
from pacemark.web.goals.models import Intention
from pacemark.web.goals.queries.quarter_facts import QuarterFacts

WHOLE_PERCENT = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthRow:
    """One month of the quarter; while something is tried ``typed_minor`` stands in the box, ``shown_minor`` results."""

    period: Period
    weight: Fraction
    workdays: int
    standing_minor: int | None
    shown_minor: int | None
    typed_minor: int | None
    basis: str | Promise
    is_held: bool
    is_closed: bool
    booked_minor: int
    ramp_percent: int | None

    @property
    def is_moved(self) -> bool:
        """Tell whether what results is not what stands in the box."""
        return self.shown_minor != self.typed_minor

    @property
    def is_below_booked(self) -> bool:
        """Tell whether less is asked than has been signed already."""
        return self.shown_minor is not None and self.booked_minor > 0 and self.shown_minor < self.booked_minor


@dataclass(frozen=True, slots=True, kw_only=True)
class WishMonth:
    """What a wish asks of a month, and the chance of it."""

    period: Period
    amount_minor: int
    chance: float | None
    is_closed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Keep the grade, or reach the next: what it asks; ``amount_minor`` is None where the ladder has no quota."""

    kind: IntentionKind
    grade_name: str
    amount_minor: int | None
    months: tuple[WishMonth, ...]
    is_current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarterPage:
    """Everything the page shows."""

    rep_id: int
    rep_name: str
    label: str
    rows: tuple[MonthRow, ...]
    wishes: tuple[Wish, ...]
    intentions: tuple[Intention, ...]
    own_minor: int | None
    sum_minor: int
    shown_sum_minor: int
    currency: str
    is_over: bool

    @property
    def quarter_start(self) -> date:
        """Return the quarter's first day."""
        return self.rows[0].period.first


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """An edit that is not saved yet: the months typed and left alone, and what all months would become."""

    typed: Mapping[date, int]
    held: Set[date]
    months: Mapping[date, int]


def quarter_page(facts: QuarterFacts, trial: Trial | None = None) -> QuarterPage:
    """Return the page, with what an edit that is not saved yet would make of it."""
    rows = tuple(_row(facts, place, trial) for place in range(len(facts.shape.months)))
    return QuarterPage(
        rep_id=facts.rep_id,
        rep_name=facts.rep_name,
        label=facts.label,
        rows=rows,
        wishes=tuple(_wish(facts, kind) for kind in IntentionKind),
        intentions=tuple(facts.intentions),
        own_minor=facts.quarter.amount_minor,
        sum_minor=facts.quarter.sum_minor,
        shown_sum_minor=sum(row.shown_minor or 0 for row in rows),
        currency=facts.currency,
        is_over=all(facts.shape.is_closed),
    )


def _row(facts: QuarterFacts, place: int, trial: Trial | None) -> MonthRow:
    month, cell = facts.shape.months[place], facts.quarter.cells[place]
    standing = cell.amount_minor if cell else None
    share = facts.asked.ramp_percent[place]
    return MonthRow(
        period=month,
        weight=facts.shape.weights[place],
        workdays=facts.shape.workdays[place],
        standing_minor=standing,
        shown_minor=trial.months.get(month.first, standing) if trial else standing,
        typed_minor=trial.typed.get(month.first, standing) if trial else standing,
        basis=cell.basis.label if cell else "",
        is_held=month.first in trial.held if trial else bool(cell and cell.is_held),
        is_closed=facts.shape.is_closed[place],
        booked_minor=facts.booked_minor.get(month.first, 0),
        ramp_percent=share if share < WHOLE_PERCENT else None,
    )


def _wish(facts: QuarterFacts, kind: IntentionKind) -> Wish:
    asked = facts.asked
    current = facts.intentions[0].kind if facts.intentions else None
    return Wish(
        kind=kind,
        grade_name=asked.grade_name if kind == IntentionKind.KEEP else asked.next_grade_name,
        amount_minor=asked.amounts_minor.get(kind),
        months=tuple(
            WishMonth(
                period=month, amount_minor=amount, chance=facts.chances.get((kind, month.first)), is_closed=is_closed
            )
            for month, is_closed, amount in zip(
                asked.months, asked.is_closed, asked.months_minor.get(kind, ()), strict=False
            )
        ),
        is_current=current == kind,
    )
