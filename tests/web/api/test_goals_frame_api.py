"""The frame of goals by programs: quarters, units, seasons, the ladder, and one person in full."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from pacemark.web.accounts.models import User
from pacemark.web.goals.choices import Span, TargetBasis, UnitLevel
from pacemark.web.goals.queries.agreements import standing_plan
from pacemark.web.goals.services.drafts import keep_draft
from pacemark.web.goals.services.quarters import set_quarter
from pacemark.web.goals.services.replans import replan_running
from pacemark.web.goals.services.units import set_unit_amounts
from pacemark.web.organization.grade_services import save_grade, set_quota
from pacemark.web.organization.models import CalendarDay, Membership
from tests.support.people import People, client_of
from tests.web.goals.talks import FIRST, Talk, planned_talk

ROOM = "/api/v1/goals"
Q2 = date(2024, 4, 1)


@pytest.fixture(autouse=True)
def _no_holidays(people: People, today: date) -> None:
    CalendarDay.objects.all().delete()


def _get(user: User, what: str, **asked: Any) -> Any:
    return client_of(user).get(f"{ROOM}/{what}", asked)


def _quarter(people: People) -> None:
    set_quarter(actor=None, rep_id=people.rep_row.pk, quarter_start=Q2, amount_minor=65_000_00, basis=TargetBasis.TYPED)


def test_a_quarter_is_its_amount_and_its_months_by_working_days(people: People) -> None:
    _quarter(people)
    (row,) = _get(people.rep, "quarters", quarter="2024-Q2").json()["items"]

    # 22, 23 and 20 working days from Monday to Friday
    amounts = {month["period"]: month["amount_minor"] for month in row["months"]}
    assert amounts == {"2024-04": 22_000_00, "2024-05": 23_000_00, "2024-06": 20_000_00}
    assert (row["rep_id"], row["amount_minor"], row["sum_minor"]) == (people.rep_row.pk, 65_000_00, 65_000_00)
    assert _get(people.outsider, "quarters", quarter="2024-Q2").json()["items"][0]["amount_minor"] is None
    page = _get(people.operations, "quarters", quarter="2024-Q2", page_size=1).json()
    assert (page["period"], page["count"], page["next"]) == ("2024-Q2", 1, None)


def test_one_reps_quarter_has_what_each_wish_asks(people: People) -> None:
    _quarter(people)
    low, high = (save_grade(actor=None, grade_id=None, name=name) for name in ("P1", "P2"))
    for grade, quota in ((low, 65_000_00), (high, 130_000_00)):
        set_quota(actor=None, grade_id=grade.pk, valid_from=date(2023, 1, 1), quota_minor=quota)
    Membership.objects.filter(rep=people.rep_row).update(grade=low)
    told = _get(people.manager, f"reps/{people.rep_row.pk}/quarter", quarter="2024-Q2").json()

    assert {one["kind"]: (one["grade"], one["amount_minor"]) for one in told["wishes"]} == {
        "keep": ("P1", 65_000_00),
        "promote": ("P2", 130_000_00),
    }
    assert [month["workdays"] for month in told["months"]] == [22, 23, 20]
    assert _get(people.outsider, f"reps/{people.rep_row.pk}/quarter").status_code == 404
    grades = _get(people.operations, "ladder").json()["grades"]
    assert [(one["name"], one["quota_minor"]) for one in grades] == [("P2", 130_000_00), ("P1", 65_000_00)]
    assert grades[0]["tiers"] == {"core": None, "high": None, "benchmark": None}


def test_units_say_both_directions_to_whom_they_are_in_sight(people: People) -> None:
    _quarter(people)
    team = (UnitLevel.TEAM, people.team.pk)
    set_unit_amounts(actor=None, span=Span.QUARTER, first=Q2, amounts={team: 80_000_00})
    (row,) = _get(people.manager, "units", at="2024-Q2").json()["items"]

    assert (row["level"], row["unit_id"], row["asked"]["amount_minor"]) == ("team", people.team.pk, 80_000_00)
    assert (row["people_minor"], row["people_difference_minor"], row["n_people"]) == (65_000_00, -15_000_00, 1)
    everything = _get(people.operations, "units", at="2024-Q2").json()
    assert (everything["period"], everything["count"]) == ("2024-Q2", 5)
    assert _get(people.rep, "units").status_code == 403


def test_seasons_say_why_they_are_flat(people: People) -> None:
    told = _get(people.manager, "seasons", quarter="2024-Q2").json()
    assert {month["weight"] for month in told["months"]} == {1.0}
    assert (told["basis"], told["reason"]) == ("flat", "goals.season_history_short")
    assert [month["workdays"] for month in told["months"]][3:6] == [22, 23, 20]


def test_a_person_in_full_is_what_their_pages_show(people: People) -> None:
    talk: Talk = planned_talk(people)
    talk.propose()
    talk.ask(wished_minor=200_00)
    plan = standing_plan(talk.rep_id, FIRST)
    assert plan is not None
    replan_running(actor=None)
    told = _get(people.rep, f"reps/{talk.rep_id}/plan", period="2024-03").json()

    assert (told["plan"], told["version"]) == (plan.content, plan.version)
    assert [(step["kind"], step["wished_minor"]) for step in told["said"]] == [("propose", None), ("ask", 200_00)]
    assert told["agreement"]["state"] == "asked"
    left = _get(people.rep, f"reps/{talk.rep_id}/replan", period="2024-03").json()["replan"]
    (listed,) = _get(people.rep, "replans", period="2024-03").json()["items"]
    assert (left["as_of"], left["status"]) == ("2024-03-15", listed["status"])
    week = _get(people.manager, f"reps/{talk.rep_id}/week", week="2024-03-13").json()
    assert (week["monday"], week["sunday"]) == ("2024-03-11", "2024-03-17")
    assert [row["what"] for row in week["rows"] + week["results"]] == [
        "dials", "connects", "deep_talks", "opportunities_from_talks", "revenue", "deals",
    ]  # fmt: skip
    assert _get(people.manager, f"reps/{talk.rep_id}/plan", period="2023-01").json()["plan"] is None
    assert _get(people.outsider, f"reps/{talk.rep_id}/plan").status_code == 404


def test_drafts_are_ones_own(people: People) -> None:
    talk = planned_talk(people)
    keep_draft(
        actor=people.manager, rep_id=talk.rep_id, period_start=FIRST, name="more calls",
        assumptions={"target": "300"}, answer={"dials": 9},
    )  # fmt: skip
    (kept,) = _get(people.manager, f"reps/{talk.rep_id}/drafts", period="2024-03").json()["items"]
    assert kept == {"name": "more calls", "assumptions": {"target": "300"}, "answer": {"dials": 9}}
    assert _get(people.rep, f"reps/{talk.rep_id}/drafts", period="2024-03").json()["items"] == []
