"""Working days against calendars written by hand: Spring Festival 2026 and its make-up days, patterns, leave, rosters.

The State Council's notice for 2026: holiday from Sunday 15 to Monday 23 February; Saturday 14 and Saturday 28 February
are worked.
"""

from __future__ import annotations

from datetime import date, time

import pytest

from pacemark.web.organization import services
from pacemark.web.organization.choices import DayKind
from pacemark.web.organization.models import Leave, Membership, Rep, RosterDay, Team, WorkingPattern
from pacemark.web.organization.queries import members_on
from pacemark.web.organization.working_time import shift_of, working_days_of
from tests.support.query_counts import counted_queries

FIRST, LAST = date(2026, 2, 1), date(2026, 2, 28)
# Worked by hand, with a wall calendar: February 2026 begins on a Sunday.
FIVE_DAYS = (2, 3, 4, 5, 6, 9, 10, 11, 12, 13, 14, 24, 25, 26, 27, 28)
ONE_REST = (2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 14, 24, 25, 26, 27, 28)
# 大小周 with the six-day week in the weeks of 2 and 16 February, or of 9 and 23 February: Saturday 7 tells them apart.
BIG_FIRST = (2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 14, 24, 25, 26, 27, 28)
BIG_SECOND = (2, 3, 4, 5, 6, 9, 10, 11, 12, 13, 14, 24, 25, 26, 27, 28)
IGNORES_CALENDAR = (2, 3, 4, 5, 6, 9, 10, 11, 12, 13, 16, 17, 18, 19, 20, 23, 24, 25, 26, 27)
SIX, FIVE = [0, 1, 2, 3, 4, 5], [0, 1, 2, 3, 4]


@pytest.fixture(autouse=True)
def _calendar(db: None) -> None:
    services.set_up_organization(actor=None, name="Here", time_zone="Asia/Shanghai")


def _pattern(weeks: list[list[int]], anchor: date = date(2026, 2, 2), *, follows: bool = True) -> WorkingPattern:
    return WorkingPattern.objects.create(
        name=f"P{WorkingPattern.objects.count()}",
        weeks=weeks,
        anchor_monday=anchor,
        shift_start=time(13, 30),
        shift_end=time(21, 30),
        follows_calendar=follows,
    )


def _rep(pattern: WorkingPattern | None = None, **fields: date | None) -> Rep:
    team = Team.objects.create(name=f"T{Team.objects.count()}", working_pattern=pattern)
    rep = Rep.objects.create(name="R", **fields)
    Membership.objects.create(rep=rep, team=team, valid_from=date(2020, 1, 1))
    return rep


def _days(rep: Rep, first: date = FIRST, last: date = LAST) -> tuple[int, ...]:
    member = next(member for day in (first, last) for member in members_on(day) if member.rep_id == rep.pk)
    return tuple(day.day for day in working_days_of([member], first, last)[rep.pk])


def test_spring_festival_and_its_make_up_days() -> None:
    assert _days(_rep()) == FIVE_DAYS


def test_one_rest_day_a_week() -> None:
    assert _days(_rep(_pattern([SIX]))) == ONE_REST


@pytest.mark.parametrize(
    ("anchor", "expected"),
    [
        (date(2026, 2, 2), BIG_FIRST),
        (date(2026, 1, 26), BIG_SECOND),
        (date(2026, 2, 16), BIG_FIRST),
        (date(2026, 3, 9), BIG_SECOND),  # an anchor that still lies ahead counts backwards
        (date(2020, 1, 6), BIG_SECOND),  # 317 weeks earlier
    ],
)
def test_alternate_weeks_count_from_their_anchor(anchor: date, expected: tuple[int, ...]) -> None:
    assert _days(_rep(_pattern([SIX, FIVE], anchor))) == expected


def test_a_pattern_may_ignore_the_calendar() -> None:
    assert _days(_rep(_pattern([FIVE], follows=False))) == IGNORES_CALENDAR


def test_leave_takes_days_at_both_ends_and_only_its_owners() -> None:
    away, other = _rep(), _rep()
    Leave.objects.create(rep=away, first_day=date(2026, 1, 20), last_day=date(2026, 2, 3))
    Leave.objects.create(rep=away, first_day=date(2026, 2, 26), last_day=date(2026, 3, 20))

    assert _days(away) == tuple(day for day in FIVE_DAYS if day not in {2, 3, 26, 27, 28})
    assert _days(other) == FIVE_DAYS


def test_a_roster_beats_pattern_and_calendar_and_leave_beats_the_roster() -> None:
    rep = _rep()
    for day, is_working in ((1, True), (17, True), (5, False), (14, False), (18, True)):
        RosterDay.objects.create(rep=rep, date=date(2026, 2, day), is_working=is_working)
    Leave.objects.create(rep=rep, first_day=date(2026, 2, 18), last_day=date(2026, 2, 18))

    assert _days(rep) == tuple(sorted({*FIVE_DAYS, 1, 17} - {5, 14}))


def test_nobody_works_before_hiring_or_from_leaving_on() -> None:
    assert _days(_rep(hired_on=date(2026, 2, 10))) == tuple(day for day in FIVE_DAYS if day >= 10)
    assert _days(_rep(left_on=date(2026, 2, 10))) == tuple(day for day in FIVE_DAYS if day < 10)


def test_what_operations_say_of_a_day_moves_the_days() -> None:
    from pacemark.web.accounts.choices import AccessRole
    from pacemark.web.accounts.services import create_user

    actor = create_user(actor=None, username="ops", display_name="O", access_role=AccessRole.OPERATIONS)
    services.set_calendar_day(actor=actor, day=date(2026, 2, 9), kind=DayKind.HOLIDAY)
    services.set_calendar_day(actor=actor, day=date(2026, 2, 8), kind=DayKind.MAKE_UP)
    services.set_calendar_day(actor=actor, day=date(2026, 2, 28), kind=None)

    assert _days(_rep()) == tuple(sorted({*FIVE_DAYS, 8} - {9, 28}))


def test_many_people_cost_no_more_queries_than_one() -> None:
    pattern = _pattern([SIX])
    few = [_rep(pattern)]
    with counted_queries() as alone:
        working_days_of(members_on(FIRST, frozenset(rep.pk for rep in few)), FIRST, LAST)
    for _ in range(20):
        _rep(pattern)
    with counted_queries() as together:
        found = working_days_of(members_on(FIRST), FIRST, LAST)

    assert len(alone) == len(together)
    assert len(found) == 21


def test_shifts_follow_the_team() -> None:
    evening, plain = _rep(_pattern([FIVE])), _rep()
    shifts = {member.rep_id: shift_of(member) for member in members_on(FIRST)}

    assert shifts[evening.pk] == (time(13, 30), time(21, 30))
    assert shifts[plain.pk] == (time(9), time(18))
