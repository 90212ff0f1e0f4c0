"""Keeping what the padding test says as facts, after the other facts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date

import numpy as np
from django.db import transaction
from django.db.models import F

from pacemark.web.accounts.models import User
from pacemark.web.pipeline.fact_models import QualityWindow
from pacemark.web.pipeline.queries.padding import TestedMonth


@transaction.atomic
def keep_quality_windows(
    *, actor: User | None, tested: Sequence[TestedMonth], cleared: Collection[tuple[int, date]] = ()
) -> int:
    """Replace the windows of some sales months by what was found, and return how many are flagged.

    Parameters
    ----------
    actor
        Whoever acts; no trail is left, since like all facts windows follow from the events.
    tested
        What the padding test said of each month.
    cleared
        Reps and last days of months that a look has found to be in order: nothing is taken off their deep talks.
    """
    QualityWindow.objects.filter(window_end__in=[one.month.last for one in tested]).delete()
    QualityWindow.objects.bulk_create([row for one in tested for row in _rows(one, cleared)], batch_size=2_000)
    return sum(len(one.flagged()) for one in tested)


def clear_quality_window(*, actor: User | None, rep_id: int, window_end: date) -> None:
    """Take nothing off a month's deep talks from now on; the trail is left by whoever decides so."""
    QualityWindow.objects.filter(rep_id=rep_id, window_end=window_end).update(adjusted=F("deep_talks"))


def _rows(tested: TestedMonth, cleared: Collection[tuple[int, date]]) -> Iterable[QualityWindow]:
    checks = tested.checks
    excess = np.nan_to_num(checks.excess)
    for place, rep_id in enumerate(tested.rep_id.tolist()):
        q, talks = float(checks.q[place]), int(checks.deep_talks[place])
        is_cleared = (rep_id, tested.month.last) in cleared
        yield QualityWindow(
            rep_id=rep_id,
            window_start=tested.first_days[place],
            window_end=tested.month.last,
            deep_talks=talks,
            excess=float(excess[place]),
            q=None if np.isnan(q) else q,
            adjusted=talks if is_cleared else float(checks.adjusted[place]),
        )
