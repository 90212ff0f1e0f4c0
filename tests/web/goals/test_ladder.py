"""Grades, quotas through time, tiers, newcomers' ramp, and what a rep is after."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from pacemark.engine.errors import EngineError
from pacemark.engine.periods import sales_month
from pacemark.web.goals.bridge.ladder import Climber, LadderMonth, asked_by_ladder, tenure_months, tier_quantiles
from pacemark.web.goals.choices import IntentionKind, TargetBasis, Tier
from pacemark.web.goals.models import GradeTier, Intention, RampMonth, Target
from pacemark.web.goals.queries.intentions import asked_in_quarter
from pacemark.web.goals.queries.ladder import ramp, tier_labels
from pacemark.web.goals.queries.quarters import quarter_board
from pacemark.web.goals.queries.tiers import past_quarters, tier_amounts
from pacemark.web.goals.services.intentions import choose_intention
from pacemark.web.goals.services.ladder import rename_tiers, set_ramp, set_tiers
from pacemark.web.goals.services.plans import work_out
from pacemark.web.goals.services.quarters import set_quarter
from pacemark.web.organization.grade_services import drop_quota, save_grade, set_quota
from pacemark.web.organization.models import CalendarDay, Grade, GradeQuota, Membership, Organization, Rep
from pacemark.web.trail.models import TrailEntry
from tests.support.people import People
from tests.web.goals.floor import Floor

Q2 = date(2024, 4, 1)
APR, MAY, JUN = (date(2024, month, 1) for month in (4, 5, 6))
NOW = date(2024, 3, 15)


@pytest.fixture(autouse=True)
def _no_holidays(today: date, people: People) -> None:
    CalendarDay.objects.all().delete()


@pytest.fixture
def grades() -> list[Grade]:
    return [save_grade(actor=None, grade_id=None, name=name) for name in ("P1", "P2", "P3")]


def _graded(people: People, grade: Grade) -> Rep:
    Membership.objects.filter(rep=people.rep_row).update(grade=grade)
    return people.rep_row


def _refused(code: str, call: Any, **given: Any) -> None:
    with pytest.raises(EngineError) as refused:
        call(**given)
    assert refused.value.code == code


# --- grades and quotas ------------------------------------------------------------------------------------------------


def test_grades_keep_their_order_when_one_is_put_between(grades: list[Grade], people: People) -> None:
    save_grade(actor=people.operations, grade_id=None, name="P1+", step=2)
    assert list(Grade.objects.order_by("ordinal").values_list("name", "ordinal")) == [
        ("P1", 1), ("P1+", 2), ("P2", 3), ("P3", 4),
    ]  # fmt: skip
    save_grade(actor=None, grade_id=grades[2].pk, name="Senior", step=1)
    assert list(Grade.objects.order_by("ordinal").values_list("name", flat=True)) == ["Senior", "P1", "P1+", "P2"]
    save_grade(actor=None, grade_id=grades[0].pk, name="Junior")
    assert list(Grade.objects.order_by("ordinal").values_list("name", flat=True)) == ["Senior", "Junior", "P1+", "P2"]
    _refused("organization.grade_name_taken", save_grade, actor=None, grade_id=None, name="P2")
    assert TrailEntry.objects.filter(action="organization.grade_saved").count() == 6


def test_quotas_follow_each_other_and_none_holds_twice(grades: list[Grade]) -> None:
    grade = grades[0].pk
    set_quota(actor=None, grade_id=grade, valid_from=date(2024, 1, 1), quota_minor=90_000_00)
    later = set_quota(actor=None, grade_id=grade, valid_from=Q2, quota_minor=99_000_00)
    for amount in (0, -1):
        _refused(
            "organization.quota_not_positive", set_quota, actor=None, grade_id=grade, valid_from=JUN, quota_minor=amount
        )
    _refused("organization.quota_same_day", set_quota, actor=None, grade_id=grade, valid_from=Q2, quota_minor=1)
    first = GradeQuota.objects.order_by("valid_from").first()
    assert first is not None
    _refused("organization.quota_has_held", drop_quota, actor=None, quota_id=first.pk, today=NOW)
    drop_quota(actor=None, quota_id=later.pk, today=NOW)
    assert list(GradeQuota.objects.values_list("quota_minor", flat=True)) == [90_000_00]


# --- tiers ------------------------------------------------------------------------------------------------------------


def test_tiers_take_the_grades_own_past_where_there_is_enough_of_it() -> None:
    quarters = [10_000_00 * number for number in range(1, 21)]
    found = tier_quantiles(quarters, 100)
    assert found is not None
    wanted = np.quantile(np.array(quarters) / 100, [0.5, 0.75, 0.9], method="linear")
    assert [found[tier] / 100 for tier in Tier] == wanted.tolist() == [105_000, 152_500, 181_000]
    assert tier_quantiles(quarters[:9], 100) is None
    assert tier_quantiles([0] * 3, 100) is None


def test_past_quarters_are_whole_ones_of_the_grade_of_their_first_day(grades: list[Grade], people: People) -> None:
    """Records from 10 August 2023: the quarters of October and January, on 15 March only the former has ended."""
    floor = Floor()
    Organization.objects.update(time_zone="Asia/Shanghai", currency="CNY")
    low, high = grades[0], grades[1]
    steady = floor.rep("Steady", "closer", grade=low)
    rising = floor.rep("Rising", "closer", grade=low)
    Membership.objects.filter(rep=rising).update(valid_to=date(2023, 11, 1))
    Membership.objects.create(rep=rising, team=floor.team, grade=high, role="closer", valid_from=date(2023, 11, 1))
    floor.rep("Setter", "setter", grade=low)
    floor.rep("Newcomer", "closer", grade=low, hired_on=date(2023, 10, 2))
    floor.rep("Gone", "closer", grade=low, left_on=date(2023, 12, 20))
    idle = floor.rep("Idle", "closer", grade=low)
    floor.dials(idle, date(2023, 8, 10), 1)
    for rep, day, amount in (
        (steady, date(2023, 8, 10), 9_000), (steady, date(2023, 10, 1), 1_000), (steady, date(2023, 12, 31), 500),
        (rising, date(2023, 12, 1), 7_000), (steady, date(2024, 1, 2), 100_000),
    ):  # fmt: skip
        floor.deal(rep, day, amount)
    floor.count()

    found = past_quarters(NOW, Organization.objects.get())
    assert {grade: sorted(amounts) for grade, amounts in found.items()} == {low.pk: [0, 1_500_00, 7_000_00]}
    assert tier_amounts(NOW)[low.pk].n_quarters == 3
    assert tier_amounts(NOW)[low.pk].tiers == {}, "three quarters are too few for a 90th percentile"


def test_tiers_set_by_hand_hold_from_a_day_on_and_must_rise(grades: list[Grade], people: People) -> None:
    grade = grades[0].pk
    three = {Tier.CORE: 90_000_00, Tier.HIGH: 108_000_00, Tier.BENCHMARK: 135_000_00}
    set_tiers(actor=people.operations, grade_id=grade, valid_from=Q2, amounts_minor=three)
    assert tier_amounts(Q2 - timedelta(days=1)) == {}
    standing = tier_amounts(Q2)[grade].tiers
    assert {tier: one.amount_minor for tier, one in standing.items()} == three
    assert {one.since for one in standing.values()} == {Q2}
    for code, day, amounts in (
        ("goals.tier_same_day", Q2, {Tier.CORE: 1_00}),
        ("goals.tiers_must_rise", JUN, {Tier.CORE: 108_000_00}),
        ("goals.tiers_must_rise", JUN, {Tier.BENCHMARK: 100_000_00}),
        ("goals.tier_not_positive", JUN, {Tier.CORE: 0}),
    ):
        _refused(code, set_tiers, actor=None, grade_id=grade, valid_from=day, amounts_minor=amounts)
    set_tiers(actor=None, grade_id=grade, valid_from=JUN, amounts_minor={Tier.CORE: 100_000_00})
    assert tier_amounts(JUN)[grade].tiers[Tier.CORE].amount_minor == 100_000_00
    assert GradeTier.objects.count() == 4


def test_an_organisation_names_its_own_tiers(people: People) -> None:
    ours = tier_labels()
    assert list(ours) == ["core", "high", "benchmark"]
    rename_tiers(actor=people.operations, labels={Tier.CORE: " 铜牌 ", Tier.HIGH: "", Tier.BENCHMARK: "金牌"})
    assert tier_labels() == {"core": "铜牌", "high": ours["high"], "benchmark": "金牌"}
    _refused("goals.tier_label_twice", rename_tiers, actor=None, labels={Tier.CORE: "A", Tier.HIGH: "A"})
    rename_tiers(actor=None, labels=dict.fromkeys(Tier, ""))
    assert tier_labels() == ours


# --- newcomers --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hired_on", "start_day", "label", "tenure"),
    [
        (date(2024, 4, 30), 1, "2024-04", 1),
        (date(2024, 4, 1), 1, "2024-06", 3),
        (date(2023, 12, 31), 1, "2024-01", 2),
        (date(2024, 3, 25), 26, "2024-04", 2),
        (date(2024, 3, 26), 26, "2024-04", 1),
        (None, 1, "2024-04", None),
        (date(2024, 5, 1), 1, "2024-04", 0),
    ],
)
def test_tenure_counts_sales_months(hired_on: date | None, start_day: int, label: str, tenure: int | None) -> None:
    assert tenure_months(hired_on, sales_month(label, start_day), start_day) == tenure


def test_a_share_of_the_quota_is_never_more_than_it_says() -> None:
    ladder = LadderMonth(period=sales_month("2024-04"), step_minor=100, parts={7: 29_999_00}, ramp={1: 33})
    new = Climber(rep_id=1, grade_id=7, hired_on=date(2024, 4, 9))
    assert asked_by_ladder(ladder, new) == (9_899_00, TargetBasis.GRADE)  # 9,899.67
    assert asked_by_ladder(ladder, Climber(rep_id=1, grade_id=7, hired_on=date(2024, 3, 9))) == (
        29_999_00, TargetBasis.GRADE,
    )  # fmt: skip
    assert asked_by_ladder(ladder, Climber(rep_id=1, grade_id=8, hired_on=None)) is None


def test_the_ramp_is_ours_until_somebody_sets_one(people: People) -> None:
    assert ramp() == {1: 40, 2: 60, 3: 80}
    set_ramp(actor=people.operations, shares_percent=[0, 50])
    assert ramp() == {1: 0, 2: 50}
    set_ramp(actor=people.operations, shares_percent=[])
    assert ramp() == {1: 100}, "no ramp at all is not the same as nobody having said anything"
    _refused("goals.ramp_out_of_range", set_ramp, actor=None, shares_percent=[101])
    _refused("goals.ramp_too_long", set_ramp, actor=None, shares_percent=[50] * 25)
    assert RampMonth.objects.count() == 1


def test_plans_ask_newcomers_less_and_climbers_more(grades: list[Grade], people: People) -> None:
    """22 of the quarter's 65 days lie in April: 22,000 of 65,000, and 44,000 of the next grade's 130,000."""
    for grade, quota in zip(grades, (65_000_00, 130_000_00, 195_000_00), strict=True):
        set_quota(actor=None, grade_id=grade.pk, valid_from=date(2024, 1, 1), quota_minor=quota)
    Membership.objects.update(grade=grades[0])
    Rep.objects.filter(pk=people.outsider_row.pk).update(hired_on=date(2024, 3, 20))
    Intention.objects.create(rep=people.rep_row, quarter_start=Q2, kind="promote", amount_minor=1)
    found = {one["rep_id"]: (one["target"], one["target_basis"]) for one in work_out(sales_month("2024-04"), APR)}

    assert found[people.outsider_row.pk] == (13_200, "grade"), "60 % in the second month"
    assert found[people.rep_row.pk] == (44_000, "intention")


# --- what a rep is after ----------------------------------------------------------------------------------------------


def _asked(rep: Rep) -> list[int]:
    cells = quarter_board([Q2], [rep.pk]).quarters[rep.pk, Q2].cells
    return [cell.amount_minor // 100 for cell in cells if cell]


def test_an_intention_moves_the_quarter_and_back(grades: list[Grade], people: People) -> None:
    for grade, quota in zip(grades[:2], (65_000_00, 130_000_00), strict=True):
        set_quota(actor=None, grade_id=grade.pk, valid_from=date(2024, 1, 1), quota_minor=quota)
    rep = _graded(people, grades[0])
    seen = asked_in_quarter(rep.pk, Q2)
    assert seen.amounts_minor == {IntentionKind.KEEP: 65_000_00, IntentionKind.PROMOTE: 130_000_00}
    assert seen.months_minor[IntentionKind.PROMOTE] == (44_000_00, 46_000_00, 40_000_00)
    assert (seen.grade_name, seen.next_grade_name) == ("P1", "P2")

    choose_intention(actor=people.rep, rep_id=rep.pk, quarter_start=Q2, kind=IntentionKind.KEEP)
    assert not Target.objects.exists(), "keeping the grade is what the ladder asks anyhow"
    choose_intention(actor=people.rep, rep_id=rep.pk, quarter_start=Q2, kind=IntentionKind.PROMOTE)
    assert _asked(rep) == [44_000, 46_000, 40_000]
    choose_intention(actor=people.manager, rep_id=rep.pk, quarter_start=Q2, kind=IntentionKind.KEEP)
    assert _asked(rep) == [22_000, 23_000, 20_000]
    kept = Intention.objects.order_by("version").values_list("version", "kind", "amount_minor", "set_by")
    assert list(kept) == [
        (1, "keep", 65_000_00, people.rep.pk),
        (2, "promote", 130_000_00, people.rep.pk),
        (3, "keep", 65_000_00, people.manager.pk),
    ]


def test_an_intention_does_not_undo_what_a_manager_set(grades: list[Grade], people: People) -> None:
    for grade, quota in zip(grades[:2], (65_000_00, 130_000_00), strict=True):
        set_quota(actor=None, grade_id=grade.pk, valid_from=date(2024, 1, 1), quota_minor=quota)
    rep = _graded(people, grades[0])
    set_quarter(actor=people.manager, rep_id=rep.pk, quarter_start=Q2, amount_minor=6_500_00, basis=TargetBasis.TYPED)
    choose_intention(actor=people.rep, rep_id=rep.pk, quarter_start=Q2, kind=IntentionKind.PROMOTE)
    assert _asked(rep) == [2_200, 2_300, 2_000]


def test_what_the_ladder_does_not_offer_cannot_be_chosen(grades: list[Grade], people: People) -> None:
    rep = _graded(people, grades[2])
    wish = {"actor": people.rep, "rep_id": rep.pk, "quarter_start": Q2}
    _refused("goals.no_quota", choose_intention, kind=IntentionKind.KEEP, **wish)
    set_quota(actor=None, grade_id=grades[2].pk, valid_from=date(2023, 1, 1), quota_minor=1_000_00)
    _refused("goals.no_next_grade", choose_intention, kind=IntentionKind.PROMOTE, **wish)
    gone = {**wish, "quarter_start": date(2023, 10, 1)}
    _refused("goals.quarter_closed", choose_intention, kind=IntentionKind.KEEP, **gone)
    assert not Intention.objects.exists()
