"""What the drawn components are given, and where their lines fall. Numbers in, positions out; no HTML."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from django.utils.functional import Promise

Tone = Literal["ok", "warn", "risk", "luck", "acc", ""]
Text = str | Promise

RING_RADIUS = 52
RING_LENGTH = 2 * math.pi * RING_RADIUS
SLIDER_WIDTH = 158
SLIDER_MARGIN = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One process target of today: done of required, and how many there should be by now."""

    label: Text
    done: float
    required: float
    expected: float | None = None
    tone: Tone = ""
    word: Text = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfidenceChoice:
    """One of 五成 / 八成 / 九成把握, with its odds and the daily work it asks for."""

    word: Text
    odds: float | None
    lines: tuple[Text, ...] = ()
    url: str = ""
    is_current: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainStep:
    """One step of the chain; ``by`` is the divisor in words, ``trial`` the what-if value."""

    label: Text
    value: Text
    by: Text = ""
    trial: Text = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SumLine:
    """One line of 看算式: what, by which formula, how much."""

    label: Text
    formula: Text
    value: Text
    is_total: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RateSpan:
    """A rate or value among its peers: peers' middle half, raw, estimate with interval, and a trial value."""

    label: Text
    mean: float
    low: float
    high: float
    raw: float | None = None
    peers_low: float | None = None
    peers_high: float | None = None
    trial: float | None = None
    scale: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """One cell of people × stages: the gap, done / required, and whether luck is not ruled out."""

    gap: Text
    done: Text
    required: Text
    tone: Literal["ok", "warn", "risk"]
    is_luck_possible: bool = False
    asks_review: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class JobView:
    """A long piece of work as its page shows it; ``share`` is unknown (None) or between 0 and 1."""

    title: Text
    share: float | None = None
    detail: Text = ""
    poll_url: str = ""
    is_finished: bool = False
    is_failed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DockAction:
    """A thumb action above the phone's tabs."""

    label: Text
    url: str
    icon: str = ""
    note: Text = ""
    is_primary: bool = False


def share_of(done: float | None, required: float | None) -> float:
    """Return done ÷ required between 0 and 1; nothing required is everything done."""
    if done is None or required is None or not (math.isfinite(done) and math.isfinite(required)):
        return 0.0
    if required <= 0:
        return 1.0
    return min(max(done / required, 0.0), 1.0)


def css_percent(share: float | None) -> str:
    """Return a share as a CSS length; what is missing has no length."""
    if share is None or not math.isfinite(share):
        return "0%"
    return f"{min(max(share, 0.0), 1.0) * 100:.1f}%"


@dataclass(frozen=True, slots=True, kw_only=True)
class RingLines:
    """The drawn ring: the length of its arc and the angle of the tick, both from twelve o'clock."""

    arc: str
    tick: str | None


def ring_lines(stage: Stage) -> RingLines:
    """Return where the arc ends and where the tick of "by now" stands."""
    share = share_of(stage.done, stage.required)
    tick = None
    if stage.expected is not None and math.isfinite(stage.expected) and stage.required > 0:
        tick = f"{share_of(stage.expected, stage.required) * 360:.1f}"
    return RingLines(arc=f"{share * RING_LENGTH:.1f} {RING_LENGTH:.1f}", tick=tick)


@dataclass(frozen=True, slots=True, kw_only=True)
class SliderLines:
    """Positions along the still slider, in its own pixels; None where there is nothing to draw."""

    mean: str
    low: str
    high: str
    raw: str | None
    peers_left: str | None
    peers_width: str | None
    trial: str | None
    trial_from: str | None
    trial_to: str | None


def slider_lines(span: RateSpan) -> SliderLines:
    """Place a rate and its company on one axis; without a given scale the axis holds them all with some air."""
    start, end = span.scale or _scale_around(span)
    width = SLIDER_WIDTH - 2 * SLIDER_MARGIN

    def at(value: float | None) -> float | None:
        if value is None or not math.isfinite(value):
            return None
        return SLIDER_MARGIN + min(max((value - start) / (end - start), 0.0), 1.0) * width

    mean, trial = at(span.mean) or 0.0, at(span.trial)
    left, right = at(span.peers_low), at(span.peers_high)
    has_peers = left is not None and right is not None
    return SliderLines(
        mean=_px(mean) or "0",
        low=_px(at(span.low)) or _px(mean) or "0",
        high=_px(at(span.high)) or _px(mean) or "0",
        raw=_px(at(span.raw)),
        peers_left=_px(left) if has_peers else None,
        peers_width=_px(max((right or 0.0) - (left or 0.0), 2.0)) if has_peers else None,
        trial=_px(trial),
        trial_from=None if trial is None else _px(min(mean, trial)),
        trial_to=None if trial is None else _px(max(mean, trial)),
    )


def _px(value: float | None) -> str | None:
    return None if value is None else f"{value:.1f}"


def _finite(values: Iterable[float | None]) -> list[float]:
    return [value for value in values if value is not None and math.isfinite(value)]


def _scale_around(span: RateSpan) -> tuple[float, float]:
    values = _finite((span.mean, span.low, span.high, span.raw, span.peers_low, span.peers_high, span.trial)) or [
        0.0,
        1.0,
    ]
    low, high = min(values), max(values)
    air = (high - low) * 0.25 or abs(high) * 0.25 or 0.5
    return max(low - air, 0.0) if low >= 0 else low - air, high + air
