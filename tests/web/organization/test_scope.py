"""Who sees whom, on which day: people change teams, leave, and lead more than one team."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from pacemark.web.accounts.choices import AccessRole
from pacemark.web.accounts.models import User
from pacemark.web.accounts.services import create_user
from pacemark.web.organization.models import Membership, Region, Rep, Team
from pacemark.web.organization.queries import members_on, rep_of, teams_visible_to, visible_rep_ids
from pacemark.web.organization.services import move_rep
from tests.support.people import People

DAY = date(2024, 3, 15)
EVE, MORROW = DAY - timedelta(days=1), DAY + timedelta(days=1)


def _seen(user: User, day: date = DAY) -> set[str] | None:
    """Return the employee numbers in sight, or None for everyone."""
    ids = visible_rep_ids(user, day)
    return None if ids is None else set(Rep.objects.filter(pk__in=ids).values_list("employee_no", flat=True))


def _rep(number: str, team: Team | None, since: date = date(2023, 1, 1), until: date | None = None) -> Rep:
    rep = Rep.objects.create(name=f"Rep {number}", employee_no=number)
    Membership.objects.create(rep=rep, team=team, valid_from=since, valid_to=until)
    return rep


def test_each_role_sees_its_own_reach(people: People) -> None:
    assert _seen(people.rep) == {"0001"}
    assert _seen(people.outsider) == {"0002"}
    assert _seen(people.manager) == {"0001"}
    assert _seen(people.director) == {"0001"}
    assert _seen(people.operations) is None
    assert _seen(people.admin) is None


@pytest.mark.parametrize(("valid_from", "who_sees"), [(EVE, "other"), (DAY, "other"), (MORROW, "manager")])
def test_a_move_changes_the_sight_on_its_day(people: People, valid_from: date, who_sees: str) -> None:
    other = create_user(actor=None, username="other", display_name="O", access_role=AccessRole.MANAGER)
    Team.objects.filter(pk=people.other_team.pk).update(manager=other)
    move_rep(actor=people.admin, rep=people.rep_row, valid_from=valid_from, team=people.other_team)

    assert ("0001" in (_seen(people.manager) or ())) == (who_sees == "manager")
    assert ("0001" in (_seen(other) or ())) == (who_sees == "other")
    assert _seen(people.manager, valid_from - timedelta(days=1)) == {"0001"}, "the past stays as it was"
    # The director's region follows the team of the day.
    assert ("0001" in (_seen(people.director) or ())) == (who_sees == "manager")


def test_a_manager_of_two_teams_sees_both_and_those_teams_alone(people: People) -> None:
    second = Team.objects.create(name="North 2", region=people.team.region, manager=people.manager)
    third = Team.objects.create(name="North 3", region=people.team.region)
    _rep("0010", second), _rep("0011", third)

    assert _seen(people.manager) == {"0001", "0010"}
    assert _seen(people.director) == {"0001", "0010", "0011"}
    assert [team.name for team in teams_visible_to(people.manager)] == ["North 1", "North 2"]
    assert [team.name for team in teams_visible_to(people.director)] == ["North 1", "North 2", "North 3"]
    assert [team.name for team in teams_visible_to(people.admin)] == ["North 1", "North 2", "North 3", "South 1"]
    assert teams_visible_to(people.rep) == []


def test_a_leader_who_leads_nobody_sees_nobody(people: People) -> None:
    lonely = create_user(actor=None, username="lonely", display_name="L", access_role=AccessRole.DIRECTOR)
    idle = create_user(actor=None, username="idle", display_name="I", access_role=AccessRole.MANAGER)
    _rep("0012", None)  # without a team nobody leads them; a missing manager is not "the same as" a missing team
    Team.objects.create(name="Nobody's")

    assert _seen(lonely) == set()
    assert _seen(idle) == set()
    assert teams_visible_to(lonely) == []


def test_who_lost_the_team_loses_the_sight_and_a_new_director_gains_it(people: People) -> None:
    Team.objects.filter(pk=people.team.pk).update(manager=None)
    successor = create_user(actor=None, username="next", display_name="N", access_role=AccessRole.DIRECTOR)
    Region.objects.filter(pk=people.team.region_id).update(director=successor)

    assert _seen(people.manager) == set()
    assert _seen(people.director) == set()
    assert _seen(successor) == {"0001"}


def test_leading_does_not_help_who_signs_in_as_a_rep(people: People) -> None:
    """What one may see follows the access role first, the organisation second."""
    Team.objects.filter(pk=people.other_team.pk).update(manager=people.rep)

    assert _seen(people.rep) == {"0001"}


def test_a_manager_who_sells_sees_themselves_too(people: People) -> None:
    own = _rep("0013", people.other_team)
    Rep.objects.filter(pk=own.pk).update(user=people.manager)

    assert _seen(people.manager) == {"0001", "0013"}
    assert rep_of(people.manager) == own
    assert rep_of(people.admin) is None


def test_a_leaver_is_no_member_from_the_leaving_day_on(people: People) -> None:
    Rep.objects.filter(pk=people.rep_row.pk).update(left_on=DAY)

    assert [member.employee_no for member in members_on(EVE)] == ["0001", "0002"]
    assert [member.employee_no for member in members_on(DAY)] == ["0002"]
    # Their numbers of the past months remain for those who led them.
    assert _seen(people.manager) == {"0001"}


def test_members_at_the_edges_of_employment_and_membership(people: People) -> None:
    Rep.objects.filter(pk=people.rep_row.pk).update(hired_on=DAY)
    _rep("0020", people.team, since=DAY, until=MORROW)
    _rep("0021", None, since=date(2020, 1, 1))

    def numbers(day: date) -> list[str]:
        return [member.employee_no for member in members_on(day)]

    assert numbers(EVE) == ["0021", "0002"]
    assert numbers(DAY) == ["0021", "0020", "0001", "0002"], "by region, team, name; those without a team first"
    assert numbers(MORROW) == ["0021", "0001", "0002"]
    assert [m.employee_no for m in members_on(DAY, frozenset({people.rep_row.pk}))] == ["0001"]
    assert members_on(DAY, frozenset()) == []


def test_a_member_stands_as_of_the_day_asked_for(people: People) -> None:
    move_rep(actor=people.admin, rep=people.rep_row, valid_from=DAY, team=people.other_team, role="closer")
    before, after = (
        {member.rep_id: member for member in members_on(day)}[people.rep_row.pk] for day in (EVE, DAY)
    )  # fmt: skip

    assert (before.team_name, before.region_name, before.role) == ("North 1", "North", "")
    assert (after.team_name, after.region_name, after.role) == ("South 1", "South", "closer")
