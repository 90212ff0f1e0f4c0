"""One person per access role in one small organisation, and an outsider who belongs to another part of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.test import Client

from pacemark.web.accounts.choices import AccessRole
from pacemark.web.accounts.models import User
from pacemark.web.accounts.services import create_user
from pacemark.web.organization.models import Membership, Organization, Region, Rep, Team

BACKEND = "django.contrib.auth.backends.ModelBackend"
# Names that no page would hold by chance.
NAMES = {
    "rep": "赵晓蕾",
    "manager": "钱卫东",
    "director": "孙若兰",
    "operations": "李启明",
    "admin": "周正",
    "outsider": "吴远山",
}
FROM = date(2023, 1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """``rep`` is in ``team``, led by ``manager``, in the region of ``director``; ``outsider`` is a rep elsewhere."""

    rep: User
    manager: User
    director: User
    operations: User
    admin: User
    outsider: User
    team: Team
    other_team: Team
    rep_row: Rep
    outsider_row: Rep

    def of_role(self, role: AccessRole) -> User:
        """Return the person with an access role."""
        found: User = getattr(self, role.value)
        return found


def _user(name: str, role: AccessRole) -> User:
    return create_user(actor=None, username=name, display_name=NAMES[name], access_role=role)


def _member(user: User, team: Team, number: str) -> Rep:
    rep = Rep.objects.create(name=user.display_name, employee_no=number, user=user, hired_on=FROM)
    Membership.objects.create(rep=rep, team=team, valid_from=FROM)
    return rep


def make_people() -> People:
    """Write the organisation and return who is who."""
    Organization.objects.create(name="Test floor")
    manager, director = _user("manager", AccessRole.MANAGER), _user("director", AccessRole.DIRECTOR)
    rep, outsider = _user("rep", AccessRole.REP), _user("outsider", AccessRole.REP)
    region = Region.objects.create(name="North", director=director)
    team = Team.objects.create(name="North 1", region=region, manager=manager)
    other_team = Team.objects.create(name="South 1", region=Region.objects.create(name="South"))
    return People(
        rep=rep,
        manager=manager,
        director=director,
        operations=_user("operations", AccessRole.OPERATIONS),
        admin=_user("admin", AccessRole.ADMIN),
        outsider=outsider,
        team=team,
        other_team=other_team,
        rep_row=_member(rep, team, "0001"),
        outsider_row=_member(outsider, other_team, "0002"),
    )


def client_of(user: User | None) -> Client:
    """Return a browser signed in as a person, or as nobody."""
    client = Client()
    if user is not None:
        client.force_login(user, backend=BACKEND)
    return client
