"""What coaching did to the rates it was about, against similar people who were not coached."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from pacemark.engine.periods import Period, sales_month, sales_month_of, shift_month
from pacemark.engine.process.coaching_effect import CoachingEffect, coaching_effect
from pacemark.web.organization.queries import members_on, organization
from pacemark.web.pipeline.queries import SegmentMonths, segment_months
from pacemark.web.process.bridge.ground import STAGES, FloatArray
from pacemark.web.process.choices import ActionState
from pacemark.web.process.models import CoachingAction

# A rate of fewer trials in a month is noise and would stand for a person all the same.
LEAST_TRIALS = 10
_COUNTS = (
    ("dials", "connects"), ("connects", "deep_talks"), ("deep_talks", "talks_converted"), ("opportunities", "won"),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class StageEffect:
    """One stage: the month of the coaching, those beside it, and what it did."""

    stage: str
    before: Period
    coached: Period
    after: Period
    effect: CoachingEffect


def stage_effects(today: date) -> list[StageEffect]:
    """Return what the coaching of the last whole sales month did, stage by stage.

    The month before it against the running one, for those whose coaching of the stage was done in between with
    evidence and those of the same role who had none.
    """
    start_day = organization().sales_month_start_day
    after = sales_month_of(today, start_day)
    coached, before = (sales_month(shift_month(after.label, -back), start_day) for back in (1, 2))
    members = members_on(today)
    counts = segment_months([before, after], None)
    place = {member.rep_id: at for at, member in enumerate(members)}
    roles = sorted({member.role for member in members})
    group = np.array([roles.index(member.role) for member in members], dtype=np.int64)
    done = CoachingAction.objects.filter(state=ActionState.DONE, done_on__range=(coached.first, coached.last))
    pairs = set(done.exclude(stage="").values_list("rep_id", "stage"))
    return [
        StageEffect(
            stage=stage, before=before, coached=coached, after=after,
            effect=coaching_effect(
                _rates(counts, place, 0, names), _rates(counts, place, 1, names),
                np.array([(member.rep_id, stage) in pairs for member in members], dtype=bool), group,
            ),
        )
        for stage, names in zip(STAGES, _COUNTS, strict=True)
    ]  # fmt: skip


def _rates(counts: SegmentMonths, place: dict[int, int], month: int, names: tuple[str, str]) -> FloatArray:
    """Return everybody's rate in one of the months; NaN under a handful of trials."""
    at = np.array([place.get(rep_id, -1) for rep_id in counts.rep_id.tolist()], dtype=np.int64)
    mine = (at >= 0) & (counts.month == month)
    tried, won = (
        np.bincount(at[mine], getattr(counts, name)[mine], minlength=len(place)).astype(np.float64) for name in names
    )
    rates: FloatArray = np.divide(won, tried, out=np.full(len(place), np.nan), where=tried >= LEAST_TRIALS)
    return rates
