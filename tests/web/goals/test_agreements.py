"""The talk about a plan, step by step: who may say what when, and what holds meanwhile."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import product

import pytest

from pacemark.engine.errors import EngineError
from pacemark.engine.periods import sales_month
from pacemark.web.goals.choices import AgreementState, StepKind, TargetBasis
from pacemark.web.goals.models import Agreement, AgreementStep, AgreementVersion, Replan, RepPlan, Target
from pacemark.web.goals.queries.agreements import history_of, shown_plan, standing_plan, standing_plans, states_of
from pacemark.web.goals.services import agreements
from pacemark.web.goals.services.agreements import Seen, check_may_change, propose, reopen_changed
from pacemark.web.goals.services.plans import plan_period
from pacemark.web.goals.services.quarters import set_quarter
from pacemark.web.goals.services.revisions import revise
from pacemark.web.goals.services.targets import set_target
from pacemark.web.organization.models import Membership, Rep
from pacemark.web.trail.models import TrailEntry
from tests.support.people import People
from tests.support.query_counts import counted_queries
from tests.web.goals.talks import FIRST, MARCH, Talk, planned_talk


@pytest.fixture
def talk(people: People, today: date) -> Talk:
    return planned_talk(people)


def _refused(code: str) -> pytest.RaisesExc[EngineError]:
    return pytest.raises(EngineError, check=lambda error: error.code == f"goals.{code}")


def _kinds(talk: Talk) -> list[str]:
    return [step.kind for step in history_of(talk.rep_id, FIRST)]


# --- the walk --------------------------------------------------------------------------------------------------------


def test_propose_ask_revise_agree(talk: Talk, people: People) -> None:
    talk.propose(confidence="0.8")
    talk.ask("下周请假三天", wished_minor=2_000_000)
    assert (talk.state.state, talk.state.wished_minor, talk.state.reason) == ("asked", 2_000_000, "下周请假三天")
    talk.revise(2_200_000, "少三天，按比例")
    assert standing_plan(talk.rep_id, FIRST) == RepPlan.objects.get(rep_id=talk.rep_id, is_current=True)
    talk.agree()

    state = talk.state
    assert (state.state, state.n_steps, state.version, state.confidence) == ("agreed", 4, 2, "0.8")
    assert (state.holds_version, state.holds_target_minor, state.holds_from) == (2, 2_200_000, date(2024, 3, 15))
    said = history_of(talk.rep_id, FIRST)
    assert [(step.number, step.kind, step.by) for step in said] == [
        (1, "propose", people.manager),
        (2, "ask", people.rep),
        (3, "revise", people.manager),
        (4, "agree", people.rep),
    ]
    assert [step.version.version for step in said] == [1, 1, 2, 2]
    assert [version.target_minor for version in AgreementVersion.objects.order_by("version")] == [0, 2_200_000]
    target = Target.objects.get(rep_id=talk.rep_id)
    assert (target.amount_minor, target.reason, target.set_by) == (2_200_000, "少三天，按比例", people.manager)
    plan = said[-1].version.plan
    assert (plan.target_minor, plan.target_basis, plan.is_current) == (2_200_000, "typed", True)


def test_what_is_left_follows_the_plan_that_holds_at_once(talk: Talk, people: People) -> None:
    def left() -> tuple[int, int]:
        found = Replan.objects.get(rep_id=talk.rep_id, as_of=date(2024, 3, 15))
        return found.plan_id, found.target_minor

    talk.propose()
    talk.agree()
    agreed = talk.state.holds_plan_id
    talk.revise(2_200_000)
    assert left() == (agreed, 0), "what is only proposed asks for nothing yet"
    talk.agree()
    assert left() == (talk.state.holds_plan_id, 2_200_000)
    talk.revise(2_500_000)
    talk.withdraw()
    assert left()[1] == 2_200_000, "a proposal taken back changes nothing"
    talk.withdraw()
    current = RepPlan.objects.get(rep_id=talk.rep_id, is_current=True)
    assert left() == (current.pk, 2_500_000), "without an agreed plan the current one stands"
    assert Replan.objects.exclude(rep_id=talk.rep_id).filter(target_minor__gt=0).count() == 0


def test_every_act_leaves_its_trail_without_words(talk: Talk, people: People) -> None:
    talk.propose()
    talk.ask("私事")
    talk.revise(None, "保持")
    talk.agree()
    talk.withdraw("另议")

    entries = TrailEntry.objects.filter(action__startswith="goals.plan", subject_kind="goals.agreement").order_by("pk")
    told = [(entry.action, entry.actor_id, entry.changes) for entry in entries]
    who = [people.manager.pk, people.rep.pk, people.manager.pk, people.rep.pk, people.manager.pk]
    verbs = ("plans_proposed", "plan_asked_about", "plan_revised", "plan_agreed", "plan_withdrawn")
    assert told == [
        (f"goals.{verb}", actor, {"steps": [[talk.rep_id, number]]})
        for number, (verb, actor) in enumerate(zip(verbs, who, strict=True), 1)
    ]


# every act, and the states it can be taken in
ACTS = {
    "agree": {"proposed"},
    "ask": {"proposed", "agreed"},
    "revise": {"proposed", "asked", "agreed"},
    "withdraw": {"proposed", "asked", "agreed"},
    "propose": {"withdrawn"},
}


@pytest.mark.parametrize(("act", "state"), list(product(ACTS, AgreementState.values)))
def test_each_act_only_in_its_states(talk: Talk, act: str, state: str) -> None:
    talk.propose()
    if state != "proposed":
        {"asked": talk.ask, "agreed": talk.agree, "withdrawn": talk.withdraw}[state]()
    assert talk.state.state == state
    n_steps = talk.state.n_steps
    does = {
        "agree": talk.agree, "ask": talk.ask, "withdraw": talk.withdraw, "propose": talk.propose,
        "revise": lambda: talk.revise(100),
    }[act]  # fmt: skip

    if state in ACTS[act]:
        does()
        assert talk.state.n_steps == n_steps + 1
    elif act == "propose":
        assert talk.propose() == 0
        assert talk.state.n_steps == n_steps
    else:
        with _refused("agreement_not_now"):
            does()
        assert (talk.state.state, talk.state.n_steps) == (state, n_steps)


# --- who may ---------------------------------------------------------------------------------------------------------


def test_nobody_speaks_for_the_rep(talk: Talk, people: People) -> None:
    talk.propose()
    for who in (people.manager, people.director, people.operations, people.admin, people.outsider):
        with _refused("agreement_not_yours"):
            agreements.agree(actor=who, seen=talk.seen())
        with _refused("agreement_not_yours"):
            agreements.ask(actor=who, seen=talk.seen(), reason="?")
    assert _kinds(talk) == ["propose"]


def test_nobody_proposes_to_themselves(talk: Talk, people: People) -> None:
    Rep.objects.filter(pk=talk.rep_id).update(user=people.manager)
    assert talk.propose() == 0
    assert talk.propose(people.director) == 1
    with _refused("agreement_to_oneself"):
        talk.revise(100, actor=people.manager)


@pytest.mark.parametrize("reason", ["", "  \n "])
def test_asking_revising_and_withdrawing_need_a_reason(talk: Talk, reason: str) -> None:
    talk.propose()
    for does in (lambda: talk.ask(reason), lambda: talk.revise(100, reason), lambda: talk.withdraw(reason)):
        with _refused("agreement_needs_reason"):
            does()
    assert _kinds(talk) == ["propose"]
    assert not Target.objects.exists()


def test_amounts_below_zero_are_refused(talk: Talk) -> None:
    talk.propose()
    with _refused("agreement_bad_amount"):
        talk.ask(wished_minor=-1)
    with _refused("agreement_bad_amount"):
        talk.revise(-1)


# --- two at once -----------------------------------------------------------------------------------------------------


def test_whoever_looked_before_another_acted_is_told_and_nothing_is_written(talk: Talk, people: People) -> None:
    talk.propose()
    looked = talk.seen()
    talk.revise(300_00, "钱说", seen=looked)
    with _refused("agreement_stale"):
        talk.revise(400_00, "孙说", seen=looked, actor=people.director)
    with _refused("agreement_stale"):
        talk.agree(looked)  # to numbers that are not those on the table

    assert (talk.state.state, talk.state.target_minor, _kinds(talk)) == ("proposed", 300_00, ["propose", "revise"])
    assert list(Target.objects.values_list("amount_minor", flat=True)) == [300_00]


def test_a_button_pressed_twice_is_no_quarrel(talk: Talk) -> None:
    talk.propose()
    assert talk.propose() == 0
    looked = talk.seen()
    talk.ask("再想想", 100, seen=looked)
    talk.ask("再想想", 100, seen=looked)
    with _refused("agreement_stale"):
        talk.ask("再想想", 200, seen=looked)
    looked = talk.seen()
    talk.revise(500, "好", seen=looked)
    talk.revise(500, "好", seen=looked)
    looked = talk.seen()
    talk.agree(looked)
    talk.agree(looked)

    assert _kinds(talk) == ["propose", "ask", "revise", "agree"]


# --- what holds meanwhile --------------------------------------------------------------------------------------------


def test_the_agreed_version_holds_until_another_is_agreed(talk: Talk) -> None:
    talk.propose()
    talk.revise(100_00)
    talk.agree()
    agreed = standing_plan(talk.rep_id, FIRST)
    talk.revise(200_00, "新签了渠道")

    assert _kinds(talk)[-1] == "reopen"
    assert standing_plan(talk.rep_id, FIRST) == agreed
    newest = shown_plan(talk.rep_id, FIRST)
    assert newest is not None
    assert newest.target_minor == 200_00
    assert (talk.state.holds_target_minor, talk.state.target_minor) == (100_00, 200_00)
    talk.agree()
    plan = standing_plan(talk.rep_id, FIRST)
    assert plan is not None
    assert plan.target_minor == 200_00


def test_withdrawing_a_proposal_leaves_what_was_agreed_and_withdrawing_that_leaves_nothing(talk: Talk) -> None:
    talk.propose()
    talk.revise(100_00)
    talk.agree()
    talk.revise(200_00, "更多")
    talk.withdraw("算了")
    assert (talk.state.state, talk.state.holds_target_minor) == ("agreed", 100_00)

    # what is withdrawn next is the agreement itself
    talk.revise(300_00, "再来")
    talk.agree()
    talk.withdraw("市场变了")
    assert (talk.state.state, talk.state.holds_version) == ("withdrawn", None)
    current = RepPlan.objects.get(rep_id=talk.rep_id, is_current=True)
    assert standing_plan(talk.rep_id, FIRST) == current
    assert talk.propose() == 1
    assert talk.state.holds_version is None, "what was withdrawn does not come back by a new proposal"


def test_a_question_about_an_agreed_plan_leaves_it_in_force(talk: Talk) -> None:
    talk.propose()
    talk.agree()
    talk.ask("能否调整")

    assert (talk.state.state, talk.state.holds_version) == ("asked", 1)


# --- changes from elsewhere ------------------------------------------------------------------------------------------


def test_a_target_under_an_agreed_plan_needs_a_reason_and_reopens_the_talk(talk: Talk, people: People) -> None:
    ops = people.operations
    talk.propose()
    set_target(actor=ops, rep_id=talk.rep_id, period=MARCH, amount=Decimal(100))  # not agreed yet: no reason asked
    assert _kinds(talk) == ["propose", "revise"]
    talk.agree()
    with _refused("agreed_needs_reason"):
        set_target(actor=ops, rep_id=talk.rep_id, period=MARCH, amount=Decimal(200))
    assert Target.objects.count() == 1
    set_target(actor=ops, rep_id=talk.rep_id, period=MARCH, amount=Decimal(200), reason="区域调整")

    said = history_of(talk.rep_id, FIRST)[-1]
    assert (said.kind, said.by, said.reason) == ("reopen", ops, "区域调整")
    assert (talk.state.state, talk.state.holds_target_minor, talk.state.target_minor) == ("proposed", 10000, 20000)


def test_check_may_change_asks_only_where_a_plan_is_agreed(talk: Talk, people: People) -> None:
    outsider = people.outsider_row.pk
    talk.propose()
    check_may_change(FIRST, {talk.rep_id, outsider}, "")
    talk.agree()
    check_may_change(FIRST, {outsider}, "")
    check_may_change(date(2024, 4, 1), None, "")
    check_may_change(FIRST, None, "有原因")
    for asked in ({talk.rep_id, outsider}, None):
        with _refused("agreed_needs_reason"):
            check_may_change(FIRST, asked, " ")
    talk.revise(100)
    with _refused("agreed_needs_reason"):
        check_may_change(FIRST, {talk.rep_id}, "")


def test_a_question_stays_a_question_while_its_amount_stays(talk: Talk, people: People) -> None:
    talk.propose()
    talk.ask()
    old = RepPlan.objects.get(rep_id=talk.rep_id, is_current=True)
    RepPlan.objects.filter(pk=old.pk).update(content_key="as if worked out from other records")
    plan_period(actor=None, period=MARCH, as_of=FIRST)
    assert RepPlan.objects.get(rep_id=talk.rep_id, is_current=True) != old
    assert reopen_changed(actor=None, period_start=FIRST, rep_ids=None, reason="数据更正") == 0
    assert talk.state.state == "asked"


# --- many at once ----------------------------------------------------------------------------------------------------


def _more(people: People, n_people: int) -> list[int]:
    ids = []
    for number in range(n_people):
        rep = Rep.objects.create(name=f"同事{number}")
        Membership.objects.create(rep=rep, team=people.team, valid_from=date(2023, 1, 1))
        ids.append(rep.pk)
    plan_period(actor=None, period=MARCH, as_of=FIRST)
    return ids


def test_a_whole_team_at_once_in_a_fixed_number_of_queries(talk: Talk, people: People) -> None:
    def count_of(ids: list[int]) -> int:
        with counted_queries() as counted:
            assert propose(actor=people.manager, period_start=FIRST, rep_ids=ids) == len(ids)
        with counted_queries() as read:
            assert {view.state for view in states_of(FIRST, ids).values()} == {"proposed"}
            assert set(standing_plans(FIRST, ids)) == set(ids)
        return len(counted) * 100 + len(read)

    few, many = _more(people, 2), _more(people, 40)
    assert count_of(few) == count_of(many)
    entry = TrailEntry.objects.filter(action="goals.plans_proposed").latest("pk")
    assert entry.changes == {"steps": [[rep_id, 1] for rep_id in many]}


def test_proposing_to_many_leaves_talks_that_are_open_or_agreed_alone(talk: Talk, people: People) -> None:
    ids = [talk.rep_id, *_more(people, 3), 10**9]
    talk.propose()
    talk.agree()

    assert propose(actor=people.operations, period_start=FIRST, rep_ids=ids) == 3
    assert talk.state.state == "agreed"
    assert AgreementStep.objects.filter(kind=StepKind.PROPOSE).count() == 4
    assert Agreement.objects.filter(n_steps=0).count() == 0


def test_a_revised_month_leaves_its_quarters_sum_held(talk: Talk, people: People) -> None:
    april = sales_month("2024-04")
    set_quarter(
        actor=people.operations, rep_id=talk.rep_id, quarter_start=april.first, amount_minor=9_000_00,
        basis=TargetBasis.TYPED,
    )  # fmt: skip
    plan_period(actor=None, period=april, as_of=FIRST)
    propose(actor=people.manager, period_start=april.first, rep_ids=[talk.rep_id])
    seen = Seen(rep_id=talk.rep_id, period_start=april.first, n_steps=1)
    revise(actor=people.manager, seen=seen, period=april, amount_minor=2_000_00, reason="四月请假")

    months = {row.period_start.month: row for row in Target.objects.order_by("version")}
    assert sum(row.amount_minor for row in months.values()) == 9_000_00
    assert (months[4].amount_minor, months[4].is_held, months[4].reason) == (2_000_00, True, "四月请假")
    assert states_of(april.first, None)[talk.rep_id].target_minor == 2_000_00
