"""What the pictures of a diagnosis show: plain options for the page's chart script."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any

CLEAR = "transparent"
# The axis begins a little below the lowest step, so that steps can be seen beside wholes.
_FLOOR = 0.9


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
    lowest = min(*ends, last.money_minor)
    return {
        "currency": currency,
        "grid": {"left": 4, "right": 4, "top": 16, "bottom": 8, "containLabel": True},
        "xAxis": {
            "type": "category",
            "data": [bar.label for bar in bars],
            "axisLabel": {"interval": 0, "lineHeight": 16},
        },
        "yAxis": {
            "type": "value",
            "min": round(lowest * _FLOOR) if lowest > 0 else round(lowest),
            "axisLabel": {"formatter": "money_short"},
        },
        "series": _pieces(spans, [bar.colour for bar in bars]),
    }


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
