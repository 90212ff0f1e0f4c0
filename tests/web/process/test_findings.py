"""Findings counted from facts: who is named for what, by numbers worked out by hand; and that a finding stays one."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from scipy.stats import betabinom

from pacemark.engine.periods import sales_month
from pacemark.web.goals.services.plans import plan_period
from pacemark.web.organization.models import Rep
from pacemark.web.pipeline.models import Source
from pacemark.web.process.bridge.ground import Span
from pacemark.web.process.models import CoachingAction, Finding, RepCauses, Tolerance
from pacemark.web.process.queries.findings import CAUSES, causes_of_reps, current_findings
from pacemark.web.process.services.findings import compared, count_findings
from tests.support.quarter_floor import LAST, MONDAYS, N_OPPORTUNITIES, N_PEERS, N_TALKS, write_day, write_quarter
from tests.web.goals.floor import Floor

AS_OF = LAST + timedelta(days=1)
SOURCING = "opportunity_per_deep_talk"


@pytest.fixture
def weak(db: None, settings: object) -> Rep:
    settings.PACEMARK_TODAY = AS_OF.isoformat()  # type: ignore[attr-defined]
    return write_quarter(Floor())


def test_the_weak_one_is_named_for_needs_and_product_by_numbers_worked_out_by_hand(weak: Rep) -> None:
    count_findings(actor=None, as_of=AS_OF)

    found = Finding.objects.get(is_current=True, cause="ability")
    tried, won = N_TALKS * len(MONDAYS), len(MONDAYS)
    others_tried, others_won = N_PEERS * tried, N_PEERS * N_OPPORTUNITIES * len(MONDAYS)
    usual = (others_won + 1) / (others_tried + 2)
    evidence = found.evidence
    assert (found.rep, found.stage, found.verdict) == (weak, SOURCING, "skill")
    assert (evidence["won"], evidence["tried"], evidence["ability"]) == (won, tried, "product_knowledge")
    assert evidence["usual"] == pytest.approx(usual)
    # one more success would bring what an opportunity of anybody's is worth: its chance to be won × 1,000
    weak_won = len(MONDAYS[::3])
    chance = (N_PEERS * 2 * len(MONDAYS) + weak_won) / (others_won + won)
    assert evidence["money_per_success"] == pytest.approx(100_000 * chance, rel=0.02)
    assert found.money_minor == round((won - tried * usual) * evidence["money_per_success"])
    spread, wobble = usual * (1 - usual), evidence["dispersion"]
    variance = spread / (evidence["certainty"] + 1)
    certainty = spread / (variance + wobble**2 * (usual**2 + variance)) - 1
    tail = betabinom.cdf(won, tried, usual * certainty, (1 - usual) * certainty)
    assert found.p == pytest.approx(2 * tail, rel=1e-6)
    assert 0 < len(evidence["calls"]) <= 5
    assert all(call["seconds"] >= 180 for call in evidence["calls"])


def test_counted_again_a_finding_stays_one_and_what_is_over_stays_while_coaching_refers_to_it(weak: Rep) -> None:
    count_findings(actor=None, as_of=AS_OF)
    [first] = current_findings({weak.pk}).filter(cause="ability")
    count_findings(actor=None, as_of=AS_OF)
    [again] = current_findings({weak.pk}).filter(cause="ability")
    assert again.pk == first.pk

    CoachingAction.objects.create(rep=weak, finding=first, what="x", made_at=first.counted_at, due_on=LAST)
    Tolerance.objects.create(version=1, min_money_minor=10**12)
    count_findings(actor=None, as_of=AS_OF + timedelta(days=1))
    assert not current_findings({weak.pk}).filter(cause="ability").exists()
    assert Finding.objects.get(pk=first.pk).actions.count() == 1


def test_whoever_is_new_or_quiet_has_not_enough_data(weak: Rep) -> None:
    new = Rep.objects.get(name="Peer 0")
    Rep.objects.filter(pk=new.pk).update(hired_on=date(2024, 2, 1))
    count_findings(actor=None, as_of=AS_OF)

    [said] = current_findings({new.pk})
    assert (said.verdict, said.money_minor, said.evidence["is_new"]) == ("not_enough_data", 0, True)


def test_the_causes_of_a_month_add_up_and_its_months_are_added(weak: Rep) -> None:
    march = sales_month("2024-03")
    plan_period(actor=None, period=march, as_of=march.first)
    count_findings(actor=None, as_of=AS_OF)

    row = RepCauses.objects.get(rep=weak, first_day=march.first)
    assert row.target_minor is not None
    assert sum(getattr(row, f"{cause}_minor") for cause in CAUSES) == row.actual_minor - row.target_minor
    # 9 of March's 21 workdays are over by the 13th
    assert row.target_minor == pytest.approx(row.rep.plans.get(is_current=True).target_minor * 9 / 21, abs=1)
    assert sum(row.detail["steps"].values()) == pytest.approx(row.actual_minor - row.target_minor, abs=2)
    sums = causes_of_reps(date(2024, 1, 1), date(2024, 3, 31), None)
    assert sums[weak.pk].causes == {cause: getattr(row, f"{cause}_minor") for cause in CAUSES}
    assert causes_of_reps(date(2024, 1, 1), date(2024, 2, 1), None) == {}


def test_two_periods_are_compared_with_ones_own_past(weak: Rep) -> None:
    """The weak one turns good: against the two months before it, that is told from chance; the others stand still."""
    floor = Floor.__new__(Floor)
    floor._count, floor.team, floor.source = 10**6, weak.memberships.get().team, Source.objects.get()
    now = Span(first=date(2024, 3, 14), last=date(2024, 4, 12))
    for offset in range(8):
        write_day(floor, weak, now.first + timedelta(days=offset), [1000] * 6)
    floor.count()

    found = compared(now, Span(first=date(2023, 12, 14), last=date(2024, 3, 13)), {weak.pk})

    [row] = found.rows
    assert row.detail["stages"][SOURCING]["verdict"] == "skill"
    assert row.ability_minor > 0
    assert row.goal_minor == 0
    assert row.actual_minor == 48 * 100_000


@pytest.mark.parametrize("n_people", [0, 1])
def test_a_floor_of_one_or_nobody_and_days_without_records_are_no_fault(db: None, n_people: int) -> None:
    floor = Floor()
    reps = [floor.rep(f"R{place}", "full_cycle") for place in range(n_people)]
    assert count_findings(actor=None, as_of=AS_OF) == n_people
    for rep in reps:
        write_day(floor, rep, LAST, [1000] * 6)
    floor.count()
    # one person's own record takes no part in what is usual: nothing can be told of it
    assert count_findings(actor=None, as_of=AS_OF) == 0
    assert not compared(Span(first=LAST, last=LAST), Span(first=date(2000, 1, 1), last=LAST), None).findings
