"""Today as a page: whose it is, which clock it shows, and what it says when there is nothing to show."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from pacemark.engine.periods import sales_month
from pacemark.web.accounts.choices import AccessRole
from pacemark.web.accounts.services import create_user
from pacemark.web.goals.models import RepPlan
from pacemark.web.goals.services.plans import plan_period
from pacemark.web.organization.models import Leave, Organization, Rep
from pacemark.web.pipeline.models import Call
from tests.support.people import NAMES, People, client_of
from tests.web.goals.floor import Floor, weekdays

Freeze = Callable[[datetime], None]
TODAY = "overview:today"


@pytest.fixture
def freeze(monkeypatch: pytest.MonkeyPatch) -> Freeze:
    return lambda moment: monkeypatch.setattr(timezone, "now", lambda: moment)


@pytest.fixture
def floor(people: People) -> Floor:
    """February's work of two people, today's of one, and March's plans."""
    floor = Floor()
    for rep in (people.rep_row, people.outsider_row):
        for day in weekdays(date(2024, 2, 1), date(2024, 2, 29)):
            floor.dials(rep, day, 20, 8, 3)
    floor.dials(people.rep_row, date(2024, 3, 15), 13, 7, 2)
    floor.count()
    plan_period(actor=None, period=sales_month("2024-03"), as_of=date(2024, 3, 1))
    return floor


def _page(user: Any, address: str = "", **asked: str) -> Any:
    client = client_of(user)
    response = client.get(address or reverse(TODAY), asked, headers={"Accept-Language": "en"})
    return response


def test_a_rep_sees_the_own_day(people: People, floor: Floor, freeze: Freeze) -> None:
    freeze(datetime(2024, 3, 15, 13, 30, tzinfo=UTC))
    response = _page(people.rep)
    page, text = response.context["page"], response.content.decode()

    assert (page.ring.done, page.connects, page.bars[1].done) == (13, 7, 2)
    assert page.talk_seconds == 5 * 20 + 2 * 200
    assert (page.workday, page.n_workdays) == (11, 21)
    assert NAMES["rep"] in text
    assert NAMES["outsider"] not in text


@pytest.mark.parametrize(("zone", "clock"), [("Europe/Berlin", "14:30"), ("Asia/Shanghai", "21:30")])
def test_the_clock_is_the_organisations(people: People, floor: Floor, freeze: Freeze, zone: str, clock: str) -> None:
    Organization.objects.update(time_zone=zone)
    freeze(datetime(2024, 3, 15, 13, 30, tzinfo=UTC))
    response = _page(people.rep)

    assert response.context["page"].now.strftime("%H:%M") == clock
    assert clock in response.content.decode()
    # the last call began at 09:12 UTC
    shown = {"Europe/Berlin": "10:12", "Asia/Shanghai": "17:12"}[zone]
    assert shown in response.content.decode()
    assert Call.objects.latest("occurred_at").occurred_at == datetime(2024, 3, 15, 9, 12, tzinfo=UTC)


def test_the_day_turns_with_the_organisations_midnight(people: People, floor: Floor, freeze: Freeze) -> None:
    Organization.objects.update(time_zone="Asia/Shanghai")
    freeze(datetime(2024, 3, 14, 17, 0, tzinfo=UTC))
    assert _page(people.rep).context["page"].ring.done == 13, "it is the 15th in Shanghai"
    Organization.objects.update(time_zone="America/New_York")
    assert _page(people.rep).context["page"].ring.done == 0, "and the 14th in New York"


def test_one_day_can_be_set_for_the_whole_process(people: People, floor: Floor, today: date) -> None:
    assert _page(people.rep).context["page"].now.date() == today == date(2024, 3, 15)


def test_a_day_off_says_so(people: People, floor: Floor, today: date) -> None:
    Leave.objects.create(rep=people.rep_row, first_day=today, last_day=today)
    text = _page(people.rep).content.decode()

    assert "A day off" in text
    assert "day off; 10 of 20 workdays are done" in text


def test_without_a_plan_the_page_says_what_comes(people: People, today: date) -> None:
    assert "No plan for this month yet" in _page(people.rep).content.decode()


def test_who_is_nobodys_rep_is_told_where_to_go(people: People, today: date) -> None:
    lonely = create_user(actor=None, username="new", display_name="N", access_role=AccessRole.REP)
    assert "not linked to a rep yet" in _page(lonely).content.decode()
    for user in (people.manager, people.director, people.operations, people.admin):
        text = _page(user).content.decode()
        assert "Today belongs to those who dial" in text
        assert reverse("goals:list") in text


@pytest.mark.parametrize(
    ("who", "sees"),
    [("rep", {"rep"}), ("outsider", {"outsider"}), ("manager", {"rep"}), ("director", {"rep"}),
     ("operations", {"rep", "outsider"}), ("admin", {"rep", "outsider"})],
)  # fmt: skip
def test_leaders_open_the_day_of_those_they_lead(
    people: People, floor: Floor, today: date, who: str, sees: set[str]
) -> None:
    for whose, rep in (("rep", people.rep_row), ("outsider", people.outsider_row)):
        response = _page(getattr(people, who), reverse("overview:today_of", args=[rep.pk]))
        assert response.status_code == (200 if whose in sees else 404)
        if response.status_code == 200:
            assert response.context["page"].plan.rep_id == rep.pk
            assert response.context["is_own"] == (who == whose)
    assert _page(getattr(people, who), reverse("overview:today_of", args=[10**6])).status_code in {200, 404}


def test_home_opens_what_a_person_comes_for(people: People) -> None:
    assert _page(people.rep, "/").url == reverse(TODAY)
    assert _page(people.manager, "/").url == reverse("overview:team")
    for user in (people.director, people.operations, people.admin):
        assert _page(user, "/").url == reverse("overview:overview")


@pytest.mark.parametrize("confidence", ["0.5", "0.8", "0.9", "0.7", ""])
def test_the_confidence_asked_for_is_shown_and_nonsense_shows_even_odds(
    people: People, floor: Floor, today: date, confidence: str
) -> None:
    page = _page(people.rep, confidence=confidence).context["page"]
    asked = confidence if confidence in {"0.5", "0.8", "0.9"} else "0.5"
    plan = RepPlan.objects.get(rep=people.rep_row, is_current=True)

    assert page.confidence == asked
    assert [choice.is_current for choice in page.choices] == [key == asked for key in ("0.5", "0.8", "0.9")]
    dials = plan.content["plans"][asked]["dials"]
    assert page.month[0].required == -(-dials // 1)


def test_a_piece_for_htmx_is_the_same_day_without_the_frame(people: People, floor: Floor, today: date) -> None:
    client = client_of(people.rep)
    whole = client.get(reverse(TODAY)).content.decode()
    piece = client.get(reverse(TODAY), headers={"HX-Request": "true"}).content.decode()

    assert "<html" in whole
    assert "<html" not in piece
    assert re.sub(r"\s+", "", piece)[:200] in re.sub(r"\s+", "", whole)


def test_someone_hired_tomorrow_or_gone_has_no_day(people: People, floor: Floor, today: date) -> None:
    Rep.objects.filter(pk=people.rep_row.pk).update(left_on=today)
    assert "No plan for this month yet" in _page(people.rep).content.decode()
