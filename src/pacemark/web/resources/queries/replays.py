"""Reading what a replay needs: recorded runs, days without runs, and what leads of a grade came to before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, QuerySet

from pacemark.web.organization.queries import members_on, organization
from pacemark.web.pipeline.models import Deal, Lead
from pacemark.web.resources.choices import DecisionKind, RunKind
from pacemark.web.resources.models import Decision, PolicyVersion, Replay, Run, Score
from pacemark.web.resources.replay_bridge import Batch, Dealt, day_batches, recorded


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

    Under the version that a run was decided by, the run's own rule, shares and ledger stand.
    """
    runs = _runs_by_day(window)
    arrivals = _arrivals_by_day(window)
    for day in sorted(set(runs) | set(arrivals)):
        if day in runs:
            for run in runs[day]:
                yield from _of_run(run, version)
        else:
            yield from day_batches(arrivals[day], desk_rows(day, version), version.content)


def batches_before(window: Window, version: PolicyVersion) -> Iterator[Batch]:
    """Give the version's own runs before the window, from the last ledger that was kept: the ledger to begin with."""
    runs = _recorded_runs().filter(version_id=version.pk, began_at__lt=_start_of(window.first))
    kept = runs.exclude(kind=RunKind.API).order_by("-began_at", "-pk").first() if version.pk else None
    if not version.pk:
        return
    for run in runs.filter(began_at__gte=kept.began_at) if kept else runs:
        yield from _of_run(run, version)


def _of_run(run: Run, version: PolicyVersion) -> list[Batch]:
    rows = Decision.objects.filter(run=run, kind__in=(DecisionKind.RULE, DecisionKind.WAITS))
    columns = rows.values_list("lead_id", "rep_id", "lead_grade", "lead__tags", "lead__is_blocked")
    leads, owners = [], {}
    for lead_id, rep_id, grade, tags, is_blocked in columns:
        leads.append(
            Dealt(lead_id=lead_id, grade=grade, tags=frozenset(map(str, tags or ())), is_blocked=bool(is_blocked))
        )
        if rep_id is not None:
            owners[str(lead_id)] = str(rep_id)
    return recorded(run.inputs, leads, owners, None if run.version_id == version.pk else version.content)


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
    return {grade or "": won.get(grade, 0) / n for grade, n in leads.order_by() if n}


def replays_of(version_ids: Sequence[int]) -> QuerySet[Replay]:
    """Return the replays of versions, newest first."""
    return Replay.objects.select_related("version").filter(version_id__in=version_ids).order_by("-pk")


def _recorded_runs() -> QuerySet[Run]:
    return Run.objects.filter(version__isnull=False, n_leads__gt=0).order_by("began_at", "pk")


def _start_of(day: date) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(organization().time_zone))


def _runs_by_day(window: Window) -> dict[date, list[Run]]:
    zone = ZoneInfo(organization().time_zone)
    end = _start_of(window.last + timedelta(days=1))
    days: dict[date, list[Run]] = defaultdict(list)
    for run in _recorded_runs().filter(began_at__gte=_start_of(window.first), began_at__lt=end):
        days[run.began_at.astimezone(zone).date()].append(run)
    return days


def _arrivals_by_day(window: Window) -> dict[date, list[Dealt]]:
    rows = Lead.objects.filter(arrived_on__range=(window.first, window.last), duplicate_of__isnull=True)
    days: dict[date, list[Dealt]] = defaultdict(list)
    columns = rows.order_by("arrived_on", "arrived_at", "pk").values_list("arrived_on", "pk", "segment__lead_grade")
    for day, lead_id, grade in columns.iterator(chunk_size=5000):
        if day is not None:
            days[day].append(Dealt(lead_id=lead_id, grade=grade or ""))
    return days
