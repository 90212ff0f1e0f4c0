"""Amounts of units: months add up to years, splits add up exactly, and people's sums stand beside them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pacemark.web.goals.bridge.units import asked_of, split_by
from pacemark.web.goals.choices import Span, SplitRule, TargetBasis, UnitLevel
from pacemark.web.goals.models import QuarterTarget, Target, UnitTarget
from pacemark.web.goals.queries.splits import split_down
from pacemark.web.goals.queries.units import stretch_of, unit_amounts, unit_board
from pacemark.web.goals.refusals import Refused
from pacemark.web.goals.services.quarters import set_months, set_quarters
from pacemark.web.goals.services.units import apply_split, set_unit_amounts, split_unit_over_time
from pacemark.web.organization.grade_services import save_grade, set_quota
from pacemark.web.organization.models import CalendarDay, Membership, Rep
from tests.support.people import People, client_of
from tests.support.query_counts import counted_queries
from tests.web.goals.floor import Floor

ORG = (UnitLevel.ORGANIZATION, 0)
Q2, APR, MAY, JUN = date(2024, 4, 1), date(2024, 4, 1), date(2024, 5, 1), date(2024, 6, 1)
QUARTER, YEAR, APRIL = stretch_of("2024-Q2", 1), stretch_of("2024", 1), stretch_of("2024-04", 1)


@pytest.fixture(autouse=True)
def _no_holidays(today: date, people: People) -> None:
    CalendarDay.objects.all().delete()
    for user in (people.operations, people.director, people.manager):
        user.language = "en"
        user.save()


def _set(key: tuple[str, int], amount: int, span: Span = Span.QUARTER, first: date = Q2) -> None:
    set_unit_amounts(actor=None, span=span, first=first, amounts={key: amount * 100})


def _north(people: People) -> tuple[str, int]:
    assert people.team.region_id is not None
    return (UnitLevel.REGION, people.team.region_id)


def _team(people: People) -> tuple[str, int]:
    return (UnitLevel.TEAM, people.team.pk)


def _apply(key: tuple[str, int], rule: SplitRule = SplitRule.STANDING, stretch: Any = QUARTER, reason: str = "") -> int:
    board = unit_board(stretch)
    row = board.row(key)
    assert row is not None
    seen = split_down(board, row, rule).seen
    return apply_split(actor=None, key=key, stretch=stretch, rule=rule, seen=seen, reason=reason)


def test_months_add_up_to_quarters_and_quarters_to_years() -> None:
    own: dict[tuple[str, date], tuple[int, int]] = {
        (Span.MONTH, date(2024, month, 1)): (month * 100, 1) for month in range(1, 13) if month != 5
    }
    assert asked_of(own, QUARTER) is None, "May is missing"
    own[Span.MONTH, MAY] = (500, 3)
    quarter, year = asked_of(own, QUARTER), asked_of(own, YEAR)
    assert quarter is not None
    assert (quarter.amount_minor, quarter.is_own) == (1_500, False)
    assert year is not None
    assert year.amount_minor == 7_800
    own[Span.QUARTER, Q2] = (2_000, 2)
    year = asked_of(own, YEAR)
    assert year is not None
    assert year.amount_minor == 8_300, "a quarter's own amount takes the place of its months"


def test_the_board_shows_both_directions_and_how_far_they_are_apart(people: People) -> None:
    set_quarters(
        actor=None,
        changes={(people.rep_row.pk, Q2): 50_000_00, (people.outsider_row.pk, Q2): 30_000_00},
        basis=TargetBasis.TYPED,
    )
    Rep.objects.create(name="No team")
    _set(ORG, 100_000)
    _set(_north(people), 60_000)
    rows = {row.node.key: row for row in unit_board(QUARTER).rows}

    top, north, team = rows[ORG], rows[_north(people)], rows[_team(people)]
    assert (top.people_minor, top.people_difference_minor) == (80_000_00, -20_000_00)
    assert (top.below_minor, top.below_difference_minor, top.n_below_asked, top.n_below) == (
        60_000_00, -40_000_00, 1, 2,
    )  # fmt: skip
    assert (north.people_minor, north.people_difference_minor) == (50_000_00, -10_000_00)
    assert (north.below_minor, north.below_difference_minor) == (None, None)
    assert (team.asked, team.people_minor, team.n_people) == (None, 50_000_00, 1)


def test_who_changes_teams_counts_for_each_in_its_months(people: People) -> None:
    changes = {(people.rep_row.pk, day): 1_000_00 for day in (APR, MAY, JUN)}
    set_months(actor=None, changes=changes, basis=TargetBasis.TYPED, hold=True)
    Membership.objects.filter(rep=people.rep_row).update(valid_to=MAY)
    Membership.objects.create(rep=people.rep_row, team=people.other_team, valid_from=MAY)
    rows = {row.node.key: row.people_minor for row in unit_board(QUARTER).rows}

    assert rows[_team(people)] == 1_000_00
    assert rows[UnitLevel.TEAM, people.other_team.pk] == 2_000_00
    assert rows[ORG] == 3_000_00


def test_the_organisation_is_split_down_to_its_people(people: People) -> None:
    """People have 50,000 and 30,000: 120,000 from above become 75,000 and 45,000, and the months follow."""
    changes = {(people.rep_row.pk, Q2): 50_000_00, (people.outsider_row.pk, Q2): 30_000_00}
    set_quarters(actor=None, changes=changes, basis=TargetBasis.TYPED)
    _set(ORG, 120_000)
    assert _apply(ORG) == 2
    assert _apply(_north(people)) == 1
    assert unit_amounts(QUARTER)[_team(people)][Span.QUARTER, Q2] == (75_000_00, 1)
    assert _apply(_team(people)) == 3

    last = QuarterTarget.objects.filter(rep=people.rep_row).order_by("version").last()
    assert last is not None
    assert (last.amount_minor, last.basis, last.version) == (75_000_00, TargetBasis.SPLIT, 2)
    months = {row.period_start: row for row in Target.objects.filter(rep=people.rep_row).order_by("version")}
    assert sum(row.amount_minor for row in months.values()) == 75_000_00
    rows = {row.node.key: row.people_difference_minor for row in unit_board(QUARTER).rows}
    assert rows[_team(people)] == 0


def test_rules_weigh_by_grade_and_by_last_revenue(people: People) -> None:
    low, high = (save_grade(actor=None, grade_id=None, name=name) for name in ("P1", "P2"))
    for grade, quota in ((low, 30_000_00), (high, 90_000_00)):
        set_quota(actor=None, grade_id=grade.pk, valid_from=date(2023, 1, 1), quota_minor=quota)
    Membership.objects.filter(rep=people.rep_row).update(grade=low)
    Membership.objects.filter(rep=people.outsider_row).update(grade=high)
    floor = Floor()
    floor.deal(people.rep_row, date(2024, 2, 5), 900)
    floor.deal(people.outsider_row, date(2024, 1, 5), 100)
    floor.deal(people.outsider_row, date(2023, 12, 31), 9_000)
    floor.count()
    _set(ORG, 100_000)

    def shares(rule: SplitRule) -> list[int]:
        board = unit_board(QUARTER)
        row = board.row(ORG)
        assert row is not None
        return [part.becomes_minor // 100 for part in split_down(board, row, rule).parts if part.weight_minor]

    assert shares(SplitRule.QUOTA) == [25_000, 75_000]
    assert shares(SplitRule.LAST) == [90_000, 10_000]


def test_a_year_is_split_over_quarters_and_a_quarter_over_months(people: People) -> None:
    _set(ORG, 262_000, Span.YEAR, date(2024, 1, 1))
    split_unit_over_time(actor=None, key=ORG, stretch=YEAR)
    # 65, 65, 66 and 66 weekdays
    found = {key[1].month: amount // 100 for key, (amount, _) in unit_amounts(YEAR)[ORG].items() if key[0] == "quarter"}
    assert found == {1: 65_000, 4: 65_000, 7: 66_000, 10: 66_000}
    split_unit_over_time(actor=None, key=ORG, stretch=QUARTER)
    months = {key[1]: amount // 100 for key, (amount, _) in unit_amounts(QUARTER)[ORG].items() if key[0] == "month"}
    assert months == {APR: 22_000, MAY: 23_000, JUN: 20_000}
    with pytest.raises(Refused) as refused:
        split_unit_over_time(actor=None, key=ORG, stretch=APRIL)
    assert refused.value.code == "goals.unit_span_unknown"


@pytest.mark.parametrize(
    ("key", "stretch", "code"),
    [
        (ORG, APRIL, "goals.split_no_amount"),
        (ORG, QUARTER, "goals.split_no_weights"),
        ((UnitLevel.TEAM, 0), QUARTER, "goals.split_no_amount"),
    ],
)
def test_what_cannot_be_split_is_refused(people: People, key: tuple[str, int], stretch: Any, code: str) -> None:
    _set(ORG, 1_000)
    with pytest.raises(Refused) as refused:
        apply_split(actor=None, key=key, stretch=stretch, rule=SplitRule.STANDING, seen="")
    assert refused.value.code == code
    assert UnitTarget.objects.count() == 1


def test_a_stale_preview_and_a_negative_amount_write_nothing(people: People) -> None:
    set_quarters(actor=None, changes={(people.rep_row.pk, Q2): 50_000_00}, basis=TargetBasis.TYPED)
    _set(ORG, 120_000)
    board = unit_board(QUARTER)
    row = board.row(ORG)
    assert row is not None
    seen = split_down(board, row, SplitRule.STANDING).seen
    set_quarters(actor=None, changes={(people.outsider_row.pk, Q2): 10_000_00}, basis=TargetBasis.TYPED)
    with pytest.raises(Refused) as refused:
        apply_split(actor=None, key=ORG, stretch=QUARTER, rule=SplitRule.STANDING, seen=seen)
    assert refused.value.code == "goals.split_stale"
    with pytest.raises(Refused):
        _set(ORG, -1)
    assert UnitTarget.objects.count() == 1


def test_the_board_costs_the_same_for_any_number_of_people(people: People) -> None:
    with counted_queries() as few:
        unit_board(QUARTER)
    for number in range(30):
        rep = Rep.objects.create(name=f"R{number}")
        Membership.objects.create(rep=rep, team=people.team, valid_from=date(2023, 1, 1))
    with counted_queries() as many:
        unit_board(QUARTER)
    assert len(few) == len(many), str(many)


@given(st.integers(0, 10**10), st.lists(st.integers(-5, 10**9), min_size=1, max_size=8), st.sampled_from([1, 100]))
def test_any_split_adds_up_and_follows_the_weights(amount: int, weights: list[int], step: int) -> None:
    if not any(weight > 0 for weight in weights):
        with pytest.raises(Refused):
            split_by(amount, weights, step)
        return
    parts = split_by(amount, weights, step)
    whole = sum(max(weight, 0) for weight in weights)
    assert sum(parts) == amount
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - amount * max(weight, 0) / whole) < 2 * step


# --- pages: who sees and sets what ------------------------------------------------------------------------------------


def _form(key: tuple[str, int], **more: Any) -> Mapping[str, Any]:
    return {"at": "2024-Q2", "level": str(key[0]), "unit": key[1], **more}


def test_amounts_come_from_above(people: People) -> None:
    """Operations set all, a director the teams of the region, a manager none; nobody anything elsewhere."""
    elsewhere = (UnitLevel.TEAM, people.other_team.pk)
    allowed = {
        people.operations: {ORG, _north(people), _team(people), elsewhere},
        people.director: {_team(people)},
        people.manager: set(),
    }
    for user, keys in allowed.items():
        for key in (ORG, _north(people), _team(people), elsewhere):
            response = client_of(user).post("/goals/units/set/", _form(key, amount="1000"))
            assert response.status_code == (302 if key in keys else 404), (user.username, key)


def test_whoever_leads_a_unit_splits_it_behind_a_preview(people: People) -> None:
    set_quarters(actor=None, changes={(people.rep_row.pk, Q2): 50_000_00}, basis=TargetBasis.TYPED)
    client = client_of(people.manager)
    assert "nothing is asked from above" in client.get("/goals/units/?at=2024-Q2").content.decode()
    refused = client.get("/goals/units/split/", _form(_team(people))).content.decode()
    assert "Nothing is asked of this unit yet. Set its amount first." in refused
    _set(_team(people), 60_000)
    preview = client.get("/goals/units/split/", _form(_team(people)))
    assert "¥60,000" in preview.content.decode()
    assert QuarterTarget.objects.count() == 1, "a look writes nothing"
    seen = preview.context["split"].seen
    done = client.post("/goals/units/split/apply/", _form(_team(people), seen=seen, rule="standing"), follow=True)
    assert "3 amounts have changed." in done.content.decode()
    stale = client.post("/goals/units/split/apply/", _form(_team(people), seen=seen, rule="standing"), follow=True)
    assert "has changed since the preview" in stale.content.decode()
    elsewhere = _form((UnitLevel.TEAM, people.other_team.pk))
    assert client.get("/goals/units/split/", elsewhere).status_code == 404
    assert client.post("/goals/units/split/apply/", elsewhere).status_code == 404
    assert people.outsider_row.name not in client.get("/goals/units/?at=2024").content.decode()
