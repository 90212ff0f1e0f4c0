"""What the pictures of a diagnosis show: plain options for the page's chart script."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any

CLEAR = "transparent"
# The axis begins a little below the lowest step, so that steps can be seen beside wholes.
_FLOOR = 0.9
_STEPS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One step of a waterfall, by so much down (below 0) or up."""

    label: str
    money_minor: int
    colour: str


def waterfall_chart(first: Bar, steps: Sequence[Bar], last: Bar, currency: str) -> dict[str, Any]:
    """Return the option of a waterfall: a whole, steps that hang between where they begin and end, and a whole."""
    ends = list(accumulate((step.money_minor for step in steps), initial=first.money_minor))
    spans = [(0, first.money_minor), *pairwise(ends), (0, last.money_minor)]
    bars = [first, *steps, last]
    lowest, highest = min(*ends, last.money_minor), max(*ends, last.money_minor, 0)
    return {
        "currency": currency,
        "grid": {"left": 4, "right": 4, "top": 16, "bottom": 8, "containLabel": True},
        "xAxis": {
            "type": "category",
            "data": [bar.label for bar in bars],
            "axisLabel": {"interval": 0, "lineHeight": 16},
        },
        "yAxis": {"type": "value", **_axis(lowest, highest), "axisLabel": {"formatter": "money_short"}},
        "series": _pieces(spans, [bar.colour for bar in bars]),
    }


def _axis(lowest: int, highest: int) -> dict[str, int]:
    """Return where the axis begins and its steps, both round, so that no two labels stand in one place."""
    start = lowest * _FLOOR if lowest > 0 else lowest
    step = _round_step(max(highest - start, 1))
    return {"min": math.floor(start / step) * step, "interval": step}


def _round_step(span: float) -> int:
    power = 10 ** math.floor(math.log10(span / _STEPS)) if span > _STEPS else 1
    return int(next(power * times for times in (1, 2, 5, 10) if power * times * _STEPS >= span))


def _pieces(spans: Sequence[tuple[int, int]], colours: Sequence[str]) -> list[dict[str, Any]]:
    """Return what is drawn above and below nothing, each upon a clear piece: a step may cross the line."""
    found = []
    for sign in (1, -1):
        sides = [sorted((max(start * sign, 0), max(end * sign, 0))) for start, end in spans]
        piece = {"type": "bar", "stack": "money", "barWidth": "62%", "silent": True}
        found.append({**piece, "itemStyle": {"color": CLEAR}, "data": [sign * low for low, _high in sides]})
        drawn = [
            {"value": sign * (high - low), "itemStyle": {"color": colour}}
            for (low, high), colour in zip(sides, colours, strict=True)
        ]
        found.append({**piece, "data": drawn})
    return found
