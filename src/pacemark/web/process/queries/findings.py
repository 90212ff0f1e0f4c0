"""Reading findings, causes and diagnoses. Visibility is an argument; ``None`` means everyone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Max, Q, QuerySet, Sum

from pacemark.engine.periods import Period
from pacemark.web.process.bridge.ground import STAGES
from pacemark.web.process.choices import Cause
from pacemark.web.process.models import Finding, RepCauses

CAUSES = tuple(cause.value for cause in Cause)


@dataclass(frozen=True, slots=True, kw_only=True)
class CausesSum:
    """The causes of one rep's deviation over some sales months, in minor units; they add up to it exactly."""

    rep_id: int
    is_setter: bool
    target_minor: int
    actual_minor: int
    causes: Mapping[str, int]


def causes_of_reps(first: date, last: date, rep_ids: Collection[int] | None) -> dict[int, CausesSum]:
    """Return the causes of the sales months that begin between two days, added up by rep; one query.

    Whoever had no plan in a month is left out of it. A setter's money is what their opportunities are worth: it is
    not booked, and must not be added to revenue.
    """
    rows = RepCauses.objects.filter(first_day__range=(first, last), target_minor__isnull=False)
    if rep_ids is not None:
        rows = rows.filter(rep_id__in=rep_ids)
    money = ("target_minor", "actual_minor", *(f"{cause}_minor" for cause in CAUSES))
    sums = rows.order_by().values_list("rep_id", "is_setter").annotate(*(Sum(name) for name in money))
    found: dict[int, CausesSum] = {}
    for rep_id, is_setter, target, actual, *causes in sums:
        one = CausesSum(
            rep_id=rep_id, is_setter=is_setter, target_minor=target, actual_minor=actual,
            causes=dict(zip(CAUSES, causes, strict=True)),
        )  # fmt: skip
        found[rep_id] = _added(found[rep_id], one) if rep_id in found else one
    return found


def _added(one: CausesSum, other: CausesSum) -> CausesSum:
    """Add up two roles of one rep; whoever booked anything in one of them is no setter over both."""
    return CausesSum(
        rep_id=one.rep_id, is_setter=one.is_setter and other.is_setter,
        target_minor=one.target_minor + other.target_minor, actual_minor=one.actual_minor + other.actual_minor,
        causes={cause: one.causes[cause] + other.causes[cause] for cause in CAUSES},
    )  # fmt: skip


def current_findings(rep_ids: Collection[int] | None, team_ids: Collection[int] | None = None) -> QuerySet[Finding]:
    """Return what is found now of some reps, and of the leads of some teams; what cost most first."""
    return _seen(Finding.objects.filter(is_current=True).select_related("rep", "team"), rep_ids, team_ids)


def found_of(rep_id: int, number: str) -> Finding | None:
    """Return a finding about one rep by its number as typed; nothing where there is none of that rep."""
    # No id has more digits; Python refuses to read thousands of them.
    return Finding.objects.filter(pk=int(number[:18]), rep_id=rep_id).first() if number.isdecimal() else None


def findings_mark(rep_ids: Collection[int]) -> str:
    """Return a short text that changes whenever the findings of some reps are counted anew."""
    found = Finding.objects.filter(is_current=True, rep_id__in=rep_ids).aggregate(n=Count("pk"), at=Max("counted_at"))
    return f"{found['n']}|{found['at']}"


def month_rows(first_day: date, rep_ids: Collection[int] | None) -> list[RepCauses]:
    """Return what a sales month came to for some reps, by name."""
    rows = RepCauses.objects.filter(first_day=first_day).select_related("rep").order_by("rep__name", "rep_id")
    return list(rows if rep_ids is None else rows.filter(rep_id__in=rep_ids))


def counted_months() -> list[date]:
    """Return the first days of the sales months whose causes are kept, newest first."""
    return list(RepCauses.objects.order_by("-first_day").values_list("first_day", flat=True).distinct())


def findings_of_month(
    month: Period, rep_ids: Collection[int] | None, team_ids: Collection[int] | None = None
) -> QuerySet[Finding]:
    """Return what was found when a sales month was counted last; what cost most first."""
    newest = RepCauses.objects.aggregate(newest=Max("first_day"))["newest"]
    if newest == month.first:
        return current_findings(rep_ids, team_ids)
    of_month = Finding.objects.filter(key__contains=f"|{month.label}|").select_related("rep", "team")
    last = of_month.aggregate(last=Max("last_day"))["last"]
    return _seen(of_month.filter(last_day=last), rep_ids, team_ids)


def _seen(
    found: QuerySet[Finding], rep_ids: Collection[int] | None, team_ids: Collection[int] | None
) -> QuerySet[Finding]:
    if rep_ids is not None:
        found = found.filter(Q(rep_id__in=rep_ids) | Q(rep=None, team_id__in=team_ids or ()))
    return found.order_by("money_minor", "pk")


StageSums = Mapping[tuple[int, str], tuple[float, float]]


def stage_sums(first_day: date) -> StageSums:
    """Return every team's successes and average-lead trials by team and stage; nobody is named by them."""
    won: Counter[tuple[int, str]] = Counter()
    tried: Counter[tuple[int, str]] = Counter()
    rows = RepCauses.objects.filter(first_day=first_day).values_list("detail__team_id", "detail__stages")
    for team_id, stages in rows:
        for stage, told in stages.items():
            won[team_id, stage] += told["won"]
            tried[team_id, stage] += told["tried"] * (told["ease"] or 1.0)
    return {key: (won[key], tried[key]) for key in won}


def rates_of_others(sums: StageSums, team_id: int) -> dict[str, float]:
    """Return what the other teams make of average leads by stage; stages without their trials are left out."""
    found = {}
    for stage in STAGES:
        pairs = [pair for (team, name), pair in sums.items() if name == stage and team != team_id]
        won, tried = sum(pair[0] for pair in pairs), sum(pair[1] for pair in pairs)
        if tried:
            found[stage] = won / tried
    return found


def last_counted_at() -> datetime | None:
    """Return when causes were counted last."""
    last: datetime | None = RepCauses.objects.aggregate(last=Max("counted_at"))["last"]
    return last


def totals_of(rows: Iterable[RepCauses]) -> dict[str, int]:
    """Return what a team's rows come to, setters and those without a plan left out; every part in minor units."""
    mine = [row for row in rows if row.target_minor is not None and not row.is_setter]
    names = ("target_minor", "actual_minor", *(f"{cause}_minor" for cause in CAUSES))
    return {name: sum(getattr(row, name) or 0 for row in mine) for name in names}
