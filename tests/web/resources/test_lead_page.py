"""A lead's page: history and number in scope alone, notes by who works it, search, hand-overs, disputes."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

from pacemark.web.accounts.models import User
from pacemark.web.organization.models import Membership, Rep
from pacemark.web.pipeline.choices import HoldingBegan
from pacemark.web.pipeline.holding_models import Holding
from pacemark.web.pipeline.holding_services import Taking, take
from pacemark.web.pipeline.models import Call, Lead, Segment, Source
from pacemark.web.pipeline.phones import seal_phone
from pacemark.web.resources.models import Contest
from pacemark.web.trail.models import TrailEntry
from pacemark.web.ui.masking import customer_name, masked_name
from tests.support.people import FROM, NAMES, People, client_of

AT = datetime(2024, 3, 14, 3, tzinfo=UTC)
NUMBER = "13800138000"


@pytest.fixture
def lead(people: People, today: date) -> Lead:
    """A customer of the rep, called once."""
    source = Source.objects.create(name="site")
    phone = seal_phone(NUMBER, "CN")
    lead = Lead.objects.create(
        source=source, external_id="L1", name="林女士", arrived_on=date(2024, 3, 14), arrived_at=AT,
        segment=Segment.objects.create(channel="web", lead_grade="A"),
        phone_encrypted=phone.encrypted, phone_hash=phone.digest, phone_last4_hash=phone.last4_digest,
    )  # fmt: skip
    take(actor=None, owners={lead.pk: people.rep_row.pk}, taking=Taking(how=HoldingBegan.ASSIGNED, at=AT))
    Call.objects.create(
        source=source, external_id="C1", lead=lead, rep=people.rep_row, occurred_at=AT, business_date="2024-03-14",
        local_hour=11, talk_seconds=245,
    )  # fmt: skip
    return lead


def page(user: User, lead: Lead) -> tuple[int, str]:
    answer = client_of(user).get(reverse("resources:decision", args=[lead.pk]))
    return answer.status_code, answer.content.decode()


def test_history_is_for_those_in_sight_and_the_number_is_masked(people: People, lead: Lead) -> None:
    for user in (people.rep, people.manager, people.director, people.operations):
        status, text = page(user, lead)
        assert status == 200
        assert ("林女士" in text) == (user in {people.rep, people.manager}), "who works with customers reads names"
        assert "林" in text
        assert "245" in text
        assert NUMBER not in text
        assert "138****8000" in text
    assert page(people.outsider, lead)[0] == 404


def test_looking_at_the_number_leaves_a_trace(people: People, lead: Lead) -> None:
    address = reverse("resources:phone", args=[lead.pk])
    assert NUMBER in client_of(people.rep).post(address).content.decode()
    assert TrailEntry.objects.filter(action="pipeline.phone_seen", actor_id=people.rep.pk).count() == 1
    assert client_of(people.outsider).post(address).status_code == 404
    assert TrailEntry.objects.filter(action="pipeline.phone_seen").count() == 1


def test_who_does_not_work_the_lead_says_why(people: People, lead: Lead) -> None:
    address = reverse("resources:phone", args=[lead.pk])
    for user in (people.manager, people.operations):
        for sent in ({}, {"reason": "just so"}):
            answer = client_of(user).post(address, sent, follow=True).content.decode()
            assert NUMBER not in answer
    assert not TrailEntry.objects.filter(action="pipeline.phone_seen").exists()

    text = client_of(people.operations).post(address, {"reason": "dispute"}).content.decode()
    assert NUMBER in text and "林女士" in text
    assert TrailEntry.objects.get(action="pipeline.phone_seen").changes == {"reason": "dispute"}
    client_of(people.rep).post(address)

    looks = client_of(people.operations).get(reverse("privacy:reveals"))
    assert [(one.user_id, one.looks, one.leads) for one in looks.context["page"]] == [
        (people.rep.pk, 1, 1), (people.operations.pk, 1, 1),
    ]  # fmt: skip
    one = client_of(people.admin).get(reverse("privacy:reveals_of", args=[people.operations.pk]))
    assert [(look.lead_id, bool(look.reason)) for look in one.context["looks"]] == [(lead.pk, True)]


@pytest.mark.parametrize(("name", "masked"), [("林女士", "林**"), ("Anna Berg", "A**"), ("", "")])
def test_a_masked_name_shows_its_first_letter(name: str, masked: str) -> None:
    assert masked_name(name) == masked
    assert customer_name(name, "rep") == customer_name(name, "manager") == name
    assert (
        customer_name(name, "director") == customer_name(name, "operations") == customer_name(name, "admin") == masked
    )


def test_who_works_a_lead_writes_on_it(people: People, lead: Lead) -> None:
    address = reverse("resources:note", args=[lead.pk])
    sent = {"next_contact_at": "2024-03-16T19:30", "note": "约周六晚上"}
    assert client_of(people.outsider).post(address, sent).status_code == 404
    client_of(people.rep).post(address, sent)

    lead.refresh_from_db()
    assert lead.note == "约周六晚上"
    assert lead.next_contact_at == datetime(2024, 3, 16, 11, 30, tzinfo=UTC)  # local time of the organisation
    client_of(people.rep).post(address, {"next_contact_at": "", "note": ""})
    lead.refresh_from_db()
    assert (lead.next_contact_at, lead.note) == (None, "")
    # the trail tells that, not what
    assert "周六" not in str(list(TrailEntry.objects.values_list("changes", flat=True)))


def found(user: User, sought: str) -> tuple[list[int], list[int]]:
    context = client_of(user).get(reverse("resources:find"), {"q": sought}).context
    return [lead.pk for lead in context["found"]], [lead.pk for lead in context["strangers"]]


@pytest.mark.parametrize("sought", ["8000", "林女士", "L1", "138 0013 8000", "+86-13800138000"])
def test_a_lead_is_found_by_four_digits_name_id_or_number(people: People, lead: Lead, sought: str) -> None:
    assert found(people.rep, sought) == ([lead.pk], [])
    assert found(people.operations, sought) == ([lead.pk], [])


def test_a_stranger_finds_it_by_the_whole_number_alone_and_learns_no_name(people: People, lead: Lead) -> None:
    for sought in ("8000", "林女士", "L1", "800", "13800138001"):
        assert found(people.outsider, sought) == ([], []), sought
    assert found(people.outsider, NUMBER) == ([], [lead.pk])
    text = client_of(people.outsider).get(reverse("resources:find"), {"q": NUMBER}).content.decode()
    assert "林女士" not in text
    assert NAMES["rep"] not in text


def test_a_manager_gives_within_the_team_alone(people: People, lead: Lead) -> None:
    mate = Rep.objects.create(name="Mate", hired_on=FROM)
    Membership.objects.create(rep=mate, team=people.team, valid_from=FROM)
    address = reverse("resources:give", args=[lead.pk])
    assert client_of(people.rep).post(address, {"rep": mate.pk}).status_code == 403
    assert client_of(people.manager).post(address, {"rep": people.outsider_row.pk}).status_code == 404
    client_of(people.manager).post(address, {"rep": mate.pk})
    assert Holding.objects.get(lead=lead, ended_at=None).rep_id == mate.pk


def test_a_dispute_goes_from_the_number_to_the_one_who_leads_both(people: People, lead: Lead) -> None:
    client_of(people.outsider).post(reverse("resources:dispute", args=[lead.pk]), {"reason": "我先接待的"})
    contest = Contest.objects.get()
    address, decide = (reverse(f"resources:{name}", args=[contest.pk]) for name in ("contest", "decide_contest"))
    for user in (people.rep, people.outsider, people.manager, people.operations):
        answer = client_of(user).get(address)
        assert answer.status_code == 200
        assert answer.context["may_decide"] == (user == people.operations)
    # the manager leads only one of the two
    assert client_of(people.manager).post(decide, {"do": "move", "verdict": "x"}).status_code == 404
    client_of(people.operations).post(decide, {"do": "move", "verdict": ""})
    assert Contest.objects.get().state == "open"  # nothing without a reason
    client_of(people.operations).post(decide, {"do": "move", "verdict": "活动签到在先"})
    assert Holding.objects.get(lead=lead, ended_at=None).rep_id == people.outsider_row.pk
    assert "活动签到在先" in client_of(people.rep).get(address).content.decode()
