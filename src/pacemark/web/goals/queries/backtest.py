"""Going back to each month's start: what would have been stated then, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from pacemark.engine.goals.backtest import RuleScore, score_rules
from pacemark.engine.goals.stated import RULES
from pacemark.engine.periods import Period, sales_month_of
from pacemark.web.goals.bridge.backtesting import Month, MonthStatements, outcomes_of, state_month
from pacemark.web.goals.bridge.targets import MIN_MONTHS
from pacemark.web.goals.queries.ground import ANYONE, load_ground
from pacemark.web.goals.queries.periods import next_month
from pacemark.web.organization.queries import organization, patterns_in_words
from pacemark.web.organization.working_time import working_days_of
from pacemark.web.pipeline import queries as pipeline


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedMonth:
    """A month's statements and which of them came true."""

    stated: MonthStatements
    happened: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Backtest:
    """All months that could be judged, and every rule's score; none without enough history."""

    months: tuple[JudgedMonth, ...]
    scores: tuple[RuleScore, ...]


def backtest(last_months: int | None = None) -> Backtest:
    """Go back to the start of every whole month of the records, or of the last few, and judge what was stated."""
    months = [load_month(period) for period in whole_months_of_records()]
    judged = []
    first = max(MIN_MONTHS, len(months) - last_months) if last_months is not None else MIN_MONTHS
    for place in range(first, len(months)):
        stated = statements_at(months[place].period, months[place].days, months[:place])
        if stated is not None and stated.rep_ids:
            judged.append(JudgedMonth(stated=stated, happened=outcomes_of(stated, months[place].totals)))
    return Backtest(months=tuple(judged), scores=_scores(judged))


def whole_months_of_records() -> list[Period]:
    """Return the sales months from the first record on that were worked to their end, oldest first."""
    last = pipeline.last_call_date() or pipeline.last_opportunity_date()
    spans = pipeline.activity_spans(last + timedelta(days=1)) if last else {}
    if last is None or not spans:
        return []
    start_day = organization().sales_month_start_day
    month = sales_month_of(min(span.first for span in spans.values()), start_day)
    found = []
    while month.last <= last or (month.holds(last) and not _days_after(last, month)):
        found.append(month)
        month = next_month(month, start_day)
    return found


def load_month(period: Period) -> Month:
    """Load a month's sums and working days."""
    patterns = [ANYONE.pattern_id, *(pattern.pk for pattern in patterns_in_words())]
    # Nobody's leave or roster: a made-up person stands for each pattern.
    stand_ins = [replace(ANYONE, rep_id=-pattern, pattern_id=pattern) for pattern in patterns]
    days = working_days_of(stand_ins, period.first, period.last)
    return Month(
        period=period,
        totals={row.rep_id: row for row in pipeline.rep_day_totals(period.first, period.last, None)},
        days={pattern: days[-pattern] for pattern in patterns},
    )


def statements_at(
    period: Period, days: Mapping[int, tuple[date, ...]], before: Sequence[Month]
) -> MonthStatements | None:
    """State everyone's chance at a month's start; None where nobody can be spoken of.

    ``days`` are the month's working days by pattern, ``before`` the months before it.
    """
    ground = load_ground(period, period.first)
    if not any(ground.sources.own_median.values()):
        return None
    return state_month(ground, before, days, pipeline.activity_spans(period.first))


def _days_after(day: date, month: Period) -> tuple[date, ...]:
    """Return the plain working days of a month after one of its days."""
    return working_days_of([ANYONE], day + timedelta(days=1), month.last)[ANYONE.rep_id]


def _scores(judged: list[JudgedMonth]) -> tuple[RuleScore, ...]:
    if not judged:
        return ()
    chances = {rule: np.concatenate([month.stated.chances[rule] for month in judged]) for rule in RULES}
    return score_rules(chances, np.concatenate([month.happened for month in judged]))
