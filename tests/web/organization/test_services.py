"""Writing the organisation: dated moves, the calendar, and a trail of every write."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time
from itertools import pairwise
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pacemark.web.organization import services
from pacemark.web.organization.calendar_seed import chinese_days
from pacemark.web.organization.choices import DayKind
from pacemark.web.organization.models import CalendarDay, Leave, Membership, Organization, Rep, Team, WorkingPattern
from pacemark.web.trail.models import TrailEntry
from tests.support.people import People

JANUARY, MARCH, MAY, JULY = (date(2024, month, 1) for month in (1, 3, 5, 7))


@pytest.fixture
def newcomer(people: People) -> Rep:
    return Rep.objects.create(name="New", employee_no="0100")


def _rows(rep: Rep) -> list[tuple[str, date, date | None]]:
    rows = Membership.objects.filter(rep=rep).order_by("valid_from").select_related("team")
    return [(row.team.name if row.team else "", row.valid_from, row.valid_to) for row in rows]


# --- moves -----------------------------------------------------------------------------------------------------------


def test_moves_follow_each_other(people: People, newcomer: Rep) -> None:
    for day, team in ((JANUARY, people.team), (MAY, people.other_team), (JULY, None)):
        services.move_rep(actor=people.admin, rep=newcomer, valid_from=day, team=team)

    assert _rows(newcomer) == [("North 1", JANUARY, MAY), ("South 1", MAY, JULY), ("", JULY, None)]


def test_a_move_in_the_middle_of_the_past_ends_where_the_next_begins(people: People, newcomer: Rep) -> None:
    services.move_rep(actor=people.admin, rep=newcomer, valid_from=JANUARY, team=people.team)
    services.move_rep(actor=people.admin, rep=newcomer, valid_from=MAY, team=people.team)
    services.move_rep(actor=people.admin, rep=newcomer, valid_from=MARCH, team=people.other_team)

    assert _rows(newcomer) == [("North 1", JANUARY, MARCH), ("South 1", MARCH, MAY), ("North 1", MAY, None)]


def test_the_second_word_on_the_same_day_replaces_the_first(people: People, newcomer: Rep) -> None:
    services.move_rep(actor=people.admin, rep=newcomer, valid_from=JANUARY, team=people.team)
    services.move_rep(actor=people.admin, rep=newcomer, valid_from=MARCH, team=people.team)
    services.move_rep(actor=people.admin, rep=newcomer, valid_from=MARCH, team=people.other_team)

    assert _rows(newcomer) == [("North 1", JANUARY, MARCH), ("South 1", MARCH, None)]
    assert TrailEntry.objects.filter(action="organization.rep_moved").count() == 3, "both words stay on record"


def test_a_move_before_the_first_leaves_the_first_as_it_was(people: People, newcomer: Rep) -> None:
    services.move_rep(actor=people.admin, rep=newcomer, valid_from=MAY, team=people.team)
    services.move_rep(actor=people.admin, rep=newcomer, valid_from=JANUARY, team=people.other_team)

    assert _rows(newcomer) == [("South 1", JANUARY, MAY), ("North 1", MAY, None)]


def test_a_membership_that_had_ended_is_not_stretched_by_a_later_move(people: People, newcomer: Rep) -> None:
    """Somebody who was away from March to May belonged nowhere then, whatever happens afterwards."""
    Membership.objects.create(rep=newcomer, team=people.team, valid_from=JANUARY, valid_to=MARCH)
    services.move_rep(actor=people.admin, rep=newcomer, valid_from=MAY, team=people.other_team)

    assert _rows(newcomer) == [("North 1", JANUARY, MARCH), ("South 1", MAY, None)]


def test_a_role_that_does_not_exist_is_refused_and_nothing_is_written(people: People, newcomer: Rep) -> None:
    services.move_rep(actor=people.admin, rep=newcomer, valid_from=JANUARY, team=people.team)
    with pytest.raises(ValidationError):
        services.move_rep(actor=people.admin, rep=newcomer, valid_from=MAY, team=None, role="juggler")

    assert _rows(newcomer) == [("North 1", JANUARY, None)]


@given(days=st.lists(st.integers(0, 40), min_size=1, max_size=8))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_the_order_of_moves_no_day_is_held_twice_or_by_nobody(people: People, days: list[int]) -> None:
    rep = Rep.objects.create(name="Any")
    last_word: dict[date, int] = {}
    for number, offset in enumerate(days):
        day = date.fromordinal(JANUARY.toordinal() + offset)
        team = Team.objects.create(name=f"T{rep.pk}-{number}")
        services.move_rep(actor=people.admin, rep=rep, valid_from=day, team=team)
        last_word[day] = team.pk

    rows = list(Membership.objects.filter(rep=rep).order_by("valid_from"))
    assert {row.valid_from: row.team_id for row in rows} == last_word
    assert all(before.valid_to == after.valid_from for before, after in pairwise(rows))
    assert rows[-1].valid_to is None


# --- settings and calendar --------------------------------------------------------------------------------------------


def test_china_gets_its_calendar_at_once_and_others_do_not(db: None) -> None:
    services.set_up_organization(actor=None, name="Here", time_zone="Asia/Shanghai")
    assert CalendarDay.objects.filter(date=date(2026, 2, 17), kind=DayKind.HOLIDAY).exists()

    CalendarDay.objects.all().delete()
    Organization.objects.all().delete()
    services.set_up_organization(actor=None, name="There", time_zone="Europe/Berlin")
    assert not CalendarDay.objects.exists()


def test_setting_up_twice_keeps_the_first(db: None) -> None:
    first = services.set_up_organization(actor=None, name="First", time_zone="Europe/Berlin")
    again = services.set_up_organization(actor=None, name="Second", time_zone="Asia/Tokyo")

    assert (again.pk, again.name, Organization.objects.count()) == (first.pk, "First", 1)


def test_2027_is_expected_and_earlier_years_are_announced(db: None) -> None:
    services.fill_chinese_calendar(actor=None)
    announced = CalendarDay.objects.filter(date__year__lte=2026)
    expected = CalendarDay.objects.filter(date__year=2027)

    assert not announced.filter(is_provisional=True).exists()
    assert expected.exists()
    assert not expected.filter(is_provisional=False).exists()
    assert not expected.filter(kind=DayKind.MAKE_UP).exists(), "nobody can know the make-up days before November"
    assert expected.filter(date=date(2027, 2, 6)).exists(), "Spring Festival 2027 falls on 6 February"


def test_filling_again_neither_overwrites_nor_doubles(people: People) -> None:
    added = services.fill_chinese_calendar(actor=None)
    assert added == len({day.date for day in chinese_days()})
    services.set_calendar_day(actor=people.admin, day=date(2026, 2, 17), kind=DayKind.MAKE_UP, name="we work")
    services.set_calendar_day(actor=people.admin, day=date(2027, 2, 5), kind=DayKind.HOLIDAY, name="announced")
    services.fill_chinese_calendar(actor=None)

    assert CalendarDay.objects.get(pk=date(2026, 2, 17)).name == "we work"
    settled = CalendarDay.objects.get(pk=date(2027, 2, 5))
    assert (settled.name, settled.is_provisional) == ("announced", False)
    assert CalendarDay.objects.count() == added


def test_a_day_becomes_ordinary_again(people: People) -> None:
    day = date(2024, 6, 3)
    services.set_calendar_day(actor=people.admin, day=day, kind=DayKind.HOLIDAY, name="party")
    services.set_calendar_day(actor=people.admin, day=day, kind=None)

    assert not CalendarDay.objects.filter(pk=day).exists()
    changes = [entry.changes["kind"] for entry in TrailEntry.objects.filter(subject_id=day.isoformat()).order_by("pk")]
    assert changes == [[None, "holiday"], ["holiday", None]]


def test_a_sales_month_cannot_start_on_day_32(people: People) -> None:
    with pytest.raises(ValidationError):
        services.change_organization(actor=people.admin, sales_month_start_day=32)
    assert Organization.objects.get().sales_month_start_day == 1


def test_a_leave_that_ends_before_it_begins_is_refused(people: People) -> None:
    with pytest.raises(ValidationError):
        services.add_leave(actor=people.admin, rep=people.rep_row, first_day=MAY, last_day=MARCH)
    assert not Leave.objects.exists()


# --- the trail --------------------------------------------------------------------------------------------------------


def _pattern() -> WorkingPattern:
    return WorkingPattern.objects.create(
        name="单休", weeks=[[0, 1, 2, 3, 4, 5]], anchor_monday=JANUARY, shift_start=time(9), shift_end=time(18)
    )


Act = Callable[[People], Any]
WRITES: dict[str, tuple[Act, dict[str, Any]]] = {
    "organization.changed": (
        lambda p: services.change_organization(actor=p.admin, deep_talk_seconds=200, currency="CNY"),
        {"deep_talk_seconds": [180, 200]},
    ),
    "organization.calendar_changed": (
        lambda p: services.set_calendar_day(actor=p.admin, day=MAY, kind=DayKind.HOLIDAY),
        {"kind": [None, "holiday"]},
    ),
    "organization.rep_moved": (
        lambda p: services.move_rep(actor=p.admin, rep=p.rep_row, valid_from=MAY, team=p.other_team, role="setter"),
        {"role": "setter", "from": "2024-05-01", "grade_id": None},
    ),
    "organization.leave_added": (
        lambda p: services.add_leave(actor=p.admin, rep=p.rep_row, first_day=MAY, last_day=MAY),
        {"first_day": "2024-05-01", "last_day": "2024-05-01"},
    ),
    "organization.team_pattern_changed": (
        lambda p: services.set_team_pattern(actor=p.admin, team=p.team, pattern=_pattern()),
        {},
    ),
    "organization.calendar_filled": (lambda p: services.fill_chinese_calendar(actor=p.admin), {}),
}


@pytest.mark.parametrize("action", WRITES)
def test_every_write_leaves_one_trail_with_its_actor(people: People, action: str) -> None:
    act, expected = WRITES[action]
    before = TrailEntry.objects.count()
    act(people)

    assert TrailEntry.objects.count() == before + 1
    entry = TrailEntry.objects.latest("pk")
    assert (entry.action, entry.actor_id) == (action, people.admin.pk)
    assert {name: entry.changes[name] for name in expected} == expected
    if action == "organization.changed":
        assert set(entry.changes) == {"deep_talk_seconds"}, "what stayed the same is not a change"


def test_a_refused_write_leaves_no_trail(people: People) -> None:
    before = TrailEntry.objects.count()
    with pytest.raises(ValidationError):
        services.change_organization(actor=people.admin, sales_month_start_day=0)
    assert TrailEntry.objects.count() == before
