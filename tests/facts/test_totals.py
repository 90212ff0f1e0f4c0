"""`pacemark facts totals` and `facts rebuild`, as the command line answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from typer.testing import CliRunner

from pacemark.cli.facts import app
from pacemark.cli.start import UserMistake
from pacemark.web.organization.models import Organization, Rep, Team
from pacemark.web.pipeline.fact_models import ChangedDay
from pacemark.web.pipeline.facts_services import rebuild_facts
from pacemark.web.pipeline.models import Call, Deal, Opportunity, Refund
from tests.facts.oracle import is_connect, is_deep, team_on
from tests.facts.random_floor import FIRST, make_floor

pytestmark = pytest.mark.django_db
NUMBERS = [
    "dials", "distinct_leads_dialled", "connects", "effective_dials", "talk_seconds", "deep_talks", "opportunities",
    "deals", "revenue",
]  # fmt: skip


def asked(*words: str) -> dict[str, Any]:
    result = CliRunner().invoke(app, ["totals", *words, "--json"], catch_exceptions=False)
    assert result.exit_code == 0
    answer: dict[str, Any] = json.loads(result.stdout)
    return answer


def counted(belongs: Callable[[int, date], bool]) -> dict[str, float]:
    """Count everything that belongs to a rep and day, in plain loops."""
    organization = Organization.objects.get()
    calls = [call for call in Call.objects.filter(direction=1) if belongs(call.rep_id or 0, call.business_date)]
    connects = [call for call in calls if is_connect(call, organization)]
    deals = [deal for deal in Deal.objects.all() if belongs(deal.owner_id or 0, deal.signed_on)]
    refunds = [r for r in Refund.objects.all() if belongs(r.deal.owner_id or 0, r.refunded_on)]
    opened = Opportunity.objects.exclude(state="unqualified")
    revenue = sum(deal.amount_minor or 0 for deal in deals) - sum(refund.amount_minor for refund in refunds)
    return {
        "dials": len(calls),
        "distinct_leads_dialled": len({call.lead_id for call in calls if call.lead_id}),
        "connects": len(connects),
        "effective_dials": sum(call.talk_seconds >= 30 for call in connects),
        "talk_seconds": sum(call.talk_seconds for call in connects),
        "deep_talks": sum(is_deep(call, organization) for call in connects),
        "opportunities": sum(belongs(row.owner_id or 0, row.opened_on) for row in opened),
        "deals": len(deals),
        "revenue": revenue / 100,
    }


def test_totals_by_rep_count_each_lead_once_over_the_span() -> None:
    make_floor(40)
    rebuild_facts(actor=None)
    answer = asked("--by", "rep")
    names = dict(Rep.objects.values_list("name", "pk"))

    assert answer["totals"] == counted(lambda _rep, _day: True)
    assert list(answer["totals"]) == NUMBERS
    assert [row["rep"] for row in answer["rows"]] == [*sorted(names), "unassigned"]
    for row in answer["rows"]:
        rep_id = names.get(row.pop("rep"), 0)
        assert row == counted(lambda rep, _day, rep_id=rep_id: rep == rep_id)


def test_totals_by_team_use_the_team_of_each_day() -> None:
    make_floor(41)
    rebuild_facts(actor=None)
    names = dict(Team.objects.values_list("name", "pk"))
    rows = asked("--by", "team")["rows"]

    assert [row["team"] for row in rows] == ["one", "two", "unassigned"]
    for row in rows:
        team_id = names.get(row.pop("team"), 0)
        assert row == counted(lambda rep, day, team_id=team_id: team_on(rep, day) == team_id)


@pytest.mark.parametrize(("start_day", "months"), [(1, ["2024-01", "2024-02"]), (26, ["2024-01", "2024-02"])])
def test_totals_by_month_follow_the_sales_month(start_day: int, months: list[str]) -> None:
    make_floor(42, sales_month_start_day=start_day)
    rebuild_facts(actor=None)
    border = date(2024, 2, 1) if start_day == 1 else date(2024, 1, 26)
    rows = asked("--by", "month")["rows"]

    assert [row.pop("month") for row in rows] == months
    assert rows == [counted(lambda _rep, day: day < border), counted(lambda _rep, day: day >= border)]


def test_totals_of_some_days_include_both_ends() -> None:
    make_floor(43)
    rebuild_facts(actor=None)
    first, last = FIRST + timedelta(days=2), FIRST + timedelta(days=8)
    answer = asked("--from", first.isoformat(), "--to", last.isoformat(), "--by", "month")

    assert answer["totals"] == counted(lambda _rep, day: first <= day <= last)
    assert sum(row["dials"] for row in answer["rows"]) == answer["totals"]["dials"]


def test_totals_take_in_the_days_that_wait() -> None:
    make_floor(44)
    rebuild_facts(actor=None)
    call = Call.objects.filter(direction=1).exclude(rep=None)[0]
    ChangedDay.objects.create(rep_id=call.rep_id, business_date=call.business_date)
    call.delete()

    assert asked()["totals"] == counted(lambda _rep, _day: True)


def test_people_of_one_name_are_told_apart() -> None:
    make_floor(45)
    Rep.objects.filter(name="rep 0").update(name="rep 1", employee_no="0007")
    rebuild_facts(actor=None)
    names = [row["rep"] for row in asked()["rows"]]

    assert "rep 1 (0007)" in names
    assert len(set(names)) == len(names)


def test_amounts_follow_the_currency() -> None:
    make_floor(46, currency="JPY")
    rebuild_facts(actor=None)

    assert asked()["totals"]["revenue"] == counted(lambda _rep, _day: True)["revenue"] * 100


def test_an_empty_floor_has_zeros_and_no_rows() -> None:
    Organization.objects.create(name="Empty")

    for by in ("rep", "team", "month"):
        assert asked("--by", by) == {"totals": dict.fromkeys(NUMBERS, 0), "rows": []}


def test_a_person_gets_a_table_and_a_rebuild_says_what_it_did() -> None:
    make_floor(47)
    drawn = CliRunner().invoke(app, ["rebuild"], env={"COLUMNS": "200"}, catch_exceptions=False)
    table = CliRunner().invoke(app, ["totals"], env={"COLUMNS": "200"}, catch_exceptions=False)
    as_json = json.loads(CliRunner().invoke(app, ["rebuild", "--json"], catch_exceptions=False).stdout)

    assert "rep_day" in drawn.output
    assert "Rebuilt" in drawn.output
    assert "unassigned" in table.output
    assert as_json["rows"]["rep_day"] > 0
    assert as_json["seconds"] > 0


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--from", "yesterday"], "--from must be a date like 2024-01-31"),
        (["--from", "2024-02-01", "--to", "2024-01-01"], "--from 2024-02-01 is later than --to 2024-01-01"),
    ],
)
def test_a_span_that_is_none_is_one_sentence(words: list[str], sentence: str) -> None:
    with pytest.raises(UserMistake, match=sentence):
        CliRunner().invoke(app, ["totals", *words], catch_exceptions=False)
