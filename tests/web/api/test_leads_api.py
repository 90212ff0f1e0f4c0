"""Leads by the API: who may send and move them, keys, and the shape of answers and failures."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from pacemark.web.pipeline.choices import PoolEntered
from pacemark.web.pipeline.holding_services import enter_pool
from pacemark.web.pipeline.models import Lead, Source
from tests.support.people import People, client_of

pytestmark = pytest.mark.django_db
ROWS = [{"external_id": "E1", "source": "form", "phone": "13800138000", "grade": "A"}]


def _post(client: Client, path: str, body: Any = None, key: str | None = None) -> Any:
    headers = {"idempotency-key": key} if key else {}
    return client.post(f"/api/v1/leads{path}", json.dumps(body), content_type="application/json", headers=headers)


def test_leads_arrive_once_per_key(people: People) -> None:
    client = client_of(people.operations)
    first = _post(client, "", ROWS, "K")
    assert first.status_code == 200, first.content
    (answer,) = first.json()
    assert set(answer) == {"lead", "owner", "status", "decision", "error"} and answer["status"] == "assigned"
    assert _post(client, "", ROWS, "K").json() == [answer] and Lead.objects.count() == 1
    other = _post(client, "", [*ROWS, *ROWS], "K")
    assert other.status_code == 409 and other.json()["error"]["code"] == "resources.key_reused"
    assert _post(client, "", {"not": "a list"}).status_code == 422
    assert client.post("/api/v1/leads", b"\xff{", content_type="application/json").status_code == 422
    assert _post(client_of(people.rep), "", ROWS).status_code == 403

    told = client.get(f"/api/v1/leads/{answer['lead']}/decision").json()
    assert told["decision"] == answer["decision"] and told["evidence"]["rep_level"]["rivals"] >= 0


def test_reps_claim_return_and_see_their_own_and_managers_transfer_among_theirs(people: People) -> None:
    source = Source.objects.create(name="crm")
    lead = Lead.objects.create(source=source, external_id="L")
    moment = timezone.now()
    enter_pool(actor=None, lead_ids=[lead.pk], at=moment, how=PoolEntered.NEW)
    mine, outsider = client_of(people.rep), client_of(people.outsider)

    assert _post(mine, f"/{lead.pk}/claim").json()["owner"] == people.rep_row.pk
    lost = _post(outsider, f"/{lead.pk}/claim")
    assert lost.status_code == 409 and lost.json()["error"]["code"] == "holding.not_in_pool"
    assert mine.get(f"/api/v1/leads/{lead.pk}/decision").json()["kind"] == "claim"
    assert outsider.get(f"/api/v1/leads/{lead.pk}/decision").status_code == 404
    assert _post(outsider, f"/{lead.pk}/return").status_code == 409
    move = {"rep": people.outsider_row.pk}
    assert _post(mine, f"/{lead.pk}/transfer", move).status_code == 403
    assert _post(client_of(people.manager), f"/{lead.pk}/transfer", move).status_code == 403
    for rep in (10**9, 2**70, -1):
        assert _post(client_of(people.operations), f"/{lead.pk}/transfer", {"rep": rep}).status_code == 404
    moved = _post(client_of(people.operations), f"/{lead.pk}/transfer", move | {"reason": "asked for by name"})
    assert moved.status_code == 200 and moved.json()["owner"] == people.outsider_row.pk
    assert _post(outsider, f"/{lead.pk}/return").status_code == 200
