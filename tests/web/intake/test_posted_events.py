"""Events that programs post: through HTTP, by the import's rules, on each database."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from pacemark.web.accounts.choices import TokenScope
from pacemark.web.accounts.services import create_token
from pacemark.web.intake.models import PostedBatch
from pacemark.web.jobs.worker import run_pending
from pacemark.web.organization.models import Rep
from pacemark.web.pipeline.fact_models import ChangedDay, RepDay
from pacemark.web.pipeline.models import Call, Deal, EventVersion, Lead, Opportunity, Refund
from tests.support.people import People, client_of, make_people

FAULTLESS = {"updated": 0, "unchanged": 0, "refused": 0, "refusals": []}


@pytest.fixture
def floor(each_database: str, today: Any) -> People:
    """One person per access role, on each database."""
    return make_people()


def _call(number: int, **changes: Any) -> dict[str, Any]:
    row = {
        "external_id": f"c{number}", "occurred_at": "2024-03-15T09:30:00+08:00", "employee_no": "0001",
        "talk_seconds": 200, "answered": True, "lead": "L1",
    }  # fmt: skip
    return row | changes


def _post(client: Client, kind: str, rows: Any, key: str = "", source: Any = "dialler") -> Any:
    headers = {"idempotency-key": key} if key else {}
    body = json.dumps({"source": source, "rows": rows})
    return client.post(f"/api/v1/events/{kind}", body, content_type="application/json", headers=headers)


def _answer(client: Client, kind: str, rows: Any, key: str = "") -> dict[str, Any]:
    response = _post(client, kind, rows, key)
    assert response.status_code == 200, response.content
    found: dict[str, Any] = response.json()
    return found


def test_a_whole_day_comes_in_kind_by_kind_and_counts(floor: People) -> None:
    client = client_of(floor.operations)
    calls = [
        _call(1), _call(2, talk_seconds=179), _call(3, answered=False, talk_seconds=None),
        _call(4, direction="inbound"), _call(5, employee_no="0900", person="New Hand", lead="L2"),
    ]  # fmt: skip
    answer = _answer(client, "calls", calls)
    assert answer == {"source": "dialler", "accepted": 5, "people_created": 1, **FAULTLESS}
    opened = {"opened_at": "2024-03-15T10:00:00+08:00", "employee_no": "0001", "lead": "L1", "expected_minor": 500_000}
    assert _answer(client, "opportunities", [{"external_id": "o1", **opened}])["accepted"] == 1
    deal = {"external_id": "d1", "signed_on": "2024-03-15", "employee_no": "0001", "lead": "L1"}
    assert _answer(client, "deals", [deal | {"amount_minor": 480_001}])["accepted"] == 1
    refund = {"external_id": "r1", "deal": "d1", "refunded_on": "2024-03-15", "amount_minor": 1}
    assert _answer(client, "refunds", [refund])["accepted"] == 1
    lead = {"external_id": "L1", "phone": "13800138000", "name": "王", "channel": "form", "employee_no": "0001"}
    assert _answer(client, "leads", [lead])["accepted"] == 1

    run_pending()
    day = RepDay.objects.get(rep_id=floor.rep_row.pk)
    assert (day.dials, day.connects, day.deep_talks, day.talk_seconds) == (3, 2, 1, 379)
    assert (day.opportunities, day.opportunities_sourced, day.deals) == (1, 1, 1)
    assert (day.revenue_minor, day.refunds_minor) == (480_001, 1)
    assert RepDay.objects.get(rep_id=Rep.objects.get(employee_no="0900").pk).dials == 1
    assert Opportunity.objects.get().state == "won" and Deal.objects.get().opportunity == Opportunity.objects.get()
    assert Lead.objects.get(external_id="L1").phone_hash and Refund.objects.count() == 1
    assert not ChangedDay.objects.exists()


def test_good_rows_go_in_and_bad_ones_are_listed(floor: People) -> None:
    rows = [
        _call(1), "nonsense", _call(2, talk_seconds="200"), _call(3, talk_seconds=-1), _call(4, occurred_at="soon"),
        _call(5, occurred_at=None), _call(6, talk_secs=3), _call(7, direction="sideways"), _call(8, answered="yes"),
        _call(9, external_id=9), _call(10, external_id=""), _call(11, talk_seconds=None), _call(12, lead="a\x00b"),
        _call(13, talk_seconds=10**30), _call(1, talk_seconds=7), _call(1), _call(14, person="\ud800"),
        _call(15, talk_seconds=30.5), _call(16, external_id="x" * 129),
    ]  # fmt: skip
    answer = _answer(client_of(floor.admin), "calls", rows)

    fields = {refusal["index"]: refusal["field"] for refusal in answer["refusals"]}
    assert fields == {
        1: "", 2: "talk_seconds", 3: "talk_seconds", 4: "occurred_at", 5: "occurred_at", 6: "talk_secs",
        7: "direction", 8: "answered", 9: "external_id", 10: "external_id", 11: "talk_seconds", 12: "lead",
        13: "talk_seconds", 14: "external_id", 16: "person", 17: "talk_seconds", 18: "external_id",
    }  # fmt: skip
    assert all(refusal["reason"].isascii() for refusal in answer["refusals"])
    assert "index 0" in next(told["reason"] for told in answer["refusals"] if told["index"] == 14)
    assert (answer["accepted"], answer["unchanged"], answer["refused"]) == (1, 1, 17)
    assert Call.objects.get().external_id == "c1"


def test_the_same_again_is_unchanged_and_other_content_a_new_version(floor: People) -> None:
    client = client_of(floor.operations)
    _answer(client, "calls", [_call(1), _call(2)])
    run_pending()

    again = _answer(client, "calls", [_call(1), _call(2, talk_seconds=30, employee_no="0002")])

    assert (again["accepted"], again["updated"], again["unchanged"]) == (0, 1, 1)
    assert EventVersion.objects.get().external_id == "c2" and Call.objects.count() == 2
    run_pending()
    assert dict(RepDay.objects.values_list("rep_id", "dials")) == {floor.rep_row.pk: 1, floor.outsider_row.pk: 1}


def test_a_key_answers_the_same_and_writes_nothing(floor: People) -> None:
    client = client_of(floor.operations)
    first = _answer(client, "calls", [_call(1), _call(2, talk_seconds=-1)], key="K")

    assert first["accepted"] == 1 and _answer(client, "calls", [_call(1), _call(2, talk_seconds=-1)], key="K") == first
    for kind, rows in (("calls", [_call(1)]), ("leads", [{"external_id": "c1"}])):
        other = _post(client, kind, rows, "K")
        assert other.status_code == 409 and other.json()["error"]["code"] == "intake.key_reused"
    assert PostedBatch.objects.count() == 1 and Call.objects.count() == 1
    assert _answer(client_of(floor.admin), "calls", [_call(1)], key="K")["unchanged"] == 1, "keys are one's own"


@pytest.mark.django_db
def test_who_may_post(people: People) -> None:
    for user in (people.rep, people.manager, people.director, people.outsider):
        assert _post(client_of(user), "calls", [_call(1)]).status_code == 403
    token = create_token(actor=people.admin, user=people.admin, name="t", scope=TokenScope.READ, days=1)
    reader = Client(headers={"authorization": f"Bearer {token.secret}"})
    assert _post(reader, "calls", [_call(1)]).status_code == 403
    assert not Rep.objects.exclude(pk__in=[people.rep_row.pk, people.outsider_row.pk]).exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        (b"\xff{", "intake.bad_rows", None), (b"[]", "intake.bad_source", "source"),
        (b"{}", "intake.bad_source", "source"),
        (b'{"source": "", "rows": [{}]}', "intake.bad_source", "source"),
        (b'{"source": "pacemark", "rows": [{}]}', "intake.bad_source", "source"),
        (b'{"source": "a\\u0000", "rows": [{}]}', "intake.bad_source", "source"),
        (b'{"source": "a", "rows": []}', "intake.bad_rows", "rows"),
        (b'{"source": "a", "rows": {}}', "intake.bad_rows", "rows"),
        (json.dumps({"source": "a", "rows": [{}] * 5001}).encode(), "intake.bad_rows", "rows"),
    ],
)  # fmt: skip
def test_what_is_no_batch_is_refused_as_a_whole(people: People, body: bytes, code: str, field: str | None) -> None:
    response = client_of(people.operations).post("/api/v1/events/calls", body, content_type="application/json")

    assert response.status_code == 422
    assert response.json()["error"]["code"] == code and response.json()["error"]["field"] == field
