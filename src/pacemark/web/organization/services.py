"""Writing the organisation. Every service is atomic, takes the acting person, and leaves a trail."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction

from pacemark.web.accounts.models import User
from pacemark.web.jobs.registry import DEFINITIONS_CHANGED, MEMBERSHIP_CHANGED
from pacemark.web.jobs.services import enqueue
from pacemark.web.organization.calendar_seed import chinese_days
from pacemark.web.organization.choices import DayKind
from pacemark.web.organization.models import (
    CalendarDay,
    Grade,
    Leave,
    Membership,
    Organization,
    Rep,
    Team,
    WorkingPattern,
)
from pacemark.web.trail.services import record

# What facts are counted by: when one of these changes, all of them are counted anew.
_DEFINITIONS = frozenset(
    {"connect_seconds", "effective_seconds", "deep_talk_seconds", "revenue_basis", "sales_month_start_day"}
)
_CHINESE_ZONES = frozenset({"Asia/Shanghai", "Asia/Chongqing", "Asia/Urumqi", "PRC"})


@transaction.atomic
def set_up_organization(*, actor: User | None, **settings: Any) -> Organization:
    """Make the organisation's settings when there are none; return those that stand.

    In China's time zone the working calendar is filled with its public holidays and make-up workdays.
    """
    found = Organization.objects.order_by("pk").first()
    if found is not None:
        return found
    organization = Organization(**settings)
    organization.full_clean(exclude=["name"])
    organization.save()
    record(actor=actor, action="organization.set_up", subject=organization, changes=settings)
    if organization.time_zone in _CHINESE_ZONES:
        fill_chinese_calendar(actor=actor)
    return organization


@transaction.atomic
def change_organization(*, actor: User, **settings: Any) -> Organization:
    """Change settings by name, for example ``deep_talk_seconds=200``; facts are then counted anew by a job."""
    organization = Organization.objects.select_for_update().order_by("pk").get()
    before = {name: getattr(organization, name) for name in settings}
    for name, value in settings.items():
        setattr(organization, name, value)
    organization.full_clean()
    organization.save()
    changes = {name: [before[name], value] for name, value in settings.items() if before[name] != value}
    record(actor=actor, action="organization.changed", subject=organization, changes=changes)
    if _DEFINITIONS & changes.keys():
        enqueue(DEFINITIONS_CHANGED)
    return organization


@transaction.atomic
def fill_chinese_calendar(*, actor: User | None) -> int:
    """Add the days that are missing; days that operations have edited stay as they are."""
    rows = [
        CalendarDay(date=day.date, kind=day.kind, name=day.name, is_provisional=day.is_provisional)
        for day in chinese_days()
    ]
    before = CalendarDay.objects.count()
    CalendarDay.objects.bulk_create(rows, ignore_conflicts=True)
    added = CalendarDay.objects.count() - before
    record(actor=actor, action="organization.calendar_filled", subject=("calendar", "cn"), changes={"days": added})
    return added


@transaction.atomic
def set_calendar_day(*, actor: User, day: date, kind: DayKind | None, name: str = "") -> None:
    """Say what a day is; ``kind=None`` makes it an ordinary day again."""
    old = CalendarDay.objects.filter(pk=day).first()
    if kind is None:
        CalendarDay.objects.filter(pk=day).delete()
    else:
        CalendarDay.objects.update_or_create(date=day, defaults={"kind": kind, "name": name, "is_provisional": False})
    changes = {"kind": [old.kind if old else None, kind]}
    record(actor=actor, action="organization.calendar_changed", subject=("calendar", day.isoformat()), changes=changes)


@transaction.atomic
def move_rep(
    *, actor: User, rep: Rep, valid_from: date, team: Team | None, grade: Grade | None = None, role: str = ""
) -> Membership:
    """Let a new team, grade and role hold from a day on; what held before ends there and stays on record."""
    rows = list(Membership.objects.select_for_update().filter(rep=rep).order_by("valid_from"))
    later = [row for row in rows if row.valid_from > valid_from]
    earlier = [row for row in rows if row.valid_from < valid_from]
    Membership.objects.filter(rep=rep, valid_from=valid_from).delete()
    # What had ended before stays ended then.
    if earlier and (earlier[-1].valid_to is None or earlier[-1].valid_to > valid_from):
        earlier[-1].valid_to = valid_from
        earlier[-1].save(update_fields=["valid_to"])
    membership = Membership(
        rep=rep, team=team, grade=grade, role=role, valid_from=valid_from,
        valid_to=later[0].valid_from if later else None,
    )  # fmt: skip
    membership.full_clean()
    membership.save()
    changes = {"team_id": team.pk if team else None, "grade_id": grade.pk if grade else None, "role": role}
    record(actor=actor, action="organization.rep_moved", subject=rep, changes={**changes, "from": str(valid_from)})
    enqueue(MEMBERSHIP_CHANGED, rep_id=rep.pk, first_day=valid_from.isoformat())
    return membership


@transaction.atomic
def set_team_pattern(*, actor: User, team: Team, pattern: WorkingPattern | None) -> None:
    """Let a team follow a working pattern, or the plain five-day week."""
    before = team.working_pattern_id
    team.working_pattern = pattern
    team.save(update_fields=["working_pattern"])
    changes = {"working_pattern_id": [before, pattern.pk if pattern else None]}
    record(actor=actor, action="organization.team_pattern_changed", subject=team, changes=changes)


@transaction.atomic
def add_leave(*, actor: User, rep: Rep, first_day: date, last_day: date, kind: str = "") -> Leave:
    """Note days away, both ends included."""
    leave = Leave(rep=rep, first_day=first_day, last_day=last_day, kind=kind)
    leave.full_clean()
    leave.save()
    changes = {"first_day": str(first_day), "last_day": str(last_day)}
    record(actor=actor, action="organization.leave_added", subject=rep, changes=changes)
    return leave


@transaction.atomic
def link_account(*, actor: User, rep: Rep, user: User | None) -> None:
    """Let a rep sign in with an account, or with none; an account that was another rep's moves over."""
    before = rep.user_id
    if user is not None:
        Rep.objects.filter(user=user).exclude(pk=rep.pk).update(user=None)
    rep.user = user
    rep.save(update_fields=["user"])
    record(
        actor=actor,
        action="organization.account_linked",
        subject=rep,
        changes={"user_id": [before, user.pk if user else None]},
    )
