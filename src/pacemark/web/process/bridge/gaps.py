"""Loaded rows to the engine's values and back: gaps and streaks."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from pacemark.engine.process.gap import LEVELS, ended_streaks, money_per_unit, stage_gaps, zero_streaks

RATES = ("connect_per_dial", "deep_talk_per_connect", "opportunity_per_deep_talk", "win_rate")


COLUMNS = ("dials", "connects", "deep_talks", "opportunities", "deals", "revenue")


@dataclass(frozen=True, slots=True, kw_only=True)
class Worked:
    """What one person did and what was due by now, by column (revenue in minor units); ``content`` is the plan.

    Work is done and due from the day ``since``, revenue from the first day of the span.
    """

    done: Mapping[str, float]
    due: Mapping[str, float]
    content: Mapping[str, Any]
    since: date


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkGap:
    """One person at one column; ``level`` is one of the engine's ``LEVELS``."""

    done: float
    due: float
    money_minor: int
    level: str


def gaps_of(people: Sequence[Worked]) -> list[dict[str, WorkGap]]:
    """Return each person's gaps by column, those columns alone that are due from them."""
    if not people:
        return []
    done, due = (
        np.array([[float(side.get(column, 0.0)) for column in COLUMNS] for side in sides])
        for sides in ([one.done for one in people], [one.due for one in people])
    )
    # Refunds may outweigh the month's money; a gap is counted from nothing.
    found = stage_gaps(np.maximum(done, 0.0), due, _units(people))
    return [
        {
            column: WorkGap(
                done=float(done[row, place]), due=float(due[row, place]),
                money_minor=int(found.money_minor[row, place]), level=LEVELS[found.level[row, place]],
            )
            for place, column in enumerate(COLUMNS)
            if column in one.due
        }
        for row, one in enumerate(people)
    ]  # fmt: skip


def _units(people: Sequence[Worked]) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return what one more of each column is worth to each person in minor units; money is worth itself."""
    rates = np.array([[_rate(one.content, name) for name in RATES] for one in people])
    values = np.array(
        [(one.content["deal_value"]["mean"] or 0.0) * one.content["minor_units"] for one in people], dtype=np.float64
    )
    return np.concatenate([money_per_unit(rates, values), np.ones((len(people), 1))], axis=1)


def _rate(content: Mapping[str, Any], name: str) -> float:
    rate = content["rates"].get(name)
    return float("nan") if rate is None else float(rate["mean"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Streak:
    """Working days without a deal, not counting a day that is not over; ``ended`` is what today's deal has ended."""

    days: int
    ended: int


def streaks_of(
    deals: Sequence[Mapping[date, int]], workdays: Sequence[Collection[date]], first: date, today: date
) -> list[Streak]:
    """Return each row's streak; rows are people or teams."""
    days = [first + timedelta(days=place) for place in range((today - first).days + 1)]
    if not deals:
        return []
    counted = np.array([[float(row.get(day, 0)) for day in days] for row in deals])
    works = np.array([[day in row for day in days] for row in workdays], dtype=bool)
    running = np.where(counted[:, -1] > 0, 0, zero_streaks(counted[:, :-1], works[:, :-1]))
    ended = ended_streaks(counted, works)
    return [Streak(days=int(day), ended=int(end)) for day, end in zip(running, ended, strict=True)]
