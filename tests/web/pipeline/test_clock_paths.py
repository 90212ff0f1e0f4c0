"""Worked case 8 by every way in: leads by API, calls and owners by import, touches; and owners who are not there."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from pacemark.web.organization.models import Membership, Rep, Team
from pacemark.web.organization.services import set_up_organization
from pacemark.web.pipeline.activity_services import prolong_by_activity
from pacemark.web.pipeline.choices import ARRIVAL, HoldingBegan
from pacemark.web.pipeline.clock_services import set_recycle_rule, turn_clock
from pacemark.web.pipeline.holding_models import Holding, PoolEntry
from pacemark.web.pipeline.jobs import prolong_by_imported
from pacemark.web.pipeline.models import Call, Lead, Source, Touch
from pacemark.web.resources.choices import DecisionKind, RunKind
from pacemark.web.resources.models import Decision, RepAccount
from pacemark.web.resources.services.arrivals import receive
from pacemark.web.resources.services.chunks import deal_next_chunk
from pacemark.web.resources.services.imported import hold_imported
from pacemark.web.resources.services.ownership import claim_lead, return_lead
from pacemark.web.resources.services.runs import allocate_leads
from pacemark.web.trail.models import TrailEntry
from tests.support.imports import Importer

NOON = datetime(2019, 3, 25, 4, 0, tzinfo=UTC)
CLOCK = {"default_days": 10, "extension_days": 3, "maximum_days": 20, "cooldown_days": 0}
BY_DAY = (
    ("2019-03-28", "2019-04-04"), ("2019-04-02", "2019-04-05"), ("2019-04-05", "2019-04-08"),
    ("2019-04-13", "2019-04-14"),
)  # fmt: skip


def on(day: str) -> datetime:
    return NOON + timedelta(days=(date.fromisoformat(day) - NOON.date()).days)


def staff(*names: str) -> list[int]:
    set_up_organization(actor=None)
    team = Team.objects.create(name="t")
    reps = [Rep.objects.create(name=name).pk for name in names]
    for rep in reps:
        Membership.objects.create(rep_id=rep, team=team, valid_from=date(2018, 1, 1))
    return reps


def arrive(number: int, **more: Any) -> dict[str, Any]:
    row = {"external_id": f"E{number}", "source": "floor", "phone": f"1380013800{number}", "grade": "A"} | more
    (answer,) = receive(actor=None, key=None, rows=[row], at=NOON)
    return answer


def due(lead: int) -> str:
    return str(Holding.objects.get(lead_id=lead, ended_at__isnull=True).due_on)


def test_worked_case_8_by_claims_and_imported_calls(importer_everywhere: Importer, settings: Any) -> None:
    (rep, other) = staff("Li Wei", "Wang Fang")
    set_recycle_rule(actor=None, at=NOON, **CLOCK)
    lead = arrive(1)["lead"]
    owner = Lead.objects.get().owner_id or 0
    return_lead(actor=None, rep_id=owner, lead_id=lead, at=NOON - timedelta(days=0))
    claim_lead(actor=None, rep_id=rep, lead_id=lead, at=NOON)
    assert due(lead) == "2019-04-04"
    seen = []
    for place, (day, _until) in enumerate(BY_DAY):
        settings.PACEMARK_TODAY = day
        calls = [
            {"id": f"c{place}", "lead": "E1", "at": f"{day} 10:00:00", "seconds": 5},
            {"id": f"no{place}", "lead": "E1", "at": f"{day} 11:00:00", "seconds": 0},
        ]
        importer_everywhere.bring_in(importer_everywhere.write(f"calls{place}.csv", calls))
        prolong_by_imported()
        seen.append((day, due(lead)))
    assert tuple(seen) == BY_DAY
    for day, said in (("2019-04-14", 0), ("2019-04-15", 1)):
        settings.PACEMARK_TODAY = day
        assert turn_clock(at=on(day)).n_recycled == said
    assert PoolEntry.objects.filter(left_at__isnull=True).count() == 1 and other


@pytest.mark.usefixtures("each_shared_database")
def test_only_the_holders_own_connects_and_touches_since_it_began_prolong() -> None:
    rep, other = staff("one", "two")
    set_recycle_rule(actor=None, at=NOON, **CLOCK)
    lead = arrive(1)["lead"]
    holder = Lead.objects.get().owner_id
    stranger = other if holder == rep else rep
    source = Source.objects.get()

    def call(number: int, day: str, by: int | None, **more: Any) -> None:
        given = {"talk_seconds": 9, "local_hour": 10, "lead_id": lead, "rep_id": by, "occurred_at": on(day)}
        Call.objects.create(source=source, external_id=str(number), business_date=on(day).date(), **(given | more))

    call(1, "2019-03-01", holder)
    call(2, "2019-04-03", stranger)
    call(3, "2019-04-03", holder, talk_seconds=0)
    call(4, "2019-04-03", holder, answered=False)
    call(5, "2019-04-30", holder)  # a clock that is ahead
    Touch.objects.create(source=source, external_id="again", lead_id=lead, rep_id=holder, occurred_at=on("2019-04-03"),
                         kind=ARRIVAL)  # fmt: skip
    assert prolong_by_activity(actor=None, at=on("2019-04-04")) == 0 and due(lead) == "2019-04-04"
    Touch.objects.create(source=source, external_id="message", lead_id=lead, rep_id=holder, kind="wechat",
                         occurred_at=on("2019-04-03"))  # fmt: skip
    assert turn_clock(at=on("2019-04-05")).n_recycled == 0, "what came in a moment ago counts before the clock takes"
    assert due(lead) == "2019-04-06"
    assert prolong_by_activity(actor=None, at=on("2019-04-05")) == 0
    assert turn_clock(at=on("2019-04-07")).n_recycled == 1


@pytest.mark.usefixtures("each_shared_database")
def test_an_import_that_names_another_owner_moves_the_lead_and_one_that_names_nobody_does_not() -> None:
    one, two = staff("one", "two")
    set_recycle_rule(actor=None, at=NOON, **CLOCK)
    first, second = arrive(1), arrive(2)
    moved_to = two if first["owner"] == one else one
    Lead.objects.filter(pk=first["lead"]).update(owner_id=moved_to)
    Lead.objects.filter(pk=second["lead"]).update(owner=None)
    assert hold_imported(actor=None, at=on("2019-03-27")) == 1
    now = Holding.objects.get(lead_id=first["lead"], ended_at__isnull=True)
    assert (now.rep_id, now.began_how, str(now.due_on)) == (moved_to, HoldingBegan.IMPORTED, "2019-04-06")
    assert Holding.objects.get(lead_id=first["lead"], ended_at__isnull=False).ended_how == "imported"
    assert Lead.objects.get(pk=second["lead"]).owner_id == second["owner"]
    assert hold_imported(actor=None, at=on("2019-03-28")) == 0


@pytest.mark.usefixtures("each_shared_database")
def test_a_customer_whose_owner_has_left_comes_to_somebody_else() -> None:
    one, two = staff("one", "two")
    first = arrive(1)
    Rep.objects.filter(pk=first["owner"]).update(left_on=NOON.date())
    again = arrive(2, phone="13800138001")
    stays = two if first["owner"] == one else one
    assert (again["lead"], again["owner"], again["status"]) == (first["lead"], stays, "duplicate")
    holdings = Holding.objects.order_by("pk").values_list("rep_id", "ended_how")
    assert list(holdings) == [(first["owner"], "left"), (stays, "")]
    assert list(Decision.objects.order_by("pk").values_list("kind", flat=True)) == [DecisionKind.RULE] * 2
    assert TrailEntry.objects.filter(action="pipeline.leads_left").count() == 1
    assert not PoolEntry.objects.exists()


@pytest.mark.usefixtures("each_shared_database")
@pytest.mark.parametrize("is_deleted", [True, False])
def test_a_rep_who_goes_in_the_middle_of_a_run_gets_nothing_more_and_nothing_is_lost(
    is_deleted: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    reps = staff("one", "two", "three")
    source = Source.objects.create(name="crm")
    rows = [Lead(source=source, external_id=str(n)) for n in range(30)]
    ids = [row.pk for row in Lead.objects.bulk_create(rows)]
    counts: list[dict[str, int]] = []

    def going(*, run_id: int) -> Any:
        if not counts and is_deleted:
            Membership.objects.filter(rep_id=reps[2]).delete()
            Rep.objects.filter(pk=reps[2]).delete()
        elif counts and not is_deleted:
            Rep.objects.filter(pk=reps[2]).update(left_on=NOON.date())
        run = deal_next_chunk(run_id=run_id)
        counts.append(dict(run.answer["counts"]))
        return run

    monkeypatch.setattr("pacemark.web.resources.services.runs.deal_next_chunk", going)
    run = allocate_leads(actor=None, key="K", kind=RunKind.BATCH, lead_ids=ids, at=NOON, chunk_size=9)
    had = counts[0].get(str(reps[2]), 0)
    assert run.n_done == 30 == Decision.objects.filter(kind=DecisionKind.RULE).count() == Holding.objects.count()
    assert run.answer["counts"].get(str(reps[2]), 0) == had == (0 if is_deleted else 3)
    assert sum(RepAccount.objects.values_list("received", flat=True)) == 30
