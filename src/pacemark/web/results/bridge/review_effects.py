"""Whether what a review decided moved its metric: a unit's people against similar people elsewhere."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np

from pacemark.engine.process.coaching_effect import coaching_effect
from pacemark.web.pipeline.queries import RepTotals

# What an action may be measured by: successes over trials; of dials, those of a day on which somebody dialled.
METRICS: Mapping[str, tuple[str, str]] = {
    "dials": ("dials", "active_days"),
    "connect_per_dial": ("connects", "dials"),
    "deep_talk_per_connect": ("deep_talks", "connects"),
    "opportunity_per_deep_talk": ("opportunities_sourced", "deep_talks"),
    "deal_per_opportunity": ("deals", "opportunities"),
}
# A rate of fewer trials is noise and would stand for a person all the same.
LEAST_TRIALS, LEAST_DAYS = 10, 2


def effect_of(
    metric: str, before: Mapping[int, RepTotals], after: Mapping[int, RepTotals], mine: Collection[int]
) -> dict[str, Any]:
    """Return what a unit's metric changed by, what similar people elsewhere changed by, and how sure that is."""
    people = sorted(set(before) & set(after))
    found = coaching_effect(
        np.array([rate_of(metric, before[rep]) for rep in people], dtype=np.float64),
        np.array([rate_of(metric, after[rep]) for rep in people], dtype=np.float64),
        np.array([rep in mine for rep in people], dtype=bool),
        np.zeros(len(people), dtype=np.int64),
    )
    return {
        "before": _together(metric, before, mine), "after": _together(metric, after, mine), "effect": found.effect,
        "low": found.low, "high": found.high, "rebound": found.rebound, "n": found.n_coached, "n_alike": found.n_alike,
        "verdict": found.verdict,
    }  # fmt: skip


def rate_of(metric: str, row: RepTotals) -> float:
    """Return one person's number, NaN under a handful of trials."""
    top, bottom = METRICS[metric]
    tried = getattr(row, bottom)
    return getattr(row, top) / tried if tried >= (LEAST_DAYS if bottom == "active_days" else LEAST_TRIALS) else np.nan


def _together(metric: str, rows: Mapping[int, RepTotals], mine: Collection[int]) -> float | None:
    top, bottom = METRICS[metric]
    tried = sum(getattr(rows[rep], bottom) for rep in mine if rep in rows)
    return sum(getattr(rows[rep], top) for rep in mine if rep in rows) / tried if tried else None
