"""The privacy pages: administrators find, give out and erase; the number never stands in an address."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

from pacemark.web.pipeline.choices import HoldingBegan
from pacemark.web.pipeline.holding_models import Holding
from pacemark.web.pipeline.holding_services import Taking, take
from pacemark.web.pipeline.models import Lead, Source
from pacemark.web.pipeline.phones import seal_phone
from pacemark.web.resources.models import Contest
from pacemark.web.resources.services.arrivals import receive
from pacemark.web.resources.services.contests import raise_contest
from pacemark.web.resources.services.imported import hold_imported
from pacemark.web.trail.models import TrailEntry
from tests.support.people import People, client_of
from tests.support.whole_database import tables_that_tell

AT = datetime(2024, 3, 14, 3, tzinfo=UTC)
NUMBER, NAME = "13800138000", "林女士"


@pytest.fixture
def lead(people: People, today: date) -> Lead:
    """A customer of the rep, whom the outsider disputes."""
    phone = seal_phone(NUMBER, "CN")
    lead = Lead.objects.create(
        source=Source.objects.create(name="site"), external_id="L1", name=NAME, arrived_at=AT,
        phone_encrypted=phone.encrypted, phone_hash=phone.digest, phone_last4_hash=phone.last4_digest,
    )  # fmt: skip
    take(actor=None, owners={lead.pk: people.rep_row.pk}, taking=Taking(how=HoldingBegan.ASSIGNED, at=AT))
    raise_contest(
        actor=people.outsider, rep_id=people.outsider_row.pk, lead_id=lead.pk, reason=f"{NAME} is mine", at=AT
    )
    return lead


def test_an_administrator_finds_gives_out_and_erases(people: People, lead: Lead) -> None:
    admin = client_of(people.admin)
    for sought in (NUMBER, "site:L1", f"#{lead.pk}"):
        text = admin.post(reverse("privacy:home"), {"sought": sought}).content.decode()
        assert "138****8000" in text and NUMBER not in text.replace(f'value="{NUMBER}"', ""), sought

    answer = admin.post(reverse("privacy:export_customer", args=[lead.pk]))
    document = json.loads(answer.content)
    assert document["customer"]["numbers"] == [f"+86{NUMBER}"]
    assert document["records"]["resources.contest"][0]["reason"] == f"{NAME} is mine"
    sent = TrailEntry.objects.get(action="exports.sent")
    assert (sent.actor_id, sent.changes["rows"]) == (people.admin.pk, sum(map(len, document["records"].values())))

    erase = reverse("privacy:erase_customer", args=[lead.pk])
    admin.post(erase)
    assert Lead.objects.get().name == NAME, "the box was not ticked"
    admin.post(erase, {"is_sure": "on"})
    assert tables_that_tell((NAME, NUMBER)) == {}
    assert Holding.objects.get().ended_how == "erased"
    assert Contest.objects.get().raised_by_id == people.outsider_row.pk
    assert admin.post(reverse("privacy:home"), {"sought": NUMBER}).context["card"].is_erased
    assert client_of(people.operations).post(erase, {"is_sure": "on"}).status_code == 403


def test_whoever_was_erased_may_arrive_again_and_goes_to_nobody(people: People, lead: Lead) -> None:
    client_of(people.admin).post(reverse("privacy:erase_customer", args=[lead.pk]), {"is_sure": "on"})
    rows = [
        {"external_id": "N1", "source": "form", "phone": NUMBER, "name": NAME},
        {"external_id": "N2", "source": "form", "phone": "13900139001", "name": "别人"},
    ]

    answers = receive(actor=None, key=None, rows=rows, at=AT)

    assert (answers[0]["lead"], answers[0]["status"], answers[0]["decision"]) == (lead.pk, "erased", None)
    assert answers[1]["status"] == "assigned"
    assert tables_that_tell((NAME, NUMBER)) == {}
    assert lead.touches.count() == 1
    hold_imported(actor=None, at=AT)
    assert not Holding.objects.filter(lead=lead, ended_at=None).exists()
