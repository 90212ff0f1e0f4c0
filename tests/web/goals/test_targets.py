"""Where a target comes from: typed, grade, own median month, group's median month; the first that exists wins."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from pacemark.engine.errors import EngineError
from pacemark.engine.periods import months_of_quarter, sales_month
from pacemark.web.goals.bridge.ladder import month_parts
from pacemark.web.goals.bridge.quarters import QuarterShape
from pacemark.web.goals.bridge.targets import group_medians, medians_of, whole_months
from pacemark.web.goals.models import Target
from pacemark.web.goals.services.plans import work_out
from pacemark.web.goals.services.targets import set_target
from pacemark.web.organization.models import Grade, GradeQuota, Organization
from pacemark.web.pipeline.queries import ActivitySpan
from tests.support.people import People
from tests.web.goals.floor import Floor, steady_months, weekdays

FEBRUARY = sales_month("2024-02")
AS_OF = date(2024, 2, 1)


@pytest.fixture
def floor(db: None) -> Floor:
    return Floor()


def _targets(floor: Floor, typed: dict[int, int] | None = None, label: str = "2024-02") -> dict[str, tuple[float, str]]:
    floor.count()
    start_day = Organization.objects.get().sales_month_start_day
    month = sales_month(label, start_day)
    return {d["rep"]: (d["target"], d["target_basis"]) for d in work_out(month, min(AS_OF, month.first), typed)}


def _months(rep: Any, floor: Floor, amounts: dict[str, int], active: tuple[date, date]) -> None:
    """Sign one deal in the middle of each month; be active from one day to another."""
    for label, amount in amounts.items():
        year, month = map(int, label.split("-"))
        floor.deal(rep, date(year, month, 15), amount)
    for day in active:
        floor.dials(rep, day, 1)


def test_the_first_source_that_exists_wins(floor: Floor, today: date) -> None:
    senior = Grade.objects.create(name="P3", ordinal=3)
    GradeQuota.objects.create(grade=senior, valid_from=date(2023, 1, 1), quota_minor=90_000_00)
    span = (date(2023, 10, 2), date(2024, 1, 31))
    amounts = {"2023-10": 3_000, "2023-11": 5_000, "2023-12": 4_000, "2024-01": 9_000}
    typed = floor.rep("Typed", "full_cycle", grade=senior)
    graded = floor.rep("Graded", "full_cycle", grade=senior)
    own = floor.rep("Own", "full_cycle")
    for rep in (typed, graded, own):
        _months(rep, floor, amounts, span)
    floor.rep("New", "full_cycle")
    found = _targets(floor, {typed.pk: 12_345_67})

    assert found["Typed"] == (12_345.67, "typed")
    # 90,000 over 23, 21 and 21 weekdays in whole euros: 31,846 + 29,077 + 29,077.
    assert found["Graded"] == (29_077, "grade")
    assert found["Own"] == (4_500, "own_median")
    assert found["New"] == (4_500, "group_median")


def _shape(workdays: tuple[int, ...]) -> QuarterShape:
    return QuarterShape(
        months=months_of_quarter("2024-Q1"), weights=(Fraction(1),) * 3, workdays=workdays, is_closed=(False,) * 3,
        step_minor=100,
    )  # fmt: skip


def test_a_grades_months_add_up_to_its_quarter() -> None:
    shape = _shape((23, 21, 21))
    parts = [month_parts({7: 90_000_00, 8: 100_00}, shape, month) for month in shape.months]
    assert [part[7] for part in parts] == [3_184_600, 2_907_700, 2_907_700]
    assert sum(part[8] for part in parts) == 100_00
    assert month_parts({7: 3_00}, _shape((0, 0, 0)), shape.months[0]) == {7: 100}


def test_the_quota_that_stands_on_the_first_day_holds(floor: Floor) -> None:
    grade = Grade.objects.create(name="P1", ordinal=1)
    for day, quota in ((date(2023, 1, 1), 65_000_00), (date(2024, 2, 1), 130_000_00), (date(2024, 2, 2), 1_00)):
        GradeQuota.objects.create(grade=grade, valid_from=day, quota_minor=quota)
    floor.rep("R", grade=grade)

    assert _targets(floor)["R"] == (42_000, "grade")  # 130,000 × 21 / 65
    assert _targets(floor, label="2024-01")["R"] == (23_000, "grade")


def test_months_without_a_deal_count_as_nothing(floor: Floor) -> None:
    """Active from September to January with deals in two of five months: the median month is 0."""
    rep = floor.rep("Rare", "full_cycle")
    _months(rep, floor, {"2023-09": 8_000, "2024-01": 6_000}, (date(2023, 9, 1), date(2024, 1, 31)))
    usual = floor.rep("Usual", "full_cycle")
    amounts = {f"2023-{month}": 2_000 for month in (10, 11, 12)}
    _months(usual, floor, amounts, (date(2023, 10, 2), date(2023, 12, 29)))

    # An own median of 0 would ask for nothing; peers' median above zero stands in and says so.
    assert _targets(floor) == {"Rare": (2_000, "group_median"), "Usual": (2_000, "own_median")}


def test_refunds_come_off_the_month_they_are_given_back_in(floor: Floor) -> None:
    rep = floor.rep("R", "full_cycle")
    _months(rep, floor, {"2023-11": 5_000, "2023-12": 5_000, "2024-01": 5_000}, (date(2023, 11, 1), date(2024, 1, 31)))
    deal = floor.deal(rep, date(2023, 11, 20), 1_000)
    floor.refund(deal, date(2023, 12, 20), 1_000)
    floor.refund(floor.deal(rep, date(2024, 1, 20), 2_000), date(2024, 1, 21), 2_500)

    # 6,000 · 4,000 · 4,500
    assert _targets(floor)["R"] == (4_500, "own_median")


def test_two_months_are_no_median_and_newcomers_take_their_roles(floor: Floor) -> None:
    # The month somebody came in counts, as a month: it would be wrong to call half of it their usual.
    new, old, closer = floor.rep("New", "full_cycle"), floor.rep("Old", "full_cycle"), floor.rep("Closer", "closer")
    _months(new, floor, {"2023-12": 50_000, "2024-01": 50_000}, (date(2023, 12, 1), date(2024, 1, 31)))
    span = (date(2023, 10, 2), date(2024, 1, 31))
    _months(old, floor, {f"2023-{month}": 3_000 for month in (10, 11, 12)} | {"2024-01": 3_000}, span)
    _months(closer, floor, {f"2023-{month}": 40_000 for month in (10, 11, 12)} | {"2024-01": 40_000}, span)
    floor.rep("Blank closer", "closer")
    found = _targets(floor)

    assert found["New"] == (3_000, "group_median")
    assert found["Blank closer"] == (40_000, "group_median")


def test_a_floor_with_two_months_behind_it_is_not_asked_for_nothing(floor: Floor) -> None:
    for name, amounts in (("A", (4_000, 6_000)), ("B", (1_000, 3_000)), ("C", (0, 0))):
        rep = floor.rep(name, "full_cycle")
        _months(rep, floor, dict(zip(("2023-12", "2024-01"), amounts, strict=True)), (date(2023, 12, 1), AS_OF))
    found = _targets(floor)

    # Nobody has three months, so nobody has a median of their own; peers' usual month is 5,000 or 2,000.
    assert found == dict.fromkeys("ABC", (3_500, "group_median"))


def test_twelve_whole_months_at_most_and_never_the_running_one() -> None:
    labels = [month.label for month in whole_months(date(2024, 2, 10), 1)]
    assert (labels[0], labels[-1], len(labels)) == ("2024-01", "2023-02", 12)
    assert whole_months(date(2024, 2, 1), 1)[0].label == "2024-01", "January had ended before 1 February"
    assert whole_months(date(2024, 1, 31), 1)[0].label == "2023-12"
    assert whole_months(date(2024, 1, 26), 26)[0].last == date(2024, 1, 25)
    assert whole_months(date(2024, 1, 25), 26)[0].last == date(2023, 12, 25)


def test_medians_by_hand() -> None:
    amounts = {(1, "2023-11"): 900, (1, "2023-12"): -50, (1, "2024-01"): 400, (2, "2024-01"): 10**6}
    spans = {
        1: ActivitySpan(first=date(2023, 11, 30), last=date(2024, 1, 1)),
        2: ActivitySpan(first=date(2023, 12, 31), last=date(2024, 1, 31)),
        3: ActivitySpan(first=date(2020, 1, 1), last=date(2024, 1, 31)),
        4: ActivitySpan(first=date(2023, 11, 30), last=date(2024, 1, 1)),
    }
    amounts |= {(4, "2023-11"): 900, (4, "2023-12"): -50, (4, "2024-01"): -70}
    assert medians_of(amounts, spans, whole_months(AS_OF, 1)) == {1: 400, 3: 0, 4: 0}, (
        "a month of more refunds than deals counts as 0"
    )
    roles = {1: "full_cycle", 3: "full_cycle", 4: "closer", 5: "closer", 6: "setter"}
    assert group_medians(roles, {1: 400, 3: 0, 4: 1000, 5: 2001}) == {
        "full_cycle": 400, "closer": 1500, "setter": 1000,
    }  # fmt: skip
    assert group_medians(roles, {}) == dict.fromkeys(("full_cycle", "closer", "setter"), 0)


def test_months_from_the_26th_are_summed_from_the_26th(floor: Floor) -> None:
    Organization.objects.update(sales_month_start_day=26)
    rep = floor.rep("R", "full_cycle")
    for day, amount in (
        (date(2023, 10, 25), 7_000),  # 2023-10
        (date(2023, 10, 26), 1_000),  # 2023-11
        (date(2023, 11, 25), 1_000),  # 2023-11
        (date(2023, 11, 26), 5_000),  # 2023-12
        (date(2023, 12, 26), 3_000),  # 2024-01
        (date(2024, 1, 25), 600),  # 2024-01
        (date(2024, 1, 26), 99_000),  # on as_of: not known
    ):
        floor.deal(rep, day, amount)

    assert _targets(floor)["R"] == (4_300, "own_median")  # the median of 7,000 · 2,000 · 5,000 · 3,600


def test_a_setters_usual_month_is_what_their_opportunities_bring(floor: Floor) -> None:
    setter, closer = floor.rep("Setter", "setter"), floor.rep("Closer", "closer")
    steady_months(floor, [setter], weekdays(date(2023, 11, 1), date(2024, 1, 31)), [closer])
    floor.count()
    (document,) = [one for one in work_out(FEBRUARY, AS_OF) if one["rep"] == "Setter"]

    # 22, 21 and 23 weekdays, one opportunity each: the median month has 22.
    worth = 22 * document["rates"]["win_rate"]["mean"] * document["deal_value"]["mean"]
    assert document["target"] == round(worth)
    assert 22 * 0.23 * 1000 < worth < 22 * 0.27 * 1000
    assert document["target_basis"] == "own_median"
    assert document["plans"]["0.5"]["opportunities"] == pytest.approx(22, abs=0.01)


def test_what_is_typed_on_the_page_holds_until_it_is_typed_again(people: People, floor: Floor, settings: Any) -> None:
    settings.PACEMARK_TODAY = "2024-02-15"
    actor, rep = people.operations, floor.rep("R")
    floor.count()
    for amount in ("20000", "25000.50"):
        set_target(actor=actor, rep_id=rep.pk, period=FEBRUARY, amount=Decimal(amount))

    assert _targets(floor)["R"] == (25_000.5, "typed")
    assert _targets(floor, {rep.pk: 100})["R"] == (1, "typed"), "what comes with the command goes before"
    assert _targets(floor, label="2024-01")["R"][1] == "group_median", "another month is another matter"
    assert Target.objects.get(rep=rep, version=2).is_held, "what a hand has set is left alone by later splits"
    with pytest.raises(EngineError, check=lambda error: error.code == "goals.month_closed"):
        set_target(actor=actor, rep_id=rep.pk, period=sales_month("2024-01"), amount=Decimal(1))


def test_money_without_minor_units_is_not_multiplied(floor: Floor) -> None:
    Organization.objects.update(currency="JPY")
    rep = floor.rep("R", "full_cycle")
    (document,) = work_out(FEBRUARY, AS_OF, {rep.pk: 300_000})

    assert (document["target"], document["minor_units"]) == (300_000, 1)
