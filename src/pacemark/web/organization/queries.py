"""Reading the organisation: its settings, who belongs where, and who may see whom."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from pacemark.web.accounts.choices import AccessRole
from pacemark.web.accounts.models import User
from pacemark.web.organization.choices import Role
from pacemark.web.organization.held import held_or
from pacemark.web.organization.models import (
    CalendarDay,
    Membership,
    Organization,
    Region,
    Rep,
    Team,
    WorkingPattern,
)
from pacemark.web.shared.compiled import Compiled, columns_of, whole


def organization() -> Organization:
    """Return the organisation's settings; defaults where none are saved yet. Read once per request."""
    return held_or(lambda: whole(Organization, _SETTINGS.first()) or Organization())


_SETTINGS = Compiled(lambda: Organization.objects.order_by("pk").values_list(*columns_of(Organization))[:1])


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A rep as they stand on one day."""

    rep_id: int
    name: str
    employee_no: str
    team_id: int
    team_name: str
    region_id: int
    region_name: str
    pattern_id: int
    grade_id: int
    grade_name: str
    role: str
    hired_on: date | None
    left_on: date | None

    @property
    def role_label(self) -> str:
        """Return the role in words."""
        return str(Role(self.role).label if self.role else _("Told from the records"))


def _holding_on(day: date) -> Q:
    return Q(valid_from__lte=day) & (Q(valid_to__isnull=True) | Q(valid_to__gt=day))


def visible_rep_ids(user: User, day: date) -> frozenset[int] | None:
    """Return the reps whose data a person may see on a day; ``None`` means everyone.

    A rep sees themselves, a manager the members of their teams, a director those of their regions' teams,
    operations and administrators everyone. Whoever leads nobody and is nobody's rep sees nobody.
    """
    if user.access_role in {AccessRole.OPERATIONS, AccessRole.ADMIN}:
        return None
    own = set(Rep.objects.filter(user=user).values_list("pk", flat=True))
    if user.access_role == AccessRole.REP:
        return frozenset(own)
    led = Q(team__manager=user) if user.access_role == AccessRole.MANAGER else Q(team__region__director=user)
    members = Membership.objects.filter(led & _holding_on(day)).values_list("rep_id", flat=True)
    return frozenset(own.union(members))


def _employed_on(day: date) -> Q:
    """Return what picks the memberships of a day of those who then work here."""
    still = Q(rep__left_on__isnull=True) | Q(rep__left_on__gt=day)
    return _holding_on(day) & still & (Q(rep__hired_on__isnull=True) | Q(rep__hired_on__lte=day))


class Post(NamedTuple):
    """Where a rep works on one day: ids alone, for what asks of everybody at every lead."""

    rep_id: int
    team_id: int | None
    pattern_id: int | None
    role: str


def posts_on(day: date) -> list[Post]:
    """Return everyone employed on a day by id: where they belong, in a light query without names."""
    return list(map(Post._make, _POSTS.rows(day=day)))


def _posts(day: date) -> QuerySet[Membership, tuple[Any, ...]]:
    rows = Membership.objects.filter(_employed_on(day)).order_by("rep_id")
    return rows.values_list("rep_id", "team_id", "team__working_pattern_id", "role")


_POSTS = Compiled(_posts)


# Who has no team, and a team without a region, come first: databases differ where nobody says so.
_BY_REGION = (F("region__name").asc(nulls_first=True), "name")


def members_on(day: date, rep_ids: frozenset[int] | None = None) -> list[Member]:
    """Return everyone employed on a day, with that day's team, grade and role, ordered by team and name."""
    rows = Membership.objects.filter(_employed_on(day)).order_by(
        F("team__region__name").asc(nulls_first=True), F("team__name").asc(nulls_first=True), "rep__name", "rep_id"
    )
    if rep_ids is not None:
        rows = rows.filter(rep_id__in=rep_ids)
    # Values, not models: a plan asks for ten thousand people at once.
    return [_member(row) for row in rows.values_list(*_MEMBER_COLUMNS)]


_MEMBER_COLUMNS = (
    "rep_id", "rep__name", "rep__employee_no", "team_id", "team__name", "team__region_id", "team__region__name",
    "team__working_pattern_id", "grade_id", "grade__name", "role", "rep__hired_on", "rep__left_on",
)  # fmt: skip


def _member(row: tuple[Any, ...]) -> Member:
    rep_id, name, number, team_id, team, region_id, region, pattern_id, grade_id, grade, role, hired_on, left_on = row
    return Member(
        rep_id=rep_id,
        name=name,
        employee_no=number or "",
        team_id=team_id or 0,
        team_name=team or "",
        region_id=region_id or 0,
        region_name=region or "",
        pattern_id=pattern_id or 0,
        grade_id=grade_id or 0,
        grade_name=grade or "",
        role=role,
        hired_on=hired_on,
        left_on=left_on,
    )


def teams_visible_to(user: User) -> list[Team]:
    """Return the teams that a person leads or oversees, by name."""
    teams = Team.objects.select_related("region").order_by(*_BY_REGION)
    if user.access_role in {AccessRole.OPERATIONS, AccessRole.ADMIN}:
        return list(teams)
    if user.access_role == AccessRole.DIRECTOR:
        return list(teams.filter(region__director=user))
    return list(teams.filter(manager=user)) if user.access_role == AccessRole.MANAGER else []


def rep_of(user: User) -> Rep | None:
    """Return the rep that a signed-in person is, where they are one."""
    return Rep.objects.filter(user=user).first()


def reps_who_left(rep_ids: Collection[int], day: date) -> frozenset[int]:
    """Return those of the reps who no longer work here on a day, or whose record is gone."""
    if not rep_ids:
        return frozenset()
    here = Q(left_on__isnull=True) | Q(left_on__gt=day)
    return frozenset(rep_ids).difference(Rep.objects.filter(here, pk__in=rep_ids).values_list("pk", flat=True))


def calendar_days_of(year: int) -> list[CalendarDay]:
    """Return the year's holidays and make-up workdays in order."""
    return list(CalendarDay.objects.filter(date__year=year).order_by("date"))


def teams_in_full() -> list[Team]:
    """Return every team with its region, manager and working pattern."""
    return list(Team.objects.select_related("region", "manager", "working_pattern").order_by(*_BY_REGION))


def regions_in_full() -> list[Region]:
    """Return every region with its director."""
    return list(Region.objects.select_related("director").order_by("name"))


def patterns_in_words() -> list[WorkingPattern]:
    """Return the working patterns by name."""
    return list(WorkingPattern.objects.order_by("name"))


def find_members(day: date, sought: str) -> list[Member]:
    """Return those employed on a day whose name, number or team contains the words sought."""
    words = sought.casefold()
    return [
        member
        for member in members_on(day)
        if words in f"{member.name} {member.employee_no} {member.team_name}".casefold()
    ]
