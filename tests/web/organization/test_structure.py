"""Regions, teams, patterns, people and accounts made through the settings pages, as operations would."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from pacemark.web.accounts.choices import AccessRole
from pacemark.web.accounts.models import User
from pacemark.web.organization.models import Membership, Region, Rep, Team, WorkingPattern
from pacemark.web.organization.queries import members_on, visible_rep_ids
from pacemark.web.organization.working_time import working_days_of
from pacemark.web.trail.models import TrailEntry
from tests.support.people import People, client_of

pytestmark = pytest.mark.django_db
PASSWORD = "a floor of its own 7"


def post(client: Client, path: str, **data: object) -> int:
    return int(client.post(path, data).status_code)


def test_a_new_firm_is_built_by_hand_and_each_leader_sees_their_own(people: People) -> None:
    admin = client_of(people.admin)
    for name, role in (("dora", "director"), ("mo", "manager"), ("li", "rep")):
        body = {"username": name, "display_name": name.title(), "access_role": role, "password": PASSWORD}
        assert post(admin, "/accounts/people/", **body) == 302
    dora, mo, li = (User.objects.get(username=name) for name in ("dora", "mo", "li"))

    operations = client_of(people.operations)
    assert post(operations, "/settings/regions/add/", name="华东", director=dora.pk) == 302
    region = Region.objects.get(name="华东")
    assert post(operations, "/settings/teams/add/", name="杭州一组", region=region.pk, manager=mo.pk) == 302
    team = Team.objects.get(name="杭州一组")
    body = {"name": "李四", "employee_no": "S-77", "joined_on": "2024-03-01", "team": team.pk}
    assert post(operations, "/settings/people/add/", **body) == 302
    rep = Rep.objects.get(employee_no="S-77")
    assert post(operations, f"/settings/people/{rep.pk}/account/", user=li.pk) == 302

    day = date(2024, 3, 15)
    assert visible_rep_ids(mo, day) == visible_rep_ids(dora, day) == visible_rep_ids(li, day) == {rep.pk}
    assert post(Client(), "/accounts/sign-in/", username="li", password=PASSWORD) == 302
    assert {"organization.team_added", "organization.region_added", "organization.rep_added"} <= set(
        TrailEntry.objects.values_list("action", flat=True)
    )


def test_a_persons_words_stay_out_of_the_trail(people: People) -> None:
    body = {"name": "王小明", "employee_no": "S-88", "joined_on": "2024-03-01"}
    post(client_of(people.operations), "/settings/people/add/", **body)
    assert not any("王小明" in str(changes) or "S-88" in str(changes)
                   for changes in TrailEntry.objects.values_list("changes", flat=True))  # fmt: skip


def test_alternate_six_day_weeks_are_ticked_and_worked(people: People) -> None:
    week = [0, 1, 2, 3, 4]
    body = {"name": "大小周", "anchor_monday": "2024-03-04", "shift_start": "09:00", "shift_end": "18:00",
            "week_1": week, "week_2": [*week, 5]}  # fmt: skip
    client = client_of(people.operations)
    assert post(client, "/settings/patterns/add/", **body) == 302
    pattern = WorkingPattern.objects.get(name="大小周")
    assert pattern.weeks == [week, [*week, 5]]

    assert post(client, "/settings/patterns/add/", **{**body, "name": "x", "anchor_monday": "2024-03-05"}) == 200
    assert post(client, "/settings/patterns/add/", **{**body, "name": "y", "week_1": [], "week_2": []}) == 200
    assert WorkingPattern.objects.filter(name__in=["x", "y"]).count() == 0


def test_a_roster_day_beats_the_pattern_until_taken_back(people: People) -> None:
    rep, sunday = people.rep_row, date(2024, 3, 17)
    client = client_of(people.operations)

    def works() -> bool:
        member = [one for one in members_on(sunday) if one.rep_id == rep.pk]
        return sunday in working_days_of(member, sunday, sunday)[rep.pk]

    assert not works()
    post(client, f"/settings/people/{rep.pk}/roster/", day="2024-03-17", is_working="yes")
    assert works()
    post(client, f"/settings/people/{rep.pk}/roster/", day="2024-03-17", is_working="")
    assert not works()


def test_whoever_leaves_is_planned_no_more_and_dates_must_follow_each_other(people: People) -> None:
    rep = people.rep_row
    client = client_of(people.operations)
    path = f"/settings/people/{rep.pk}/change/"
    assert post(client, path, name=rep.name, employee_no="", hired_on="2024-01-01", left_on="2023-12-31") == 200
    assert post(client, path, name=rep.name, employee_no="", hired_on="2024-01-01", left_on="2024-03-10") == 302
    assert rep.pk not in {member.rep_id for member in members_on(date(2024, 3, 10))}
    assert Membership.objects.filter(rep=rep).exists(), "the past stays"


def test_two_teams_of_one_name_and_a_weak_password_are_refused_in_a_sentence(people: People) -> None:
    operations, admin = client_of(people.operations), client_of(people.admin)
    Team.objects.create(name="南京一组")
    answer = operations.post("/settings/teams/add/", {"name": "南京一组"})
    assert answer.status_code == 200 and Team.objects.filter(name="南京一组").count() == 1
    body = {"username": "weak", "display_name": "Weak", "access_role": "rep", "password": "123"}
    assert admin.post("/accounts/people/", body).status_code == 200
    assert not User.objects.filter(username="weak").exists()


def test_an_administrator_signs_others_off_but_never_themselves(people: People) -> None:
    client = client_of(people.admin)
    client.post(f"/accounts/people/{people.rep.pk}/switch/")
    client.post(f"/accounts/people/{people.admin.pk}/switch/")
    client.post(f"/accounts/people/{people.admin.pk}/", {"access_role": "rep", "password": ""})
    people.rep.refresh_from_db()
    people.admin.refresh_from_db()
    assert not people.rep.is_active
    assert people.admin.is_active and people.admin.access_role == AccessRole.ADMIN
    assert client_of(people.rep).get("/").status_code == 302, "signed-off sessions end"
