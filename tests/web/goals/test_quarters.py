"""A quarter's sum is held, whatever is changed in it; closed months and those set by hand stay."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pacemark.engine.periods import months_of_quarter, sales_month
from pacemark.web.goals.bridge.quarters import Quarter, QuarterShape, TargetCell, with_amount, with_months
from pacemark.web.goals.choices import TargetBasis
from pacemark.web.goals.models import QuarterTarget, RepPlan, SeasonSet, Target
from pacemark.web.goals.queries.quarters import months_between, months_grid, quarter_board
from pacemark.web.goals.refusals import Refused
from pacemark.web.goals.services.quarters import set_months, set_quarter, set_quarters, split_anew, work_out_months
from pacemark.web.goals.services.targets import set_target
from pacemark.web.organization.models import CalendarDay, Grade, GradeQuota, Membership, Rep
from pacemark.web.trail.models import TrailEntry
from tests.support.people import People
from tests.support.query_counts import counted_queries

Q1, Q2 = date(2024, 1, 1), date(2024, 4, 1)
JAN, FEB, MAR, APR, MAY, JUN = (date(2024, month, 1) for month in range(1, 7))
TYPED = TargetBasis.TYPED


@pytest.fixture(autouse=True)
def _no_holidays(today: date, people: People) -> None:
    CalendarDay.objects.all().delete()


def _amounts(rep: Rep, quarter: date = Q2) -> list[int | None]:
    board = quarter_board([quarter], [rep.pk])
    return [cell.amount_minor // 100 if cell else None for cell in board.quarters[rep.pk, quarter].cells]


def _season(*weights: str) -> None:
    SeasonSet.objects.create(valid_from=Q1, weights=[*weights, *["1"] * (12 - len(weights))], basis="hand")


def test_a_quarter_is_split_by_season_and_working_days(people: People) -> None:
    """30 % more in May; 22, 23 and 20 working days: 90,000 over 22, 29.9 and 20."""
    _season("1", "1", "1", "1", "1.3", "1")
    done = set_quarter(
        actor=people.manager, rep_id=people.rep_row.pk, quarter_start=Q2, amount_minor=90_000_00, basis=TYPED
    )

    assert done == 3
    # 27,538.9… · 37,428.4… · 25,034.8…: the unit left over goes to the largest rests
    exact = [Fraction(90_000) * claim / Fraction("71.9") for claim in (Fraction(22), Fraction("29.9"), Fraction(20))]
    assert _amounts(people.rep_row) == [27_538, 37_427, 25_035]
    assert all(abs(part - whole) < 1 for part, whole in zip(_amounts(people.rep_row), exact, strict=True) if part)
    rows = Target.objects.filter(rep=people.rep_row)
    assert {row.basis for row in rows} == {TargetBasis.QUARTER}
    assert {row.set_by for row in rows} == {people.manager}


def test_a_month_set_by_hand_moves_the_others_and_stays(people: People) -> None:
    rep = people.rep_row.pk
    set_quarter(actor=None, rep_id=rep, quarter_start=Q2, amount_minor=65_000_00, basis=TYPED)
    assert _amounts(people.rep_row) == [22_000, 23_000, 20_000]

    done = set_months(actor=people.manager, changes={(rep, MAY): 36_200_00}, basis=TYPED, hold=True)
    assert done == 3
    # 28,800 over 22 and 20 days
    assert _amounts(people.rep_row) == [15_086, 36_200, 13_714]
    assert set_months(actor=None, changes={(rep, MAY): 36_200_00}, basis=TYPED, hold=True) == 0, "nothing is new"

    set_quarter(actor=None, rep_id=rep, quarter_start=Q2, amount_minor=78_200_00, basis=TYPED)
    assert _amounts(people.rep_row) == [22_000, 36_200, 20_000]
    released = set_months(actor=None, changes={(rep, MAY): 36_200_00}, basis=TYPED, hold=False)
    assert released == 1
    set_quarter(actor=None, rep_id=rep, quarter_start=Q2, amount_minor=65_000_00, basis=TYPED)
    assert _amounts(people.rep_row) == [22_000, 23_000, 20_000]


def test_months_that_are_over_keep_what_stood(people: People) -> None:
    """On 15 March January and February are over: 21,000 and nothing stood there, so March takes the rest."""
    rep = people.rep_row.pk
    Target.objects.create(rep=people.rep_row, period_start=JAN, amount_minor=21_000_00)
    set_quarter(actor=None, rep_id=rep, quarter_start=Q1, amount_minor=90_000_00, basis=TYPED)

    assert _amounts(people.rep_row, Q1) == [21_000, 0, 69_000]
    with pytest.raises(Refused) as refused:
        set_months(actor=None, changes={(rep, JAN): 1, (rep, MAR): 2}, basis=TYPED, hold=True)
    assert (refused.value.code, refused.value.field) == ("goals.month_closed", "2024-01")
    assert _amounts(people.rep_row, Q1) == [21_000, 0, 69_000], "all or nothing"


@pytest.mark.parametrize(
    ("quarter", "changes", "code"),
    [
        (10_000_00, {APR: 11_000_00}, "goals.months_above_quarter"),
        (10_000_00, {APR: -1}, "goals.negative"),
        (-1, {}, "goals.negative"),
    ],
)
def test_what_cannot_be_is_refused(people: People, quarter: int, changes: dict[date, int], code: str) -> None:
    rep = people.rep_row.pk
    with pytest.raises(Refused) as refused:
        set_quarter(actor=None, rep_id=rep, quarter_start=Q2, amount_minor=quarter, basis=TYPED)
        set_months(actor=None, changes={(rep, day): amount for day, amount in changes.items()}, basis=TYPED, hold=True)
    assert refused.value.code == code


def test_a_quarter_whose_months_are_all_given_becomes_their_sum(people: People) -> None:
    rep = people.rep_row.pk
    set_quarter(actor=None, rep_id=rep, quarter_start=Q2, amount_minor=65_000_00, basis=TYPED)
    three = {(rep, APR): 1_000_00, (rep, MAY): 2_000_00, (rep, JUN): 4_000_00}
    set_months(actor=None, changes=three, basis=TargetBasis.IMPORTED, hold=True)

    assert _amounts(people.rep_row) == [1_000, 2_000, 4_000]
    last = QuarterTarget.objects.order_by("version").last()
    assert last is not None
    assert (last.version, last.amount_minor, last.basis) == (2, 7_000_00, TargetBasis.IMPORTED)
    with pytest.raises(Refused) as refused:
        set_months(actor=None, changes={(rep, APR): 500_00}, basis=TYPED, hold=True)
    assert refused.value.code == "goals.no_open_month", "the others are held, and nobody said what gives way"


def test_without_a_quarter_months_add_up_by_themselves(people: People) -> None:
    rep = people.rep_row.pk
    set_months(actor=None, changes={(rep, APR): 1_000_00, (rep, JUN): 500_00}, basis=TYPED, hold=True)

    assert _amounts(people.rep_row) == [1_000, None, 500]
    board = quarter_board([Q2], [rep])
    assert board.quarters[rep, Q2].amount_minor is None
    assert board.quarters[rep, Q2].sum_minor == 1_500_00
    assert not QuarterTarget.objects.exists()


def test_a_month_set_on_the_persons_page_keeps_the_quarter(people: People) -> None:
    rep = people.rep_row.pk
    set_quarter(actor=None, rep_id=rep, quarter_start=Q2, amount_minor=65_000_00, basis=TYPED)
    target = set_target(actor=people.manager, rep_id=rep, period=sales_month("2024-05"), amount=Decimal(36_200))
    assert (target.amount_minor, target.is_held, target.version) == (36_200_00, True, 2)
    assert _amounts(people.rep_row) == [15_086, 36_200, 13_714]
    assert RepPlan.objects.get(rep=people.rep_row, is_current=True).target_minor == 36_200_00


def test_days_that_start_nothing_are_refused(people: People) -> None:
    rep = people.rep_row.pk
    with pytest.raises(Refused, match="first day"):
        set_months(actor=None, changes={(rep, date(2024, 4, 2)): 1}, basis=TYPED, hold=True)
    with pytest.raises(Refused, match="first day"):
        set_quarter(actor=None, rep_id=rep, quarter_start=MAY, amount_minor=1, basis=TYPED)


def test_the_ladder_fills_the_grid_where_nothing_is_written(people: People) -> None:
    low, high = Grade.objects.create(name="P1", ordinal=1), Grade.objects.create(name="P2", ordinal=2)
    GradeQuota.objects.create(grade=low, valid_from=Q1, quota_minor=65_000_00)
    GradeQuota.objects.create(grade=high, valid_from=Q1, quota_minor=130_000_00)
    Membership.objects.filter(rep=people.rep_row).update(grade=low, valid_to=JUN)
    Membership.objects.create(rep=people.rep_row, team=people.team, grade=high, valid_from=JUN)
    Membership.objects.filter(rep=people.outsider_row).update(grade=low)
    Rep.objects.filter(pk=people.outsider_row.pk).update(hired_on=date(2024, 4, 20), left_on=date(2024, 6, 1))

    assert _amounts(people.rep_row) == [22_000, 23_000, 40_000], "promoted in June"
    assert _amounts(people.outsider_row) == [8_800, 13_800, None], "a newcomer's 40 % and 60 %, gone in June"
    cell = months_grid(APR, APR, [people.rep_row.pk])[people.rep_row.pk, APR]
    assert (cell.version, cell.basis, cell.is_held, cell.is_closed) == (0, TargetBasis.GRADE, False, False)


def test_a_batch_costs_as_many_queries_as_one_and_leaves_one_trail_entry(people: People) -> None:
    reps = [Rep.objects.create(name=f"R{number}") for number in range(40)]
    one = {(people.rep_row.pk, day): 1_000_00 for day in (APR, MAY)}
    many = {(rep.pk, day): 1_000_00 for rep in reps for day in (APR, MAY)}
    with counted_queries() as few:
        set_months(actor=people.operations, changes=one, basis=TargetBasis.IMPORTED, hold=False)
    before = TrailEntry.objects.filter(action="goals.targets_set").count()
    with counted_queries() as all_of_them:
        done = set_months(actor=people.operations, changes=many, basis=TargetBasis.IMPORTED, hold=False)

    assert done == 80
    assert len(all_of_them) == len(few), str(all_of_them)
    entry = TrailEntry.objects.filter(action="goals.targets_set").order_by("-pk").first()
    assert TrailEntry.objects.filter(action="goals.targets_set").count() == before + 1
    assert entry is not None
    assert entry.changes["rep_ids"] == sorted(rep.pk for rep in reps)
    assert entry.changes["months"] == ["2024-04-01", "2024-05-01"]
    assert len(entry.changes["target_ids"]) == 80


def test_new_seasons_split_standing_quarters_anew(people: People) -> None:
    changes = {(people.rep_row.pk, Q2): 65_000_00, (people.outsider_row.pk, Q2): 6_500_00}
    set_quarters(actor=None, changes=changes, basis=TYPED)
    set_months(actor=None, changes={(people.outsider_row.pk, APR): 500_00}, basis=TYPED, hold=True)
    _season("1", "1", "1", "0", "1", "1.15")

    assert split_anew(actor=people.operations, quarter_start=Q2) == 5, "June at 1.15 × 20 is 23 days, as May"
    assert _amounts(people.rep_row) == [0, 32_500, 32_500]
    assert _amounts(people.outsider_row) == [500, 3_000, 3_000]


def test_a_preview_says_what_would_be_and_writes_nothing(people: People) -> None:
    rep, other = people.rep_row.pk, people.outsider_row.pk
    set_quarter(actor=None, rep_id=rep, quarter_start=Q2, amount_minor=65_000_00, basis=TYPED)
    n_rows = Target.objects.count()
    seen = work_out_months({(rep, MAY): 36_200_00, (other, JAN): 1_00, (other, APR): 2_00})

    assert [seen.months[rep, day] // 100 for day in (APR, MAY, JUN)] == [15_086, 36_200, 13_714]
    assert seen.quarters == {(rep, Q2): 65_000_00}
    assert {key: problem.code for key, problem in seen.refused.items()} == {(other, JAN): "goals.month_closed"}
    assert seen.months[other, APR] == 2_00
    assert Target.objects.count() == n_rows


def test_months_between_follow_the_organisations_months() -> None:
    assert [month.label for month in months_between(date(2023, 12, 26), date(2024, 2, 26), 26)] == [
        "2024-01", "2024-02", "2024-03",
    ]  # fmt: skip
    assert months_between(date(2024, 1, 2), date(2024, 1, 31), 1) == []


# --- the sum is held, for any quarter ---------------------------------------------------------------------------------

AMOUNTS = st.integers(0, 10**9)


@st.composite
def _quarters(draw: st.DrawFn) -> tuple[QuarterShape, Quarter]:
    closed = draw(st.integers(0, 2))
    shape = QuarterShape(
        months=months_of_quarter("2024-Q2"),
        weights=tuple(Fraction(draw(st.integers(1, 300)), 100) for _ in range(3)),
        workdays=tuple(draw(st.integers(1, 23)) for _ in range(3)),
        is_closed=tuple(place < closed for place in range(3)),
        step_minor=draw(st.sampled_from([1, 100])),
    )
    cells = [
        TargetCell(
            amount_minor=draw(AMOUNTS), basis=TYPED, version=1, is_held=draw(st.booleans()),
            is_closed=shape.is_closed[place],
        )
        for place in range(3)
    ]  # fmt: skip
    return shape, Quarter(amount_minor=sum(cell.amount_minor for cell in cells), cells=tuple(cells))


@given(_quarters(), AMOUNTS)
def test_any_amount_of_a_quarter_is_held(drawn: tuple[QuarterShape, Quarter], amount: int) -> None:
    shape, quarter = drawn
    try:
        edited = with_amount(shape, quarter, amount)
    except Refused as refused:
        assert refused.code in {"goals.months_above_quarter", "goals.no_open_month"}
        return
    assert sum(part for part in edited.amounts_minor if part is not None) == amount == edited.amount_minor
    for cell, part, is_closed in zip(quarter.cells, edited.amounts_minor, shape.is_closed, strict=True):
        assert cell is not None
        if is_closed or cell.is_held:
            assert part == cell.amount_minor


@given(_quarters(), st.dictionaries(st.integers(0, 2), AMOUNTS, min_size=1))
def test_any_months_of_a_quarter_hold_it(drawn: tuple[QuarterShape, Quarter], changes: dict[int, int]) -> None:
    shape, quarter = drawn
    try:
        edited = with_months(shape, quarter, changes)
    except Refused as refused:
        assert refused.code in {"goals.month_closed", "goals.months_above_quarter", "goals.no_open_month"}
        return
    assert sum(part for part in edited.amounts_minor if part is not None) == edited.amount_minor
    assert all(edited.amounts_minor[place] == amount for place, amount in changes.items())
    open_places = {place for place, is_closed in enumerate(shape.is_closed) if not is_closed}
    assert edited.amount_minor == quarter.amount_minor or set(changes) == open_places
