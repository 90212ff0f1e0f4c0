"""Reading what a replay needs: recorded runs, days without runs, and what leads of a grade came to before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet

from pacemark.web.organization.queries import members_on
from pacemark.web.pipeline.models import Deal, Lead
from pacemark.web.resources.choices import DecisionKind, PolicyState
from pacemark.web.resources.models import Decision, PolicyVersion, Replay, Run, Score
from pacemark.web.resources.replay_bridge import Batch, day_batch, recorded


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Past days, both included."""

    first: date
    last: date


def n_leads_in(window: Window) -> int:
    """Return how many leads a replay of the window deals."""
    days = Lead.objects.filter(arrived_on__range=(window.first, window.last), duplicate_of__isnull=True)
    return days.count()


def batches_of(window: Window, version: PolicyVersion) -> Iterator[Batch]:
    """Give the window's batches in order: recorded runs as they were asked, and days without a run by their arrivals.

    Under the version that a run was decided by, the run's own rule and ledger stand.
    """
    runs = _runs_by_day(window)
    arrivals = _arrivals_by_day(window)
    for day in sorted(set(runs) | set(arrivals)):
        if day in runs:
            for run in runs[day]:
                own_rule = run.version_id == version.pk
                yield recorded(run.inputs, _owners_of(run), None if own_rule else version.content)
        else:
            yield day_batch(arrivals[day], desk_rows(day, version), version.content)


def desk_rows(day: date, version: PolicyVersion) -> list[dict[str, Any]]:
    """Return those employed on a day as the calculator reads reps: teams, the latest scores, and daily caps."""
    caps = version.content.get("caps") or {}
    scores = latest_scores(day)
    rows = []
    for member in members_on(day):
        score = scores.get(member.rep_id)
        row: dict[str, Any] = {"id": str(member.rep_id), "team": str(member.team_id) if member.team_id else ""}
        if score is not None:
            row["score"] = f"{score:.6f}"
        if caps.get("day") is not None:
            row["cap_day"] = caps["day"]
        rows.append(row)
    return rows


def latest_scores(day: date) -> dict[int, float | None]:
    """Return each rep's score as last published on or before a day; a newcomer has none."""
    rows = Score.objects.filter(rep__isnull=False, cycle__published_at__date__lte=day)
    return dict(rows.order_by("cycle__published_at").values_list("rep_id", "value"))


def deals_per_lead(before: date) -> dict[str, float]:
    """Return, per lead grade, deals per lead of everything that arrived before a day."""
    leads = Lead.objects.filter(arrived_on__lt=before).values_list("segment__lead_grade").annotate(n=Count("pk"))
    deals = Deal.objects.filter(lead__arrived_on__lt=before, signed_on__lt=before)
    won = dict(deals.values_list("lead__segment__lead_grade").annotate(n=Count("pk")).order_by())
    return {grade or "-": won.get(grade, 0) / n for grade, n in leads.order_by() if n}


def replays_of(version_ids: Sequence[int]) -> QuerySet[Replay]:
    """Return the replays of versions, newest first."""
    return Replay.objects.select_related("version").filter(version_id__in=version_ids).order_by("-pk")


def has_whole_replay(version: PolicyVersion) -> bool:
    """Return whether a version has been tried since it was last changed."""
    return version.state in {PolicyState.REPLAYED, PolicyState.ACTIVE, PolicyState.RETIRED}


def _runs_by_day(window: Window) -> dict[date, list[Run]]:
    days: dict[date, list[Run]] = defaultdict(list)
    dated = Q(began_at__date__gte=window.first) & Q(began_at__date__lte=window.last)
    for run in Run.objects.filter(dated, version__isnull=False).order_by("began_at", "pk"):
        if run.inputs.get("leads") and run.inputs.get("reps"):
            days[run.began_at.date()].append(run)
    return days


def _owners_of(run: Run) -> dict[str, str]:
    rows = Decision.objects.filter(run=run, kind=DecisionKind.RULE, rep__isnull=False)
    return {str(lead): str(rep) for lead, rep in rows.values_list("lead_id", "rep_id")}


def _arrivals_by_day(window: Window) -> dict[date, list[tuple[int, str]]]:
    rows = Lead.objects.filter(arrived_on__range=(window.first, window.last), duplicate_of__isnull=True)
    days: dict[date, list[tuple[int, str]]] = defaultdict(list)
    columns = rows.order_by("arrived_on", "arrived_at", "pk").values_list("arrived_on", "pk", "segment__lead_grade")
    for day, lead_id, grade in columns.iterator(chunk_size=5000):
        if day is not None:
            days[day].append((lead_id, grade or ""))
    return days
