"""The past read once as arrays, against plain loops over the same rep-days."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import date, timedelta

import pytest

from pacemark.web.goals.bridge.targets import whole_months
from pacemark.web.pipeline.fact_models import RepDay
from pacemark.web.pipeline.queries import dials_by_rep, rep_day_arrays, spans_by_rep, sums_by_month, sums_by_rep

AS_OF = date(2024, 3, 11)
LONG = 60


@pytest.fixture
def rows(db: None) -> list[RepDay]:
    """Rep 0 is nobody; rep 7 has only deals; days lie on both sides of every edge that is looked at."""
    luck = random.Random(3)
    offsets = (-1, 0, 1, 10, 11, 12, LONG, LONG + 1, 100, 366, 400)
    made = [
        RepDay(
            rep_id=rep, business_date=AS_OF - timedelta(days=offset), dials=luck.choice([0, 5, 40]) if rep != 7 else 0,
            connects=3, deep_talks=2, opportunities=luck.randint(0, 3), opportunities_sourced=luck.randint(0, 2),
            deals=luck.randint(0, 1), revenue_minor=luck.choice([0, 9_007_199_254_740]), refunds_minor=5,
        )
        for rep in (0, 1, 2, 7)
        for offset in offsets
    ]  # fmt: skip
    RepDay.objects.bulk_create(made)
    return [row for row in made if row.business_date < AS_OF]


def test_sums_by_rep_from_a_day_on(rows: list[RepDay]) -> None:
    first = AS_OF - timedelta(days=11)
    expected: dict[int, int] = defaultdict(int)
    for row in rows:
        if row.business_date >= first:
            expected[row.rep_id] += row.revenue_minor - row.refunds_minor

    found = sums_by_rep(rep_day_arrays(AS_OF), "net_revenue_minor", first)
    assert found == {rep: total for rep, total in expected.items() if total}


@pytest.mark.parametrize("start_day", [1, 26])
def test_sums_by_month_leave_out_what_lies_in_none(rows: list[RepDay], start_day: int) -> None:
    months = whole_months(AS_OF, start_day)
    expected: dict[tuple[int, str], int] = defaultdict(int)
    for row in rows:
        for month in months:
            if month.holds(row.business_date):
                expected[row.rep_id, month.label] += row.opportunities_sourced

    found = sums_by_month(rep_day_arrays(AS_OF), "opportunities_sourced", months)
    assert found == {key: total for key, total in expected.items() if total}
    assert sums_by_month(rep_day_arrays(AS_OF), "deals", []) == {}


def test_spans_are_of_people_alone(rows: list[RepDay]) -> None:
    found = {rep: (span.first, span.last) for rep, span in spans_by_rep(rep_day_arrays(AS_OF)).items()}
    assert found == dict.fromkeys((1, 2, 7), (AS_OF - timedelta(days=400), AS_OF - timedelta(days=1)))


def test_usual_dials_of_the_last_sixty_days(rows: list[RepDay]) -> None:
    found = dials_by_rep(rep_day_arrays(AS_OF), AS_OF)
    for place, rep in enumerate(found.rep_id.tolist()):
        since = AS_OF - timedelta(days=LONG)
        mine = [row.dials for row in rows if row.rep_id == rep and row.dials and row.business_date >= since]
        shown = (found.n_days[place], found.dials[place], found.squares[place], found.most[place])
        assert shown == (len(mine), sum(mine), sum(one * one for one in mine), max(mine))
    assert 7 not in found.rep_id


def test_nothing_is_known_of_an_empty_past(db: None) -> None:
    past = rep_day_arrays(AS_OF)
    assert (sums_by_rep(past, "dials", AS_OF), spans_by_rep(past), len(dials_by_rep(past, AS_OF).rep_id)) == ({}, {}, 0)
