"""Everything that the page of seasons and working days is made from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from pacemark.engine.goals.seasons import MIN_HISTORY_MONTHS, SeasonWeights, season_weights
from pacemark.engine.periods import MONTHS_IN_QUARTER, MONTHS_IN_YEAR, Period, quarter_of, sales_month
from pacemark.web.goals.bridge.quarters import QuarterShape, spread
from pacemark.web.goals.models import QuarterTarget, SeasonSet
from pacemark.web.goals.queries.month_history import month_history
from pacemark.web.goals.queries.seasons import (
    SeasonInUse,
    month_workdays,
    quarter_months,
    saved_seasons,
    season_on,
)
from pacemark.web.organization.clock import local_today
from pacemark.web.organization.queries import organization
from pacemark.web.shared.currency import minor_digits

# What a quarter is shown to become; any amount would do, this one is the mission's.
SHOWN_MAJOR = 90_000
BAR_HEIGHT = 116


@dataclass(frozen=True, slots=True, kw_only=True)
class SeasonMonth:
    """One month of the year: what it weighs, how many days it has, and its part of the quarter that is shown."""

    period: Period
    weight: Fraction
    learned: Fraction
    workdays: int
    part_minor: int
    is_now: bool
    is_closed: bool
    height: float

    @property
    def weight_text(self) -> str:
        """Return the weight as it is typed, with every decimal it has: what is saved untouched must not change."""
        return f"{Decimal(self.weight.numerator) / Decimal(self.weight.denominator):.6f}".rstrip("0").rstrip(".")

    @property
    def bar_height(self) -> str:
        """Return how high the month's bar is drawn, of 116."""
        return f"{self.height * BAR_HEIGHT:.1f}"

    @property
    def bar_y(self) -> str:
        """Return where the bar begins, from above."""
        return f"{(1 - self.height) * BAR_HEIGHT:.1f}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SeasonPage:
    """The twelve months of the year that the quarter lies in, with the weights that hold from the quarter on."""

    quarter_label: str
    quarter_start: date
    months: tuple[SeasonMonth, ...]
    in_use: SeasonInUse
    learned: SeasonWeights
    least_months: int
    shown_minor: int
    quarter_sums_minor: tuple[int, ...]
    n_standing: int
    sets: tuple[SeasonSet, ...]
    currency: str
    is_over: bool
    is_trying: bool


def season_page(quarter_start: date, tried: Sequence[Fraction] | None = None) -> SeasonPage:
    """Return the page; ``tried`` are weights that are not saved yet."""
    settings = organization()
    start_day, today = settings.sales_month_start_day, local_today(settings.time_zone)
    quarter = quarter_months(quarter_start, start_day)
    year = quarter[0].label[:4]
    months = [sales_month(f"{year}-{number:02d}", start_day) for number in range(1, MONTHS_IN_YEAR + 1)]
    saved, workdays = saved_seasons(), month_workdays(months)
    in_use, learned = season_on(quarter[0].first, saved), season_weights(month_history(quarter_start))
    weights = tuple(tried) if tried is not None else in_use.weights
    step = 10 ** minor_digits(settings.currency)
    parts = _parts(months, weights, [workdays[month.label] for month in months], step)
    highest = max(float(max(weights)), 1.0)
    return SeasonPage(
        quarter_label=quarter_of(quarter[0].label),
        quarter_start=quarter[0].first,
        months=tuple(
            SeasonMonth(
                period=month,
                weight=weights[place],
                learned=learned.weights[place],
                workdays=workdays[month.label],
                part_minor=parts[place],
                is_now=month in quarter,
                is_closed=month.last < today,
                height=float(weights[place]) / highest,
            )
            for place, month in enumerate(months)
        ),
        in_use=in_use,
        learned=learned,
        least_months=MIN_HISTORY_MONTHS,
        shown_minor=SHOWN_MAJOR * step,
        quarter_sums_minor=tuple(
            sum(parts[place : place + MONTHS_IN_QUARTER]) for place in range(0, MONTHS_IN_YEAR, MONTHS_IN_QUARTER)
        ),
        n_standing=QuarterTarget.objects.filter(quarter_start=quarter[0].first).values("rep_id").distinct().count(),
        sets=tuple(reversed(saved)),
        currency=settings.currency,
        is_over=quarter[-1].last < today,
        is_trying=tried is not None,
    )


def _parts(months: Sequence[Period], weights: Sequence[Fraction], workdays: Sequence[int], step: int) -> list[int]:
    """Return each month's part of the amount that is shown for its quarter; nothing where a quarter weighs nothing."""
    parts: list[int] = []
    for place in range(0, MONTHS_IN_YEAR, MONTHS_IN_QUARTER):
        three = slice(place, place + MONTHS_IN_QUARTER)
        if not any(weights[three]):
            parts += [0] * MONTHS_IN_QUARTER
            continue
        shape = QuarterShape(
            months=tuple(months[three]),
            weights=tuple(weights[three]),
            workdays=tuple(workdays[three]),
            is_closed=(False,) * MONTHS_IN_QUARTER,
            step_minor=step,
        )
        parts += spread(shape, SHOWN_MAJOR * step, (None,) * MONTHS_IN_QUARTER)
    return parts
