"""Who can be dealt leads at a moment: reps with duty, caps, withholdings and scores, in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q

from pacemark.engine.periods import sales_month_of
from pacemark.web.organization.choices import Role
from pacemark.web.organization.clock import local_date
from pacemark.web.organization.models import Leave, RosterDay, WorkingPattern
from pacemark.web.organization.queries import Member, members_on, organization
from pacemark.web.organization.working_time import working_days_of
from pacemark.web.pipeline.queries.holdings import held_counts, received_counts
from pacemark.web.resources.choices import SourcingLevel, WithholdingState
from pacemark.web.resources.models import DutyToggle, PolicyVersion, Score, ScoreCycle, SelfSourcing, Withholding
from pacemark.web.resources.queries.skills import skills_of_reps

_CAPS = (("cap", "holdings"), ("cap_day", "day"), ("cap_month", "month"))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Standing:
    """What holds of people at the moment, by rep id; counters by name, then by rep id as text."""

    off: Mapping[int, str]
    scores: Mapping[int, float]
    withheld: Mapping[int, dict[str, str]]
    skills: Mapping[int, list[str]]
    caps: Mapping[str, Any]
    counters: Mapping[str, Mapping[str, int]]


def desk_at(version: PolicyVersion, at: datetime, *, at_the_minute: bool) -> dict[str, Any]:
    """Return reps, teams and policy as the calculator reads them.

    ``at_the_minute``: a shift's hours count too. A batch deals for the whole day, so there only days count.
    """
    day = local_date(at, organization().time_zone)
    members = dealt_to(day)
    standing = _Standing(
        off=_off_codes(members, day, at, at_the_minute), scores=_scores(), withheld=_withheld(day),
        skills=skills_of_reps(), caps=version.content.get("caps") or {}, counters=counters_at(version, at),
    )  # fmt: skip
    return {
        "reps": [_rep(member, standing) for member in members],
        "teams": _teams(version, members),
        "policy": version.content.get("policy") or {},
    }


def counters_at(version: PolicyVersion, at: datetime) -> dict[str, dict[str, int]]:
    """Return what counts against the caps that the version sets, by counter, then by rep id as text."""
    caps = version.content.get("caps") or {}
    settings = organization()
    day = local_date(at, settings.time_zone)
    counters: dict[str, dict[int, int]] = {}
    if caps.get("holdings") is not None:
        counters["held"] = held_counts()
    if caps.get("day") is not None:
        counters["held_day"] = received_counts(day, day)
    if caps.get("month") is not None:
        counters["held_month"] = received_counts(sales_month_of(day, settings.sales_month_start_day).first, day)
    return {name: {str(rep): count for rep, count in counts.items()} for name, counts in counters.items()}


def dealt_to(day: date) -> list[Member]:
    """Return those employed on a day who are dealt leads: not closers, who take over later, nor self-sourced ones."""
    sourcing = self_sourcing_on(day)
    return [
        member for member in members_on(day) if member.role != Role.CLOSER and not is_self_sourcing(member, sourcing)
    ]


def self_sourcing_on(day: date) -> dict[tuple[str, int], bool]:
    """Return for whom leads are self-sourced on a day: the latest row of each level and id."""
    rows = SelfSourcing.objects.filter(valid_from__lte=day).order_by("valid_from")
    return {(level, unit_id): is_on for level, unit_id, is_on in rows.values_list("level", "unit_id", "is_on")}


def is_self_sourcing(member: Member, sourcing: Mapping[tuple[str, int], bool]) -> bool:
    """Return whether a rep finds their own customers: the nearest level that says something holds."""
    for level in (
        (SourcingLevel.REP.value, member.rep_id),
        (SourcingLevel.TEAM.value, member.team_id),
        (SourcingLevel.ORGANIZATION.value, 0),
    ):
        if level in sourcing:
            return sourcing[level]
    return False


def _rep(member: Member, standing: _Standing) -> dict[str, Any]:
    """Return one rep, only with what is not usual: a run of one lead keeps everybody."""
    name = str(member.rep_id)
    row: dict[str, Any] = {"id": name}
    if member.team_id:
        row["team"] = str(member.team_id)
    if member.rep_id in standing.off:
        row["off"] = standing.off[member.rep_id]
    if member.rep_id in standing.scores:
        row["score"] = str(standing.scores[member.rep_id])
    if member.rep_id in standing.withheld:
        row["withheld"] = standing.withheld[member.rep_id]
    if member.rep_id in standing.skills:
        row["skills"] = standing.skills[member.rep_id]
    caps = standing.caps
    row |= {cap: caps[kind] for cap, kind in _CAPS if caps.get(kind) is not None}
    row |= {counter: counts[name] for counter, counts in standing.counters.items() if counts.get(name)}
    return row


def _teams(version: PolicyVersion, members: list[Member]) -> list[dict[str, Any]]:
    stated = {str(team["id"]): dict(team) for team in version.content.get("teams") or []}
    ids = {str(member.team_id) for member in members if member.team_id}
    return [stated.get(team, {"id": team}) for team in sorted(ids | set(stated))]


def _scores() -> dict[int, float]:
    cycle = ScoreCycle.objects.order_by("-published_at", "-pk").first()
    rows = Score.objects.filter(cycle=cycle, rep__isnull=False, value__isnull=False) if cycle else Score.objects.none()
    return {rep: max(0.0, round(value or 0.0, 6)) for rep, value in rows.values_list("rep_id", "value")}


def _withheld(day: date) -> dict[int, dict[str, str]]:
    rows = Withholding.objects.filter(state=WithholdingState.APPLIED, starts_on__lte=day, ends_on__gt=day)
    return {
        rep: {"base": str(base / 100), "reward": str(reward / 100)}
        for rep, base, reward in rows.order_by("starts_on", "pk").values_list(
            "rep_id", "base_percent", "reward_percent"
        )
    }


def _off_codes(members: list[Member], day: date, at: datetime, at_the_minute: bool) -> dict[int, str]:
    on_leave = set(Leave.objects.filter(first_day__lte=day, last_day__gte=day).values_list("rep_id", flat=True))
    awake = Q(until__isnull=True) | Q(until__gt=at)
    away = set(DutyToggle.objects.filter(awake, ended_at__isnull=True, since__lte=at).values_list("rep_id", flat=True))
    off_shift = _off_shift(members, day, at, at_the_minute)
    codes = dict.fromkeys(away, "away") | dict.fromkeys(off_shift, "off_shift")
    return codes | dict.fromkeys(on_leave, "on_leave")


def _off_shift(members: list[Member], day: date, at: datetime, at_the_minute: bool) -> set[int]:
    """Return who does not work now. Who has neither a pattern nor a roster has not said when they work: they do."""
    rosters = {row.rep_id: row for row in RosterDay.objects.filter(date=day)}
    patterns = {row.pk: row for row in WorkingPattern.objects.all()}
    bound = [member for member in members if member.rep_id in rosters or member.pattern_id in patterns]
    if not bound:
        return set()
    working = working_days_of(bound, day, day)
    off = {member.rep_id for member in bound if not working[member.rep_id]}
    if not at_the_minute:
        return off
    now = at.astimezone(ZoneInfo(organization().time_zone)).time()
    for member in bound:
        row, pattern = rosters.get(member.rep_id), patterns.get(member.pattern_id)
        start = (row.shift_start if row else None) or (pattern.shift_start if pattern else None)
        end = (row.shift_end if row else None) or (pattern.shift_end if pattern else None)
        if start is not None and end is not None and not _within(now, start, end):
            off.add(member.rep_id)
    return off


def _within(now: time, start: time, end: time) -> bool:
    """Tell whether an hour lies in a shift; one that ends before it starts goes over midnight."""
    return start <= now < end if start <= end else now >= start or now < end
