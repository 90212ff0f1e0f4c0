"""The SQL of a month agrees with the engine's sales months on every day, on every starting day, on both dialects."""

from __future__ import annotations

import sqlite3
from datetime import date, timedelta

import duckdb
import pytest

from pacemark.engine.periods import sales_month_of
from pacemark.facts.relations import days_of_month, month_of
from tests.facts.oracle import month_label

# A leap year, a century that is none, one that is, and the years around them.
DAYS = [date(year, 1, 1) + timedelta(days=n) for year in (1999, 2000, 2023, 2024, 2100) for n in range(365)]


@pytest.mark.parametrize("start_day", [1, 2, 15, 16, 26, 28, 29, 30, 31])
def test_every_day_is_counted_under_one_part_of_one_sales_month(start_day: int) -> None:
    sql = month_of("day", start_day)
    with sqlite3.connect(":memory:") as lite, duckdb.connect() as duck:
        lite.execute("CREATE TABLE days (day TEXT)")
        lite.executemany("INSERT INTO days VALUES (?)", [(day.isoformat(),) for day in DAYS])
        by_sqlite = [row[0] for row in lite.execute(f"SELECT {sql} FROM days ORDER BY day")]
        duck.execute("CREATE TABLE days AS SELECT CAST(unnest(?) AS DATE) AS day", [[d.isoformat() for d in DAYS]])
        by_duckdb = [row[0] for row in duck.execute(f"SELECT {sql} FROM days ORDER BY day").fetchall()]
    labels = dict(zip(DAYS, by_sqlite, strict=True))

    assert by_sqlite == by_duckdb == [month_label(day, start_day) for day in DAYS]
    months = {
        label: {sales_month_of(day, start_day).label for day in DAYS if labels[day] == label}
        for label in labels.values()
    }
    assert all(len(found) == 1 for found in months.values()), "no part lies in two sales months"
    for label in months:
        first, end = days_of_month(label, start_day)
        found = [day for day in DAYS if labels[day] == label]
        assert all(first <= day < end for day in found)
        assert len(found) == (end - first).days or end.year != first.year


def test_a_month_of_another_starting_day_has_no_days() -> None:
    first, end = days_of_month("2024-01+", 1)

    assert first == end
