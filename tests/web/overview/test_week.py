"""The week: planned, done and gap by stage and day, and never process alone."""

from __future__ import annotations

import math
import re
from datetime import date, timedelta
from html import unescape

import pytest
from django.urls import reverse

from pacemark.engine.periods import sales_month
from pacemark.web.accounts.choices import AccessRole
from pacemark.web.goals.models import Replan, RepPlan
from pacemark.web.goals.services.plans import plan_period
from pacemark.web.goals.services.replans import replan_period
from pacemark.web.organization.models import Rep
from pacemark.web.overview.week_page import PlannedMonth, WeekFacts, WeekPage, monday_of, week_page
from pacemark.web.pipeline.queries import RepDayRow
from tests.support.people import People, client_of
from tests.web.goals.floor import Floor, steady_months, weekdays

MARCH = sales_month("2024-03")
WORKDAYS = tuple(weekdays(MARCH.first, MARCH.last))
MONDAY, THURSDAY = date(2024, 3, 11), date(2024, 3, 14)


@pytest.fixture
def plans(db: None) -> dict[str, RepPlan]:
    floor = Floor()
    full, setter, closer = (floor.rep(name, name) for name in ("full_cycle", "setter", "closer"))
    days = weekdays(date(2023, 12, 1), date(2024, 2, 29))
    steady_months(floor, [full], days)
    steady_months(floor, [setter], days, [closer])
    floor.count()
    plan_period(actor=None, period=MARCH, as_of=MARCH.first)
    return {plan.role: plan for plan in RepPlan.objects.select_related("rep")}


def _week(plan: RepPlan, days: dict[date, RepDayRow], today: date = THURSDAY, monday: date = MONDAY) -> WeekPage:
    month = PlannedMonth(content=plan.content, known_from=plan.as_of, workdays=WORKDAYS)
    months = (month,) if monday < date(2024, 4, 1) else ()
    return week_page(WeekFacts(monday=monday, today=today, role=plan.role, scale=100, months=months, days=days))


def _did(rep: Rep, day: date, **counts: int) -> RepDayRow:
    return RepDayRow(rep_id=rep.pk, business_date=day, **counts)


def test_the_weeks_of_a_month_add_up_to_its_plan(plans: dict[str, RepPlan]) -> None:
    plan = plans["full_cycle"]
    mondays = sorted({monday_of(day) for day in WORKDAYS})
    weeks = [_week(plan, {}, monday=monday, today=MARCH.last) for monday in mondays]

    for place, stage in enumerate(("dials", "connects", "deep_talks", "opportunities_from_talks")):
        total = sum(week.rows[place].total.planned for week in weeks)
        assert total == math.ceil(plan.content["plans"]["0.5"][stage] - 1e-9)
    revenue = sum(week.results[0].total.planned for week in weeks)
    assert revenue == pytest.approx(plan.content["target"])


def test_done_planned_and_the_gap_up_to_today(plans: dict[str, RepPlan]) -> None:
    plan = plans["full_cycle"]
    plan.content["plans"]["0.5"].update(dials=2100.0, deals=21.0)
    plan.content["target"] = 21_000.0
    days = {
        day: _did(plan.rep, day, dials=90, deals=1, revenue_minor=50_000, refunds_minor=10_000, talk_seconds=600)
        for day in (MONDAY, MONDAY + timedelta(days=1))
    }
    page = _week(plan, days)
    dials, (revenue, deals) = page.rows[0], page.results

    assert [cell.planned for cell in dials.cells] == [100] * 5 + [0, 0]
    assert [cell.gap for cell in dials.cells] == [-10, -10, -100, -100, None, None, None]
    assert (dials.total.done, dials.total.planned, dials.total.gap, dials.total.tone) == (180, 500, -220, "risk")
    assert (revenue.total.done, revenue.total.planned, revenue.total.gap) == (800, 5_000, -3_200)
    assert (deals.total.done, deals.total.planned, deals.total.gap) == (2, 5, -2)
    assert (page.talk_seconds, page.next) == (1_200, None)
    assert page.slowest is not None
    assert page.slowest.total.done == 0, "what is not begun is further behind than dials"


def test_every_role_has_a_result_beside_its_work(plans: dict[str, RepPlan]) -> None:
    labels = {role: [row.label for row in _week(plan, {}).results] for role, plan in plans.items()}
    assert all(len(found) >= 1 for found in labels.values())
    assert len(labels["full_cycle"]) == len(labels["closer"]) == 2
    assert [len(_week(plans[role], {}).rows) for role in ("full_cycle", "setter", "closer")] == [4, 4, 1]


def test_a_week_without_a_plan_shows_what_was_done(plans: dict[str, RepPlan]) -> None:
    plan, monday = plans["full_cycle"], date(2024, 4, 8)
    page = _week(plan, {monday: _did(plan.rep, monday, dials=30)}, monday=monday, today=monday)
    assert not page.is_planned
    assert (page.rows[0].total.done, page.rows[0].total.planned, page.rows[0].total.tone) == (30, 0, "")


# --- the page ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def planned(people: People, today: date) -> People:
    plan_period(actor=None, period=MARCH, as_of=MARCH.first)
    return people


def test_a_rep_sees_the_own_week_and_past_ones(planned: People, today: date) -> None:
    client = client_of(planned.rep)
    html = client.get(reverse("overview:week")).content.decode()
    monday = monday_of(today)
    before = monday - timedelta(days=7)

    assert planned.rep_row.name in html
    assert f"?week={before:%Y-%m-%d}" in html
    past = client.get(reverse("overview:week"), {"week": f"{before:%Y-%m-%d}"}).content.decode()
    assert f"?week={monday:%Y-%m-%d}" in past
    for nonsense in ("9999-99-99", "x" * 50, "2924-01-01"):
        assert client.get(reverse("overview:week"), {"week": nonsense}).status_code == 200
    piece = client.get(reverse("overview:week"), headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in piece


@pytest.mark.parametrize("role", [AccessRole.MANAGER, AccessRole.DIRECTOR, AccessRole.OPERATIONS])
def test_leaders_choose_among_those_in_sight(planned: People, role: AccessRole) -> None:
    client = client_of(planned.of_role(role))
    html = unescape(client.get(reverse("overview:week")).content.decode())
    sees_all = role == AccessRole.OPERATIONS

    assert planned.rep_row.name in html
    assert (planned.outsider_row.name in html) == sees_all
    assert client.get(reverse("overview:week_of", args=[planned.rep_row.pk])).status_code == 200
    other = client.get(reverse("overview:week_of", args=[planned.outsider_row.pk])).status_code
    assert other == (200 if sees_all else 404)


def test_the_week_is_measured_by_what_was_left_when_it_began(planned: People, today: date) -> None:
    """A replan in the middle of the week does not move the week's plan."""
    monday = monday_of(today)
    address = reverse("overview:week")
    Replan.objects.all().delete()
    replan_period(actor=None, period=MARCH, as_of=max(monday, MARCH.first))
    Replan.objects.update(content=_with_dials(Replan.objects.get(rep=planned.rep_row).content, 777.0))
    first = client_of(planned.rep).get(address).content.decode()
    replan_period(actor=None, period=MARCH, as_of=today)

    assert _cells(client_of(planned.rep).get(address).content.decode()) == _cells(first)


def _with_dials(content: dict[str, object], dials: float) -> dict[str, object]:
    content["plans"]["0.5"]["dials"] = dials  # type: ignore[index]
    return content


def _cells(html: str) -> list[str]:
    return re.findall(r"<td.*?</td>", html, re.DOTALL)
