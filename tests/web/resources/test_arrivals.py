"""Leads as they arrive: one customer one owner, the same key the same answer, bad rows told; on both databases."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connection

from pacemark.engine.errors import EngineError
from pacemark.web.organization.models import Membership, Rep, Team
from pacemark.web.organization.services import set_up_organization
from pacemark.web.pipeline.choices import PoolEntered
from pacemark.web.pipeline.holding_models import Holding
from pacemark.web.pipeline.holding_services import enter_pool
from pacemark.web.pipeline.models import Lead, Touch
from pacemark.web.resources.choices import DecisionKind
from pacemark.web.resources.models import Decision, RepAccount, Run, WaitingLead
from pacemark.web.resources.services.arrivals import receive
from pacemark.web.resources.services.ownership import claim_lead, give_lead, return_lead

pytestmark = pytest.mark.usefixtures("each_shared_database")
NOON = datetime(2019, 3, 25, 4, 0, tzinfo=UTC)


def floor(count: int) -> list[int]:
    set_up_organization(actor=None)
    team = Team.objects.create(name="t")
    reps = [Rep.objects.create(name=f"rep {n}").pk for n in range(count)]
    for rep in reps:
        Membership.objects.create(rep_id=rep, team=team, valid_from=date(2018, 1, 1))
    return reps


def row(number: int, phone: str | None = None, source: str = "form", **more: Any) -> dict[str, Any]:
    return {"external_id": f"E{number}", "source": source, "phone": phone, "grade": "A"} | more


def come(rows: list[Any], key: str | None = None) -> list[dict[str, Any]]:
    return receive(actor=None, key=key, rows=rows, at=NOON)


def test_worked_case_5_one_phone_in_three_spellings_at_once() -> None:
    floor(3)
    spellings = ("138 0013 8000", "+86-13800138000", "0086 138-0013-8000")
    answers: list[dict[str, Any]] = []
    gate = threading.Barrier(3)

    def send(number: int, phone: str) -> None:
        gate.wait()
        try:
            answers.extend(come([row(number, phone, source=f"channel {number}")], f"k{number}"))
        finally:
            connection.close()

    threads = [threading.Thread(target=send, args=each) for each in enumerate(spellings)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    lead = Lead.objects.get()
    assert sorted(answer["status"] for answer in answers) == ["assigned", "duplicate", "duplicate"]
    assert {(answer["lead"], answer["owner"]) for answer in answers} == {(lead.pk, lead.owner_id)}
    assert Touch.objects.filter(lead=lead).count() == 3 and Holding.objects.count() == 1
    assert sum(RepAccount.objects.values_list("received", flat=True)) == 1
    assert sorted(Decision.objects.values_list("kind", flat=True)) == ["rule", "sticky", "sticky"]


def test_the_same_key_answers_the_same_and_another_body_is_refused() -> None:
    floor(2)
    rows = [row(1, "13800138001"), row(2, "13800138002"), row(3, "13800138001")]
    first = come(rows, "K")
    assert [answer["status"] for answer in first] == ["assigned", "assigned", "duplicate"]
    assert come(rows, "K") == first and Run.objects.count() == 1 and Lead.objects.count() == 2
    with pytest.raises(EngineError) as refused:
        come(rows[:2], "K")
    assert refused.value.code == "resources.key_reused" and Touch.objects.count() == 3
    again = come(rows)
    assert [answer["status"] for answer in again] == ["duplicate"] * 3 and Touch.objects.count() == 3


def test_bad_rows_are_told_and_good_ones_go_in() -> None:
    floor(2)
    rows: list[Any] = [
        row(1), row(2, "123"), row(3, "13800138003", source="a channel nobody has heard of"), "lead",
        row(4, "13800138004", occurred_at="yesterday"), row(5, occurred_at="2031-01-01T00:00:00Z"), {"source": "x"},
    ]  # fmt: skip
    answers = come(rows)
    assert [answer["status"] for answer in answers] == [
        "assigned", "refused", "assigned", "refused", "refused", "assigned", "refused",
    ]  # fmt: skip
    told = [answer["error"]["code"] for answer in answers if answer["error"]]
    assert told == [f"resources.{code}" for code in ("bad_phone", "bad_row", "bad_moment", "missing_field")]
    assert Lead.objects.get(external_id="E5").arrived_at == NOON, "a clock that is ahead brings nothing from the future"
    assert Lead.objects.count() == 3


def test_nobody_there_waits_and_arriving_again_is_dealt_when_somebody_is() -> None:
    set_up_organization(actor=None)
    (first,) = come([row(1, "13800138001")])
    assert first["status"] == "waiting" and WaitingLead.objects.count() == 1
    (rep,) = floor(1)
    (again,) = come([row(2, "138 0013 8001")])
    assert (again["status"], again["lead"], again["owner"]) == ("duplicate", first["lead"], rep)
    assert not WaitingLead.objects.exists()


def test_moves_by_hand_are_on_record_and_limits_hold_unless_overridden() -> None:
    one, two = floor(2)
    (answer,) = come([row(1, "13800138001")])
    lead, owner = answer["lead"], answer["owner"]
    other = two if owner == one else one
    Membership.objects.filter(rep_id=other).delete()
    with pytest.raises(EngineError) as refused:
        give_lead(actor=None, rep_id=other, lead_id=lead, at=NOON)
    assert refused.value.code == "resources.not_eligible"
    given = give_lead(actor=None, rep_id=other, lead_id=lead, at=NOON, override_reason="knows the customer")
    assert given.kind == DecisionKind.TRANSFER and given.evidence["reason"] == "knows the customer"
    return_lead(actor=None, rep_id=other, lead_id=lead, at=NOON)
    assert claim_lead(actor=None, rep_id=owner, lead_id=lead, at=NOON).kind == DecisionKind.CLAIM
    assert Lead.objects.get().owner_id == owner
    (pooled,) = come([row(9)])
    Holding.objects.filter(lead_id=pooled["lead"]).delete()
    Lead.objects.filter(pk=pooled["lead"]).update(owner=None)
    enter_pool(actor=None, lead_ids=[pooled["lead"]], at=NOON, how=PoolEntered.NEW)
    assert give_lead(actor=None, rep_id=owner, lead_id=pooled["lead"], at=NOON).kind == DecisionKind.MANUAL


def test_a_lead_arrived_on_its_own_day_whatever_day_it_is_now(settings: Any) -> None:
    settings.PACEMARK_TODAY = "2019-03-25"
    floor(1)
    answer = come([row(1, "13800138000", occurred_at="2019-03-21T23:30:00+08:00")])
    assert Lead.objects.get(pk=answer[0]["lead"]).arrived_on == date(2019, 3, 21)
