"""Many targets at once: previewed, applied whole, refused by row, and nothing lost when a job is killed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pacemark.engine.periods import Period, sales_month
from pacemark.web.goals.bridge.batches import BatchContent, BatchRow, RefusedCell, Wish, content_json, content_of
from pacemark.web.goals.choices import BatchKind, BatchState, CopySource, EditKind, SpreadBy, TargetBasis
from pacemark.web.goals.models import QuarterTarget, RepPlan, Target, TargetBatch
from pacemark.web.goals.queries.quarters import months_grid
from pacemark.web.goals.refusals import Refused
from pacemark.web.goals.services import batches as services
from pacemark.web.goals.services.agreements import Seen, agree, propose
from pacemark.web.goals.services.batches import apply_batch, confirm_batch, drop_batch, prepare_batch
from pacemark.web.goals.services.plans import plan_period
from pacemark.web.goals.services.quarters import set_months, set_quarter
from pacemark.web.goals.services.wishes import BulkEdit, copy_wishes, edit_wishes
from pacemark.web.jobs.worker import run_pending
from pacemark.web.organization.models import Organization, Rep
from pacemark.web.trail.models import TrailEntry
from tests.support.people import People

# Today is 15 March 2024: the first quarter's first two months are over, the second quarter is open.
MARCH, APRIL, MAY, JUNE = (sales_month(f"2024-{month:02}") for month in (3, 4, 5, 6))
SECOND = (APRIL, MAY, JUNE)


@pytest.fixture
def floor(people: People, today: date) -> People:
    Organization.objects.update(currency="CNY")
    set_months(
        actor=people.operations,
        changes={
            (rep.pk, month.first): amount * 100
            for rep, amount in ((people.rep_row, 30_000), (people.outsider_row, 10_000))
            for month in (MARCH, *SECOND)
        },
        basis=TargetBasis.TYPED,
        hold=False,
    )
    return people


def _ids(floor: People) -> list[int]:
    return [floor.rep_row.pk, floor.outsider_row.pk]


def _edit(floor: People, months: Sequence[Period], edit: BulkEdit) -> TargetBatch:
    wishes = edit_wishes(_ids(floor), months, edit)
    return prepare_batch(actor=floor.operations, kind=BatchKind.EDIT, wishes=wishes)


def _multiply(floor: People, percent: str = "110") -> TargetBatch:
    return _edit(floor, SECOND, BulkEdit(kind=EditKind.MULTIPLY, value=Decimal(percent)))


def _apply(floor: People, batch: TargetBatch, **said: Any) -> TargetBatch:
    confirm_batch(actor=floor.operations, batch_id=batch.pk, **said)
    run_pending()
    batch.refresh_from_db()
    return batch


def _amounts(rep: Rep, months: Sequence[Period] = SECOND) -> list[int]:
    cells = months_grid(months[0].first, months[-1].first, {rep.pk})
    return [cells[rep.pk, month.first].amount_minor // 100 for month in months]


def _problems(batch: TargetBatch) -> list[tuple[str, ...]]:
    return [row.problems for row in content_of(batch.changes).rows]


def test_a_preview_writes_nothing_and_applying_writes_all_of_it_once(floor: People) -> None:
    before = Target.objects.count()
    batch = _multiply(floor)
    assert Target.objects.count() == before
    assert [(row.old_minor, row.new_minor) for row in content_of(batch.changes).rows] == [
        *[(3_000_000, 3_300_000)] * 3,
        *[(1_000_000, 1_100_000)] * 3,
    ]

    batch = _apply(floor, batch)
    assert (batch.state, batch.n_done, batch.n_all) == (BatchState.APPLIED, 12, 12)
    assert _amounts(floor.rep_row) == [33_000] * 3
    assert _amounts(floor.outsider_row) == [11_000] * 3
    assert TrailEntry.objects.filter(action="goals.targets_set").count() == 2, "one entry tells of the whole batch"
    assert apply_batch(batch.pk, floor.operations.pk) == 0, "a job that runs twice finds it done"
    assert Target.objects.count() == before + 6


@pytest.mark.parametrize(
    ("kind", "value", "weights", "expected"),
    [
        (EditKind.SET, "25000", SpreadBy.EQUAL, (25_000, 25_000)),
        (EditKind.ADD, "-10000", SpreadBy.EQUAL, (20_000, 0)),
        (EditKind.MULTIPLY, "33.33", SpreadBy.EQUAL, (9_999, 3_333)),
        (EditKind.SPREAD, "20000", SpreadBy.EQUAL, (10_000, 10_000)),
        (EditKind.SPREAD, "20001", SpreadBy.TARGETS, (15_001, 5_000)),
    ],
)
def test_each_kind_of_edit_by_hand(
    floor: People, kind: EditKind, value: str, weights: SpreadBy, expected: tuple[int, int]
) -> None:
    edit = BulkEdit(kind=kind, value=Decimal(value), weights=weights)
    wishes = edit_wishes(_ids(floor), [APRIL], edit)
    assert tuple(wish.new_minor // 100 for wish in wishes if wish.new_minor is not None) == expected


def test_a_spread_leaves_out_who_has_left_and_still_adds_up(floor: People) -> None:
    Rep.objects.filter(pk=floor.outsider_row.pk).update(left_on=APRIL.first)
    edit = BulkEdit(kind=EditKind.SPREAD, value=Decimal(90_000), weights=SpreadBy.EQUAL)
    wishes = edit_wishes(_ids(floor), SECOND, edit)
    assert {wish.rep_id for wish in wishes} == {floor.rep_row.pk}
    assert sum(wish.new_minor or 0 for wish in wishes) == 90_000_00


def test_nothing_to_spread_by_and_nobody_chosen_are_said(floor: People) -> None:
    with pytest.raises(Refused, match="spread it equally"):
        edit_wishes(_ids(floor), [APRIL], BulkEdit(kind=EditKind.SPREAD, value=Decimal(1), weights=SpreadBy.BOOKED))
    with pytest.raises(Refused, match="at least one person"):
        edit_wishes([], [APRIL], BulkEdit(kind=EditKind.SET, value=Decimal(1)))


def test_rows_say_what_keeps_them_out_and_the_rest_goes_in(floor: People) -> None:
    rep, other = _ids(floor)
    Rep.objects.filter(pk=other).update(left_on=MAY.first)
    february = sales_month("2024-02").first
    wishes = [
        Wish(rep_id=rep, month=february, new_minor=1),
        Wish(rep_id=rep, month=APRIL.first, new_minor=-1),
        Wish(rep_id=rep, month=MAY.first, new_minor=1_00),
        Wish(rep_id=rep, month=JUNE.first, new_minor=2_00),
        Wish(rep_id=rep, month=JUNE.first, new_minor=3_00),
        Wish(rep_id=other, month=APRIL.first, new_minor=4_00),
        Wish(rep_id=other, month=JUNE.first, new_minor=5_00),
    ]
    batch = prepare_batch(actor=floor.operations, kind=BatchKind.IMPORT, wishes=wishes)
    assert _problems(batch) == [("closed",), ("negative",), (), ("duplicate",), ("duplicate",), (), ("left",)]

    _apply(floor, batch)
    assert _amounts(floor.rep_row) == [30_000, 1, 30_000]
    assert _amounts(floor.outsider_row) == [4, 10_000, 10_000]


def test_a_quarter_with_an_amount_shows_what_moves_along(floor: People) -> None:
    set_quarter(
        actor=floor.operations,
        rep_id=floor.rep_row.pk,
        quarter_start=APRIL.first,
        amount_minor=90_000_00,
        basis=TargetBasis.TYPED,
    )
    wish = Wish(rep_id=floor.rep_row.pk, month=APRIL.first, new_minor=40_000_00)
    batch = prepare_batch(actor=floor.operations, kind=BatchKind.EDIT, wishes=[wish])
    rows = content_of(batch.changes).rows
    assert [row.follows for row in rows] == [False, True, True]
    assert sum(row.new_minor or 0 for row in rows) == 90_000_00

    _apply(floor, batch)
    assert _amounts(floor.rep_row)[0] == 40_000
    assert sum(_amounts(floor.rep_row)) == 90_000
    assert QuarterTarget.objects.get(rep=floor.rep_row).amount_minor == 90_000_00


def test_what_somebody_changed_since_is_refused_and_the_others_are_written(floor: People) -> None:
    batch = _multiply(floor)
    set_months(
        actor=floor.manager,
        changes={(floor.rep_row.pk, MAY.first): 77_000_00},
        basis=TargetBasis.TYPED,
        hold=True,
    )
    batch = _apply(floor, batch)
    assert batch.state == BatchState.APPLIED
    assert _amounts(floor.rep_row) == [30_000, 77_000, 30_000], "nobody's change is overwritten"
    assert _amounts(floor.outsider_row) == [11_000] * 3
    assert _problems(batch).count(("stale",)) == 3


def _agreed(floor: People) -> None:
    plan_period(actor=None, period=APRIL, as_of=date(2024, 3, 15))
    propose(actor=floor.manager, period_start=APRIL.first, rep_ids={floor.rep_row.pk})
    agree(actor=floor.rep, seen=Seen(rep_id=floor.rep_row.pk, period_start=APRIL.first, n_steps=1))


def test_an_agreed_plan_needs_a_reason_or_is_left_as_it_is(floor: People) -> None:
    _agreed(floor)
    batch = _multiply(floor)
    assert _problems(batch)[0] == ("agreed",)
    with pytest.raises(Refused) as caught:
        confirm_batch(actor=floor.operations, batch_id=batch.pk)
    assert caught.value.code == "goals.agreed_needs_reason"

    batch = _apply(floor, batch, leaves_agreed_out=True)
    assert _amounts(floor.rep_row) == [30_000] * 3
    assert _amounts(floor.outsider_row) == [11_000] * 3


def test_with_a_reason_an_agreed_plan_changes_and_is_proposed_anew(floor: People) -> None:
    _agreed(floor)
    _apply(floor, _multiply(floor), reason="The region was given more.")
    assert _amounts(floor.rep_row) == [33_000] * 3
    plan = RepPlan.objects.get(rep=floor.rep_row, period_start=APRIL.first, is_current=True)
    assert plan.target_minor == 33_000_00, "planned anew within the job"
    agreement = floor.rep_row.agreements.get()
    said = agreement.steps.order_by("-number").values_list("reason", flat=True).first()
    assert (agreement.state, said) == ("proposed", "The region was given more.")


def test_who_agrees_after_the_preview_was_confirmed_is_left_out(floor: People) -> None:
    batch = _multiply(floor)
    confirm_batch(actor=floor.operations, batch_id=batch.pk)
    _agreed(floor)
    run_pending()
    assert _amounts(floor.rep_row) == [30_000] * 3
    assert _amounts(floor.outsider_row) == [11_000] * 3


def test_a_job_killed_between_writing_and_planning_goes_on_where_it_was(
    floor: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan_period(actor=None, period=APRIL, as_of=date(2024, 3, 15))
    batch = _multiply(floor)
    confirm_batch(actor=floor.operations, batch_id=batch.pk)
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(services, "plan_changed", _killed)
        apply_batch(batch.pk, floor.operations.pk)
    batch.refresh_from_db()
    n_targets = Target.objects.count()
    assert batch.state == BatchState.APPLYING
    assert 0 < batch.n_done < batch.n_all

    run_pending()
    batch.refresh_from_db()
    assert batch.state == BatchState.APPLIED
    assert Target.objects.count() == n_targets, "nothing is written twice"
    assert RepPlan.objects.get(rep=floor.rep_row, period_start=APRIL.first, is_current=True).target_minor == 33_000_00


def _killed(**_payload: object) -> None:
    raise KeyboardInterrupt


def test_what_is_refused_while_writing_becomes_a_preview_again_with_its_reason(
    floor: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = _multiply(floor)
    confirm_batch(actor=floor.operations, batch_id=batch.pk)

    def refused(**_payload: object) -> None:
        raise Refused("goals.no_open_month", "")

    monkeypatch.setattr(services, "set_months", refused)
    assert apply_batch(batch.pk, None) == 0
    batch.refresh_from_db()
    assert (batch.state, batch.n_done) == (BatchState.PREVIEWED, 0)
    assert content_of(batch.changes).failed == "goals.no_open_month"


def test_a_preview_is_thrown_away_once_and_then_over(floor: People) -> None:
    batch = _multiply(floor)
    assert drop_batch(actor=floor.operations, batch_id=batch.pk).state == BatchState.DROPPED
    with pytest.raises(Refused):
        drop_batch(actor=floor.operations, batch_id=batch.pk)
    with pytest.raises(Refused):
        confirm_batch(actor=floor.operations, batch_id=batch.pk)


def test_copies_come_from_the_month_the_quarter_or_the_year_before(floor: People) -> None:
    rep = floor.rep_row.pk
    set_months(actor=None, changes={(rep, MARCH.first): 12_000_00}, basis=TargetBasis.TYPED, hold=True)
    january = sales_month("2024-01").first
    Target.objects.create(rep_id=rep, period_start=january, amount_minor=7_000_00)
    plain = {
        source: [wish.new_minor for wish in copy_wishes([rep], SECOND, source, is_scaled=False)]
        for source in CopySource
    }
    assert plain[CopySource.MONTH] == [12_000_00] * 3
    assert plain[CopySource.QUARTER] == [7_000_00, None, 12_000_00]
    assert plain[CopySource.YEAR] == [None] * 3
    # March has 21 weekdays; April 22, May 23 and June 20, without a public holiday entered.
    scaled = copy_wishes([rep], SECOND, CopySource.MONTH, is_scaled=True)
    assert [wish.new_minor for wish in scaled] == [12_571_00, 13_143_00, 11_429_00]


@given(
    st.lists(
        st.builds(
            BatchRow,
            rep_id=st.integers(1, 9),
            month=st.dates(),
            old_minor=st.none() | st.integers(0, 10**12),
            new_minor=st.none() | st.integers(-5, 10**12),
            version=st.integers(0, 9),
            problems=st.lists(st.sampled_from(["stale", "agreed"]), unique=True).map(tuple),
            cell=st.sampled_from(["", "Targets!D2"]),
            follows=st.booleans(),
        )
    ).map(tuple),
    st.integers(0, 9),
)
def test_a_stored_batch_reads_back_as_it_was(rows: tuple[BatchRow, ...], n_same: int) -> None:
    refused = (RefusedCell(sheet="S", cell="A1", problem="not_an_amount", shown="x"),)
    content = BatchContent(rows=rows, refused=refused, n_same=n_same, reason="r", failed="f")
    assert content_of(content_json(content)) == content
