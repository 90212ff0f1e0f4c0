"""Writing who belongs where: regions, teams, working patterns, and the people themselves."""

from __future__ import annotations

from datetime import date
from typing import Any, TypeVar

from django.db import models, transaction

from pacemark.web.accounts.models import User
from pacemark.web.organization.models import Grade, Region, Rep, RosterDay, Team, WorkingPattern
from pacemark.web.organization.services import move_rep
from pacemark.web.trail.services import record

Row = TypeVar("Row", Region, Team, WorkingPattern, Rep)


@transaction.atomic
def save_region(*, actor: User, region: Region | None, **values: Any) -> Region:
    """Make a region or change its name and director."""
    return _save(actor, "region", region or Region(), values)


@transaction.atomic
def save_team(*, actor: User, team: Team | None, **values: Any) -> Team:
    """Make a team or change its name, region, manager and working pattern."""
    return _save(actor, "team", team or Team(), values)


@transaction.atomic
def save_pattern(*, actor: User, pattern: WorkingPattern | None, **values: Any) -> WorkingPattern:
    """Make a working pattern or change it; days already worked keep their facts."""
    return _save(actor, "pattern", pattern or WorkingPattern(), values)


@transaction.atomic
def change_rep(*, actor: User, rep: Rep, **values: Any) -> Rep:
    """Change a rep's name, employee number, and days of joining and leaving."""
    return _save(actor, "rep", rep, values)


@transaction.atomic
def add_rep(
    *, actor: User, joined_on: date, team: Team | None, grade: Grade | None = None, role: str = "", **values: Any
) -> Rep:
    """Take somebody on, with a team, grade and role from the day of joining."""
    rep = _save(actor, "rep", Rep(), {**values, "hired_on": joined_on})
    move_rep(actor=actor, rep=rep, valid_from=joined_on, team=team, grade=grade, role=role)
    return rep


@transaction.atomic
def set_roster_day(*, actor: User, rep: Rep, day: date, is_working: bool | None) -> None:
    """Say that a rep works on a day or does not, whatever the pattern says; ``None``: as the pattern says again."""
    before = RosterDay.objects.filter(rep=rep, date=day).values_list("is_working", flat=True).first()
    if is_working is None:
        RosterDay.objects.filter(rep=rep, date=day).delete()
    else:
        RosterDay.objects.update_or_create(rep=rep, date=day, defaults={"is_working": is_working})
    changes = {"date": day.isoformat(), "is_working": [before, is_working]}
    record(actor=actor, action="organization.roster_changed", subject=rep, changes=changes)


def _save(actor: User, noun: str, row: Row, values: dict[str, Any]) -> Row:
    is_new = row.pk is None
    before = {name: _plain(getattr(row, name, None)) for name in values}
    for name, value in values.items():
        setattr(row, name, value)
    row.full_clean()
    row.save()
    after = {name: _plain(value) for name, value in values.items()}
    changes = {name: [before[name], after[name]] for name in values if is_new or before[name] != after[name]}
    if changes:
        action = f"organization.{noun}_added" if is_new else f"organization.{noun}_changed"
        record(actor=actor, action=action, subject=row, changes=_without_names(noun, changes))
    return row


def _plain(value: object) -> object:
    return (
        value.pk
        if isinstance(value, models.Model)
        else value
        if isinstance(value, (list, int, bool))
        else (None if value is None else str(value))
    )


def _without_names(noun: str, changes: dict[str, Any]) -> dict[str, Any]:
    """Leave a person's own words out: the trail holds ids, so that a person can be erased."""
    if noun != "rep":
        return changes
    return {name: "changed" if name in {"name", "employee_no"} else change for name, change in changes.items()}
