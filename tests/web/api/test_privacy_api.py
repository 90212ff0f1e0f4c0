"""Privacy by the API: what the pages give out and erase, once under a key; and nothing of it is kept here."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from pacemark.web.api.models import KeptAnswer
from pacemark.web.organization.models import Rep
from pacemark.web.pipeline.choices import HoldingBegan
from pacemark.web.pipeline.holding_services import Taking, take
from pacemark.web.pipeline.models import Lead, Source
from pacemark.web.pipeline.phones import seal_phone
from pacemark.web.privacy.models import RetentionRule
from pacemark.web.resources.services.contests import raise_contest
from pacemark.web.trail.models import TrailEntry
from tests.support.people import NAMES, People, client_of
from tests.support.whole_database import tables_that_tell
from tests.web.notifications.conftest import Make, make_channel

__all__ = ["make_channel"]
NUMBER, NAME = "13800138000", "林女士"


@pytest.fixture
def lead(people: People, today: date) -> Lead:
    """A customer of the rep, whom the outsider disputes."""
    phone, at = seal_phone(NUMBER, "CN"), timezone.now()
    lead = Lead.objects.create(
        source=Source.objects.create(name="site"), external_id="L1", name=NAME, arrived_at=at,
        phone_encrypted=phone.encrypted, phone_hash=phone.digest, phone_last4_hash=phone.last4_digest,
    )  # fmt: skip
    take(actor=None, owners={lead.pk: people.rep_row.pk}, taking=Taking(how=HoldingBegan.ASSIGNED, at=at))
    raise_contest(actor=people.outsider, rep_id=people.outsider_row.pk, lead_id=lead.pk, reason="mine", at=at)
    return lead


def post(client: Client, path: str, key: str = "", **body: Any) -> Any:
    headers = {"idempotency-key": key} if key else {}
    return client.post(f"/api/v1/{path}", json.dumps(body), content_type="application/json", headers=headers)


def test_a_customer_is_found_given_out_and_erased_once(people: People, lead: Lead) -> None:
    admin, at = client_of(people.admin), f"privacy/customers/{lead.pk}"
    for sought in (NUMBER, "site:L1", f"#{lead.pk}"):
        found = post(admin, "privacy/customers/find", "k1", sought=sought).json()["customer"]
        assert (found["lead_ids"], found["phones"], found["rows"]["resources.contest"]) == (
            [lead.pk], ["+86 138****8000"], 1,
        )  # fmt: skip
    assert post(admin, "privacy/customers/find", sought="nobody").json() == {"customer": None}

    for _twice in range(2):
        document = post(admin, f"{at}/export", "k2").json()
        assert document["customer"]["numbers"] == [f"+86{NUMBER}"] and document["given_to_account"] == people.admin.pk
    assert TrailEntry.objects.filter(action="exports.sent").count() == 2
    assert not KeptAnswer.objects.exists()

    assert post(admin, f"{at}/erase").status_code == post(admin, f"{at}/erase", is_sure=False).status_code == 422
    assert post(client_of(people.operations), f"{at}/erase", is_sure=True).status_code == 403
    first, second = (post(admin, f"{at}/erase", "k3", is_sure=True) for _ in range(2))
    assert first.content == second.content and first.json()["leads"] == 1
    assert post(admin, f"{at}/erase", is_sure=True).json()["leads"] == 0
    assert tables_that_tell((NAME, NUMBER)) == {}


def test_whoever_left_is_given_out_and_erased_and_nobody_else(people: People, today: date) -> None:
    admin, mark = client_of(people.admin), f"r{people.rep_row.pk}"
    refused = post(admin, f"privacy/employees/{mark}/erase", is_sure=True)
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "privacy.still_here")

    Rep.objects.filter(pk=people.rep_row.pk).update(left_on=today)
    (gone,) = admin.get("/api/v1/privacy/employees").json()["items"]
    assert (gone["who"], gone["name"], gone["is_erased"]) == (mark, NAMES["rep"], False)
    document = post(admin, f"privacy/employees/{mark}/export").json()
    assert document["employee"] == {"rep_id": people.rep_row.pk, "account_id": people.rep.pk}
    assert post(admin, f"privacy/employees/{mark}/erase", is_sure=True).json() == {"is_done": True}
    assert post(admin, f"privacy/employees/{mark}/erase", is_sure=True).json() == {"is_done": False}
    assert NAMES["rep"] not in Rep.objects.values_list("name", flat=True)


def test_other_ends_are_tried_before_they_hold(people: People, lead: Lead) -> None:
    admin = client_of(people.admin)
    tried = admin.get("/api/v1/privacy/retention/due", {"lead_months": 1}).json()
    assert tried == {"leads": 0, "uploads": None, "refusals": None, "messages": None}
    for bad in ({"message_days": 91}, {"lead_months": 0}, {"upload_days": "x"}):
        assert admin.get("/api/v1/privacy/retention/due", bad).status_code == 422
        assert post(admin, "privacy/retention", **bad).json()["error"]["field"] == next(iter(bad))
    assert not RetentionRule.objects.exists()
    for _twice in range(2):
        told = post(admin, "privacy/retention", "k", lead_months=24).json()
    assert told["kept"] == {"lead_months": 24, "upload_days": None, "refusal_days": None, "message_days": None}
    assert RetentionRule.objects.count() == 1 and admin.get("/api/v1/privacy/retention").json() == told


def test_a_number_is_shown_to_who_works_it_or_says_why_and_the_look_is_read(people: People, lead: Lead) -> None:
    at = f"leads/{lead.pk}/phone"
    assert post(client_of(people.rep), at, "k").json() == {"lead": lead.pk, "name": NAME, "phone": f"+86{NUMBER}"}
    assert post(client_of(people.outsider), at).status_code == 404
    for sent in ({}, {"reason": "just so"}):
        refused = post(client_of(people.manager), at, **sent)
        assert refused.status_code == 422 and refused.json()["error"]["field"] == "reason"
    assert post(client_of(people.operations), at, reason="dispute").json()["phone"] == f"+86{NUMBER}"
    assert not KeptAnswer.objects.exists()

    looks = client_of(people.operations).get("/api/v1/privacy/looks").json()["items"]
    assert [(one["user_id"], one["looks"]) for one in looks] == [(people.rep.pk, 1), (people.operations.pk, 1)]
    (look,) = client_of(people.admin).get(f"/api/v1/privacy/looks/{people.operations.pk}").json()["items"]
    assert look["lead_id"] == lead.pk and look["reason"]


def test_a_dispute_tells_both_what_was_on_record_and_who_decides(people: People, lead: Lead) -> None:
    contest = lead.contests.get()
    for user, decides in ((people.rep, False), (people.outsider, False), (people.manager, False), (people.admin, True)):
        told = client_of(user).get(f"/api/v1/resources/contests/{contest.pk}").json()
        assert (told["raised_by"], told["against"]) == (people.outsider_row.pk, people.rep_row.pk)
        assert [(one["kind"], one["by"]) for one in told["evidence"]] == [("holding", "against")]
        assert told["may_decide"] is decides
    assert client_of(people.admin).get("/api/v1/resources/contests/0").status_code == 404


def test_a_channel_says_by_api_what_its_page_says(people: People, make_channel: Make) -> None:
    channel = make_channel("feishu", team=people.team, wants=("digest",))
    items = client_of(people.manager).get(f"/api/v1/channels/{channel.pk}/preview").json()["items"]
    page = client_of(people.manager).get(f"/settings/channels/{channel.pk}/preview/").content.decode()

    assert [one["kind"] for one in items if one["is_wanted"]] == ["digest"] and len(items) > 3
    assert all(draft["title"] in page for one in items for draft in one["drafts"])
    assert client_of(people.manager).get("/api/v1/channels/0/preview").status_code == 404
