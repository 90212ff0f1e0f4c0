"""Booked per rep and month: the database's sums against plain ones, and the index that keeps them quick."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest
from django.db import connection

from pacemark.engine.periods import Period, sales_month
from pacemark.web.pipeline.fact_models import RepDay
from pacemark.web.pipeline.queries import booked_by_month

MONTHS = [sales_month(label, 26) for label in ("2024-01", "2024-02", "2024-03")]


def _days(seed: int) -> list[RepDay]:
    luck = random.Random(seed)
    first = MONTHS[0].first - timedelta(days=3)
    return [
        RepDay(
            rep_id=rep,
            business_date=first + timedelta(days=day),
            revenue_minor=luck.choice([0, 0, 0, luck.randrange(1, 10**6)]),
            refunds_minor=luck.choice([0, 0, 0, 0, luck.randrange(1, 10**5)]),
        )
        for rep in (0, 1, 2, 70_000)
        for day in range(100)
    ]


def _plain(rows: list[RepDay], months: list[Period]) -> dict[tuple[int, int], int]:
    sums: dict[tuple[int, int], int] = {}
    for row in rows:
        for at, month in enumerate(months):
            if month.holds(row.business_date) and (row.revenue_minor or row.refunds_minor):
                sums[row.rep_id, at] = sums.get((row.rep_id, at), 0) + row.revenue_minor - row.refunds_minor
    return sums


@pytest.mark.parametrize("seed", [1, 2])
def test_sums_are_those_of_the_days(each_database: str, seed: int) -> None:
    rows = _days(seed)
    RepDay.objects.bulk_create(rows)

    assert booked_by_month(MONTHS, None) == _plain(rows, MONTHS)
    assert booked_by_month(MONTHS[1:2], [2]) == _plain([row for row in rows if row.rep_id == 2], MONTHS[1:2])
    assert booked_by_month(MONTHS, []) == {}
    assert booked_by_month([], None) == {}


@pytest.mark.sqlite("how its pages and query plans are")
@pytest.mark.django_db
def test_the_index_of_days_with_money_serves() -> None:
    RepDay.objects.create(rep_id=1, business_date=date(2024, 1, 2), revenue_minor=5)
    with connection.execute_wrapper(_explain):
        booked_by_month(MONTHS, None)
    assert "COVERING INDEX rep_day_with_money" in _seen[-1]


_seen: list[str] = []


def _explain(execute, sql, params, many, context):  # type: ignore[no-untyped-def]
    if "fact_rep_day" in sql and "EXPLAIN" not in sql:
        rows = context["cursor"].connection.execute(f"EXPLAIN QUERY PLAN {sql}").fetchall()
        _seen.append(" ".join(str(row[-1]) for row in rows))
    return execute(sql, params, many, context)
