"""Reading what scores are made of, and the scores as last published."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Count, F, Min, Q, QuerySet

from pacemark.web.pipeline.holding_models import Holding
from pacemark.web.pipeline.models import Call, Deal, Lead, Opportunity
from pacemark.web.resources.models import Score, ScoreCycle, Withholding, WithholdingRule

FIRST_CALL_WITHIN = timedelta(hours=24)


@dataclass(slots=True, kw_only=True)
class Counts:
    """One metric's successes and trials by rep and lead grade."""

    won: dict[tuple[int, str], int] = field(default_factory=lambda: defaultdict(int))
    tried: dict[tuple[int, str], int] = field(default_factory=lambda: defaultdict(int))


def counts_over(first: date, last: date) -> dict[str, Counts]:
    """Return the counts behind each metric of the score over days, both included."""
    return {
        "win_rate": _wins(first, last),
        "talk_to_opportunity": _opportunities(first, last),
        "first_call": first_calls(first, last),
    }


def _by_grade(rows: QuerySet[Opportunity] | QuerySet[Deal]) -> Mapping[tuple[int, str], int]:
    found = rows.filter(owner__isnull=False).values_list("owner_id", "lead__segment__lead_grade")
    return {(rep, grade or "-"): n for rep, grade, n in found.annotate(n=Count("pk")).order_by() if rep}


def _wins(first: date, last: date) -> Counts:
    counts = Counts()
    counts.tried.update(_by_grade(Opportunity.objects.filter(opened_on__range=(first, last))))
    deals = Deal.objects.filter(opportunity__opened_on__range=(first, last), signed_on__lte=last)
    counts.won.update(_by_grade(deals))
    return counts


def _opportunities(first: date, last: date) -> Counts:
    """Leads that arrived: how many came to an opportunity by the window's end."""
    counts = Counts()
    leads = Lead.objects.filter(arrived_on__range=(first, last), owner__isnull=False, duplicate_of__isnull=True)
    rows = leads.values_list("owner_id", "segment__lead_grade")
    for rep, grade, n in rows.annotate(n=Count("pk")).order_by():
        counts.tried[rep or 0, grade or "-"] += n
    opened = leads.filter(opportunity__opened_on__lte=last)
    rows = opened.values_list("owner_id", "segment__lead_grade")
    for rep, grade, n in rows.annotate(n=Count("pk", distinct=True)).order_by():
        counts.won[rep or 0, grade or "-"] += n
    return counts


def first_calls(first: date, last: date, within: timedelta = FIRST_CALL_WITHIN) -> Counts:
    """Count the leads that each rep was given, and those the rep called in time.

    Where leads came with their owners (imports), holding begins when they arrived.
    """
    counts = Counts()
    held = Holding.objects.filter(began_on__range=(first, last)).values_list(
        "lead_id", "rep_id", "began_at", "lead__segment__lead_grade"
    )
    given = {lead: (rep, began, grade or "-") for lead, rep, began, grade in held.order_by("began_at")}
    arrived = Lead.objects.filter(
        arrived_on__range=(first, last), owner__isnull=False, arrived_at__isnull=False, duplicate_of__isnull=True
    )
    for lead, rep, began, grade in arrived.values_list("pk", "owner_id", "arrived_at", "segment__lead_grade"):
        if rep is not None and began is not None:
            given.setdefault(lead, (rep, began, grade or "-"))
    calls = Call.objects.filter(
        Q(lead__arrived_on__range=(first, last)) | Q(lead__holdings__began_on__range=(first, last)),
        rep_id=F("lead__owner_id"),
    )
    first_at = dict(calls.values_list("lead_id").annotate(at=Min("occurred_at")).order_by())
    for lead, (rep, began, grade) in given.items():
        counts.tried[rep, grade] += 1
        called = first_at.get(lead)
        counts.won[rep, grade] += called is not None and called <= began + within
    return counts


def latest_cycle() -> ScoreCycle | None:
    """Return the scores published last."""
    return ScoreCycle.objects.order_by("-published_at", "-pk").first()


def scores_of(cycle: ScoreCycle | None, rep_ids: frozenset[int] | None) -> list[Score]:
    """Return a cycle's scores of reps in sight, by team and rank; newcomers last."""
    rows = Score.objects.filter(cycle=cycle, rep__isnull=False).select_related("rep", "team")
    if rep_ids is not None:
        rows = rows.filter(rep_id__in=rep_ids)
    return list(rows.order_by("team__name", F("place").asc(nulls_last=True), "rep__name"))


def team_scores(cycle: ScoreCycle | None) -> list[Score]:
    """Return a cycle's teams by rank."""
    rows = Score.objects.filter(cycle=cycle, rep__isnull=True).select_related("team")
    return list(rows.order_by(F("place").asc(nulls_last=True), "team__name"))


def standing_withholding_rule() -> WithholdingRule | None:
    """Return the rule that holds: its highest version."""
    return WithholdingRule.objects.order_by("-version").first()


def withholdings_shown(rep_ids: frozenset[int] | None, today: date) -> list[Withholding]:
    """Return what is proposed, in force, or appealed, of reps in sight; what is over stays ten days."""
    rows = Withholding.objects.select_related("rep").filter(ends_on__gt=today - timedelta(days=10))
    if rep_ids is not None:
        rows = rows.filter(rep_id__in=rep_ids)
    return list(rows.order_by("-starts_on", "-pk")[:50])
