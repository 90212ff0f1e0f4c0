"""Who can be dealt leads at a moment: reps with duty, caps, withholdings and scores, in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from pacemark.engine.periods import sales_month_of
from pacemark.web.organization.choices import Role
from pacemark.web.organization.clock import local_date
from pacemark.web.organization.models import WorkingPattern
from pacemark.web.organization.queries import Member, Post, organization, posts_on
from pacemark.web.organization.working_time import patterns_at_work
from pacemark.web.pipeline.queries.holdings import held_counts, received_counts
from pacemark.web.resources.bridge.desk import DeskRows, counted, desk_content, desk_text
from pacemark.web.resources.choices import SourcingLevel
from pacemark.web.resources.models import PolicyVersion, SelfSourcing
from pacemark.web.resources.queries.marks import Marks, Roster, marks_at


def read_desk(version: PolicyVersion, at: datetime, *, at_the_minute: bool) -> DeskRows:
    """Read everybody who can be dealt leads at a moment.

    ``at_the_minute``: a shift's hours count too. A batch deals for the whole day, so there only days count.
    """
    day = local_date(at, organization().time_zone)
    marks = marks_at(day, at)
    posts = _dealt_to(posts_on(day), marks.sourcing)
    return DeskRows(
        people=tuple((post.rep_id, post.team_id) for post in posts),
        off=tuple(sorted(_off_codes(posts, marks, day, at if at_the_minute else None).items())),
        scores=marks.scores, withheld=marks.withheld, skills=marks.skills, content=desk_text(version.content),
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
    return _dealt_to(posts_on(day), self_sourcing_on(day))


def _dealt_to(posts: list[Post], sourcing: Mapping[tuple[str, int], bool]) -> list[Post]:
    posts = [post for post in posts if post.role != Role.CLOSER]
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


def _off_codes(posts: list[Post], marks: Marks, day: date, at: datetime | None) -> dict[int, str]:
    off_shift = _off_shift(posts, marks.rosters, day, at)
    codes = dict.fromkeys(marks.away, "away") | dict.fromkeys(off_shift, "off_shift")
    return codes | dict.fromkeys(marks.on_leave, "on_leave")


def _off_shift(posts: list[Post], rosters: Mapping[int, Roster], day: date, at: datetime | None) -> list[int]:
    """Return who does not work that day, or hour. Who has neither pattern nor roster has not said when: they do."""
    patterns = {row.pk: row for row in WorkingPattern.objects.all()} if any(post.pattern_id for post in posts) else {}
    if not patterns and not rosters:
        return []
    now = None if at is None else at.astimezone(ZoneInfo(organization().time_zone)).time()
    at_work = patterns_at_work(patterns.values(), day) if patterns else frozenset()
    off = []
    for post in posts:
        pattern = patterns.get(post.pattern_id or 0)
        is_working, start, end = rosters.get(post.rep_id) or (pattern is None or pattern.pk in at_work, None, None)
        if pattern is not None:
            start, end = start or pattern.shift_start, end or pattern.shift_end
        is_out = now is not None and start is not None and end is not None and not _within(now, start, end)
        if not is_working or is_out:
            off.append(post.rep_id)
    return off


def _within(now: time, start: time, end: time) -> bool:
    """Tell whether an hour lies in a shift; one that ends before it starts goes over midnight."""
    return start <= now < end if start <= end else now >= start or now < end
