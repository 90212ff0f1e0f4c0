"""Whatever changes what facts count, the facts follow by themselves: they end as plain loops over the events find."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection

from pacemark.web.accounts.models import User
from pacemark.web.jobs.worker import run_pending
from pacemark.web.organization.models import Organization, Rep, Team
from pacemark.web.organization.services import change_organization, move_rep
from pacemark.web.pipeline.fact_models import RepDay, WinLag
from pacemark.web.pipeline.models import Lead, Opportunity
from tests.facts.oracle import expected_facts, stored_facts
from tests.support.imports import Importer

CONTRACTS = """
source = "floor"
time_zone = "Asia/Shanghai"
[opportunities]
files = "opps*"
[opportunities.columns]
id = "id"
opened_at = "opened"
closed_on = "closed"
owner = "who"
[opportunities.rules]
won = { column = "stage", is = ["won"] }
[deals]
files = "contracts*"
gives_opportunity = false
[deals.columns]
id = "no"
opened_at = "made"
closed_on = "signed"
owner = "who"
opportunity = "opportunity"
[deals.rules]
won = { column = "stage", is = ["won"] }
"""


def fetch(sql: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def assert_facts_are_true() -> None:
    assert stored_facts(fetch) == expected_facts()


@pytest.fixture
def floor(importer: Importer) -> Importer:
    """A floor with talks on both sides of every threshold, two of which led to an opportunity."""
    importer.write("leads.csv", [{"id": "L1", "channel": "web"}, {"id": "L2", "channel": "fair"}])
    importer.write(
        "calls.csv",
        [
            {"id": "C1", "at": "2024-01-03 10:00:00", "lead": "L1", "seconds": "100"},
            {"id": "C2", "at": "2024-01-05 10:00:00", "lead": "L1", "seconds": "400"},
            {"id": "C3", "at": "2024-01-27 11:00:00", "lead": "L2", "seconds": "190"},
            {"id": "C4", "at": "2024-01-28 11:00:00", "lead": "L2", "seconds": "25"},
        ],
    )
    importer.write(
        "deals.csv",
        [
            {"id": "D1", "lead": "L1", "stage": "won", "amount": "300", "paid": "100", "closed": "2024-01-20"},
            {"id": "D2", "lead": "L2", "created": "2024-01-26 09:00"},
        ],
    )
    importer.bring_in()
    assert_facts_are_true()
    return importer


@pytest.fixture
def chief(transactional_db: None) -> User:
    return User.objects.create_user("chief")


@pytest.mark.parametrize(
    "settings",
    [
        {"deep_talk_seconds": 90},
        {"connect_seconds": 30},
        {"effective_seconds": 20},
        {"revenue_basis": "cash"},
        {"sales_month_start_day": 26},
    ],
    ids=lambda settings: next(iter(settings)),
)
def test_facts_follow_a_changed_definition(floor: Importer, chief: User, settings: dict[str, object]) -> None:
    before = stored_facts(fetch)
    change_organization(actor=chief, **settings)
    run_pending()

    assert stored_facts(fetch) != before
    assert_facts_are_true()


def test_a_lower_threshold_finds_the_talk_that_was_deep_by_it(floor: Importer, chief: User) -> None:
    assert str(Opportunity.objects.get(external_id="D1").sourced_on) == "2024-01-05"
    change_organization(actor=chief, deep_talk_seconds=90)
    run_pending()

    assert str(Opportunity.objects.get(external_id="D1").sourced_on) == "2024-01-03"


def test_a_changed_name_counts_nothing_anew(floor: Importer, chief: User) -> None:
    run_pending()  # what the import left to a worker
    change_organization(actor=chief, name="Another")

    assert Organization.objects.get().name == "Another"
    assert run_pending() == 0


def test_facts_follow_a_person_who_changes_teams(floor: Importer, chief: User) -> None:
    rep, team = Rep.objects.get(name="Li Wei"), Team.objects.create(name="North")
    move_rep(actor=chief, rep=rep, valid_from=date(2024, 1, 5), team=team)
    run_pending()

    assert_facts_are_true()
    teams = dict(RepDay.objects.filter(rep_id=rep.pk).values_list("business_date", "team_id"))
    assert (teams[date(2024, 1, 3)], teams[date(2024, 1, 5)]) == (0, team.pk)


def test_facts_follow_a_lead_to_another_segment(floor: Importer) -> None:
    before = stored_facts(fetch)
    floor.bring_in(floor.write("leads.csv", [{"id": "L1", "channel": "fair"}, {"id": "L2", "channel": "fair"}]))

    assert Lead.objects.get(external_id="L1").segment.channel == "fair"
    assert stored_facts(fetch)["win_lag"] != before["win_lag"]
    assert_facts_are_true()


@pytest.mark.parametrize("again", ["2024-01-09", "taken back"])
def test_facts_follow_a_contract_whose_day_becomes_known_or_that_is_taken_back(importer: Importer, again: str) -> None:
    importer.profile.write_text(CONTRACTS)
    importer.write_bytes("opps.csv", b"id,opened,closed,who,stage\nO1,2024-01-02,2024-01-09,Zhao,won\n")
    contract = b"no,made,signed,who,opportunity,stage\nK1,2024-01-08,%b,Zhao,O1,%b\n"
    importer.bring_in()
    assert dict(WinLag.objects.values_list("is_undated", "won")) == {0: 1}

    importer.bring_in(importer.write_bytes("contracts.csv", contract % (b"", b"won")))
    assert dict(WinLag.objects.values_list("is_undated", "won")) == {1: 1}
    assert_facts_are_true()

    stage, day = (b"lost", b"") if again == "taken back" else (b"won", again.encode())
    importer.bring_in(importer.write_bytes("contracts.csv", contract % (day, stage)))
    assert dict(WinLag.objects.values_list("is_undated", "won")) == {0: 1}
    assert_facts_are_true()
