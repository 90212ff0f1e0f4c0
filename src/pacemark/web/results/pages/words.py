"""Results in words and pictures: spans, outcomes, causes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from pacemark.web.process.bridge.ranking import Ranking
from pacemark.web.results.queries.causes import CausesBook, CausesLine
from pacemark.web.results.queries.spans import Span, neighbours, quarter_around
from pacemark.web.ui.components import Tone

CAUSE_COLOURS = {
    "goal": "var(--c-second)", "execution": "var(--warn)", "ability": "var(--c-actual)", "luck": "var(--c-luck)",
}  # fmt: skip
_TONES: dict[str, Tone] = {"promoted": "ok", "kept": "ok", "missed": "risk", "open": "", "no_quota": ""}


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeWord:
    """What a quarter did to a grade, with its tone."""

    tone: Tone
    word: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CauseRow:
    """One line of the causes' table."""

    line: CausesLine
    is_whole: bool

    @property
    def parts(self) -> list[tuple[str, int]]:
        """The causes as people call them, in their order, with their money."""
        names = _cause_names()
        return [(names[cause], money) for cause, money in self.line.parts]


def outcome_words() -> dict[str, OutcomeWord]:
    """Return what the engine's outcomes are called."""
    words = {
        "promoted": _("Next grade reached"),
        "kept": _("Grade kept"),
        "missed": _("Quota missed"),
        "open": _("Still open"),
        "no_quota": _("No quota"),
    }
    return {code: OutcomeWord(tone=_TONES[code], word=word) for code, word in words.items()}


def target_label() -> str:
    """Return what the first rung is called."""
    return _("Your target")


def span_query(span: Span) -> str:
    """Return the address's words for the same days."""
    if span.kind == "days":
        return urlencode({"from": span.first.isoformat(), "to": span.last.isoformat()})
    return urlencode({"at": span.label})


def spans_to_pick(span: Span) -> list[tuple[str, str, bool]]:
    """Return label, address and whether it is the present one: the spans around, and the other length."""
    around = neighbours(span)
    if around is None:
        return []
    other = quarter_around(span.first).label if span.kind == "month" else span.months[0].label
    if span.kind == "quarter" and span.is_running:
        other = next(month.label for month in span.months if month.holds(span.today))
    picked = [around[0], span.label, around[1]]
    return [(label, urlencode({"at": label}), label == span.label) for label in (*picked, other)]


def cause_rows(book: CausesBook, level: str) -> tuple[CauseRow, ...]:
    """Return the table's lines: units of a level, then the whole."""
    lines = book.regions if level == "regions" else book.teams if level == "teams" else ()
    return (*(CauseRow(line=line, is_whole=False) for line in lines), CauseRow(line=book.whole, is_whole=True))


def _cause_names() -> dict[str, str]:
    return {
        "goal": pgettext("cause", "Goal"),
        "execution": pgettext("cause", "Execution"),
        "ability": pgettext("cause", "Ability"),
        "luck": pgettext("cause", "Luck"),
    }


def causes_chart(line: CausesLine, currency: str) -> dict[str, Any]:
    """Return the picture of the four causes: how much each added or took."""
    names = _cause_names()
    return {
        "currency": currency,
        "grid": {"left": 4, "right": 28, "top": 8, "bottom": 4, "containLabel": True},
        "xAxis": {"type": "value", "axisLabel": {"formatter": "money_short"}, "splitNumber": 3},
        "yAxis": {"type": "category", "inverse": True, "data": [names[cause] for cause, _money in line.parts]},
        "series": [
            {
                "type": "bar",
                "barWidth": "56%",
                "data": [{"value": money, "itemStyle": {"color": CAUSE_COLOURS[cause]}} for cause, money in line.parts],
            }
        ],
    }


def luck_chart(ranking: Ranking) -> dict[str, Any]:
    """Return the picture of counted rates and what is left of them with the luck taken out, in the order shown."""
    names = [one.row.rep.name for one in ranking.rows]
    raw = [round(one.rate, 4) for one in ranking.rows]
    told = [round(one.estimate, 4) for one in ranking.rows]
    mark = {"borderColor": "var(--c-luck)", "color": "var(--surface)", "borderWidth": 1.6}
    return {
        "grid": {"left": 44, "right": 8, "top": 34, "bottom": 8, "containLabel": False},
        "legend": {"top": 0, "left": 0, "textStyle": {"color": "var(--ink-2)"}},
        "tooltip": {"trigger": "axis", "valueFormatter": "percent"},
        "xAxis": {"type": "category", "data": names, "axisLabel": {"show": False}},
        "yAxis": {"type": "value", "axisLabel": {"formatter": "percent"}},
        "series": [
            {"name": _("Counted"), "type": "scatter", "symbolSize": 8, "data": raw, "itemStyle": mark},
            {"name": _("Luck taken out"), "type": "scatter", "symbolSize": 9, "data": told,
             "itemStyle": {"color": "var(--c-actual)"}},
        ],
    }  # fmt: skip
