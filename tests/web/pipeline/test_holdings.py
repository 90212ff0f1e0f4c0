"""Whose a lead is: claims that race, limits that hold, the clock by the worked case; on both databases."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pacemark.web.organization.models import Membership, Rep, Team
from pacemark.web.organization.services import set_up_organization
from pacemark.web.pipeline.activity_services import note_activity
from pacemark.web.pipeline.choices import HoldingBegan, HoldingEnded, OpportunityState, PoolEntered
from pacemark.web.pipeline.clock_services import set_recycle_rule, turn_clock
from pacemark.web.pipeline.holding_models import ClaimDay, Cooldown, Holding, Pool, PoolEntry
from pacemark.web.pipeline.holding_refusals import HoldingRefused
from pacemark.web.pipeline.holding_services import (
    Taking,
    claim,
    enter_pool,
    give_back,
    let_go,
    set_lock,
    take,
    transfer,
)
from pacemark.web.pipeline.models import Lead, Opportunity, Source
from pacemark.web.pipeline.queries.holdings import claims_today, held_counts, pool_leads

pytestmark = pytest.mark.usefixtures("each_shared_database")
NOON = datetime(2019, 3, 25, 4, 0, tzinfo=UTC)  # 12:00 in Shanghai
MONDAY = date(2019, 3, 25)


def at(day: date) -> datetime:
    return NOON + timedelta(days=(day - MONDAY).days)


def make_leads(count: int) -> list[int]:
    source, _new = Source.objects.get_or_create(name="crm")
    known = Lead.objects.count()
    return [Lead.objects.create(source=source, external_id=f"L{known + n}").pk for n in range(count)]


def make_reps(count: int) -> list[int]:
    set_up_organization(actor=None)
    return [Rep.objects.create(name=f"rep {n}").pk for n in range(count)]


def raced(calls: list[Callable[[], object]]) -> list[str]:
    """Run calls at once, each with a connection of its own; return "done" or the refusal's code, per call."""
    outcomes: list[str] = []
    gate = threading.Barrier(len(calls))

    def run(call: Callable[[], object]) -> None:
        gate.wait()
        try:
            call()
            outcomes.append("done")
        except HoldingRefused as refusal:
            outcomes.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def test_fifty_claims_of_one_lead_have_one_winner() -> None:
    reps, (lead,) = make_reps(50), make_leads(1)
    enter_pool(actor=None, lead_ids=[lead], at=NOON, how=PoolEntered.NEW)

    outcomes = raced([lambda rep=rep: claim(actor=None, rep_id=rep, lead_id=lead, at=NOON) for rep in reps])

    assert sorted(outcomes) == ["done"] + ["holding.not_in_pool"] * 49
    holding = Holding.objects.get(ended_at__isnull=True)
    assert Lead.objects.get(pk=lead).owner_id == holding.rep_id
    assert sum(ClaimDay.objects.values_list("claims", flat=True)) == 1, "losing costs nobody a claim"


def test_thirty_parallel_claims_against_a_limit_of_ten_win_ten_and_returning_wins_none_back() -> None:
    (rep,), leads = make_reps(1), make_leads(30)
    pool = Pool.objects.create(name="main", claims_per_day=10)
    enter_pool(actor=None, lead_ids=leads, at=NOON, how=PoolEntered.NEW, pool=pool)

    outcomes = raced([lambda lead=lead: claim(actor=None, rep_id=rep, lead_id=lead, at=NOON) for lead in leads])

    assert outcomes.count("done") == 10 and outcomes.count("holding.claim_limit") == 20
    assert held_counts() == {rep: 10} and PoolEntry.objects.filter(left_at__isnull=True).count() == 20
    for lead in Holding.objects.filter(ended_at__isnull=True).values_list("lead_id", flat=True):
        give_back(actor=None, rep_id=rep, lead_id=lead, at=NOON)
    assert held_counts() == {} and claims_today(rep, MONDAY) == 10
    with pytest.raises(HoldingRefused) as refusal:
        claim(actor=None, rep_id=rep, lead_id=leads[0], at=NOON)
    assert refusal.value.code == "holding.claim_limit"
    assert claim(actor=None, rep_id=rep, lead_id=leads[0], at=NOON + timedelta(days=1)).rep_id == rep


def test_two_assignments_at_once_leave_one_owner() -> None:
    reps, leads = make_reps(8), make_leads(20)
    taking = Taking(how=HoldingBegan.ASSIGNED, at=NOON)
    outcomes = raced(
        [lambda rep=rep: take(actor=None, owners=dict.fromkeys(leads, rep), taking=taking) for rep in reps]
    )
    assert outcomes == ["done"] * 8
    assert Holding.objects.filter(ended_at__isnull=True).count() == 20
    for holding in Holding.objects.select_related("lead"):
        assert holding.lead.owner_id == holding.rep_id


def test_worked_case_8_and_the_clock_takes_what_is_overdue_once() -> None:
    (rep,), (lead, locked, won, other) = make_reps(1), make_leads(4)
    rule = {"default_days": 10, "extension_days": 3, "maximum_days": 20, "max_locks": 1}
    set_recycle_rule(actor=None, at=NOON, **rule)
    enter_pool(actor=None, lead_ids=[lead], at=NOON, how=PoolEntered.NEW)
    claim(actor=None, rep_id=rep, lead_id=lead, at=NOON)
    take(actor=None, owners={locked: rep, won: rep, other: rep}, taking=Taking(how=HoldingBegan.ASSIGNED, at=NOON))
    set_lock(actor=None, lead_id=locked, rep_id=rep, is_locked=True)
    with pytest.raises(HoldingRefused):
        set_lock(actor=None, lead_id=other, rep_id=rep, is_locked=True)
    Opportunity.objects.create(
        source_id=Source.objects.get().pk, external_id="O1", lead_id=won, owner_id=rep,
        state=OpportunityState.WON, opened_at=NOON, opened_on=MONDAY,
    )  # fmt: skip

    def due() -> str:
        return str(Holding.objects.get(lead_id=lead).due_on)

    seen = [due()]
    for day in ("2019-03-28", "2019-04-02", "2019-04-05", "2019-04-13"):
        note_activity(actor=None, days={lead: date.fromisoformat(day)})
        seen.append(due())
    assert seen == ["2019-04-04", "2019-04-04", "2019-04-05", "2019-04-08", "2019-04-14"]

    assert turn_clock(at=at(date(2019, 4, 4))).n_recycled == 0
    assert turn_clock(at=at(date(2019, 4, 5))).n_recycled == 1, "the untouched one alone; locked and won are exempt"
    assert turn_clock(at=at(date(2019, 4, 14))).n_recycled == 0
    assert turn_clock(at=at(date(2019, 4, 15))).n_recycled == 1
    assert turn_clock(at=at(date(2019, 4, 15))).n_recycled == 0
    assert set(PoolEntry.objects.filter(left_at__isnull=True).values_list("lead_id", flat=True)) == {lead, other}
    assert Lead.objects.get(pk=lead).owner_id is None and Lead.objects.get(pk=won).owner_id == rep


def test_the_one_who_let_go_and_the_team_wait_and_others_do_not() -> None:
    reps, (lead,) = make_reps(3), make_leads(1)
    team = Team.objects.create(name="t")
    for rep in reps[:2]:
        Membership.objects.create(rep_id=rep, team=team, valid_from=date(2019, 1, 1))
    set_recycle_rule(actor=None, at=NOON, cooldown_days=7, team_cooldown_days=2)
    take(actor=None, owners={lead: reps[0]}, taking=Taking(how=HoldingBegan.ASSIGNED, at=NOON))
    give_back(actor=None, rep_id=reps[0], lead_id=lead, at=NOON)

    def refused(rep: int, day: int) -> bool:
        moment = NOON + timedelta(days=day)
        try:
            claim(actor=None, rep_id=rep, lead_id=lead, at=moment)
        except HoldingRefused as refusal:
            assert refusal.code == "holding.cooldown"
            return True
        let_go(actor=None, lead_ids=[lead], how=HoldingEnded.RECYCLED, at=moment)
        Cooldown.objects.filter(rep_id=rep).delete()
        return False

    assert refused(reps[1], 1) and refused(reps[0], 6)
    assert [entry.lead_id for entry in pool_leads(reps[2], None, MONDAY)] == [lead]
    assert list(pool_leads(reps[1], team.pk, MONDAY)) == []
    assert not refused(reps[2], 1)


def test_switching_the_clock_off_and_on_keeps_the_due_dates_and_the_first_rule_counts_from_its_day() -> None:
    (rep,), (early, late) = make_reps(1), make_leads(2)
    take(actor=None, owners={early: rep}, taking=Taking(how=HoldingBegan.ASSIGNED, at=NOON))
    assert Holding.objects.get(lead_id=early).due_on is None, "no rule, no clock"
    later = at(date(2019, 6, 3))
    set_recycle_rule(actor=None, at=later, default_days=10)
    assert Holding.objects.get(lead_id=early).due_on == date(2019, 6, 13)
    take(actor=None, owners={late: rep}, taking=Taking(how=HoldingBegan.ASSIGNED, at=later))
    set_recycle_rule(actor=None, at=later, is_on=False)
    assert turn_clock(at=at(date(2019, 12, 1))).n_recycled == 0
    set_recycle_rule(actor=None, at=later, is_on=True, default_days=5)
    assert {str(day) for day in Holding.objects.values_list("due_on", flat=True)} == {"2019-06-13"}


def test_reminders_come_once_each_and_again_after_an_activity() -> None:
    (rep,), (lead,) = make_reps(1), make_leads(1)
    set_recycle_rule(actor=None, at=NOON, remind_days_before=2, escalate_days_before=1)
    take(actor=None, owners={lead: rep}, taking=Taking(how=HoldingBegan.ASSIGNED, at=NOON))
    turns = [turn_clock(at=at(date(2019, 4, day))) for day in (1, 2, 2, 3, 3)]
    assert [len(turn.reminded) for turn in turns] == [0, 1, 0, 0, 0]
    assert [len(turn.escalated) for turn in turns] == [0, 0, 0, 1, 0]
    note_activity(actor=None, days={lead: date(2019, 4, 3)})
    assert len(turn_clock(at=at(date(2019, 4, 4))).reminded) == 1


def test_a_transfer_ends_one_time_and_begins_another_with_protection_anew() -> None:
    (first, second), (lead,) = make_reps(2), make_leads(1)
    set_recycle_rule(actor=None, at=NOON)
    take(actor=None, owners={lead: first}, taking=Taking(how=HoldingBegan.ASSIGNED, at=NOON))
    transfer(actor=None, lead_id=lead, rep_id=second, at=at(date(2019, 4, 1)))
    ended, standing = Holding.objects.order_by("pk")
    assert (ended.rep_id, ended.ended_how) == (first, "transferred")
    assert (standing.rep_id, str(standing.due_on)) == (second, "2019-04-11")
    assert not PoolEntry.objects.exists() and not Cooldown.objects.exists()


def test_working_days_skip_the_weekend() -> None:
    (rep,), (lead,) = make_reps(1), make_leads(1)
    set_recycle_rule(actor=None, at=NOON, default_days=5, maximum_days=5, counts_working_days=True)
    take(actor=None, owners={lead: rep}, taking=Taking(how=HoldingBegan.ASSIGNED, at=NOON))
    assert Holding.objects.get().due_on == date(2019, 4, 1), "five working days after a Monday"


def test_locks_at_once_never_pass_the_limit() -> None:
    (rep,), leads = make_reps(1), make_leads(12)
    set_recycle_rule(actor=None, at=NOON, max_locks=3)
    take(actor=None, owners=dict.fromkeys(leads, rep), taking=Taking(how=HoldingBegan.ASSIGNED, at=NOON))
    outcomes = raced(
        [lambda lead=lead: set_lock(actor=None, lead_id=lead, rep_id=rep, is_locked=True) for lead in leads]
    )
    assert outcomes.count("done") == 3 and outcomes.count("holding.lock_limit") == 9
    assert Holding.objects.filter(is_locked=True).count() == 3


def test_activity_of_many_beginnings_asks_the_calendar_once() -> None:
    (rep,), leads = make_reps(1), make_leads(6)
    rule = {"default_days": 5, "extension_days": 2, "maximum_days": 10, "counts_working_days": True}
    set_recycle_rule(actor=None, at=NOON, **rule)
    for place, lead in enumerate(leads):
        taking = Taking(how=HoldingBegan.ASSIGNED, at=NOON + timedelta(days=place))
        take(actor=None, owners={lead: rep}, taking=taking)

    with CaptureQueriesContext(connection) as asked:
        note_activity(actor=None, days=dict.fromkeys(leads, date(2019, 4, 5)))

    assert sum("calendarday" in query["sql"] for query in asked) == 1
    # A Friday and two working days: the Tuesday after. Ten working days after its Monday, the first ends a day before.
    due = [str(day) for day in Holding.objects.order_by("began_on").values_list("due_on", flat=True)]
    assert due == ["2019-04-08"] + ["2019-04-09"] * 5
