"""What if: the calculator's worked numbers typed into the page, drafts, and what cannot be worked out."""

from __future__ import annotations

import re
from datetime import date
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from pacemark.engine.periods import sales_month
from pacemark.web.goals.models import PlanDraft, RepPlan
from pacemark.web.goals.services.plans import plan_period
from tests.support.people import People, client_of

MARCH = "2024-03"
CHAIN = {
    "target": "30000", "booked": "0", "win_rate": "20", "deal_value": "3000", "expected_amount": "",
    "opportunity_per_deep_talk": "25", "deep_talk_per_connect": "20", "connect_per_dial": "40", "closing_share": "",
    "open_pipeline": "", "open_closing_share": "", "direct_opportunities": "", "days": "22", "day": "0",
    "days_per_week": "5", "capacity_dials_per_day": "", "won": "20", "lost": "80",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _planned(people: People, today: date) -> None:
    plan_period(actor=None, period=sales_month(MARCH), as_of=date(2024, 3, 1))


def _english(user: Any) -> Client:
    client = client_of(user)
    client.post(reverse("accounts:language"), {"language": "en"})
    return client


def _page(people: People, typed: dict[str, str], **headers: str) -> str:
    address = reverse("goals:what_if", args=[people.rep_row.pk])
    response = _english(people.rep).get(address, {"period": MARCH, **CHAIN, **typed}, headers=headers)
    assert response.status_code == 200
    return unescape(response.content.decode())


def _rows(html: str, table: str) -> dict[str, list[str]]:
    body = re.search(rf'id="{table}".*?</table>', html, re.DOTALL)
    assert body is not None, table
    rows = re.findall(r"<tr>(.*?)</tr>", body[0], re.DOTALL)
    cells = [[_text(cell) for cell in re.findall(r"<td.*?>(.*?)</td>", row, re.DOTALL)] for row in rows]
    return {row[0]: row[1:] for row in cells if row}


def _course(html: str) -> dict[str, str]:
    body = re.search(r'id="course".*?</dl>', html, re.DOTALL)
    assert body is not None
    return {_text(key): _text(value) for key, value in re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", body[0], re.DOTALL)}


def _text(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<.*?>", "", html)).strip()


def test_decompose_as_in_the_calculator(people: People) -> None:
    """3.2: 30,000 at .2, 3,000 and .25, .2, .4 over 22 days."""
    rows = _rows(_page(people, {}), "needs")

    assert {label: row[0] for label, row in rows.items()} == {
        "Pipeline": "150,000", "Deals": "10", "Opportunities": "50", "Deep talks": "200", "Connects": "1,000",
        "Dials": "2,500",
    }  # fmt: skip
    paces = {label: row[2:] for label, row in rows.items() if label not in {"Pipeline", "Deals"}}
    assert paces == {
        "Opportunities": ["3 2.27", "12 11.36"], "Deep talks": ["10 9.09", "46 45.45"],
        "Connects": ["46 45.45", "228 227.27"], "Dials": ["114 113.64", "569 568.18"],
    }  # fmt: skip


def test_expected_amounts_need_not_be_deal_values(people: People) -> None:
    """3.2: expected 5,000, conversion .12: pipeline 250,000 and 50 opportunities, not 83."""
    html = _page(people, {"expected_amount": "5,000"})
    rows = _rows(html, "needs")

    assert (rows["Pipeline"][0], rows["Opportunities"][0]) == ("250,000", "50")
    assert _course(html)["Pipeline conversion"] == "12.0%"


def test_what_would_have_to_change_over_capacity(people: People) -> None:
    html = _page(people, {"capacity_dials_per_day": "100"})
    assert "Over capacity" in html
    assert "Dial → connect 45.45%" in html
    assert "Connect → deep talk 22.73%" in html
    assert "Deep talk → opportunity 28.41%" in html
    assert "Fits" in _page(people, {"capacity_dials_per_day": "114"})


def test_attain_as_in_the_calculator(people: People) -> None:
    """3.4: ten deals of fifty at .2, known and as Beta(20, 80), and what 80 and 90 % take."""
    rows = _rows(_page(people, {}), "odds")

    assert list(rows.values()) == [
        ["50 opportunities, chance 55.63%", "50 opportunities, chance 53.44%"],
        ["61 opportunities, chance 80.41%", "66 opportunities, chance 80.90%"],
        ["69 opportunities, chance 90.66%", "77 opportunities, chance 90.52%"],
    ]


def test_replan_as_in_the_calculator(people: People) -> None:
    """3.5: day 11 of 22, 12,000 booked, 60,000 open."""
    middle = {"day": "11", "booked": "12000", "open_pipeline": "60000"}
    html = _page(people, middle)
    course, rows = _course(html), _rows(html, "needs")

    assert course == {
        "Status": "At risk", "Pro rata by now": "15,000", "Pace": "0.80", "Ends at this pace": "24,000",
        "Expected from the open pipeline": "12,000", "Still missing": "6,000", "Pipeline conversion": "20.0%",
        "Working days left": "11",
    }  # fmt: skip
    assert {label: row[0] for label, row in rows.items() if label != "Deals"} == {
        "Pipeline": "30,000", "Opportunities": "10", "Deep talks": "40", "Connects": "200", "Dials": "500",
    }  # fmt: skip
    assert [rows[label][2] for label in ("Opportunities", "Deep talks", "Connects", "Dials")] == [
        "1 0.91", "4 3.64", "19 18.18", "46 45.45",
    ]  # fmt: skip
    enough = _page(people, {**middle, "open_pipeline": "100000"})
    assert _course(enough)["Still missing"] == "0"
    assert {row[0] for row in _rows(enough, "needs").values()} == {"0"}


@pytest.mark.parametrize(
    ("typed", "parts"),
    [
        ({"amount": "90000", "weights": "0.8, 1.0, 1.2"}, "24,000 / 30,000 / 36,000"),
        ({"amount": "90000", "weights": "0.8 1 1.2", "workdays": "21 18 22"}, "24,706 / 26,471 / 38,823"),
        ({"amount": "100000", "weights": "1 1 1"}, "33,334 / 33,333 / 33,333"),
        ({"amount": "90000", "weights": "0.8 1 1.2", "closed": "24000 - -"}, "24,000 / 30,000 / 36,000"),
    ],
)
def test_quantify_as_in_the_calculator(people: People, typed: dict[str, str], parts: str) -> None:
    html = _page(people, {f"split-{name}": value for name, value in typed.items()})
    found = re.search(r'id="parts">(.*?)<', html)
    assert found is not None
    assert found[1] == parts


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"win_rate": "120"}, "Win rate is a rate and must lie between 0 and 1."),
        ({"target": "lots"}, "Write a number that is not negative"),
        ({"target": "-5"}, "Write a number that is not negative"),
        ({"days": "0"}, "Working days of the month must be above zero."),
        ({"days": "5", "day": "6"}, "The completed days cannot be more than the period's days."),
        ({"connect_per_dial": "5/0"}, "Write a number that is not negative"),
    ],
)
def test_what_cannot_be_worked_out_is_one_sentence(people: People, typed: dict[str, str], said: str) -> None:
    html = _page(people, typed)
    assert said in html
    assert 'id="needs"' not in html


@pytest.mark.parametrize(
    "typed",
    [{"target": "0"}, {"booked": "40000"}, {"day": "22"}, {"win_rate": "0"}, {"win_rate": ""}, {"deal_value": "0"},
     {"connect_per_dial": "0"}, {"target": "999999999999999", "deal_value": "0.01"}, {"open_pipeline": "1e"},
     {"won": "0"}, {"closing_share": "0"}, {"win_rate": "100", "connect_per_dial": "100"}],
)  # fmt: skip
def test_the_edges_are_answered(people: People, typed: dict[str, str]) -> None:
    assert not re.search(r"\b(nan|inf|infinity)\b", _text(_page(people, typed)).lower())


def test_a_day_too_late_says_so(people: People) -> None:
    assert "No working day is left for what is missing." in _page(people, {"day": "22"})


def test_htmx_gets_the_answer_alone_and_the_same_numbers(people: People) -> None:
    piece = _page(people, {}, **{"HX-Request": "true"})
    assert "<html" not in piece
    assert _rows(piece, "needs") == _rows(_page(people, {}), "needs")


def test_without_a_trial_it_is_the_persons_own_plan(people: People) -> None:
    """The page starts from the plan that stands, and trying changes nothing."""
    before = list(RepPlan.objects.values_list("pk", "content_key"))
    html = unescape(_english(people.manager).get(reverse("goals:what_if", args=[people.rep_row.pk])).content.decode())
    plan = RepPlan.objects.get(rep=people.rep_row).content

    for name in ("days", "target"):
        assert f'name="{name}" value="{plan[name]:g}"' in html
    assert list(RepPlan.objects.values_list("pk", "content_key")) == before


def test_a_draft_is_kept_listed_opened_and_deleted_by_its_owner_alone(people: People) -> None:
    rep_id = people.rep_row.pk
    keep, page = (reverse(f"goals:{name}", args=[rep_id]) for name in ("keep_draft", "what_if"))
    rep, manager = _english(people.rep), _english(people.manager)
    rep.post(keep, {"period": MARCH, "name": "More talks", **CHAIN, "deep_talk_per_connect": "25"})
    draft = PlanDraft.objects.get()

    assert (draft.kept_by, draft.name, draft.assumptions["deep_talk_per_connect"]) == (people.rep, "More talks", "25")
    assert draft.answer["needs"]["dials"] == "2,000"
    again = rep.post(keep, {"period": MARCH, "name": "More talks", **CHAIN}, follow=True)
    assert "A draft of that name is kept already." in again.content.decode()
    opened = unescape(rep.get(page, {"period": MARCH, "draft": draft.pk}).content.decode())
    assert "More talks" in opened
    assert _rows(opened, "needs")["Dials"][0] == "2,000"
    assert "More talks" not in manager.get(page, {"period": MARCH}).content.decode()

    drop = reverse("goals:drop_draft", args=[rep_id, draft.pk])
    manager.post(drop)
    assert PlanDraft.objects.count() == 1
    rep.post(drop)
    assert PlanDraft.objects.count() == 0
    assert RepPlan.objects.filter(rep_id=rep_id).count() == 1
