"""The worked cases through the database: who gets how many, what waits and why, once per key; on both databases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest

from pacemark.engine.errors import EngineError
from pacemark.web.organization.choices import Role
from pacemark.web.organization.models import Leave, Membership, Rep, Team
from pacemark.web.organization.services import set_up_organization
from pacemark.web.pipeline.choices import HoldingBegan
from pacemark.web.pipeline.holding_models import Holding
from pacemark.web.pipeline.holding_services import Taking, take
from pacemark.web.pipeline.models import Lead, Segment, Source
from pacemark.web.resources.choices import DecisionKind, PolicyState, RunKind, WithholdingState
from pacemark.web.resources.models import (
    Decision,
    LedgerState,
    Policy,
    PolicyVersion,
    RepAccount,
    Run,
    Score,
    ScoreCycle,
    SelfSourcing,
    TeamAccount,
    WaitingLead,
    Withholding,
)
from pacemark.web.resources.queries.runs import answer_of
from pacemark.web.resources.services.runs import allocate_leads, allocate_ownerless

pytestmark = pytest.mark.usefixtures("each_shared_database")
NOON = datetime(2019, 3, 25, 4, 0, tzinfo=UTC)  # a Monday, 12:00 in Shanghai
TODAY = date(2019, 3, 25)


def team(name: str, count: int) -> list[int]:
    set_up_organization(actor=None)
    row = Team.objects.create(name=name)
    known = Rep.objects.count()
    reps = [Rep.objects.create(name=f"rep {known + n}") for n in range(count)]
    for rep in reps:
        Membership.objects.create(rep=rep, team=row, valid_from=date(2018, 1, 1))
    return [rep.pk for rep in reps]


def leads(count: int, grade: str = "A") -> list[int]:
    source, _new = Source.objects.get_or_create(name="crm")
    segment, _new = Segment.objects.get_or_create(channel="web", lead_grade=grade)
    known = Lead.objects.count()
    rows = Lead.objects.bulk_create(
        [Lead(source=source, external_id=f"L{known + n}", segment=segment) for n in range(count)]
    )
    return [row.pk for row in rows]


def in_force(
    policy: dict[str, Any], teams: Sequence[dict[str, Any]] = (), caps: dict[str, int] | None = None
) -> PolicyVersion:
    main, _new = Policy.objects.get_or_create(name="main")
    PolicyVersion.objects.filter(policy=main).update(state=PolicyState.RETIRED)
    return PolicyVersion.objects.create(
        policy=main, version=main.versions.count() + 1, state=PolicyState.ACTIVE, active_from=NOON,
        content={"policy": policy, "teams": list(teams), "caps": caps or {}},
    )  # fmt: skip


def scored(reps: Sequence[int], scores: Sequence[float]) -> None:
    version = PolicyVersion.objects.get(state=PolicyState.ACTIVE)
    cycle = ScoreCycle.objects.create(version=version, first_day=TODAY, last_day=TODAY, published_at=NOON)
    for rep, value in zip(reps, scores, strict=True):
        Score.objects.create(cycle=cycle, rep_id=rep, value=value, parts={})


def deal(key: str, ids: Sequence[int], at: datetime = NOON, **more: Any) -> Run:
    return allocate_leads(actor=None, key=key, kind=RunKind.BATCH, lead_ids=ids, at=at, **more)


def counts(reps: Sequence[int]) -> list[int]:
    held = Counter(Holding.objects.filter(ended_at__isnull=True).values_list("rep_id", flat=True))
    return [held[rep] for rep in reps]


def check_conserved() -> None:
    """Every lead has one owner or waits; what the ledger says was received is what is held; owed sums to nothing."""
    owned = set(Holding.objects.filter(ended_at__isnull=True).values_list("lead_id", "rep_id"))
    assert set(Lead.objects.filter(owner__isnull=False).values_list("pk", "owner_id")) == owned
    by_rule = Decision.objects.filter(kind=DecisionKind.RULE)
    assert by_rule.count() == by_rule.values("lead_id").distinct().count()
    for rows in (TeamAccount.objects.all(), RepAccount.objects.all()):
        assert sum(row.received for row in rows) == by_rule.count()
        assert sum(Fraction(row.entitled) for row in rows) == by_rule.count()
    assert not WaitingLead.objects.filter(lead__owner__isnull=False).exists()


@pytest.mark.parametrize(
    ("n_leads", "scores", "due"),
    [(100, (3, 2, 2, 1), [30, 25, 25, 20]), (100, (0, 0, 0, 0), [25] * 4), (200, (1, 1, 2, 4), [40, 40, 50, 70])],
)
def test_worked_case_1_base_and_reward(n_leads: int, scores: tuple[int, ...], due: list[int]) -> None:
    reps = team("t", 4)
    in_force({"base": "0.6", "reward": "0.4"})
    scored(reps, scores)
    deal("k", leads(n_leads), chunk_size=30)
    assert counts(reps) == due
    check_conserved()


@pytest.mark.parametrize(("floor", "due"), [(2, (45, 30, 15)), (4, (42, 28, 20))])
def test_worked_case_2_teams_and_the_floor(floor: int, due: tuple[int, ...]) -> None:
    teams = [team(name, 5) for name in ("first", "second", "third")]
    ids = [str(pk) for pk in Team.objects.order_by("pk").values_list("pk", flat=True)]
    in_force(
        {"floor": floor},
        [{"id": ids[n], "multiplier": m, "rank": n + 1} for n, m in enumerate(("1.5", "1", "0.5"))],
    )
    a_leads = leads(30, "A")
    deal("k", a_leads + leads(60, "B"))
    assert tuple(sum(counts(reps)) for reps in teams) == due
    if floor == 2:
        best = dict(Holding.objects.filter(lead_id__in=a_leads).values_list("lead_id", "rep_id"))
        assert [sum(rep in reps for rep in best.values()) for reps in teams] == [15, 10, 5]
        assert {best[lead] for lead in a_leads[:15]} == set(teams[0]), (
            "who ranks first has the best, and has them first"
        )
    assert min(min(counts(reps)) for reps in teams) >= min(floor, 3)
    check_conserved()


def test_worked_case_3_one_batch_chunks_and_singles_are_the_same() -> None:
    for n_round, size in enumerate((1000, 100, 7)):
        reps = team(f"t{n_round}", 4)
        Membership.objects.exclude(rep_id__in=reps).delete()
        in_force({"base": "0", "reward": "1"})
        scored(reps, (3, 2, 2, 1))
        RepAccount.objects.all().delete()
        TeamAccount.objects.all().delete()
        LedgerState.objects.all().delete()
        ids = leads(1000)
        for first in range(0, 1000, size):
            deal(f"{n_round}-{first}", ids[first : first + size])
        assert counts(reps) == [375, 250, 250, 125]


def test_worked_case_3_thirty_days_of_one_lead_and_a_capacity_of_a_month() -> None:
    reps = team("t", 2)
    in_force({}, caps={"month": 12})
    for day in range(30):
        allocate_leads(actor=None, key=f"d{day}", kind=RunKind.API, lead_ids=leads(1), at=NOON + timedelta(days=day))
    assert counts(reps) == [15, 15], "March's seven days and then April: never above twelve in a month"
    allocate_leads(actor=None, key="more", kind=RunKind.API, lead_ids=leads(9), at=NOON + timedelta(days=30))
    assert sum(counts(reps)) == 31 and WaitingLead.objects.count() == 8, "23 in April were dealt, 24 is the cap"


def test_worked_case_4_leave_caps_and_the_reasons() -> None:
    (a, b, c) = reps = team("t", 3)
    Leave.objects.create(rep_id=a, first_day=TODAY, last_day=TODAY)
    in_force({}, caps={"holdings": 20})
    old = leads(25)
    owners = dict.fromkeys(old[:20], b) | dict.fromkeys(old[20:], c)
    take(actor=None, owners=owners, taking=Taking(how=HoldingBegan.ASSIGNED, at=NOON - timedelta(days=9)))
    run = deal("k", leads(18), chunk_size=5)
    assert counts(reps) == [0, 20, 20]
    full = {"code": "cap", "held": 20, "cap": 20}
    for waiting in WaitingLead.objects.all():
        assert waiting.reasons == {str(a): {"code": "on_leave"}, str(b): full, str(c): full}
    assert WaitingLead.objects.count() == 3 == len(answer_of(run)["waiting"])
    again = allocate_ownerless(actor=None, key="next day", at=NOON + timedelta(days=1))
    assert counts(reps) == [3, 20, 20] and again.n_leads == 3 and not WaitingLead.objects.exists()
    check_conserved()


def test_worked_case_9_withheld_for_three_days_restored_by_itself_and_self_sourced_leads_stay_out() -> None:
    (_a, _b, c, d) = reps = team("t", 4)
    in_force({"base": "0.6", "reward": "0.4"})
    scored(reps, (3, 2, 2, 1))
    Withholding.objects.create(
        rep_id=d, state=WithholdingState.APPLIED, trigger={}, base_percent=50, reward_percent=0,
        starts_on=TODAY + timedelta(days=1), ends_on=TODAY + timedelta(days=4),
    )  # fmt: skip
    days = []
    for day in range(6):
        before = counts(reps)
        at = NOON + timedelta(days=day)
        deal(f"d{day}", leads(40), at=at)
        days.append([now - then for now, then in zip(counts(reps), before, strict=True)])
        own = dict.fromkeys(leads(5), c)
        taking = Taking(how=HoldingBegan.SELF_SOURCED, at=at, is_self_sourced=True)
        for lead in take(actor=None, owners=own, taking=taking):
            Holding.objects.filter(lead_id=lead).update(ended_at=at)
            Lead.objects.filter(pk=lead).delete()
    assert days[0] == days[5] == [12, 10, 10, 8]
    assert all(day[0] == 14 and day[3] == 3 and sorted(day[1:3]) == [11, 12] for day in days[1:4])
    assert days[1][1:3] != days[2][1:3], "the tie swaps the next day"
    check_conserved()


def test_the_same_key_writes_nothing_and_other_content_is_refused() -> None:
    reps = team("t", 3)
    ids = leads(10)
    first = deal("k", ids)
    assert deal("k", ids).pk == first.pk and sum(counts(reps)) == 10
    with pytest.raises(EngineError) as refused:
        deal("k", ids[:9])
    assert refused.value.code == "resources.key_reused"
    assert Run.objects.count() == 1 and Decision.objects.count() == 10


def test_nobody_there_means_waiting_not_losing() -> None:
    set_up_organization(actor=None)
    ids = leads(3)
    deal("k", ids)
    assert list(WaitingLead.objects.values_list("reasons", flat=True)) == [{"*": {"code": "no_reps"}}] * 3
    reps = team("t", 1)
    Lead.objects.filter(pk=ids[0]).update(is_blocked=True)
    allocate_ownerless(actor=None, key="k2", at=NOON)
    assert counts(reps) == [2]
    assert WaitingLead.objects.get().reasons == {str(reps[0]): {"code": "do_not_contact"}}


def test_a_grade_that_the_policy_does_not_know_waits_and_the_others_go_out() -> None:
    reps = team("t", 2)
    in_force({"grades": ["A"]})
    deal("k", leads(4, "A") + leads(1, "Z"))
    assert counts(reps) == [2, 2] and WaitingLead.objects.get().reasons == {"*": {"code": "unknown_grade"}}


def test_closers_and_who_sources_alone_are_dealt_nothing() -> None:
    one, closer, alone = team("t", 3)
    Membership.objects.filter(rep_id=closer).update(role=Role.CLOSER)
    SelfSourcing.objects.create(level="rep", unit_id=alone, valid_from=TODAY, is_on=True)
    deal("k", leads(4))
    assert counts([one, closer, alone]) == [4, 0, 0]
