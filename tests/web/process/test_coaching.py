"""Coaching through services and pages: evidence, excuses, the rate and what was closed in bulk."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest
from django.urls import reverse

from pacemark.web.process.models import CoachingAction
from pacemark.web.process.queries.coaching import coaching_of
from pacemark.web.process.services.coaching import Planned, Refused, close_coaching, excuse_coaching, plan_coaching
from tests.support.people import People, client_of

# March 2024 through the tests' fixed day.
MADE = datetime(2024, 3, 1, 8, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _floating_clock(settings: object) -> None:
    settings.PACEMARK_TODAY = ""  # type: ignore[attr-defined]


def _planned(people: People, due_on: date) -> CoachingAction:
    planned = Planned(rep_id=people.rep_row.pk, what="听两通再演练", due_on=due_on)
    return plan_coaching(actor=people.manager, owner=people.manager, planned=planned, at=MADE)


def test_the_rate_counts_on_time_with_evidence_and_leaves_the_excused_out(people: People) -> None:
    due = date(2024, 3, 8)
    actions = [_planned(people, due) for _ in range(7)]
    for action in actions[:3]:
        close_coaching(
            actor=people.manager, action_id=action.pk, evidence="录音点评", at=MADE + timedelta(hours=action.pk)
        )
    close_coaching(
        actor=people.manager, action_id=actions[3].pk, evidence="补做", at=datetime(2024, 3, 9, 4, tzinfo=UTC)
    )
    close_coaching(actor=people.manager, action_id=actions[4].pk, evidence="  ", at=MADE)
    excuse_coaching(actor=people.director, action_id=actions[5].pk, reason="病假")

    [found] = coaching_of(date(2024, 3, 10), None).executions

    assert (found.execution.due, found.execution.rate, found.execution.with_late) == (6, Fraction(1, 2), Fraction(2, 3))
    assert (found.on_time, found.late, found.excused, found.missed) == (3, 1, 1, 2)
    assert found.execution.passes is False


def test_closing_in_bulk_without_evidence_is_noticed_and_closes_nothing(people: People) -> None:
    actions = [_planned(people, date(2024, 3, 8)) for _ in range(5)]
    for place, action in enumerate(actions):
        close_coaching(actor=people.manager, action_id=action.pk, evidence="", at=MADE + timedelta(seconds=7 * place))

    found = coaching_of(date(2024, 3, 10), None)

    assert found.executions[0].bulk == 5
    assert found.executions[0].execution.rate == 0
    assert len(found.to_do) == 5
    assert all(one.outcome == "missed" for one in found.to_do)


def test_closing_twice_keeps_the_first_evidence(people: People) -> None:
    action = _planned(people, date(2024, 3, 8))
    close_coaching(actor=people.manager, action_id=action.pk, evidence="一", at=MADE)
    close_coaching(actor=people.manager, action_id=action.pk, evidence="二", at=MADE + timedelta(days=20))

    action.refresh_from_db()
    assert (action.evidence, action.done_on) == ("一", date(2024, 3, 1))


def test_nobody_excuses_what_they_owe_and_nothing_is_due_in_the_past(people: People) -> None:
    action = _planned(people, date(2024, 3, 8))

    with pytest.raises(Refused, match="leads you"):
        excuse_coaching(actor=people.manager, action_id=action.pk, reason="忙")
    with pytest.raises(Refused, match="over"):
        _planned(people, date(2024, 2, 29))


def test_a_manager_puts_down_and_closes_through_the_pages(people: People, settings: object) -> None:
    settings.PACEMARK_TODAY = "2024-03-13"  # type: ignore[attr-defined]
    client = client_of(people.manager)
    address = reverse("process:plan_coaching", args=[people.rep_row.pk])
    assert client.post(address, {"what": "开场 30 秒", "due_on": "2024-03-12"}).status_code == 422
    assert client.post(address, {"what": "开场 30 秒", "due_on": "2024-03-15"}).status_code == 302
    action = CoachingAction.objects.get()
    close = reverse("process:close_coaching", args=[action.pk])

    client.post(close, {"evidence": ""})
    action.refresh_from_db()
    assert action.state == "open"
    assert client_of(people.director).post(close, {"evidence": "代做"}).status_code == 404
    client.post(close, {"evidence": "录音 7"})
    action.refresh_from_db()
    assert (action.state, action.done_on) == ("done", date(2024, 3, 13))
    page = client_of(people.director).get(reverse("process:coaching")).content.decode()
    assert "录音 7" in page
    assert "录音 7" not in client_of(people.manager).get(reverse("overview:team")).content.decode()
