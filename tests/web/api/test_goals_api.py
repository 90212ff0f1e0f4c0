"""Goals by programs: lists of whom one sees, and the talk from proposal to agreement."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from pacemark.web.accounts.models import User
from pacemark.web.goals.queries.agreements import standing_plan
from tests.support.people import People, client_of
from tests.web.goals.talks import FIRST, Talk, planned_talk

ROOM = "/api/v1/goals"


@pytest.fixture
def talk(people: People, today: date) -> Talk:
    return planned_talk(people)


def _get(user: User, what: str, **asked: Any) -> Any:
    return client_of(user).get(f"{ROOM}/{what}", {"period": "2024-03", **asked})


def _post(user: User, rep_id: int, what: str, **sent: Any) -> Any:
    address = f"{ROOM}/reps/{rep_id}/{what}?period=2024-03"
    return client_of(user).post(address, json.dumps(sent), content_type="application/json")


def test_two_people_agree_through_the_api(talk: Talk, people: People) -> None:
    rep, leader, rep_id = people.rep, people.manager, talk.rep_id
    assert _post(leader, rep_id, "propose", confidence="0.8").json()["state"] == "proposed"
    assert _post(rep, rep_id, "ask", seen=1, reason="请假", amount="200.50").json()["wished_minor"] == 20_050
    assert _post(leader, rep_id, "revise", seen=2, reason="减", amount=220).json()["target_minor"] == 22_000
    answer = _post(rep, rep_id, "agree", seen=3).json()

    assert (answer["state"], answer["holds_target_minor"], answer["confidence"]) == ("agreed", 22_000, "0.8")
    (listed,) = _get(rep, "agreements").json()["items"]
    assert listed == answer
    (left,) = _get(rep, "replans").json()["items"]
    assert left["target_minor"] == 22_000
    refused = _post(leader, rep_id, "target", amount=300)
    assert (refused.status_code, refused.json()["error"]["code"]) == (422, "goals.agreed_needs_reason")
    assert _post(leader, rep_id, "target", amount=300, reason="新产品").json()["amount_minor"] == 30_000
    (target,) = _get(rep, "targets").json()["items"]
    assert (target["amount_minor"], target["is_held"]) == (30_000, True)
    (plan,) = _get(rep, "plans").json()["items"]
    standing = standing_plan(rep_id, FIRST)
    assert standing is not None
    assert (plan["target"], plan["version"]) == (220, standing.version), "what is agreed holds until the next is"


def test_who_was_quicker_and_what_cannot_be_read(talk: Talk, people: People) -> None:
    _post(people.manager, talk.rep_id, "propose")
    for sent, status, code, field in (
        ({"seen": 0}, 409, "goals.agreement_stale", None),
        ({"seen": -1}, 422, "request.invalid", "seen"),
        ({}, 422, "request.invalid", "seen"),
    ):
        answer = _post(people.rep, talk.rep_id, "agree", **sent)
        error = answer.json()["error"]
        assert (answer.status_code, error["code"], error["field"]) == (status, code, field)
    assert _post(people.manager, talk.rep_id, "agree", seen=1).json()["error"]["code"] == "goals.agreement_not_yours"
    assert _post(people.manager, talk.rep_id, "target", amount=-1).json()["error"]["field"] == "amount"


@pytest.mark.parametrize("what", ["targets", "plans", "replans"])
def test_lists_hold_whom_one_sees_page_by_page(talk: Talk, people: People, what: str) -> None:
    everyone = {people.rep_row.pk, people.outsider_row.pk}
    sees = {"rep": {talk.rep_id}, "manager": {talk.rep_id}, "outsider": everyone - {talk.rep_id}, "admin": everyone}
    for who, ids in sees.items():
        listed = _get(getattr(people, who), what).json()
        assert ({row["rep_id"] for row in listed["items"]}, listed["count"]) == (ids, len(ids)), who
    pages = [_get(people.admin, what, page_size=1).json()]
    pages.append(_get(people.admin, what, page_size=1, cursor=pages[0]["next"]).json())
    assert pages[1]["next"] is None
    assert [row["rep_id"] for page in pages for row in page["items"]] == sorted(everyone)
    assert {page["count"] for page in pages} == {2}
