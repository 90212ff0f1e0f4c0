"""Made-up values for the style guide: every component in every state."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from pacemark.web.ui.components import (
    ChainStep,
    ConfidenceChoice,
    DockAction,
    Gap,
    JobView,
    RateSpan,
    Stage,
    SumLine,
)

ROLES = ("bg", "surface", "sunken", "line", "ink", "ink-2", "ink-3", "accent", "ok", "warn", "risk", "luck")
SEASON = (1.20, 0.80, 1.00, 0.92, 0.94, 1.02, 1.16, 1.10, 0.90, 0.93, 0.96, 1.07)


@dataclass(frozen=True, slots=True, kw_only=True)
class RateRow:
    """One row of the rates table: its span, the raw counts and the share taken from peers."""

    span: RateSpan
    won: int
    tried: int
    from_peers: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StyleguidePage:
    """What the style guide shows."""

    roles: tuple[str, ...]
    ring: Stage
    bars: tuple[Stage, ...]
    empty_ring: Stage
    full_ring: Stage
    confidence: tuple[ConfidenceChoice, ...]
    thumbs: tuple[ConfidenceChoice, ...]
    chain: tuple[ChainStep, ...]
    sums: tuple[SumLine, ...]
    rates: tuple[RateRow, ...]
    gaps: tuple[Gap, ...]
    jobs: tuple[JobView, ...]
    dock: tuple[DockAction, ...]
    season: tuple[tuple[int, float], ...]
    season_chart: dict[str, Any]
    data_until: datetime
    missing: float = field(default=float("nan"))


def _stages() -> tuple[Stage, ...]:
    return (
        Stage(label=_("Connects"), done=22, required=38, expected=20, tone="ok", word=_("2 ahead")),
        Stage(label=_("Deep talks"), done=4, required=9, expected=5, tone="warn", word=_("1 behind")),
        Stage(label=_("Opportunities"), done=1, required=3, expected=1, tone="ok", word=_("On pace")),
        Stage(label=_("Deals"), done=0, required=1, expected=0.6, tone="risk", word=_("At risk")),
    )


def _confidence() -> tuple[ConfidenceChoice, ...]:
    words = (pgettext("confidence", "50%"), pgettext("confidence", "80%"), pgettext("confidence", "90%"))
    rows = ((0.53, 50, 114), (0.81, 66, 150), (0.91, 77, 175))
    return tuple(
        ConfidenceChoice(
            word=word,
            odds=odds,
            lines=(_("%(opportunities)d opportunities · %(dials)d a day") % {"opportunities": need, "dials": dials},),
            url="?confidence=" + str(number),
            is_current=number == 0,
        )
        for number, (word, (odds, need, dials)) in enumerate(zip(words, rows, strict=True))
    )


def _thumbs() -> tuple[ConfidenceChoice, ...]:
    return tuple(
        ConfidenceChoice(word=f"{choice.word} {dials}", odds=choice.odds, url=choice.url, is_current=choice.is_current)
        for choice, dials in zip(_confidence(), (83, 116, 136), strict=True)
    )


def _chain() -> tuple[ChainStep, ...]:
    return (
        ChainStep(label=_("Target"), value="30,000", by=_("10 deals")),
        ChainStep(label=_("Pipeline"), value="150,000", by="÷ 20.0%"),
        ChainStep(label=_("Opportunities"), value="50", by="÷ 3,000"),
        ChainStep(label=_("Deep talks"), value="200", by="÷ 25.0%"),
        ChainStep(label=_("Connects"), value="1,000", by="÷ 20.0%", trial="922"),
        ChainStep(label=_("Dials"), value="2,500", by="÷ 40.0%", trial="2,195"),
        ChainStep(label=_("A day"), value="114", by=_("÷ 22 days"), trial="100"),
    )


def _sums() -> tuple[SumLine, ...]:
    return (
        SumLine(label=_("Money to go"), formula="30,000 − 12,600 − 12,000 × 20%", value="15,000"),
        SumLine(label=_("New pipeline"), formula="÷ 20.0% (9/40)", value="75,000"),
        SumLine(label=_("Opportunities"), formula="÷ 3,000", value="25"),
        SumLine(label=_("Deep talks"), formula="÷ 26.0%", value="96.2"),
        SumLine(label=_("Connects"), formula="÷ 23.5%", value="409.2"),
        SumLine(label=_("Dials"), formula="÷ 44.9%", value="911.3"),
        SumLine(label=_("Dials a day"), formula="÷ 11 = 82.8", value="83", is_total=True),
    )


def _rates() -> tuple[RateRow, ...]:
    rows = (
        (_("Win rate"), (0.200, 0.150, 0.252, 0.225, 0.155, 0.225, None), 9, 40, 0.60),
        (_("Deep talk → opportunity"), (0.25, 0.22, 0.28, 0.258, 0.22, 0.275, None), 49, 190, 0.44),
        (_("Connect → deep talk"), (0.20, 0.185, 0.215, 0.198, 0.186, 0.224, 0.217), 190, 960, 0.17),
        (_("Dial → connect"), (0.40, 0.388, 0.412, 0.398, 0.385, 0.432, 0.42), 970, 2440, 0.11),
    )
    names = ("mean", "low", "high", "raw", "peers_low", "peers_high", "trial")
    return tuple(
        RateRow(
            span=RateSpan(label=label, **dict(zip(names, values, strict=True))),  # type: ignore[arg-type]
            won=won,
            tried=tried,
            from_peers=peers,
        )
        for label, values, won, tried, peers in rows
    )


def _gaps() -> tuple[Gap, ...]:
    return (
        Gap(gap="+13", done="1,096", required="1,083", tone="ok"),
        Gap(gap="+26", done="141", required="115", tone="ok", asks_review=True),
        Gap(gap="−27", done="1,071", required="1,098", tone="warn"),
        Gap(gap="−5", done="23", required="28", tone="warn", is_luck_possible=True),
        Gap(gap="−278", done="804", required="1,082", tone="risk"),
        Gap(gap="−3", done="4", required="7", tone="risk", is_luck_possible=True),
    )


def _season_chart() -> dict[str, Any]:
    bars = [
        {"value": w, "itemStyle": {"color": "var(--c-actual)" if m < 3 else "var(--c-plan)"}}
        for m, w in enumerate(SEASON)
    ]
    return {
        "grid": {"left": 0, "right": 0, "top": 24, "bottom": 24},
        "xAxis": {"type": "category", "data": [str(month) for month in range(1, 13)]},
        "yAxis": {"type": "value", "show": False, "min": 0},
        "tooltip": {"trigger": "axis", "valueFormatter": "percent0"},
        "series": [
            {
                "type": "bar",
                "data": bars,
                "barWidth": "60%",
                "itemStyle": {"borderRadius": [3, 3, 0, 0]},
                "label": {
                    "show": True,
                    "position": "top",
                    "formatter": "percent0",
                    "color": "var(--ink-2)",
                    "textBorderColor": "var(--surface)",
                    "textBorderWidth": 4,
                },
                "labelLayout": {"hideOverlap": True},
                "z": 5,
                "markLine": {
                    "symbol": "none",
                    "silent": True,
                    "label": {"show": False},
                    "lineStyle": {"color": "var(--ink-3)", "type": "dashed"},
                    "data": [{"yAxis": 1}],
                },
            }
        ],
    }


def styleguide_page() -> StyleguidePage:
    """Return the sample values, worded in the language in use."""
    return StyleguidePage(
        roles=ROLES,
        ring=Stage(label=_("Dials"), done=46, required=83, expected=43),
        bars=_stages(),
        empty_ring=Stage(label=_("Dials"), done=0, required=83, expected=0),
        full_ring=Stage(label=_("Dials"), done=91, required=83, expected=83),
        confidence=_confidence(),
        thumbs=_thumbs(),
        chain=_chain(),
        sums=_sums(),
        rates=_rates(),
        gaps=_gaps(),
        jobs=(
            JobView(title=_("Reading 96,000 calls"), share=0.62, detail=_("about 4 s left")),
            JobView(title=_("Waiting for its turn")),
            JobView(title=_("96,000 calls are in"), share=1.0, detail=_("took 9 s"), is_finished=True),
        ),
        dock=(
            DockAction(label=_("Report opportunity"), url="#", icon="plus"),
            DockAction(
                label=_("Call Ms Chen"), url="#", icon="phone", note=_("first call due in 12 min"), is_primary=True
            ),
        ),
        season=tuple(enumerate(SEASON, start=1)),
        season_chart=_season_chart(),
        data_until=datetime(2026, 3, 17, 14, 15),  # noqa: DTZ001  (a sample, not a moment)
    )
