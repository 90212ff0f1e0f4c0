"""A person's quarter: what they are after with its odds, and months that keep the sum while they are edited."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest

from pacemark.engine.periods import sales_month
from pacemark.web.goals.choices import TargetBasis
from pacemark.web.goals.models import Intention, QuarterTarget, RepPlan, Target
from pacemark.web.goals.queries.quarter_facts import neighbours, quarter_start_asked
from pacemark.web.goals.queries.wish_odds import chances_in_month
from pacemark.web.goals.services.agreements import Seen, agree, propose
from pacemark.web.goals.services.plans import plan_period
from pacemark.web.goals.services.quarters import set_quarter
from pacemark.web.organization.grade_services import save_grade, set_quota
from pacemark.web.organization.models import CalendarDay, Membership, Rep
from tests.support.people import People, client_of
from tests.web.goals.floor import Floor, steady_months, weekdays

Q2, APR, MAY, JUN = date(2024, 4, 1), date(2024, 4, 1), date(2024, 5, 1), date(2024, 6, 1)


@pytest.fixture(autouse=True)
def _english(people: People, today: date) -> None:
    CalendarDay.objects.all().delete()
    for user in (people.operations, people.manager, people.rep):
        user.language = "en"
        user.save()


def _url(people: People, more: str = "") -> str:
    return f"/goals/{people.rep_row.pk}/quarter/{more}"


def _standing(people: People) -> dict[date, Target]:
    rows = Target.objects.filter(rep=people.rep_row).order_by("period_start", "version")
    return {row.period_start: row for row in rows}


def _quarter(people: People, amount: int = 65_000) -> None:
    set_quarter(
        actor=None, rep_id=people.rep_row.pk, quarter_start=Q2, amount_minor=amount * 100, basis=TargetBasis.TYPED
    )


def _ladder(people: People) -> None:
    low, high = (save_grade(actor=None, grade_id=None, name=name) for name in ("P1", "P2"))
    for grade, quota in ((low, 65_000_00), (high, 130_000_00)):
        set_quota(actor=None, grade_id=grade.pk, valid_from=date(2023, 1, 1), quota_minor=quota)
    Membership.objects.filter(rep=people.rep_row).update(grade=low)


def test_the_others_follow_before_anything_is_saved(people: People) -> None:
    _quarter(people)
    typed = {"quarter": "2024-Q2", "m-2024-04": "22,000", "m-2024-05": "36,200", "m-2024-06": "20,000"}
    text = client_of(people.manager).get(_url(people), typed).content.decode()
    assert "becomes ¥15,086" in text
    assert "becomes ¥13,714" in text
    assert 'value="36,200"' in text
    assert QuarterTarget.objects.count() == 1
    assert _standing(people)[MAY].amount_minor == 23_000_00


def test_months_are_saved_held_and_let_go(people: People) -> None:
    _quarter(people)
    client = client_of(people.manager)
    typed = {"quarter": "2024-Q2", "m-2024-04": "22000", "m-2024-05": "36200", "m-2024-06": "20000"}
    page: Any = client.post(_url(people, "months/"), typed, follow=True)
    assert "Saved; the quarter still adds up." in page.content.decode()
    months = _standing(people)
    assert {day: (row.amount_minor // 100, row.is_held, row.basis) for day, row in months.items()} == {
        APR: (15_086, False, TargetBasis.QUARTER),
        MAY: (36_200, True, TargetBasis.TYPED),
        JUN: (13_714, False, TargetBasis.QUARTER),
    }
    again = {"quarter": "2024-Q2", "m-2024-04": "15086", "m-2024-05": "36200", "m-2024-06": "13714"}
    client.post(_url(people, "months/"), again)
    assert _standing(people)[MAY].is_held is False, "the tick was taken away"
    client.post(_url(people, "amount/"), {"quarter": "2024-Q2", "amount": "65000"})
    assert [row.amount_minor // 100 for row in _standing(people).values()] == [22_000, 23_000, 20_000]
    client.post(_url(people, "amount/"), {"quarter": "2024-Q2", "amount": "130000"})
    assert sorted(row.amount_minor // 100 for row in _standing(people).values()) == [40_000, 44_000, 46_000]


@pytest.mark.parametrize(
    ("path", "typed", "told"),
    [
        ("months/", {"m-2024-05": "90000"}, "hold more than the quarter"),
        ("months/", {"m-2024-05": "-1"}, "must not be negative"),
        ("months/", {"m-2024-05": "a lot"}, "Write amounts as numbers"),
        ("amount/", {"amount": "-1"}, "must not be negative"),
        ("intention/", {"kind": "keep"}, "The grade has no quota in this quarter."),
    ],
)
def test_bad_input_is_told_and_nothing_is_lost(people: People, path: str, typed: dict[str, str], told: str) -> None:
    _quarter(people)
    client = client_of(people.manager)
    page: Any = client.post(_url(people, path), {"quarter": "2024-Q2", **typed}, follow=True)
    assert told in page.content.decode()
    assert {day: row.amount_minor // 100 for day, row in _standing(people).items()} == {
        APR: 22_000, MAY: 23_000, JUN: 20_000,
    }  # fmt: skip


def test_a_target_below_what_is_booked_is_allowed_and_said(people: People) -> None:
    floor = Floor()
    floor.deal(people.rep_row, date(2024, 3, 5), 900)
    floor.count()
    set_quarter(
        actor=None, rep_id=people.rep_row.pk, quarter_start=date(2024, 1, 1), amount_minor=500_00,
        basis=TargetBasis.TYPED,
    )  # fmt: skip
    text = client_of(people.manager).get(_url(people, "?quarter=2024-Q1")).content.decode()
    assert "more than the target" in text
    assert text.count("more than the target") == 1


def test_a_rep_chooses_but_does_not_set(people: People) -> None:
    _ladder(people)
    client = client_of(people.rep)
    text = client.get(_url(people, "?quarter=2024-Q2")).content.decode()
    assert "Reach the next grade" in text
    assert "Save the months" not in text
    assert client.post(_url(people, "months/"), {"m-2024-05": "1"}).status_code == 403
    page: Any = client.post(_url(people, "intention/"), {"quarter": "2024-Q2", "kind": "promote"}, follow=True)
    assert "2024-Q2: ¥130,000" in page.content.decode()
    assert Intention.objects.get().set_by == people.rep


def test_an_agreed_month_changes_only_for_a_reason(people: People) -> None:
    _quarter(people)
    plan_period(actor=None, period=sales_month("2024-04"), as_of=APR)
    propose(actor=people.manager, period_start=APR, rep_ids=[people.rep_row.pk])
    agree(actor=people.rep, seen=Seen(rep_id=people.rep_row.pk, period_start=APR, n_steps=1))
    client = client_of(people.manager)
    typed = {"quarter": "2024-Q2", "amount": "78000"}
    page: Any = client.post(_url(people, "amount/"), typed, follow=True)
    assert _standing(people)[APR].amount_minor == 22_000_00
    assert "Say why" in page.content.decode()
    client.post(_url(people, "amount/"), {**typed, "reason": "a new product"})
    assert _standing(people)[APR].amount_minor > 22_000_00
    plan = RepPlan.objects.get(rep=people.rep_row, period_start=APR, is_current=True)
    assert plan.target_minor == _standing(people)[APR].amount_minor, "the plan was made anew"
    assert plan.target_basis == TargetBasis.QUARTER


def test_odds_fall_as_more_is_asked_and_setters_have_none(people: People, today: date) -> None:
    floor = Floor()
    rep, setter = floor.rep("Alone", "full_cycle"), floor.rep("Sets", "setter")
    steady_months(floor, [rep], weekdays(date(2023, 12, 1), date(2024, 3, 14)))
    floor.count()
    april = sales_month("2024-04")
    plan_period(actor=None, period=april, as_of=date(2024, 3, 15))
    low, usual, high = chances_in_month(rep.pk, april, [1_000_00, 5_000_00, 30_000_00], today)
    assert low is not None
    assert usual is not None
    assert high is not None
    assert 0.9 < low <= 1
    assert low > usual > high
    assert high < 0.01
    assert chances_in_month(setter.pk, april, [1_000_00], today) == [None]
    assert chances_in_month(rep.pk, sales_month("2024-02"), [1_000_00], today) == [None], "over"
    assert chances_in_month(rep.pk, sales_month("2024-06"), [1_000_00], today) == [None], "not planned"


def test_addresses_name_quarters_or_months(people: People) -> None:
    assert quarter_start_asked("2024-Q3") == date(2024, 7, 1)
    assert quarter_start_asked("2024-05") == Q2
    assert quarter_start_asked("nonsense") == date(2024, 1, 1)
    assert neighbours("2024-Q1") == ("2023-Q4", "2024-Q2")
    assert neighbours("2024-Q4") == ("2024-Q3", "2025-Q1")
    Rep.objects.filter(pk=people.rep_row.pk).update(name="Someone")
    text = client_of(people.operations).get(_url(people, "?period=2024-05")).content.decode()
    assert re.search(r"Someone, 2024-Q2: nothing is asked yet", text)
