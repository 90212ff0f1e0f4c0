"""Dials by segment inside any days: whole months from the facts, other days from the calls, to the same numbers."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from pacemark.web.organization.models import Organization
from pacemark.web.pipeline.queries.stage_windows import segment_dials, stretches
from tests.web.goals.floor import Floor

FIRST = date(2024, 1, 3)


@pytest.mark.parametrize("start_day", [1, 26])
def test_any_days_are_counted_as_plain_counting_does(db: None, start_day: int) -> None:
    """Every third day has a dial more than the one before: the sums tell which days were counted."""
    floor = Floor()
    Organization.objects.update(sales_month_start_day=start_day)
    rep, per_day = floor.rep("R"), {}
    for place in range(0, 90, 3):
        day = FIRST + timedelta(days=place)
        per_day[day] = place // 3 + 3
        floor.dials(rep, day, per_day[day], 2, 1)
    floor.count()

    for first, last in [(0, 89), (5, 40), (29, 29), (28, 59), (40, 120), (-30, 10)]:
        start, end = FIRST + timedelta(days=first), FIRST + timedelta(days=last)
        mine = [n for day, n in per_day.items() if start <= day <= end]
        found = segment_dials(start, end)
        assert (found.dials.sum(), found.connects.sum(), found.deep_talks.sum()) == (
            sum(mine), 2 * len(mine), len(mine),
        ), (first, last)  # fmt: skip


def test_stretches_before_the_window_count_down_from_minus_one(each_database: str) -> None:
    floor = Floor()
    rep, first = floor.rep("R"), date(2024, 3, 1)
    for offset, n in [(-31, 1), (-30, 2), (-1, 3), (0, 4), (29, 5), (30, 6)]:
        floor.dials(rep, first + timedelta(days=offset), n)
    floor.deal(rep, first, 1000)
    floor.count()

    found = stretches(first, first + timedelta(days=59), n_before=2)

    pairs = sorted(zip(found.stretch.tolist(), found.dials.tolist(), strict=True))
    assert pairs == [(-2, 1), (-1, 5), (0, 9), (1, 6)]
    assert found.net_revenue_minor.sum() == 100_000
    assert segment_dials(first, first + timedelta(days=10)).dials.sum() == 4
