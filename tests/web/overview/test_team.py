"""The team page: gaps against the plan, streaks, unreported talks, and being sent again only when something changed."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from django.urls import reverse

from pacemark.engine.periods import sales_month
from pacemark.web.accounts.choices import AccessRole
from pacemark.web.accounts.services import create_user
from pacemark.web.goals.models import RepPlan, Target
from pacemark.web.goals.services.plans import plan_period
from pacemark.web.organization.models import Rep
from pacemark.web.organization.queries import members_on
from pacemark.web.overview.team_page import TeamPage
from pacemark.web.overview.team_queries import team_for
from pacemark.web.pipeline.models import Call, Lead
from pacemark.web.process.bridge.gaps import streaks_of
from tests.support.people import People, client_of
from tests.web.goals.floor import Floor, steady_months, weekdays

MARCH = sales_month("2024-03")
TODAY = date(2024, 3, 13)


@pytest.fixture
def floor(db: None, settings: object) -> Floor:
    settings.PACEMARK_TODAY = TODAY.isoformat()  # type: ignore[attr-defined]
    floor = Floor()
    reps = [floor.rep("Idle"), floor.rep("Busy")]
    steady_months(floor, reps, weekdays(date(2023, 12, 1), date(2024, 2, 29)))
    talks = floor.dials(reps[1], date(2024, 3, 4), 400, 200, 100)
    for place, talk in enumerate(talks[:40]):
        floor.opportunity(reps[1], date(2024, 3, 4), talk=talk, won=1000 if place < 20 else None)
    floor.deal(reps[1], TODAY, 500)
    floor.count()
    plan_period(actor=None, period=MARCH, as_of=MARCH.first)
    return floor


def _page() -> TeamPage:
    return team_for(members_on(TODAY), "month")


def test_programs_read_the_same_gaps(floor: Floor, people: People) -> None:
    client, team = client_of(people.operations), floor.team
    told = client.get(f"/api/v1/process/teams/{team.pk}/gaps").json()
    page = _page()

    busy = next(one for one in told["people"] if one["name"] == "Busy")
    assert (busy["done"]["dials"], busy["gaps"]["dials"]["done"]) == (400, 400.0)
    shown = {row.member.name: row.cells[0].gap for row in page.rows}["Busy"]
    assert shown is not None and round(busy["gaps"]["dials"]["due"]) == int(str(shown.required).replace(",", ""))
    assert told["unreported_leads"] == [] and told["overdue_leads"] == page.facts.overdue

    other = client.get("/api/v1/process/teams/999999/gaps")
    assert other.status_code == 404
    for path in (f"teams/{team.pk}/diagnosis", "ranking?stage=deal_per_opportunity", "luck", "coaching-effects"):
        answer = client.get(f"/api/v1/process/{path}")
        assert answer.status_code == 200, path
        json.loads(answer.content, parse_constant=pytest.fail)


def test_who_misses_most_in_money_comes_first_and_the_gap_is_done_less_due(floor: Floor) -> None:
    page = _page()

    idle, busy = page.rows
    assert (idle.member.name, busy.member.name) == ("Idle", "Busy")
    plan = RepPlan.objects.get(rep__name="Idle")
    due = idle.cells[0].gap
    assert due is not None and due.done == "0" and due.tone == "risk"
    # 21 workdays, of which 8 are over and the ninth is under way
    dials = plan.content["plans"]["0.5"]["dials"]
    assert dials * 8 / 21 - 2 <= int(str(due.required).replace(",", "")) <= dials * 9 / 21 + 2
    assert busy.cells[0].gap is not None and busy.cells[0].gap.done == "400"
    assert (busy.connects, busy.talk_seconds) == (200, 100 * 200 + 100 * 20)
    # the missing money shows from the money itself or from the work that would bring it, whichever is more
    assert idle.short_minor >= idle.cells[-1].money_minor > 0


def test_a_plan_made_inside_the_month_asks_work_of_its_own_days_and_money_of_the_whole_month(floor: Floor) -> None:
    """Idle books 3,000 on the 4th, before the plan for 21,000 is made on the 11th."""
    rep = Rep.objects.get(name="Idle")
    for day in (date(2024, 3, 4), date(2024, 3, 12)):
        floor.dials(rep, day, 30, 10, 5)
    floor.deal(rep, date(2024, 3, 4), 3000)
    floor.count()
    Target.objects.create(rep=rep, period_start=MARCH.first, amount_minor=21_000_00)
    plan_period(actor=None, period=MARCH, as_of=date(2024, 3, 11))
    row = next(row for row in _page().rows if row.member.rep_id == rep.pk)

    dials, revenue = row.cells[0].gap, row.cells[-1].gap
    assert row.since == date(2024, 3, 11)
    assert dials is not None and revenue is not None
    assert dials.done == "30", "those of the 12th; the 4th lies before the plan"
    assert revenue.done == "3,000", "the target is the whole month's"
    # 1,000 on each of 21 working days, of which 8 are over and the ninth is under way
    assert 8_000 <= int(str(revenue.required).replace(",", "")) <= 9_000


def test_streaks_count_working_days_up_to_yesterday_and_a_deal_today_ends_one(floor: Floor) -> None:
    page = _page()

    [idle] = page.streaks
    days = weekdays(date(2023, 12, 13), TODAY - timedelta(days=1))
    last = max(row.signed_on for row in floor.source.deal_set.filter(owner__name="Idle"))
    assert (idle.member.name, idle.days) == ("Idle", sum(day > last for day in days))
    [busy] = page.first_deals
    before = max(row.signed_on for row in floor.source.deal_set.filter(owner__name="Busy", signed_on__lt=TODAY))
    assert (busy.member.name, busy.days) == ("Busy", sum(day > before for day in days))
    assert page.facts.team_streak is not None and page.facts.team_streak.days == 0


def test_a_day_off_is_no_day_without_a_deal() -> None:
    monday = date(2024, 3, 4)
    works = frozenset(weekdays(monday, monday + timedelta(days=9))) - {monday + timedelta(days=2)}

    [streak] = streaks_of([{monday: 1}], [works], monday, monday + timedelta(days=9))

    # Tuesday, Thursday, Friday, Monday, Tuesday; the second Wednesday is not over
    assert (streak.days, streak.ended) == (5, 0)


def test_two_deep_talks_without_an_opportunity_are_unreported_until_one_is_reported(floor: Floor) -> None:
    rep = members_on(TODAY)[0]
    lead = Lead.objects.create(source=floor.source, external_id="L7")
    talks = floor.dials(floor.team.memberships.get(rep_id=rep.rep_id).rep, TODAY, 3, 3, 2)
    Call.objects.filter(pk=talks[0].pk).update(lead=lead)
    assert not _page().unreported
    Call.objects.filter(pk=talks[1].pk).update(lead=lead)

    [line] = _page().unreported
    assert (line.found.lead, line.found.deep_talks) == ("L7", 2)
    floor.opportunity(None, TODAY, lead=lead)
    assert not _page().unreported


def test_the_page_is_sent_again_only_when_something_changed(floor: Floor) -> None:
    admin = create_user(actor=None, username="ops", display_name="Ops", access_role=AccessRole.OPERATIONS)
    client, address = client_of(admin), reverse("overview:team")
    asks = {"HX-Request": "true"}
    first = client.get(address, headers=asks)
    assert first.status_code == 200
    tag = first["ETag"]

    assert client.get(address, headers={**asks, "If-None-Match": tag}).status_code == 304
    assert client.get(f"{address}?seen={tag.strip(chr(34))}", headers=asks).status_code == 204
    floor.dials(floor.team.memberships.get(rep__name="Idle").rep, TODAY, 5)
    floor.count()
    again = client.get(address, headers={**asks, "If-None-Match": tag})
    assert again.status_code == 200
    assert again["ETag"] != tag
