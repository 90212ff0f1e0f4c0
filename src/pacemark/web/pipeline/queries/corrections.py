"""Which deep talks the padding test takes off: written in windows, read per sales month."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import F

from pacemark.engine.periods import sales_month_of
from pacemark.web.organization.queries import organization
from pacemark.web.pipeline.fact_models import QualityWindow, RepDay


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """One person's sales month in which so large a share of the deep talks is beyond the smooth curve."""

    rep_id: int
    first_day: date
    last_day: date
    share: float


def corrections(first_day: date, last_day: date, rep_ids: Collection[int] | None) -> list[Correction]:
    """Return the flagged months that touch some days. A month judged with earlier ones carries the window's share."""
    rows = QualityWindow.objects.filter(window_end__gte=first_day, adjusted__lt=F("deep_talks"))
    if rep_ids is not None:
        rows = rows.filter(rep_id__in=rep_ids)
    found = list(rows.values_list("rep_id", "window_end", "excess", "deep_talks"))
    start_day = organization().sales_month_start_day if found else 1
    return [
        Correction(rep_id=rep_id, first_day=month.first, last_day=end, share=excess / deep_talks)
        for rep_id, end, excess, deep_talks in found
        if (month := sales_month_of(end, start_day)).first <= last_day
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeepTalkCorrections:
    """What the padding test takes off deep talks, by person and sales month; empty for most people."""

    by_rep: Mapping[int, tuple[Correction, ...]]

    def off(self, rep_id: int, days: Iterable[tuple[date, int]]) -> float:
        """Return how many of somebody's deep talks of some days are beyond the smooth curve; mostly 0."""
        found = self.by_rep.get(rep_id, ())
        return sum(talks * one.share for day, talks in days for one in found if one.first_day <= day <= one.last_day)

    def adjusted(self, rep_id: int, days: Iterable[tuple[date, int]]) -> float | None:
        """Return somebody's deep talks of some days less what is beyond the smooth curve; nothing if not flagged."""
        counted = list(days)
        off = self.off(rep_id, counted)
        return sum(talks for _day, talks in counted) - off if off else None


def deep_talk_corrections(first_day: date, last_day: date, rep_ids: Collection[int] | None) -> DeepTalkCorrections:
    """Return what holds in some days."""
    by_rep: dict[int, tuple[Correction, ...]] = {}
    for one in corrections(first_day, last_day, rep_ids):
        by_rep[one.rep_id] = (*by_rep.get(one.rep_id, ()), one)
    return DeepTalkCorrections(by_rep=by_rep)


@dataclass(frozen=True, slots=True, kw_only=True)
class TalksOff:
    """Deep talks of some days that are beyond the smooth curve; whoever has none is left out."""

    by_rep: Mapping[int, float]
    by_team: Mapping[int, float]


def talks_off(first_day: date | None, last_day: date | None, rep_ids: Collection[int] | None) -> TalksOff:
    """Return how many deep talks of some days the padding test takes off; one query more where it takes any."""
    span = (first_day or date.min, last_day or date.max)
    found = deep_talk_corrections(*span, rep_ids)
    by_rep: defaultdict[int, float] = defaultdict(float)
    by_team: defaultdict[int, float] = defaultdict(float)
    rows = RepDay.objects.filter(business_date__range=span, rep_id__in=found.by_rep, deep_talks__gt=0)
    for rep_id, team_id, day, talks in rows.values_list("rep_id", "team_id", "business_date", "deep_talks"):
        off = found.off(rep_id, [(day, talks)])
        if off:
            by_rep[rep_id] += off
            by_team[team_id] += off
    return TalksOff(by_rep=by_rep, by_team=by_team)


@dataclass(frozen=True, slots=True, kw_only=True)
class AdjustedTalks:
    """One person's deep talks of some days, as counted and less what is beyond the smooth curve."""

    counted: int
    adjusted: float


def adjusted_talks(rep_id: int, first_day: date, last_day: date) -> AdjustedTalks | None:
    """Return both numbers of one person, or nothing where nothing is taken off; one query more where it is."""
    found = deep_talk_corrections(first_day, last_day, {rep_id})
    if not found.by_rep:
        return None
    rows = RepDay.objects.filter(business_date__range=(first_day, last_day), rep_id=rep_id, deep_talks__gt=0)
    days = list(rows.values_list("business_date", "deep_talks"))
    off, counted = found.off(rep_id, days), sum(talks for _day, talks in days)
    return AdjustedTalks(counted=counted, adjusted=counted - off) if off else None


def flagged_share(window_end: date) -> float:
    """Return the share of those tested in a window whose deep talks ask to be looked at; NaN where nobody was."""
    tested = QualityWindow.objects.filter(window_end=window_end, q__isnull=False)
    flags = [adjusted < deep_talks for adjusted, deep_talks in tested.values_list("adjusted", "deep_talks")]
    return sum(flags) / len(flags) if flags else float("nan")
