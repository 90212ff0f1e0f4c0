"""Whose plans each role gets: the list, one person, the workbook, and setting a target."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook

from pacemark.engine.periods import sales_month
from pacemark.web.goals.models import Replan, RepPlan, Target
from pacemark.web.goals.services.plans import plan_period
from pacemark.web.jobs.queries import newest_named
from pacemark.web.organization.models import Team
from pacemark.web.organization.services import move_rep
from tests.support.people import NAMES, People, client_of
from tests.web.goals.floor import Floor

SEES = {
    "rep": {"rep"},
    "outsider": {"outsider"},
    "manager": {"rep"},
    "director": {"rep"},
    "operations": {"rep", "outsider"},
    "admin": {"rep", "outsider"},
}


@pytest.fixture
def planned(people: People, today: date) -> People:
    floor = Floor()
    for rep in (people.rep_row, people.outsider_row):
        floor.dials(rep, date(2024, 2, 28), 20, 8, 3)
    floor.count()
    plan_period(actor=None, period=sales_month("2024-03"), as_of=date(2024, 3, 1))
    return people


def _client(people: People, who: str) -> Client:
    return client_of(getattr(people, who))


def _rep_id(people: People, whose: str) -> int:
    return {"rep": people.rep_row, "outsider": people.outsider_row}[whose].pk


@pytest.mark.parametrize("who", SEES)
def test_the_list_holds_exactly_whom_one_sees(planned: People, who: str) -> None:
    response = _client(planned, who).get(reverse("goals:list"))
    if who in {"rep", "outsider"}:
        assert response.url == reverse("goals:detail", args=[_rep_id(planned, who)]), "a rep sees the own plan at once"
        return

    text = response.content.decode()
    assert {name for name in ("rep", "outsider") if NAMES[name] in text} == SEES[who]
    assert response.context["page"].sums.n_people == len(SEES[who]), "sums leave out whom one does not see"


@pytest.mark.parametrize("who", SEES)
def test_one_persons_plan_opens_or_is_not_found(planned: People, who: str) -> None:
    for whose in ("rep", "outsider"):
        response = _client(planned, who).get(reverse("goals:detail", args=[_rep_id(planned, whose)]))
        assert response.status_code == (200 if whose in SEES[who] else 404)
        shows_form = response.status_code == 200 and 'name="amount"' in response.content.decode()
        assert shows_form == (whose in SEES[who] and who not in {"rep", "outsider"})


@pytest.mark.parametrize("who", SEES)
def test_the_workbook_holds_exactly_whom_one_sees(planned: People, who: str) -> None:
    response = _client(planned, who).get(reverse("goals:export"))
    book = CalamineWorkbook.from_filelike(BytesIO(response.content))
    *sheets, about_the_file = book.sheet_names
    assert len(sheets) == 2 and about_the_file
    for sheet in sheets:
        rows = book.get_sheet_by_name(sheet).to_python()[1:]
        assert {row[0] for row in rows} == {NAMES[name] for name in SEES[who]}


@pytest.mark.parametrize("who", SEES)
def test_who_may_set_whose_target(planned: People, who: str) -> None:
    for whose in ("rep", "outsider"):
        before = Target.objects.count()
        address = reverse("goals:set_target", args=[_rep_id(planned, whose)])
        response = _client(planned, who).post(address, {"amount": "30000", "period": "2024-03"})
        is_leader = who not in {"rep", "outsider"}
        expected = 403 if not is_leader else 302 if whose in SEES[who] else 404
        assert response.status_code == expected, (who, whose)
        assert Target.objects.count() - before == (expected == 302)


def test_sight_follows_the_team_of_today(planned: People) -> None:
    """Whoever moved away yesterday is out of the old manager's sight, and in the new one's."""
    address = reverse("goals:detail", args=[planned.rep_row.pk])
    move_rep(actor=planned.admin, rep=planned.rep_row, valid_from=date(2024, 3, 14), team=planned.other_team)
    assert _client(planned, "manager").get(address).status_code == 404
    Team.objects.filter(pk=planned.other_team.pk).update(manager=planned.manager)
    assert _client(planned, "manager").get(address).status_code == 200


def test_a_team_out_of_sight_cannot_be_asked_for(planned: People) -> None:
    response = _client(planned, "manager").get(reverse("goals:list"), {"team": planned.other_team.pk})

    assert NAMES["outsider"] not in response.content.decode()
    assert response.context["page"].sums.n_people == 0


@pytest.mark.parametrize(
    "asked",
    [
        {"team": "9" * 30}, {"team": "9" * 5000}, {"team": "-1"}, {"team": "x"}, {"page": "x"}, {"page": "-1"},
        {"page": "999"}, {"period": "x"}, {"period": "2024-13"}, {"confidence": "1.0"}, {"confidence": ""},
        {"period": "0001-01"}, {"period": "9999-12"},
    ],
)  # fmt: skip
def test_nonsense_in_the_address_still_shows_a_page(planned: People, asked: dict[str, Any]) -> None:
    client = _client(planned, "admin")
    for address in (reverse("goals:list"), reverse("goals:detail", args=[planned.rep_row.pk]), reverse("goals:export")):
        assert client.get(address, asked).status_code == 200, address


def test_only_planners_plan_everyone_anew(planned: People) -> None:
    for who in SEES:
        response = _client(planned, who).post(reverse("goals:recompute"), {"period": "2024-03"})
        assert response.status_code == (302 if who in {"operations", "admin"} else 403), who
    assert len(newest_named("plan period")) == 2


def test_a_person_without_a_plan_gets_the_empty_state(planned: People) -> None:
    Replan.objects.all().delete()
    RepPlan.objects.all().delete()
    client = _client(planned, "rep")

    assert client.get(reverse("goals:detail", args=[planned.rep_row.pk])).status_code == 200
    assert _client(planned, "manager").get(reverse("goals:list")).status_code == 200
    assert CalamineWorkbook.from_filelike(BytesIO(client.get(reverse("goals:export")).content)).sheet_names


def test_a_rep_account_without_a_rep_is_told_so(planned: People) -> None:
    planned.rep_row.user = None
    planned.rep_row.save()
    response = _client(planned, "rep").get(reverse("goals:list"))

    assert response.status_code == 200
    assert NAMES["outsider"] not in response.content.decode()
