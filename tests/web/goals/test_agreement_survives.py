"""What was agreed stays as it was, whatever is edited around it; and two who act at once do not both win."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import ProtectedError
from django.test import Client
from django.urls import reverse

from pacemark.engine.errors import EngineError
from pacemark.web.accounts.models import User
from pacemark.web.goals.models import Agreement, AgreementStep, AgreementVersion, RepPlan, Target
from pacemark.web.goals.queries.agreements import history_of, standing_plan
from pacemark.web.goals.services.plans import plan_period
from pacemark.web.jobs.worker import run_pending
from pacemark.web.organization.choices import DayKind
from pacemark.web.organization.models import Grade, GradeQuota
from pacemark.web.organization.services import (
    add_leave,
    change_organization,
    link_account,
    move_rep,
    set_calendar_day,
)
from pacemark.web.organization.structure_services import change_rep
from tests.support.people import People, client_of, make_people
from tests.web.goals.floor import Floor, steady_months, weekdays
from tests.web.goals.talks import FIRST, MARCH, Talk, planned_talk

Edit = Callable[[People, Floor], None]


def _rates(people: People, floor: Floor) -> None:
    """Let records come in late: many more dials in February, none connected."""
    for day in weekdays(date(2024, 2, 1), date(2024, 2, 29)):
        floor.dials(people.rep_row, day, 30)
    floor.count()


def _grade(people: People, _floor: Floor) -> None:
    grade = Grade.objects.create(name="P9", ordinal=9)
    GradeQuota.objects.create(grade=grade, valid_from=date(2024, 1, 1), quota_minor=900_000_00)
    row = people.rep_row
    move_rep(actor=people.operations, rep=row, valid_from=date(2024, 2, 1), team=people.team, grade=grade)


def _calendar(people: People, _floor: Floor) -> None:
    for day in (date(2024, 3, 18), date(2024, 3, 19)):
        set_calendar_day(actor=people.operations, day=day, kind=DayKind.HOLIDAY, name="停工")


def _leave(people: People, _floor: Floor) -> None:
    first = date(2024, 3, 18)
    add_leave(actor=people.operations, rep=people.rep_row, first_day=first, last_day=first + timedelta(days=4))


def _thresholds(people: People, floor: Floor) -> None:
    change_organization(actor=people.operations, deep_talk_seconds=201)
    floor.count()


def _team(people: People, _floor: Floor) -> None:
    row = people.rep_row
    move_rep(actor=people.operations, rep=row, valid_from=FIRST, team=people.other_team)


def _name(people: People, _floor: Floor) -> None:
    change_rep(actor=people.operations, rep=people.rep_row, name="改名了", employee_no="9999")


def _leaving(people: People, _floor: Floor) -> None:
    change_rep(actor=people.operations, rep=people.rep_row, left_on=date(2024, 3, 10))
    link_account(actor=people.operations, rep=people.rep_row, user=None)


# the edit, and whether a plan made afterwards is another one
EDITS: dict[str, tuple[Edit, bool]] = {
    "rates": (_rates, True),
    "grade": (_grade, True),
    "calendar": (_calendar, True),
    "leave": (_leave, True),
    "thresholds": (_thresholds, True),
    "team": (_team, True),
    "name": (_name, False),
    "leaving": (_leaving, True),
}


def _kept(rep_id: int) -> dict[str, Any]:
    """Return everything that was agreed and said, as texts that can be compared."""
    plan = standing_plan(rep_id, FIRST)
    assert plan is not None
    said = [(step.number, step.kind, step.by_id, step.at, step.reason) for step in history_of(rep_id, FIRST)]
    versions = AgreementVersion.objects.filter(agreement__rep_id=rep_id).order_by("version")
    return {
        "plan": (plan.pk, plan.version, plan.target_minor, json.dumps(plan.content, sort_keys=True)),
        "said": said,
        "versions": list(versions.values()),
        "talk": list(Agreement.objects.filter(rep_id=rep_id).values()),
    }


@pytest.mark.parametrize("edit", EDITS)
def test_what_was_agreed_survives(people: People, today: date, edit: str) -> None:
    floor = Floor()
    steady_months(floor, [people.rep_row, people.outsider_row], weekdays(date(2024, 1, 2), date(2024, 2, 29)))
    floor.count()
    talk = planned_talk(people)
    talk.propose()
    talk.ask("太高")
    talk.revise(4_321_00, "减一点")
    talk.agree()
    before, does = _kept(talk.rep_id), EDITS[edit]

    does[0](people, floor)
    made = plan_period(actor=people.operations, period=MARCH, as_of=FIRST)

    assert _kept(talk.rep_id) == before
    current = RepPlan.objects.filter(rep_id=talk.rep_id, is_current=True).get()
    assert (current.pk != before["plan"][0]) == does[1]
    assert bool(made) == does[1]


def test_what_was_agreed_survives_edits_through_the_pages(people: People, today: date) -> None:
    """Propose, ask, revise and agree; then change grade, calendar, leave, team and name; then plan everyone anew."""
    User.objects.update(language="en")
    floor = Floor()
    steady_months(floor, [people.rep_row, people.outsider_row], weekdays(date(2024, 1, 2), date(2024, 2, 29)))
    floor.count()
    plan_period(actor=None, period=MARCH, as_of=FIRST)
    rep, lead, ops = (client_of(User.objects.get(pk=one.pk)) for one in (people.rep, people.manager, people.operations))
    talk, own = f"/goals/{people.rep_row.pk}/agreement", f"/goals/{people.rep_row.pk}/?period=2024-03"
    for client, what, sent in (
        (lead, "propose", {"confidence": "0.5"}),
        (rep, "ask", {"seen": "1", "reason": "too high"}),
        (lead, "revise", {"seen": "2", "amount": "4321", "reason": "a little less"}),
        (rep, "agree", {"seen": "3"}),
    ):
        assert client.post(f"{talk}/{what}/", {"period": "2024-03", **sent}).status_code == 302
    before, told = _shown(rep.get(own).content.decode()), _told(rep, people)
    assert "€4,321" in before["stands"] and len(told["said"]) == 4

    grade = Grade.objects.create(name="P9", ordinal=9)
    person = f"/settings/people/{people.rep_row.pk}/"
    edits: tuple[tuple[str, dict[str, Any]], ...] = (
        (reverse("ladder:quota"), {"grade": grade.pk, "valid_from": "2024-01-01", "amount": "900000"}),
        ("/settings/calendar/", {"date": "2024-03-18", "kind": DayKind.HOLIDAY, "name": "closed"}),
        (person, {"valid_from": "2024-03-01", "team": people.other_team.pk, "grade": grade.pk, "role": "setter"}),
        (person, {"what": "leave", "first_day": "2024-03-20", "last_day": "2024-03-22", "kind": "away"}),
        ("/goals/recompute/", {"period": "2024-03", "reason": "everything is different"}),
    )
    for address, typed in edits:
        assert ops.post(address, typed).status_code == 302, address
    run_pending()

    assert RepPlan.objects.filter(rep=people.rep_row, period_start=FIRST).count() > len(told["versions"])
    after = _told(rep, people)
    assert after["said"][: len(told["said"])] == told["said"], "what was said stays, in its order"
    assert after["agreement"]["holds_version"] == told["agreement"]["holds_version"]
    holding = f"{own}&version={told['version']}"
    shown = _shown(rep.get(holding).content.decode())
    assert (shown["chain"], shown["work"]) == (before["chain"], before["work"])
    assert "€4,321" in rep.get("/today/").content.decode(), "Today goes on by what was agreed"


def _shown(text: str) -> dict[str, str]:
    """Return the parts of a person's page that both sides agreed on."""
    parts = {
        "stands": r'<p class="stands">(.*?)</p>',
        "chain": r'<ol class="chain".*?</ol>',
        "work": r'<table class="t work-rows">.*?</table>',
    }
    return {name: re.findall(part, text, re.DOTALL)[0] for name, part in parts.items()}


def _told(client: Client, people: People) -> dict[str, Any]:
    answer = client.get(f"/api/v1/goals/reps/{people.rep_row.pk}/plan", {"period": "2024-03"})
    found: dict[str, Any] = answer.json()
    return found


def test_the_row_of_whoever_agreed_cannot_be_deleted_and_an_account_leaves_the_talk_readable(
    people: People, today: date
) -> None:
    talk = planned_talk(people)
    talk.propose()
    talk.agree()
    with pytest.raises(ProtectedError):
        people.rep_row.delete()
    with pytest.raises(ProtectedError):
        RepPlan.objects.filter(rep_id=talk.rep_id).delete()
    people.team.manager = None
    people.team.save()
    people.manager.delete()

    assert [step.kind for step in history_of(talk.rep_id, FIRST)] == ["propose", "agree"]
    assert talk.state.holds_version == 1


@pytest.mark.postgres
@pytest.mark.usefixtures("on_postgres")
def test_of_two_managers_at_the_same_moment_one_wins_and_the_other_is_told(today: date) -> None:
    talk = _made_for_threads()
    people, looked = talk.people, talk.seen()
    told = _together(
        lambda: talk.revise(100_00, "钱", seen=looked),
        lambda: talk.revise(200_00, "孙", seen=looked, actor=people.director),
        lambda: talk.agree(looked),
        lambda: talk.ask("?", seen=looked),
    )

    assert sorted(told) == ["", *["goals.agreement_stale"] * 3]
    assert Agreement.objects.get().n_steps == AgreementStep.objects.count() == 2
    assert Target.objects.count() <= 1


@pytest.mark.postgres
@pytest.mark.usefixtures("on_postgres")
def test_two_who_propose_at_the_same_moment_propose_once(today: date) -> None:
    talk = planned_talk(make_people())
    _together(*[lambda who=who: talk.propose(who) for who in (talk.people.manager, talk.people.director)])

    assert list(AgreementStep.objects.values_list("number", "kind")) == [(1, "propose")]
    assert AgreementVersion.objects.count() == 1


def _made_for_threads() -> Talk:
    talk = planned_talk(make_people())
    talk.propose()
    return talk


def _together(*acts: Callable[[], object]) -> list[str]:
    """Take the acts at once, each on a connection of its own; return the code each was refused with, or nothing."""
    start, told = threading.Barrier(len(acts)), []

    def act(does: Callable[[], object]) -> None:
        start.wait()
        try:
            does()
            told.append("")
        except EngineError as refused:
            told.append(refused.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=act, args=(does,)) for does in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return told
