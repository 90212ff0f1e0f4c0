"""What the review pages say: one plain sentence per item, its numbers, and the histogram with threshold and curve."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pacemark.web.process.choices import QualityKind
from pacemark.web.process.models import QualityItem
from pacemark.web.ui import formats


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bin of the histogram: talks from ``first`` to ``last`` seconds, and what the curve expects."""

    first: int
    last: int
    talks: int
    expected: float
    is_past: bool


def sentence(item: QualityItem) -> str:
    """Say what was counted, without saying why it is so."""
    numbers = item.evidence
    words = {
        QualityKind.PADDING: _padding,
        QualityKind.REDIAL: _redial,
        QualityKind.BURST: _burst,
        QualityKind.OFF_ROSTER: _off_roster,
        QualityKind.NO_TALK: _no_talk,
        QualityKind.DEFERRED: _deferred,
    }
    return words[QualityKind(item.kind)](numbers)


def _padding(numbers: dict[str, Any]) -> str:
    first = numbers["threshold_seconds"]
    return _("%(n)s talks of %(first)s–%(last)s seconds, %(expected)s by the smooth curve: %(more)s more") % {
        "n": formats.count(numbers["observed"]),
        "first": first,
        "last": first + 10,
        "expected": formats.count(numbers["fitted"], 1),
        "more": formats.count(numbers["excess"], 1),
    }


def _redial(numbers: dict[str, Any]) -> str:
    return _("%(n)s redials of the same lead within minutes, on %(days)s; up to %(above)s a day are normal") % {
        "n": formats.count(numbers["times"]), "days": _n_days(numbers), "above": formats.count(numbers["above"]),
    }  # fmt: skip


def _burst(numbers: dict[str, Any]) -> str:
    return _("%(n)s short dials in rapid rows, on %(days)s") % {
        "n": formats.count(numbers["times"]), "days": _n_days(numbers),
    }  # fmt: skip


def _off_roster(numbers: dict[str, Any]) -> str:
    return _("%(n)s dials outside the roster, on %(days)s; up to %(above)s a week are normal") % {
        "n": formats.count(numbers["times"]), "days": _n_days(numbers), "above": formats.count(numbers["above"]),
    }  # fmt: skip


def _no_talk(numbers: dict[str, Any]) -> str:
    return _("%(n)s of %(all)s opportunities without a talk before; up to %(above)s%% are normal") % {
        "n": formats.count(numbers["times"]), "all": formats.count(numbers["opportunities"]),
        "above": numbers["above_percent"],
    }  # fmt: skip


def _deferred(numbers: dict[str, Any]) -> str:
    return _(
        "Of %(around)s deals within %(days)s working days of a month's end, %(n)s came after it; others' habit "
        "would make it %(expected)s"
    ) % {
        "around": formats.count(numbers["around"]), "n": formats.count(numbers["times"]),
        "days": numbers["n_days"], "expected": formats.count(numbers["expected"], 1),
    }  # fmt: skip


def _n_days(numbers: dict[str, Any]) -> str:
    days = len(numbers["days"])
    return ngettext("%(n)s day", "%(n)s days", days) % {"n": days}


def bars_of(item: QualityItem) -> list[Bar]:
    """Return the histogram of a padding item; of another kind nothing."""
    if item.kind != QualityKind.PADDING:
        return []
    numbers = item.evidence
    width, start = numbers["bin_seconds"], numbers["first_seconds"]
    past = range(numbers["threshold_seconds"], numbers["threshold_seconds"] + 10)
    return [
        Bar(
            first=(first := start + place * width), last=first + width - 1, talks=talks,
            expected=numbers["curve"][place], is_past=first in past,
        )
        for place, talks in enumerate(numbers["counts"])
    ]  # fmt: skip


def histogram(item: QualityItem) -> dict[str, Any]:
    """Return the ECharts option: talks by length, those just past the threshold marked, curve and threshold drawn."""
    bars = bars_of(item)
    at = next((place for place, bar in enumerate(bars) if bar.is_past), 0)
    talks = [
        {"value": bar.talks, "itemStyle": {"color": "var(--c-warn)" if bar.is_past else "var(--c-plan)"}}
        for bar in bars
    ]
    threshold = {
        "silent": True,
        "symbol": "none",
        "label": {"formatter": _("%(n)s s") % {"n": item.evidence.get("threshold_seconds", "")}, "position": "end"},
        "lineStyle": {"color": "var(--ink)", "type": "solid", "width": 1.5},
        "data": [{"xAxis": at}],
    }
    return {
        "grid": {"left": 36, "right": 12, "top": 28, "bottom": 40},
        "tooltip": {"trigger": "axis"},
        "xAxis": {"type": "category", "data": [str(bar.first) for bar in bars], "name": _("seconds"),
                  "nameLocation": "middle", "nameGap": 26},
        "yAxis": {"type": "value", "minInterval": 1},
        "series": [
            {"type": "bar", "name": _("Talks"), "data": talks, "markLine": threshold},
            {"type": "line", "name": _("Smooth curve"), "data": [bar.expected for bar in bars], "symbol": "none",
             "smooth": True, "lineStyle": {"color": "var(--c-fit)", "type": "dashed"},
             "itemStyle": {"color": "var(--c-fit)"}},
        ],
    }  # fmt: skip
