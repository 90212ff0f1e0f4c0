"""Writes the organisation itself: regions, teams, patterns, grades, reps through time, and who signs in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time, timedelta

import numpy as np

from pacemark.demo.draws import Ints
from pacemark.demo.layout import Layout
from pacemark.demo.names import GRADE_NAMES, REGION_NAMES
from pacemark.demo.tables import RoleCode, TeamKind
from pacemark.demo.worktime import ANCHOR_MONDAY, PATTERNS, day_of
from pacemark.web.accounts.choices import AccessRole
from pacemark.web.accounts.models import User
from pacemark.web.accounts.services import create_user
from pacemark.web.organization.choices import Role
from pacemark.web.organization.models import (
    Grade,
    GradeQuota,
    Leave,
    Membership,
    Organization,
    Region,
    Rep,
    RosterDay,
    Team,
    WorkingPattern,
)
from pacemark.web.organization.services import set_up_organization

ORGANIZATION_NAME = "青禾教育（演示）"
QUOTAS_MINOR = (4_500_000, 7_500_000, 10_500_000)
ROLES = (Role.FULL_CYCLE, Role.SETTER, Role.CLOSER)
SIGN_INS = {
    "admin": AccessRole.ADMIN,
    "ops": AccessRole.OPERATIONS,
    "director": AccessRole.DIRECTOR,
    "manager": AccessRole.MANAGER,
    "rep": AccessRole.REP,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """The ids of what was written, in the order of the made-up organisation."""

    rep_id: Ints
    team_id: Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class Faces:
    """Whose eyes the demo's manager, director and rep look through."""

    team: int
    rep: int


def choose_faces(layout: Layout) -> Faces:
    """Choose an ordinary full-cycle rep of the middle grade, on whom nothing is planted, and the team around them."""
    people, teams = layout.people, layout.teams
    ordinary = np.isin(np.arange(layout.spec.reps), layout.planted.everyone(), invert=True)
    plain = (teams.kind[people.team] == TeamKind.PLAIN) & (people.role == RoleCode.FULL_CYCLE)
    for chosen in (plain & ordinary & (people.grade == 1), plain & ordinary, plain):
        if chosen.any():
            rep = int(np.flatnonzero(chosen)[0])
            return Faces(team=int(people.team[rep]), rep=rep)
    return Faces(team=int(people.team[0]), rep=0)


def write_people(layout: Layout, password: str) -> Written:
    """Write everything that stands before the first event."""
    _write_settings()
    faces = choose_faces(layout)
    users = _write_sign_ins(layout, faces, password)
    team_id = _write_teams(layout, faces, users)
    grade_id = _write_grades(layout)
    rep_id = _write_reps(layout, faces, users)
    _write_memberships(layout, rep_id, team_id, grade_id)
    written = Written(rep_id=rep_id, team_id=team_id)
    write_absences(layout, written)
    return written


def _write_settings() -> None:
    organization = set_up_organization(actor=None, name=ORGANIZATION_NAME)
    if not organization.name:  # set up by an earlier command, with nobody in it
        Organization.objects.filter(pk=organization.pk).update(name=ORGANIZATION_NAME)


def _write_sign_ins(layout: Layout, faces: Faces, password: str) -> dict[str, User]:
    names = {
        "admin": "系统管理员",
        "ops": "销售运营",
        "director": f"{_region_name(layout, faces.team)}总监",
        "manager": layout.teams.manager_name[faces.team],
        "rep": layout.people.name[faces.rep],
    }
    return {
        username: create_user(
            actor=None, username=username, display_name=names[username], access_role=role, password=password
        )
        for username, role in SIGN_INS.items()
    }


def _region_name(layout: Layout, team: int) -> str:
    return REGION_NAMES[int(layout.teams.region[team])]


def _unnamed_user(username: str, display_name: str, role: AccessRole) -> User:
    user = User(username=username, display_name=display_name, access_role=role)
    user.set_password(None)  # known by name; nobody signs in as them until a password is set
    return user


def _write_teams(layout: Layout, faces: Faces, users: dict[str, User]) -> Ints:
    teams = layout.teams
    patterns = [
        WorkingPattern.objects.create(
            name=p.name, weeks=[list(week) for week in p.weeks], anchor_monday=ANCHOR_MONDAY,
            shift_start=_clock(p.shift_start), shift_end=_clock(p.shift_end),
        )
        for p in PATTERNS
    ]  # fmt: skip
    face_region = int(teams.region[faces.team])
    regions = []
    for number in range(int(teams.region.max()) + 1):
        director = users["director"]
        if number != face_region:
            director = _unnamed_user(f"director{number + 1}", f"{REGION_NAMES[number]}总监", AccessRole.DIRECTOR)
            director.save()
        regions.append(Region.objects.create(name=REGION_NAMES[number], director=director))
    managers = [_unnamed_user(f"manager{i + 1}", name, AccessRole.MANAGER) for i, name in enumerate(teams.manager_name)]
    managers[faces.team] = users["manager"]
    User.objects.bulk_create([manager for manager in managers if manager.pk is None])
    rows = Team.objects.bulk_create(
        Team(name=name, region=regions[int(region)], manager=manager, working_pattern=patterns[int(pattern)])
        for name, region, manager, pattern in zip(teams.name, teams.region, managers, teams.pattern, strict=True)
    )
    return np.array([row.pk for row in rows], dtype=np.int64)


def _clock(seconds: int) -> time:
    return time(seconds // 3600, seconds % 3600 // 60)


def _write_grades(layout: Layout) -> Ints:
    since = date(layout.spec.start.year - 4, 1, 1)
    rows = Grade.objects.bulk_create(Grade(name=name, ordinal=i + 1) for i, name in enumerate(GRADE_NAMES))
    GradeQuota.objects.bulk_create(
        GradeQuota(grade=row, valid_from=since, quota_minor=quota)
        for row, quota in zip(rows, QUOTAS_MINOR, strict=True)
    )
    return np.array([row.pk for row in rows], dtype=np.int64)


def _write_reps(layout: Layout, faces: Faces, users: dict[str, User]) -> Ints:
    people = layout.people
    rows = Rep.objects.bulk_create(
        Rep(
            employee_no=number, name=name, hired_on=day_of(hired), user=users["rep"] if place == faces.rep else None
        )
        for place, (number, name, hired) in enumerate(
            zip(people.employee_no, people.name, people.hired_day.tolist(), strict=True)
        )
    )  # fmt: skip
    return np.array([row.pk for row in rows], dtype=np.int64)


def _write_memberships(layout: Layout, rep_id: Ints, team_id: Ints, grade_id: Ints) -> None:
    people, rows = layout.people, []
    for rep in range(layout.spec.reps):
        team, grade = int(people.team[rep]), int(people.grade[rep])
        moved, promoted = int(people.moved_day[rep]), int(people.promoted_day[rep])
        starts = sorted({int(people.hired_day[rep]), *(day for day in (moved, promoted) if day)})
        for begins, ends in zip(starts, [*starts[1:], None], strict=True):
            then_team = int(people.earlier_team[rep]) if moved and begins < moved else team
            then_grade = int(people.earlier_grade[rep]) if promoted and begins < promoted else grade
            rows.append(
                Membership(
                    rep_id=int(rep_id[rep]), team_id=int(team_id[then_team]), grade_id=int(grade_id[then_grade]),
                    role=ROLES[int(people.role[rep])], valid_from=day_of(begins),
                    valid_to=None if ends is None else day_of(ends),
                )
            )  # fmt: skip
    Membership.objects.bulk_create(rows)


def write_absences(layout: Layout, written: Written, after: date | None = None) -> None:
    """Write leave and roster days that begin after a day (default: all)."""
    leaves, roster = layout.leaves, layout.roster
    since = after or layout.spec.start - timedelta(days=1)
    Leave.objects.bulk_create(
        Leave(rep_id=int(written.rep_id[rep]), first_day=day_of(first), last_day=day_of(last), kind="年假")
        for rep, first, last in zip(leaves.rep, leaves.first_day, leaves.last_day, strict=True)
        if day_of(first) > since
    )
    RosterDay.objects.bulk_create(
        RosterDay(rep_id=int(written.rep_id[rep]), date=day_of(day), is_working=True)
        for rep, day in zip(roster.rep, roster.day, strict=True)
        if day_of(day) > since
    )
