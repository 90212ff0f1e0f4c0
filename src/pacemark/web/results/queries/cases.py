"""Reading success cases: whose are seen is an argument; what a case would bring those in sight."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet

from pacemark.engine.results.case import Gain, gain_of
from pacemark.web.accounts.models import User
from pacemark.web.pipeline.queries import rep_day_totals
from pacemark.web.results.choices import CaseState
from pacemark.web.results.models import CaseAdoption, SuccessCase
from pacemark.web.results.queries.case_trials import not_theirs

# What others have begun to try is everybody's to learn from; what is only proposed, those in whose sight it is.
SHARED = (CaseState.TRIED, CaseState.VERIFIED, CaseState.REFUTED)
GAIN_DAYS, RATE_DAYS = 30, 91
_TRIALS = {
    "connect_per_dial": "dials", "deep_talk_per_connect": "connects", "opportunity_per_deep_talk": "deep_talks",
    "deal_per_opportunity": "opportunities",
}  # fmt: skip
_COMES_OF_IT = {
    "connect_per_dial": "connects", "deep_talk_per_connect": "deep_talks",
    "opportunity_per_deep_talk": "opportunities_sourced", "deal_per_opportunity": "deals",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """What the organisation makes of a success, and how many trials those in sight have in a month."""

    win_rate: dict[str, float | None]
    deal_value_minor: float | None
    trials: dict[str, dict[int, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamGain:
    """Expected more in a month, were it adopted by those in sight who do not do it yet."""

    n_people: int
    n_trials: int
    expected: Gain
    low: Gain
    high: Gain


def cases_for(user: User, rep_ids: Collection[int] | None) -> QuerySet[SuccessCase]:
    """Return the cases that a person may see, the latest first, with the number of who tries them today."""
    rows = SuccessCase.objects.select_related("star").annotate(
        n_adopters=Count("adoptions", filter=Q(adoptions__until__isnull=True))
    )
    if rep_ids is not None:
        mine = Q(star_id__in=rep_ids) | Q(proposed_by=user) | Q(state__in=SHARED)
        rows = rows.filter(mine)
    return rows.order_by("-proposed_at", "-pk")


def adoptions_of(case: SuccessCase, rep_ids: Collection[int] | None) -> list[CaseAdoption]:
    """Return who in sight tries or tried a case, by name."""
    rows = CaseAdoption.objects.filter(case=case).select_related("rep").order_by("rep__name", "pk")
    return list(rows if rep_ids is None else rows.filter(rep_id__in=rep_ids))


def adopters_of(case_ids: Collection[int]) -> dict[int, set[int]]:
    """Return who tries each of some cases today."""
    found: dict[int, set[int]] = {case_id: set() for case_id in case_ids}
    rows = CaseAdoption.objects.filter(case_id__in=found, until__isnull=True)
    for case_id, rep_id in rows.values_list("case_id", "rep_id"):
        found[case_id].add(rep_id)
    return found


def floor_today(today: date, rep_ids: Collection[int] | None) -> Floor:
    """Count the last quarter for rates, and the last month's trials of those in sight."""
    last = today - timedelta(days=1)
    quarter = rep_day_totals(today - timedelta(days=RATE_DAYS), last, None)
    month = [row for row in rep_day_totals(today - timedelta(days=GAIN_DAYS), last, rep_ids) if row.rep_id]
    sums = {
        name: sum(int(getattr(row, name)) for row in quarter)
        for name in {*_TRIALS.values(), *_COMES_OF_IT.values(), "net_revenue_minor"}
    }
    trials = {}
    for stage, name in _TRIALS.items():
        others = not_theirs(stage, today - timedelta(days=GAIN_DAYS), last)
        trials[stage] = {row.rep_id: int(getattr(row, name)) for row in month if row.rep_id not in others}
    return Floor(
        win_rate={stage: _share(sums["deals"], sums[name]) for stage, name in _COMES_OF_IT.items()},
        deal_value_minor=_share(sums["net_revenue_minor"], sums["deals"]),
        trials=trials,
    )


def gain_for(case: SuccessCase, floor: Floor, adopters: Collection[int]) -> TeamGain | None:
    """Return what a case would bring those in sight in a month; None for what is refuted, noise, or nobody's."""
    interval = uplift_of(case)
    if interval is None:
        return None
    trials = {k: n for k, n in floor.trials[case.stage].items() if n and k != case.star_id and k not in adopters}
    if not trials:
        return None
    n = sum(trials.values())
    gains = [gain_of(uplift, n, floor.win_rate[case.stage], floor.deal_value_minor) for uplift in interval]
    return TeamGain(n_people=len(trials), n_trials=n, expected=gains[0], low=gains[1], high=gains[2])


def uplift_of(case: SuccessCase) -> tuple[float, float, float] | None:
    """Return what a case is worth per trial with its ends: what a trial has shown, else the shrunk claim."""
    if case.state in {CaseState.REFUTED, CaseState.NOISE}:
        return None
    look = last_look(case)
    if case.state == CaseState.VERIFIED and look is not None and look["difference"] is not None:
        return look["difference"], look["low"], look["high"]
    claim = case.content["claim"]
    return claim["uplift"], claim["low"], claim["high"]


def last_look(case: SuccessCase) -> dict[str, Any] | None:
    """Return what the last look at a trial found."""
    looks = [look for look in case.trial.get("looks", []) if look]
    return looks[-1] if looks else None


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole else None
