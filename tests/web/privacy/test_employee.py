"""Whoever left can be given out and erased: no name is left anywhere, every number is, and nobody signs in."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from pacemark.engine.periods import sales_month
from pacemark.web.accounts.choices import TokenScope
from pacemark.web.accounts.models import ApiToken, Invitation
from pacemark.web.accounts.services import create_token, set_password
from pacemark.web.goals.models import RepPlan
from pacemark.web.goals.services.plans import plan_period
from pacemark.web.organization.arrivals import PersonLabel, create_reps, matching_reps
from pacemark.web.organization.erasure_services import neutral_word
from pacemark.web.organization.models import Rep, RepAlias
from pacemark.web.pipeline.fact_models import RepDay
from pacemark.web.pipeline.models import Deal, Lead, Source
from pacemark.web.privacy.queries.employees import employee_of_rep
from pacemark.web.privacy.services.employees import erase_employee
from pacemark.web.results.models import Review
from pacemark.web.trail.models import TrailEntry
from tests.support.people import NAMES, People, client_of
from tests.support.whole_database import tables_that_tell, whole_database

NAME, NUMBER, PASSWORD = NAMES["rep"], "0001", "a long enough one 7"
AT = datetime(2024, 3, 14, 3, tzinfo=UTC)
# What an erasure writes; everything else must be as it was.
WRITTEN = (
    "organization.rep", "organization.repalias", "organization.erasurekey", "organization.erasedlabel", "accounts.user",
    "accounts.apitoken", "goals.repplan", "results.review", "trail.trailentry", "sessions.session",
)  # fmt: skip


@pytest.fixture
def gone(people: People, today: date) -> Rep:
    """A rep with a plan, a deal, a word in a review, a session and a token, who left yesterday."""
    rep = people.rep_row
    set_password(actor=people.admin, user=people.rep, password=PASSWORD)
    source = Source.objects.create(name="crm")
    RepAlias.objects.create(source="crm", label=f"{NAME}老师", rep=rep)
    lead = Lead.objects.create(source=source, external_id="L1", name="某客户", owner=rep)
    Deal.objects.create(
        source=source, external_id="D1", lead=lead, owner=rep, signed_on=date(2024, 3, 1), amount_minor=900
    )
    RepDay.objects.create(rep_id=rep.pk, business_date=date(2024, 3, 1), team_id=people.team.pk, revenue_minor=900)
    plan_period(actor=None, period=sales_month("2024-03"), as_of=date(2024, 3, 1))
    Review.objects.create(
        key="k", level="team", team=people.team, first_day=date(2024, 3, 1), last_day=date(2024, 3, 7), written_at=AT,
        content={"findings": [{"who": NAME, "rep_id": rep.pk, "money_minor": 5}, {"who": "别人", "rep_id": 0}]},
        words={"next": [{"by": NAME, "at": "", "text": "more calls"}]},
    )  # fmt: skip
    create_token(actor=people.rep, user=people.rep, name=f"{NAME} laptop", scope=TokenScope.READ, days=30)
    client_of(people.rep)
    rep.left_on = date(2024, 3, 14)
    rep.save()
    return rep


def _erase(people: People, rep: Rep) -> Any:
    return client_of(people.admin).post(reverse("privacy:erase_employee", args=[f"r{rep.pk}"]), {"is_sure": "on"})


def test_an_erasure_leaves_the_numbers_and_takes_the_name(people: People, gone: Rep) -> None:
    assert {"goals.repplan", "results.review", "organization.rep"} <= set(tables_that_tell([NAME]))
    plan = RepPlan.objects.get(rep=gone).content
    before = whole_database(leave_out=WRITTEN)

    _erase(people, gone)

    assert tables_that_tell([NAME, f'"{NUMBER}"']) == {}
    assert whole_database(leave_out=WRITTEN) == before
    word = neutral_word(gone.pk)
    assert Rep.objects.get(pk=gone.pk).name == word
    assert RepPlan.objects.get(rep=gone).content == {**plan, "rep": word, "employee_no": ""}
    content = Review.objects.get().content["findings"]
    assert content == [{"who": word, "rep_id": gone.pk, "money_minor": 5}, {"who": "别人", "rep_id": 0}]
    whole = whole_database()
    gone.refresh_from_db()
    assert not erase_employee(actor=people.admin, employee=employee_of_rep(gone), at=AT)
    assert whole_database() == whole
    assert {"accounts.user_erased", "organization.rep_erased"} <= set(
        TrailEntry.objects.values_list("action", flat=True)
    )


def test_nobody_signs_in_as_who_was_erased(people: People, gone: Rep) -> None:
    browser, secret = Client(), create_token(
        actor=people.rep, user=people.rep, name="t", scope=TokenScope.READ, days=30
    ).secret  # fmt: skip
    browser.force_login(people.rep, backend="django.contrib.auth.backends.ModelBackend")
    assert browser.get(reverse("overview:today")).status_code == 200

    Invitation.objects.create(user=people.rep, digest="d", created_at=AT, expires_at=AT.replace(year=2999))
    _erase(people, gone)

    assert not Invitation.objects.exists()
    assert browser.get(reverse("overview:today")).status_code == 302
    assert Client().get(reverse("api:me"), headers={"Authorization": f"Bearer {secret}"}).status_code == 401
    people.rep.refresh_from_db()
    assert not people.rep.is_active and not people.rep.check_password(PASSWORD)
    assert not ApiToken.objects.filter(user=people.rep, revoked_at=None).exists()


def test_records_that_come_again_are_theirs_and_bring_no_name(people: People, gone: Rep) -> None:
    _erase(people, gone)
    labels = {
        "number": PersonLabel(employee_no=NUMBER, name=NAME), "alias": PersonLabel(employee_no="", name=f"{NAME}老师"),
        "name": PersonLabel(employee_no="", name=NAME), "stranger": PersonLabel(employee_no="0009", name=NAME),
    }  # fmt: skip
    found = matching_reps("crm", labels.values())

    assert {what: found.get(label) for what, label in labels.items()} == {
        "number": gone.pk, "alias": gone.pk, "name": gone.pk, "stranger": None,
    }  # fmt: skip
    create_reps(actor=None, source_name="crm", first_days={labels["stranger"]: None})
    assert labels["name"] not in matching_reps("other", [labels["name"]]), "two were called so: nobody is meant"


def test_who_works_here_is_given_out_but_not_erased(people: People, gone: Rep) -> None:
    answer = _erase(people, people.outsider_row)
    assert answer.status_code == 302
    assert Rep.objects.get(pk=people.outsider_row.pk).name == NAMES["outsider"]

    sent = client_of(people.admin).post(reverse("privacy:export_employee", args=[f"r{gone.pk}"]))
    records = json.loads(sent.content)["records"]
    assert records["pipeline.deal"][0]["amount_minor"] == 900
    assert records["pipeline.repday"][0]["revenue_minor"] == 900
    assert "某客户" not in sent.content.decode()
    assert "password" not in records["accounts.user"][0] and "digest" not in records["accounts.apitoken"][0]
    assert client_of(people.operations).get(reverse("privacy:employees")).status_code == 403
    assert NAME in client_of(people.admin).get(reverse("privacy:employees")).content.decode()
