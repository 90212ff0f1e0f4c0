"""Keeping what the padding test says as facts, after the other facts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from django.db import transaction

from pacemark.web.accounts.models import User
from pacemark.web.pipeline.fact_models import QualityWindow
from pacemark.web.pipeline.queries.padding import TestedMonth


@transaction.atomic
def keep_quality_windows(*, actor: User | None, tested: Sequence[TestedMonth]) -> int:
    """Replace the windows of some sales months by what was found, and return how many are flagged.

    Leaves no trail of its own, whoever acts: like all facts, windows follow from the events.
    """
    QualityWindow.objects.filter(window_end__in=[one.month.last for one in tested]).delete()
    QualityWindow.objects.bulk_create([row for one in tested for row in _rows(one)], batch_size=2_000)
    return sum(len(one.flagged()) for one in tested)


def _rows(tested: TestedMonth) -> Iterable[QualityWindow]:
    checks = tested.checks
    excess = np.nan_to_num(checks.excess)
    for place, rep_id in enumerate(tested.rep_id.tolist()):
        q = float(checks.q[place])
        yield QualityWindow(
            rep_id=rep_id,
            window_start=tested.first_days[place],
            window_end=tested.month.last,
            deep_talks=int(checks.deep_talks[place]),
            excess=float(excess[place]),
            q=None if np.isnan(q) else q,
            adjusted=float(checks.adjusted[place]),
        )
