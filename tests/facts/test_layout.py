"""How facts and calls lie on disk: without this the numbers are the same, but ten million calls take minutes."""

from __future__ import annotations

import pytest
from django.db import connection

from pacemark.facts.definitions import Definitions
from pacemark.facts.relations import Relations, of_changed_days
from pacemark.facts.statements import DAILY_FACTS, DIAL_COHORT, FACTS, REP_DAY, WIN_LAG, Fact
from pacemark.web.pipeline.bridge import relations

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite("how its pages and query plans are")]


def plan_of(fact: Fact, events: Relations | None = None) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {fact.select(events or relations(), Definitions())}")
        return [row[3] for row in cursor.fetchall()]


@pytest.mark.parametrize(
    ("fact", "index"),
    [
        (REP_DAY, "COVERING INDEX call_days"),
        (DIAL_COHORT, "COVERING INDEX call_months"),
    ],
)
def test_calls_are_read_in_the_order_they_are_counted_in(fact: Fact, index: str) -> None:
    plan = plan_of(fact)

    assert any(step.endswith(index) for step in plan), plan
    assert "SCAN c" not in plan
    if fact is not REP_DAY:
        assert not any("TEMP B-TREE" in step for step in plan), plan


@pytest.mark.parametrize("fact", DAILY_FACTS, ids=lambda fact: fact.name)
def test_of_changed_days_no_call_of_another_day_is_read(fact: Fact) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE changed (rep_id bigint, business_date date, PRIMARY KEY (rep_id, business_date))"
        )
    try:
        plan = plan_of(fact, of_changed_days(relations(), "changed"))
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE changed")

    reading_calls = {step for step in plan if "call_" in step}
    assert reading_calls <= {"SEARCH e USING INDEX call_days (rep_id=? AND business_date=?)"}, plan
    assert reading_calls or fact is WIN_LAG, plan


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.name)
def test_a_fact_table_is_its_key_s_tree(fact: Fact) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT sql FROM sqlite_master WHERE name = %s", [f"fact_{fact.name}"])
        (definition,) = cursor.fetchone()
        cursor.execute(f"PRAGMA table_info(fact_{fact.name})")
        columns = [row[1] for row in cursor.fetchall()]

    assert definition.endswith("WITHOUT ROWID")
    assert sorted(columns) == sorted(fact.columns)
