"""The parts of everyone's documents, built column by column: plain lists in the order of people, None for unknown."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from pacemark.engine.goals.plan_batch import FITS, REASONS, UNKNOWN, Plan
from pacemark.engine.values import ValueEstimates
from pacemark.web.goals.bridge.estimating import StageEstimate
from pacemark.web.goals.bridge.planning import DealRecord

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
Part = dict[str, Any]

MIN_PEERS = 5
_ROUNDING = 1e-9


def plain(values: FloatArray) -> list[float | None]:
    """Return numbers as they are stored, None for what is not known."""
    pairs = zip(values.tolist(), np.isfinite(values).tolist(), strict=True)
    return [value if is_known else None for value, is_known in pairs]


def rounded_up(value: float) -> int:
    """Round up once, forgiving the last bits of a float."""
    return math.ceil(value - _ROUNDING)


def rate_parts(estimate: StageEstimate, codes: IntArray) -> list[Part]:
    """Return one stage's rate of everyone, raw and estimated."""
    found, counts = estimate.grouped.estimates, estimate.counts
    columns = (counts.raw_tried, counts.raw_won, found.mean, found.low, found.high, found.from_peers)
    lists = (column.tolist() for column in columns)
    return [
        {
            "raw": won / tried if tried else None,
            "won": _tidy(won),
            "tried": _tidy(tried),
            "mean": mean,
            "interval": [low, high],
            "from_peers": from_peers,
            "peers": peers,
        }
        for tried, won, mean, low, high, from_peers, peers in zip(*lists, _quarters(found.mean, codes), strict=True)
    ]


def value_parts(values: ValueEstimates, deals: DealRecord, codes: IntArray) -> list[Part]:
    """Return everyone's deal value, raw and estimated."""
    reach = np.exp(float(ndtri(0.9)) * values.log_median_sd)
    columns = (deals.count, deals.total, values.mean, values.mean / reach, values.mean * reach, 1.0 - values.weight)
    lists = (column.tolist() for column in columns)
    return [
        {
            "raw": total / count if count else None,
            "tried": count,
            "mean": mean,
            "interval": [low, high],
            "from_peers": from_peers,
            "peers": peers,
        }
        for count, total, mean, low, high, from_peers, peers in zip(*lists, _quarters(values.mean, codes), strict=True)
    ]


def plan_parts(plan: Plan) -> list[Part]:
    """Return everyone's plan at one confidence."""
    stages = [dict(zip(plan.stages, row, strict=True)) for row in _rows(plan.stages)]
    fits = [
        None if fit == UNKNOWN or reason else fit == FITS
        for fit, reason in zip(plan.feasible.tolist(), plan.reason.tolist(), strict=True)
    ]
    columns = (
        stages, plain(plan.odds), _paces(plan.per_day), _paces(plan.per_week), fits, plain(plan.reachable),
        plain(plan.reachable_odds), [REASONS[code] or None for code in plan.reason.tolist()],
    )  # fmt: skip
    return [
        {
            "odds": odds,
            "method": plan.method,
            **of_stage,
            "per_day": per_day,
            "per_week": per_week,
            "feasible": feasible,
            "reachable": reachable,
            "reachable_odds": reachable_odds,
            "reason": reason,
        }
        for of_stage, odds, per_day, per_week, feasible, reachable, reachable_odds, reason in zip(*columns, strict=True)
    ]


def _rows(columns: Mapping[str, FloatArray]) -> list[tuple[float | None, ...]]:
    return list(zip(*(plain(values) for values in columns.values()), strict=True))


def _paces(paces: Mapping[str, FloatArray]) -> list[Part]:
    columns = []
    for values in paces.values():
        rounded = np.ceil(np.nan_to_num(values) - _ROUNDING).astype(np.int64).tolist()
        columns.append(
            [
                None if exact is None else {"exact": exact, "rounded": whole}
                for exact, whole in zip(plain(values), rounded, strict=True)
            ]
        )
    return [dict(zip(paces, row, strict=True)) for row in zip(*columns, strict=True)]


def _quarters(estimates: FloatArray, codes: IntArray) -> list[list[float] | None]:
    """Return the middle half of each person's group, or nothing where the group is a handful."""
    of_group: list[list[float] | None] = []
    for code in range(int(codes.max()) + 1 if len(codes) else 0):
        group = estimates[codes == code]
        of_group.append(np.quantile(group, [0.25, 0.75]).tolist() if len(group) >= MIN_PEERS else None)
    return [of_group[code] for code in codes.tolist()]


def _tidy(value: float) -> float | int:
    return int(value) if value == int(value) else value
