"""Reading what scores are made of, and the scores as last published."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, timedelta

from django.db.models import Count, DateTimeField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet

from pacemark.web.pipeline.holding_models import Holding
from pacemark.web.pipeline.models import Call, Deal, Lead, Opportunity
from pacemark.web.resources.bridge.scores import Counts
from pacemark.web.resources.models import Score, ScoreCycle, Withholding, WithholdingRule
from pacemark.web.resources.queries.workers import came_of, first_worker

FIRST_CALL_WITHIN = timedelta(hours=24)


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
    """Leads that arrived, by who worked them first: how many came to an opportunity of theirs by the window's end."""
    leads = Lead.objects.filter(arrived_on__range=(first, last), duplicate_of__isnull=True)
    opened = Opportunity.objects.filter(
        came_of("", "lead__", OuterRef("worker")), lead_id=OuterRef("pk"), opened_on__lte=last
    )
    return Counts(tried=_by_worker(leads), won=_by_worker(leads, Exists(opened)))


def _by_worker(leads: QuerySet[Lead], *conditions: Exists) -> dict[tuple[int, str], int]:
    worked = leads.annotate(worker=first_worker()).filter(*conditions, worker__isnull=False)
    counts: defaultdict[tuple[int, str], int] = defaultdict(int)
    for rep, grade, n in worked.values_list("worker", "segment__lead_grade").annotate(n=Count("pk")).order_by():
        counts[rep, grade or "-"] += n
    return counts


def first_calls(first: date, last: date, within: timedelta = FIRST_CALL_WITHIN) -> Counts:
    """Count the leads that each rep was given, and those the rep called in time; whoever lost one again was given it.

    Where leads came with their owners (imports), holding begins when they arrived.
    """
    given = Holding.objects.filter(began_on__range=(first, last))
    again = Q(began_at__gt=OuterRef("began_at")) | Q(began_at=OuterRef("began_at"), pk__gt=OuterRef("pk"))
    # The same rep may have held a lead twice: the last time counts. By a rep's days SQLite would look through all that
    # the rep was given, for each lead; so the rep is hidden from its planner, and the lead leads.
    of_rep = given.annotate(holder=F("rep_id") + 0)
    held = given.filter(~Exists(of_rep.filter(again, lead=OuterRef("lead"), holder=OuterRef("rep"))))
    arrived = Lead.objects.filter(
        ~Exists(given.filter(lead=OuterRef("pk"))),
        arrived_on__range=(first, last), owner__isnull=False, arrived_at__isnull=False, duplicate_of__isnull=True,
    )  # fmt: skip
    counts = Counts(tried=defaultdict(int), won=defaultdict(int))
    for rows, lead, rep, since, grade in (
        (held, "lead_id", "rep_id", "began_at", "lead__segment__lead_grade"),
        (arrived, "pk", "owner_id", "arrived_at", "segment__lead_grade"),
    ):
        limit = ExpressionWrapper(OuterRef(since) + within, output_field=DateTimeField())
        in_time = Exists(Call.objects.filter(lead=OuterRef(lead), rep=OuterRef(rep), occurred_at__lte=limit))
        found = rows.values_list(rep, grade).annotate(tried=Count("pk"), won=Count("pk", filter=in_time)).order_by()
        for rep_id, lead_grade, n_tried, n_won in found:
            counts.tried[rep_id, lead_grade or "-"] += n_tried
            counts.won[rep_id, lead_grade or "-"] += n_won
    return counts


def latest_cycle() -> ScoreCycle | None:
    """Return the scores published last."""
    return ScoreCycle.objects.order_by("-published_at", "-pk").first()


def scores_of(cycle: ScoreCycle | None, rep_ids: frozenset[int] | None, limit: int | None = None) -> list[Score]:
    """Return a cycle's scores of reps in sight, by team and rank, newcomers last; where asked only the first."""
    rows = Score.objects.filter(cycle=cycle, rep__isnull=False).select_related("rep", "team")
    if rep_ids is not None:
        rows = rows.filter(rep_id__in=rep_ids)
    return list(
        rows.order_by(F("team__name").asc(nulls_first=True), F("place").asc(nulls_last=True), "rep__name")[:limit]
    )


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
