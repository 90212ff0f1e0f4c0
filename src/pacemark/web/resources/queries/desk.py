"""Who can be dealt leads at a moment: reps with duty, caps, withholdings and scores, in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q

from pacemark.engine.periods import sales_month_of
from pacemark.web.organization.choices import Role
from pacemark.web.organization.clock import local_date
from pacemark.web.organization.models import Leave, RosterDay, WorkingPattern
from pacemark.web.organization.queries import Member, Post, organization, posts_on
from pacemark.web.organization.working_time import patterns_at_work
from pacemark.web.pipeline.queries.holdings import held_counts, received_counts
from pacemark.web.resources.bridge.desk import DeskRows, counted, desk_content, desk_text
from pacemark.web.resources.choices import SourcingLevel, WithholdingState
from pacemark.web.resources.models import DutyToggle, PolicyVersion, Score, ScoreCycle, SelfSourcing, Withholding
from pacemark.web.resources.queries.skills import skills_of_reps

_ROSTERED = ("is_working", "shift_start", "shift_end")


def read_desk(version: PolicyVersion, at: datetime, *, at_the_minute: bool) -> DeskRows:
    """Read everybody who can be dealt leads at a moment.

    ``at_the_minute``: a shift's hours count too. A batch deals for the whole day, so there only days count.
    """
    day = local_date(at, organization().time_zone)
    posts = posts_dealt_to(day)
    return DeskRows(
        people=tuple((post.rep_id, post.team_id) for post in posts),
        off=tuple(sorted(_off_codes(posts, day, at, at_the_minute).items())),
        scores=_scores(), withheld=_withheld(day),
        skills=tuple((rep, tuple(tags)) for rep, tags in sorted(skills_of_reps().items())),
        content=desk_text(version.content),
    )  # fmt: skip


def desk_at(version: PolicyVersion, at: datetime, *, at_the_minute: bool) -> dict[str, Any]:
    """Return reps, teams and policy as the calculator reads them, with what counts against the caps."""
    content = desk_content(read_desk(version, at, at_the_minute=at_the_minute))
    return {**content, "reps": counted(content["reps"], counters_at(version, at))}


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


def posts_dealt_to(day: date) -> list[Post]:
    """Return those employed on a day who are dealt leads: not closers, who take over later, nor self-sourced ones."""
    sourcing = self_sourcing_on(day)
    posts = [post for post in posts_on(day) if post.role != Role.CLOSER]
    return [post for post in posts if not is_self_sourcing(post, sourcing)] if sourcing else posts


def self_sourcing_on(day: date) -> dict[tuple[str, int], bool]:
    """Return for whom leads are self-sourced on a day: the latest row of each level and id."""
    rows = SelfSourcing.objects.filter(valid_from__lte=day).order_by("valid_from")
    return {(level, unit_id): is_on for level, unit_id, is_on in rows.values_list("level", "unit_id", "is_on")}


def is_self_sourcing(member: Member | Post, sourcing: Mapping[tuple[str, int], bool]) -> bool:
    """Return whether a rep finds their own customers: the nearest level that says something holds."""
    for level in (
        (SourcingLevel.REP.value, member.rep_id),
        (SourcingLevel.TEAM.value, member.team_id or 0),
        (SourcingLevel.ORGANIZATION.value, 0),
    ):
        if level in sourcing:
            return sourcing[level]
    return False


def _scores() -> tuple[tuple[int, float], ...]:
    cycle = ScoreCycle.objects.order_by("-published_at", "-pk").values_list("pk", flat=True).first()
    if cycle is None:
        return ()
    rows = Score.objects.filter(cycle_id=cycle, rep__isnull=False, value__isnull=False).order_by("rep_id")
    return tuple((rep or 0, max(0.0, round(value or 0.0, 6))) for rep, value in rows.values_list("rep_id", "value"))


def _withheld(day: date) -> tuple[tuple[int, int, int], ...]:
    rows = Withholding.objects.filter(state=WithholdingState.APPLIED, starts_on__lte=day, ends_on__gt=day)
    return tuple(rows.order_by("starts_on", "pk").values_list("rep_id", "base_percent", "reward_percent"))


def _off_codes(posts: list[Post], day: date, at: datetime, at_the_minute: bool) -> dict[int, str]:
    on_leave = Leave.objects.filter(first_day__lte=day, last_day__gte=day).values_list("rep_id", flat=True)
    awake = Q(until__isnull=True) | Q(until__gt=at)
    away = DutyToggle.objects.filter(awake, ended_at__isnull=True, since__lte=at).values_list("rep_id", flat=True)
    off_shift = _off_shift(posts, day, at, at_the_minute)
    codes = dict.fromkeys(away, "away") | dict.fromkeys(off_shift, "off_shift")
    return codes | dict.fromkeys(on_leave, "on_leave")


def _off_shift(posts: list[Post], day: date, at: datetime, at_the_minute: bool) -> list[int]:
    """Return who does not work now. Who has neither a pattern nor a roster has not said when they work: they do."""
    rosters = {rep: row for rep, *row in RosterDay.objects.filter(date=day).values_list("rep_id", *_ROSTERED)}
    patterns = {row.pk: row for row in WorkingPattern.objects.all()} if any(post.pattern_id for post in posts) else {}
    at_work = patterns_at_work(patterns.values(), day) if patterns else frozenset()
    now = at.astimezone(ZoneInfo(organization().time_zone)).time()
    off = []
    for post in posts:
        pattern = patterns.get(post.pattern_id or 0)
        is_working, start, end = rosters.get(post.rep_id) or (pattern is None or pattern.pk in at_work, None, None)
        if pattern is not None:
            start, end = start or pattern.shift_start, end or pattern.shift_end
        is_out = start is not None and end is not None and not _within(now, start, end)
        if not is_working or (at_the_minute and is_out):
            off.append(post.rep_id)
    return off


def _within(now: time, start: time, end: time) -> bool:
    """Tell whether an hour lies in a shift; one that ends before it starts goes over midnight."""
    return start <= now < end if start <= end else now >= start or now < end
