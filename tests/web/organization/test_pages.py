"""The settings pages: for operations and administrators alone, and each says plainly what it refuses."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from pacemark.web.organization.models import CalendarDay, Leave, Membership, Organization
from pacemark.web.trail.models import TrailEntry
from tests.support.people import People, client_of

NAMES = ("settings", "calendar", "teams", "people", "person")
GOOD = {
    "name": "Floor", "time_zone": "Asia/Shanghai", "currency": "CNY", "default_region": "CN",
    "sales_month_start_day": "26", "revenue_basis": "cash",
    "connect_seconds": "2", "effective_seconds": "40", "deep_talk_seconds": "200",
}  # fmt: skip


def _address(name: str, people: People) -> str:
    return reverse(f"organization:{name}", args=[people.rep_row.pk] if name == "person" else [])


@pytest.mark.parametrize("name", NAMES)
def test_planners_read_and_others_are_turned_away(people: People, name: str) -> None:
    address = _address(name, people)
    for who in (people.operations, people.admin):
        assert client_of(who).get(address).status_code == 200
    for who in (people.rep, people.manager, people.director, people.outsider):
        assert client_of(who).get(address).status_code == 403
        assert client_of(who).post(address, GOOD).status_code == 403
    assert Organization.objects.get().connect_seconds == 1


def test_settings_are_saved_with_a_trail(people: People) -> None:
    response = client_of(people.operations).post(reverse("organization:settings"), GOOD)

    assert response.status_code == 302
    saved = Organization.objects.get()
    assert (saved.sales_month_start_day, saved.revenue_basis, saved.deep_talk_seconds) == (26, "cash", 200)
    entry = TrailEntry.objects.get(action="organization.changed")
    assert entry.actor_id == people.operations.pk
    assert entry.changes["deep_talk_seconds"] == [180, 200]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("connect_seconds", "60"),  # above the effective threshold
        ("effective_seconds", "300"),  # above the deep-talk threshold
        ("deep_talk_seconds", "10"),
        ("connect_seconds", "-1"),
        ("time_zone", "Mars/Olympus"),
        ("sales_month_start_day", "32"),
        ("sales_month_start_day", "0"),
        ("revenue_basis", "barter"),
    ],
)
def test_settings_that_make_no_sense_are_refused(people: People, field: str, value: str) -> None:
    response = client_of(people.admin).post(reverse("organization:settings"), {**GOOD, field: value})

    assert response.status_code == 200, "the form is shown again"
    assert response.context["form"].errors
    assert Organization.objects.get().name == "Test floor"


def test_equal_thresholds_are_allowed(people: People) -> None:
    same = {f"{name}_seconds": "30" for name in ("connect", "effective", "deep_talk")}
    assert client_of(people.admin).post(reverse("organization:settings"), {**GOOD, **same}).status_code == 302


def test_a_day_is_changed_on_the_calendar_page_and_shown_in_its_year(people: People) -> None:
    client = client_of(people.operations)
    response = client.post(
        reverse("organization:calendar"), {"date": "2025-06-03", "kind": "holiday", "name": "公司周年"}
    )
    assert response.status_code == 302
    assert CalendarDay.objects.get().date == date(2025, 6, 3)
    assert "公司周年" in client.get(response.url).content.decode()
    assert "公司周年" not in client.get(f"{reverse('organization:calendar')}?year=2026").content.decode()


@pytest.mark.parametrize("year", ["", "abc", "99999", "-1", "²", "9" * 5000])
def test_any_year_in_the_address_shows_a_page(people: People, year: str) -> None:
    assert client_of(people.admin).get(reverse("organization:calendar"), {"year": year}).status_code == 200


def test_a_person_is_moved_and_given_leave_on_their_page(people: People) -> None:
    client, address = client_of(people.operations), _address("person", people)
    moved = client.post(address, {"valid_from": "2024-05-01", "team": people.other_team.pk, "role": "closer"})
    away = client.post(address, {"what": "leave", "first_day": "2024-05-06", "last_day": "2024-05-07", "kind": "年假"})

    assert (moved.status_code, away.status_code) == (302, 302)
    assert Membership.objects.get(rep=people.rep_row, valid_from=date(2024, 5, 1)).role == "closer"
    assert Leave.objects.get().last_day == date(2024, 5, 7)
    assert "年假" in client.get(address).content.decode()


def test_a_leave_backwards_is_refused_on_the_page(people: People) -> None:
    data = {"what": "leave", "first_day": "2024-05-07", "last_day": "2024-05-06"}
    response = client_of(people.operations).post(_address("person", people), data)

    assert response.status_code == 200
    assert response.context["leave"].errors
    assert not Leave.objects.exists()


def test_people_are_found_by_name_number_and_team(people: People, today: date) -> None:
    client, address = client_of(people.operations), reverse("organization:people")
    for sought in ("赵", "0001", "NORTH 1"):
        text = client.get(address, {"q": sought}).content.decode()
        assert people.rep_row.name in text
        assert people.outsider_row.name not in text


def test_an_account_is_linked_to_a_rep_and_opens_their_pages(people: People) -> None:
    address = reverse("organization:account", args=[people.rep_row.pk])
    assert client_of(people.outsider).post(address, {"user": people.outsider.pk}).status_code == 403

    response = client_of(people.operations).post(address, {"user": people.manager.pk})

    assert response.status_code == 302
    people.rep_row.refresh_from_db()
    assert people.rep_row.user == people.manager
    entry = TrailEntry.objects.get(action="organization.account_linked")
    assert entry.changes["user_id"] == [people.rep.pk, people.manager.pk]


def test_an_account_moves_from_one_rep_to_another(people: People) -> None:
    other = people.outsider_row

    client_of(people.operations).post(
        reverse("organization:account", args=[people.rep_row.pk]), {"user": people.outsider.pk}
    )

    other.refresh_from_db()
    people.rep_row.refresh_from_db()
    assert other.user is None
    assert people.rep_row.user == people.outsider
