"""What findings are counted from, as rows and arrays; gathered by ``findings_load_queries``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pacemark.web.organization.queries import Member
from pacemark.web.pipeline.queries import LossLags, OpenOpportunities, SegmentName, WinLagArrays
from pacemark.web.pipeline.queries.stage_windows import SegmentDials, SegmentTrials, Stretches

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

STAGES = ("connect_per_dial", "deep_talk_per_connect", "opportunity_per_deep_talk", "deal_per_opportunity")
SOURCING, CLOSING = 2, 3
# Luck is told over a quarter: a month of one person tells too little.
EVIDENCE_DAYS = 91
STRETCH_DAYS = 30
STRETCHES_BEFORE = 12
# Whoever is new still learns, and is nobody's peer.
NEWCOMER_DAYS = 120
NOBODYS_PEER = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Days from the first to the last, both included."""

    first: date
    last: date

    @property
    def n_days(self) -> int:
        """Return how many days there are."""
        return (self.last - self.first).days + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class StageGround:
    """What is known of everybody's stages in a window, and of the year before it for how much people wobble."""

    span: Span
    members: tuple[Member, ...]
    roles: tuple[str, ...]
    segments: Mapping[int, SegmentName]
    dials: SegmentDials
    dials_before: SegmentDials
    trials: SegmentTrials
    stretches: Stretches
    open_before: OpenOpportunities
    wins: WinLagArrays
    losses: LossLags
    opened_by_day: tuple[IntArray, IntArray]
    deal_value_minor: float
    least_money_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """One rep's sums over a period; money in minor units, net of refunds."""

    dials: int = 0
    connects: int = 0
    deep_talks: int = 0
    opportunities: int = 0
    opportunities_sourced: int = 0
    deals: int = 0
    net_revenue_minor: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyGround:
    """What a period asked and brought: plans by rep with the share of their working days that is over."""

    period: Span
    plans: Mapping[int, Mapping[str, Any]]
    target_minor: Mapping[int, int]
    shares: Mapping[int, float]
    n_days: Mapping[int, int]
    done: Mapping[int, Done]
    missed: frozenset[tuple[int, str]]
    minor_units: int
