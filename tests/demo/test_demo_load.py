"""The made-up organisation in a database: what was written is what was made up, and the facts count it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import numpy as np
import pytest
from django.db import connection
from django.db.models import Sum

from pacemark.demo import load
from pacemark.demo.advance import advance_demo
from pacemark.demo.load import kept_demo, write_demo
from pacemark.demo.load_events import CALLS, LEADS
from pacemark.demo.spec import DemoSpec
from pacemark.demo.tables import local_day
from pacemark.demo.worktime import day_number
from pacemark.demo.world import LOCAL, Chronicle, World, generate_world
from pacemark.web.organization.models import Rep
from pacemark.web.pipeline.fact_models import RepDay
from pacemark.web.pipeline.facts_services import rebuild_facts
from pacemark.web.pipeline.history_models import MonthlyTotal
from pacemark.web.pipeline.models import Call, Deal, Lead, Opportunity, Refund

SPEC = DemoSpec(seed=17, end=date(2026, 6, 18), reps=24, months=1)
NOW = datetime(2026, 6, 18, 15, 20, tzinfo=LOCAL)


def written(spec: DemoSpec = SPEC, now: datetime = NOW) -> dict[str, int]:
    return write_demo(Chronicle.of(spec, now), "three-blind-mice", lambda part: None)


def facts_of(world: World) -> dict[str, int]:
    """Count with NumPy what the facts should sum to."""
    calls, opportunities = world.calls, world.opportunities
    return {
        "dials": len(calls.rep),
        "connects": int(calls.is_answered.sum()),
        "effective_dials": int((calls.is_answered & (calls.talk_seconds >= 30)).sum()),
        "deep_talks": int((calls.is_answered & (calls.talk_seconds >= 180)).sum()),
        "talk_seconds": int(calls.talk_seconds.sum()),
        "opportunities": len(opportunities.owner),
        "opportunities_sourced": int((opportunities.sourced_call >= 0).sum()),
        "deals": len(world.deals.owner),
        "revenue_minor": int(world.deals.amount_minor.sum()),
        "refunds_minor": int(world.refunds.amount_minor.sum()),
    }


def test_facts_equal_counts_of_the_arrays(each_database: str) -> None:
    before = _ways_in()
    counts = written()
    world = generate_world(SPEC, NOW)
    connection.check_constraints()
    models = {"leads": Lead, "calls": Call, "opportunities": Opportunity, "deals": Deal, "refunds": Refund}
    assert counts == {"reps": 24, **{name: model._default_manager.count() for name, model in models.items()}}
    expected = facts_of(world)
    assert RepDay.objects.aggregate(**{name: Sum(name) for name in expected}) == expected
    rep = Rep.objects.get(employee_no=world.layout.people.employee_no[3])
    day = (world.calls.rep == 3) & (local_day(world.calls.started_at) == day_number(date(2026, 6, 17)))
    assert RepDay.objects.get(rep_id=rep.pk, business_date="2026-06-17").dials == int(day.sum())
    assert MonthlyTotal.objects.count() == len(world.monthly_totals.team)
    assert _ways_in() == before
    Lead.objects.create(source_id=Lead.objects.values_list("source_id", flat=True)[0], external_id="mine")


def _ways_in() -> dict[str, dict[str, Any]]:
    """Return indexes, keys and constraints of the tables that are filled without them."""
    with connection.cursor() as cursor:
        return {table: connection.introspection.get_constraints(cursor, table) for table in (LEADS, CALLS)}


def test_living_on_equals_having_lived_longer(each_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # What the rooms above tell of it is written in the test before this one.
    monkeypatch.setattr(load, "bring_up_to_date", lambda tell: rebuild_facts(actor=None))
    written()
    kept = kept_demo()
    assert kept is not None
    advance_demo(kept, 3, lambda part: None)
    kept = kept_demo()
    assert kept is not None
    advance_demo(kept, 14, lambda part: None)  # over the end of a month
    connection.check_constraints()
    lived = _everything()
    for model in (Refund, Deal, Opportunity, Call, Lead, RepDay):
        model._default_manager.all().delete()
    spec = replace(SPEC, advance_days=17)
    world = generate_world(spec, datetime(2026, 7, 5, 15, 20, tzinfo=LOCAL))
    assert lived["calls"] == [
        (f"C{i:010d}", int(seconds), int(talk))
        for i, (seconds, talk) in enumerate(zip(world.calls.started_at, world.calls.talk_seconds, strict=True))
    ]
    won = np.where(world.opportunities.is_won, "won", np.where(world.opportunities.closed_at > 0, "lost", "open"))
    assert [state for _, state, _ in lived["opportunities"]] == won.tolist()
    sourced = [f"C{place:010d}" if place >= 0 else None for place in world.opportunities.sourced_call.tolist()]
    assert [call for _, _, call in lived["opportunities"]] == sourced
    assert lived["deals"] == world.deals.amount_minor.tolist()
    assert lived["refunds"] == world.refunds.amount_minor.tolist()
    assert lived["facts"] == facts_of(world)


def _everything() -> dict[str, Any]:
    calls = Call.objects.order_by("external_id").values_list("external_id", "occurred_at", "talk_seconds")
    opportunities = Opportunity.objects.order_by("external_id")
    names = facts_of(generate_world(SPEC, NOW))
    return {
        "calls": [(number, int(moment.timestamp()), talk) for number, moment, talk in calls],
        "opportunities": list(opportunities.values_list("external_id", "state", "sourced_call__external_id")),
        "deals": list(Deal.objects.order_by("external_id").values_list("amount_minor", flat=True)),
        "refunds": list(Refund.objects.order_by("external_id").values_list("amount_minor", flat=True)),
        "facts": RepDay.objects.aggregate(**{name: Sum(name) for name in names}),
    }
