"""Receivers and callers by program: made, changed, given secrets, ended, by those who run the floor alone."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from pacemark.web.webhooks.models import Caller, Delivery, Receiver
from tests.support.people import People, client_of

pytestmark = pytest.mark.django_db
URL = "/api/v1/webhooks/"


def _post(client: Client, path: str, **body: Any) -> Any:
    return client.post(URL + path, json.dumps(body), content_type="application/json")


def test_a_receiver_lives_and_ends_by_api(people: People) -> None:
    client = client_of(people.admin)

    made = _post(
        client, "receivers", name="crm", address="https://crm.example.com/in?key=7", wants=["plan.agreed"]
    ).json()
    assert made["secret"].startswith("whsec_") and made["address_hint"] == "crm.example.com"
    one = f"receivers/{made['id']}"
    told = _post(client, f"{one}/test").json()
    assert told["event"] == "test" and json.loads(told["body"])["id"] == told["key"]
    [row] = client.get(f"{URL}receivers").json()["items"]
    assert (row["n_waiting"], row["n_failed"], row["wants"]) == (1, 0, ["plan.agreed"])
    assert "secret" not in row and "key=7" not in json.dumps(row)
    assert client.get(f"{URL}deliveries?state=sent").json()["count"] == 0
    assert client.get(f"{URL}deliveries?receiver_id={made['id']}").json()["items"][0]["key"] == told["key"]

    Delivery.objects.update(state="failed", attempts=9)
    assert _post(client, f"deliveries/{told['id']}/again").json()["state"] == "queued"
    assert _post(client, f"deliveries/{told['id']}/again").json()["error"]["code"] == "webhooks.not_failed"
    assert _post(client, f"{one}/secret").json()["secret"] != made["secret"]
    assert _post(client, one, name="crm 2", wants=[], is_on=False).json()["is_on"] is False
    assert _post(client, one, name="crm 2", wants=["dreams"]).json()["error"]["field"] == "wants"
    assert client.delete(URL + one).json() == {"id": made["id"]}
    assert not Receiver.objects.exists()


def test_a_caller_lives_and_ends_by_api(people: People) -> None:
    client = client_of(people.operations)

    made = _post(client, "callers", name="cc", kind="calls").json()
    one = f"callers/{made['id']}"
    assert made["post_to"] == f"/hooks/{made['id']}/"
    assert _post(client, one, name="cc", kind="deals", mapping="").json()["kind"] == "deals"
    assert _post(client, f"{one}/secret").json()["secret"] != made["secret"]
    assert _post(client, one, name="cc", kind="dreams").status_code == 422
    client.post(f"/hooks/{made['id']}/", "{}", content_type="application/json")
    [receipt] = client.get(f"{URL}receipts").json()["items"]
    assert (receipt["state"], receipt["reason"]) == ("refused", "webhooks.bad_signature")
    assert client.delete(URL + one).status_code == 200
    assert not Caller.objects.exists()


def test_nobody_else_makes_or_ends_one(people: People) -> None:
    for person in (people.rep, people.manager, people.director):
        client = client_of(person)
        assert _post(client, "receivers", name="x", address="https://example.com/").status_code == 403
        assert _post(client, "callers", name="x", kind="calls").status_code == 403
        for path in ("receivers/1", "callers/1"):
            assert client.delete(URL + path).status_code == 403
