"""Everyone's talks tested for a pile-up just past the threshold, month by month; reads only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from pacemark.engine.padding import PaddingChecks, check_padding, months_to_pool, near_threshold
from pacemark.engine.periods import Period
from pacemark.engine.talks import BIN_SECONDS, FloatArray, TalkHistograms, bin_starts
from pacemark.web.pipeline.queries.columns import Integers
from pacemark.web.pipeline.queries.talk_lengths import TalkMonths, talk_months

# Beyond half a year, habits have changed.
MOST_POOLED = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class PaddedWindow:
    """Someone whose talks ask to be looked at: the pooled window, the test, and the histogram with its curve."""

    rep_id: int
    first_day: date
    month: Period
    threshold_seconds: int
    first_seconds: int
    bin_seconds: int
    counts: tuple[int, ...]
    curve: tuple[float, ...]
    observed: int
    fitted: float
    excess: float
    q: float
    deep_talks: int
    adjusted: float
    just_past_won: int | None
    beyond_won: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TestedMonth:
    """One sales month: everyone's window (its first day, its talks) and what the test says; one entry per rep."""

    __test__ = False  # no test class, whatever pytest thinks of its name

    month: Period
    rep_id: Integers
    first_days: tuple[date, ...]
    histograms: TalkHistograms
    checks: PaddingChecks

    def flagged(self) -> list[PaddedWindow]:
        """Return those who ask to be looked at."""
        return [self._window(place) for place, status in enumerate(self.checks.status) if status == "flag"]

    def _window(self, place: int) -> PaddedWindow:
        talks, checks = self.histograms, self.checks
        return PaddedWindow(
            rep_id=int(self.rep_id[place]), first_day=self.first_days[place], month=self.month,
            threshold_seconds=talks.threshold_seconds, first_seconds=int(bin_starts(talks.threshold_seconds)[0]),
            bin_seconds=BIN_SECONDS, counts=tuple(talks.counts[place].tolist()),
            curve=tuple(checks.curve[place].round(2).tolist()), observed=int(checks.observed[place]),
            fitted=float(checks.fitted[place]), excess=float(checks.excess[place]), q=float(checks.q[place]),
            deep_talks=int(checks.deep_talks[place]), adjusted=float(checks.adjusted[place]),
            just_past_won=_known(talks.just_past_won[place]), beyond_won=_known(talks.beyond_won[place]),
        )  # fmt: skip


def tested_months(months: Sequence[Period], *, n_judged: int, least_excess: float) -> list[TestedMonth]:
    """Test the last ``n_judged`` of some sales months that follow each other, oldest first.

    A person's earlier months are looked at together with the judged one until there are talks enough, at most six.
    Everyone is tested together, so that among many people chance flags few.
    """
    talks = talk_months(months)
    near = near_threshold(talks.histograms).reshape(len(talks.rep_id), len(months))
    found = []
    for last in range(len(months) - n_judged, len(months)):
        within = near[:, max(0, last + 1 - MOST_POOLED) : last + 1]
        # Months before somebody's first talk are not looked at, though the pool would reach them.
        began = np.where(within.any(axis=1), within.shape[1] - (within > 0).argmax(axis=1), 1)
        pooled = np.minimum(months_to_pool(within), began)
        histograms = _pooled(talks, last, pooled)
        found.append(
            TestedMonth(
                month=months[last],
                rep_id=talks.rep_id,
                first_days=tuple(months[last + 1 - n_pooled].first for n_pooled in pooled.tolist()),
                histograms=histograms,
                checks=check_padding(histograms, least_excess),
            )
        )
    return found


def _pooled(talks: TalkMonths, last: int, pooled: Integers) -> TalkHistograms:
    """Return one row per person: the months up to and with ``last`` that are looked at together."""
    n_months, given = len(talks.months), talks.histograms
    place = np.arange(n_months)[None, :]
    taken = (place <= last) & (place > last - pooled[:, None])

    def summed(values: FloatArray) -> FloatArray:
        return np.asarray(np.where(taken, values.reshape(len(pooled), n_months), 0.0).sum(axis=1))

    counts = given.counts.reshape(len(pooled), n_months, given.counts.shape[1])
    return TalkHistograms(
        threshold_seconds=given.threshold_seconds,
        counts=(counts * taken[:, :, None]).sum(axis=1),
        deep_talks=summed(given.deep_talks.astype(np.float64)).astype(np.int64),
        just_past_won=summed(given.just_past_won),
        beyond_won=summed(given.beyond_won),
    )


def _known(count: float) -> int | None:
    return None if np.isnan(count) else int(count)
