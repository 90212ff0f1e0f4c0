"""Reading what a replay needs: recorded runs, days without runs, and who held what meanwhile."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Q, QuerySet

from pacemark.engine.periods import sales_month_of
from pacemark.web.organization.clock import date_of
from pacemark.web.organization.queries import organization
from pacemark.web.pipeline.holding_models import Holding
from pacemark.web.pipeline.models import Lead
from pacemark.web.resources.bridge.desk import joined
from pacemark.web.resources.bridge.past import Batch, Dealt, Past, day_batch, in_series, other_batch, own_batches
from pacemark.web.resources.choices import DecisionKind
from pacemark.web.resources.models import Decision, KeptDesk, PolicyVersion, Replay, Run, Score
from pacemark.web.resources.queries.desk import posts_dealt_to
from pacemark.web.resources.queries.skills import skills_of_reps

_LEAD = ("segment__channel", "tags", "is_blocked")
FETCH_SIZE = 5_000


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
    runs = _runs().filter(
        began_at__gte=_start_of(window.first), began_at__lt=_start_of(window.last + timedelta(days=1))
    )
    pasts = {day: list(group) for day, group in groupby(_pasts(runs), lambda past: past.day)}
    arrivals = _arrivals_by_day(window)
    counters = _Counters(version, window.first)
    for day in sorted(set(pasts) | set(arrivals)):
        if day in pasts:
            yield from _dealt_on(pasts[day], version, counters)
        else:
            yield day_batch(day, arrivals[day], desk_rows(day, version), version.content, counters.before_window())


def _dealt_on(pasts: Sequence[Past], version: PolicyVersion, counters: _Counters) -> Iterator[Batch]:
    for is_own, group in groupby(pasts, lambda past: past.version_id == version.pk):
        for past in in_series(list(group), is_own=is_own):
            if is_own:
                yield from own_batches(past)
            else:
                yield other_batch(past, version.content, counters.at(past.at, past.day))


def batches_before(window: Window, version: PolicyVersion) -> Iterator[Batch]:
    """Give the version's own runs before the window, from the last ledger that was kept: the ledger to begin with."""
    if not version.pk:
        return
    runs = _runs().filter(version_id=version.pk, began_at__lt=_start_of(window.first))
    kept = runs.filter(inputs__has_key="ledger").order_by("-began_at", "-pk").first()
    if kept is not None:
        runs = runs.filter(Q(began_at__gt=kept.began_at) | Q(began_at=kept.began_at, pk__gte=kept.pk))
    for past in in_series(_pasts(runs), is_own=True):
        yield from own_batches(past)


def _runs() -> QuerySet[Run]:
    return Run.objects.filter(version__isnull=False, n_leads__gt=0)


def _pasts(runs: QuerySet[Run]) -> list[Past]:
    """Return runs with what they decided, by day and in the order in which they took turns.

    A fixed number of queries, however many leads came one by one.
    """
    zone = organization().time_zone
    rows = list(runs.values_list("pk", "version_id", "began_at", "desk_id", "inputs").order_by("pk"))
    decided = _decided(runs)
    desks = dict(KeptDesk.objects.filter(runs__in=runs).distinct().values_list("pk", "content"))
    pasts = []
    for pk, version_id, at, desk_id, inputs in rows:
        leads, owners = decided.get(pk, ([], {}))
        whole = inputs if desk_id is None else joined(desks[desk_id], inputs)
        day = date_of(at, zone)
        pasts.append(
            Past(
                day=day, at=at, version_id=version_id or 0, inputs=whole, leads=leads, owners=owners, desk_id=desk_id
            )
        )  # fmt: skip
    return sorted(pasts, key=lambda past: past.day)


def _decided(runs: QuerySet[Run]) -> dict[int, tuple[list[Dealt], dict[int, str]]]:
    rows = Decision.objects.filter(run__in=runs, kind__in=(DecisionKind.RULE, DecisionKind.WAITS)).order_by()
    columns = rows.values_list("run_id", "lead_id", "rep_id", "lead_grade", *(f"lead__{name}" for name in _LEAD))
    found: defaultdict[int, tuple[list[Dealt], dict[int, str]]] = defaultdict(lambda: ([], {}))
    for run_id, lead_id, rep_id, grade, channel, tags, is_blocked in columns.iterator(chunk_size=FETCH_SIZE):
        leads, owners = found[run_id or 0]
        leads.append(_dealt(lead_id, grade, channel, tags, is_blocked))
        if rep_id is not None:
            owners[lead_id] = str(rep_id)
    return found


def _dealt(lead_id: int, grade: str | None, channel: str | None, tags: list[str] | None, is_blocked: bool) -> Dealt:
    return Dealt(
        lead_id=lead_id, grade=grade or "", channel=channel or "", tags=frozenset(map(str, tags or ())),
        is_blocked=bool(is_blocked),
    )  # fmt: skip


class _Counters:
    """What counted against the caps of a version at a moment, from the holdings; nothing where it has no caps."""

    def __init__(self, version: PolicyVersion, first: date) -> None:
        caps = version.content.get("caps") or {}
        self._has_caps = any(limit is not None for limit in caps.values())
        self._first = first
        self._before: dict[str, dict[str, int]] | None = None

    def before_window(self) -> dict[str, dict[str, int]]:
        """Return the counters as the window begins: what the replay itself gives is added by it."""
        if self._before is None:
            self._before = self.at(_start_of(self._first), self._first)
        return self._before

    def at(self, at: datetime, day: date) -> dict[str, dict[str, int]]:
        """Return the counters just before a moment."""
        if not self._has_caps:
            return {}
        month = sales_month_of(day, organization().sales_month_start_day).first
        earlier = Holding.objects.filter(began_at__lt=at)
        given = earlier.filter(began_how="assigned", is_self_sourced=False)
        rows = {
            "held": earlier.filter(Q(ended_at__isnull=True) | Q(ended_at__gte=at)),
            "held_day": given.filter(began_on=day),
            "held_month": given.filter(began_on__range=(month, day)),
        }
        return {
            name: {str(rep): n for rep, n in each.values_list("rep_id").annotate(n=Count("pk")).order_by()}
            for name, each in rows.items()
        }


def spans_of(batch: Batch) -> tuple[str, str, str]:
    """Return the names of a batch's day, its sales month, and the policy window it lies in."""
    month = sales_month_of(batch.day, organization().sales_month_start_day).first.isoformat()
    monday = batch.day - timedelta(days=batch.day.weekday())
    window = {"day": batch.day.isoformat(), "week": monday.isoformat()}.get(batch.desk.policy.window, month)
    return batch.day.isoformat(), month, window


def desk_rows(day: date, version: PolicyVersion) -> list[dict[str, Any]]:
    """Return those who are dealt leads on a day as the calculator reads reps: teams, the latest scores, and skills."""
    scores, skills = latest_scores(day), skills_of_reps()
    rows = []
    for member in posts_dealt_to(day):
        score = scores.get(member.rep_id)
        row: dict[str, Any] = {"id": str(member.rep_id), "team": str(member.team_id) if member.team_id else ""}
        if score is not None:
            row["score"] = f"{score:.6f}"
        if member.rep_id in skills:
            row["skills"] = skills[member.rep_id]
        rows.append(row)
    return rows


def latest_scores(day: date) -> dict[int, float | None]:
    """Return each rep's score as last published on or before a day; a newcomer has none."""
    rows = Score.objects.filter(rep__isnull=False, cycle__published_at__date__lte=day)
    return dict(rows.order_by("cycle__published_at").values_list("rep_id", "value"))


def replays_of(version_ids: Sequence[int]) -> QuerySet[Replay]:
    """Return the replays of versions, newest first."""
    return Replay.objects.select_related("version").filter(version_id__in=version_ids).order_by("-pk")


def _start_of(day: date) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(organization().time_zone))


def _arrivals_by_day(window: Window) -> dict[date, list[Dealt]]:
    rows = Lead.objects.filter(arrived_on__range=(window.first, window.last), duplicate_of__isnull=True)
    days: dict[date, list[Dealt]] = defaultdict(list)
    columns = rows.order_by("arrived_on", F("arrived_at").asc(nulls_first=True), "pk").values_list(
        "arrived_on", "pk", "segment__lead_grade", *_LEAD
    )
    for day, lead_id, grade, channel, tags, is_blocked in columns.iterator(chunk_size=FETCH_SIZE):
        if day is not None:
            days[day].append(_dealt(lead_id, grade, channel, tags, is_blocked))
    return days
