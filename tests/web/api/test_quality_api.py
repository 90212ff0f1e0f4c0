"""Quality and the audit by programs: who reads what, the first decision holds, the rep's own word."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from pacemark.web.accounts.models import User
from pacemark.web.process.models import MetricAudit, QualityItem
from pacemark.web.process.queries.watched import retired_metrics
from tests.support.people import People, client_of

ROOM = "/api/v1/process"
NOW = datetime(2024, 3, 12, tzinfo=UTC)


def _get(user: User, what: str, **asked: Any) -> Any:
    return client_of(user).get(f"{ROOM}/{what}", asked)


def _post(user: User, what: str, **sent: Any) -> Any:
    return client_of(user).post(f"{ROOM}/{what}", json.dumps(sent), content_type="application/json")


@pytest.fixture
def item(people: People, today: date) -> QualityItem:
    return QualityItem.objects.create(
        rep=people.rep_row, kind="redial", first_day=date(2024, 3, 1), last_day=date(2024, 3, 31), found_at=NOW,
        evidence={"times": 25, "above": 20, "days": [["2024-03-04", 25]], "records": []},
    )  # fmt: skip


def test_each_sees_items_about_whom_they_may_see(people: People, item: QualityItem) -> None:
    for user in (people.rep, people.manager, people.director, people.operations):
        (told,) = _get(user, "quality").json()["items"]
        assert (told["id"], told["kind"], told["evidence"]["times"]) == (item.pk, "redial", 25)
        assert _get(user, f"quality/{item.pk}").json()["records"] == []
    assert _get(people.outsider, "quality").json()["count"] == 0
    assert _get(people.outsider, f"quality/{item.pk}").status_code == 404


def test_the_rep_explains_the_leader_decides_and_the_second_is_told(people: People, item: QualityItem) -> None:
    address = f"quality/{item.pk}"
    assert _post(people.manager, f"{address}/word", word="Not mine").status_code == 422
    assert _post(people.rep, f"{address}/word", word="线路断了").json()["word"] == "线路断了"
    assert _post(people.rep, f"{address}/decision", state="dismissed", reason="x").status_code == 403
    assert _post(people.outsider, f"{address}/word", word="x").status_code == 404
    assert _post(people.manager, f"{address}/decision", state="guilty", reason="x").status_code == 422
    assert _post(people.manager, f"{address}/decision", state="explained", reason="线路").json()["state"] == "explained"
    late = _post(people.director, f"{address}/decision", state="confirmed", reason="no")
    assert (late.status_code, late.json()["error"]["code"]) == (409, "process.already_decided")
    assert _get(people.rep, "quality").json()["count"] == 0
    (decided,) = _get(people.rep, "quality", state="decided").json()["items"]
    assert (decided["state"], decided["decided_by_id"]) == ("explained", people.manager.pk)


def test_operations_retire_a_metric_with_a_reason(people: People, today: date) -> None:
    empty = [None, None, None]
    MetricAudit.objects.create(
        month_start=date(2024, 2, 1), metric="connects", verdict="drop", counted_at=NOW,
        numbers={"reason": "no_validity", "between": empty, "within": empty, "people": 40, "weeks": 26},
    )  # fmt: skip
    assert _post(people.manager, "audit/retire", metric="connects", reason="x").status_code == 403
    assert _post(people.operations, "audit/retire", metric="deals", reason="x").status_code == 422
    assert _post(people.operations, "audit/retire", metric="connects", reason=" ").status_code == 422
    answer = _post(people.operations, "audit/retire", metric="connects", reason="只动不带成交").json()

    assert (answer["is_watched"], answer["valid_from"]) == (False, "2024-03-15")
    assert retired_metrics(today) == {"connects"}
    (told,) = _get(people.manager, "audit").json()["items"]
    assert (told["metric"], told["verdict"], told["is_watched"]) == ("connects", "drop", False)
    assert _get(people.rep, "audit").status_code == 403
    assert _post(people.operations, "audit/retire", metric="connects", reason="又用", is_watched=True).json()[
        "is_watched"
    ]
    assert retired_metrics(today) == frozenset()
