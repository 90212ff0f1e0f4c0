"""How the made-up organisation lives: the same from its seed, the same past however long, nothing impossible."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from dataclasses import fields, replace
from datetime import date, datetime
from functools import cache
from typing import Any

import numpy as np
import pytest
from scipy.stats import chi2

from pacemark.demo.history import USUAL_WORKDAYS
from pacemark.demo.rates import OPPORTUNITY_PER_DEEP_TALK, WIN_RATE
from pacemark.demo.spec import DemoSpec, SpecError, usual_months
from pacemark.demo.tables import RoleCode, local_day, size_of
from pacemark.demo.worktime import PATTERNS, day_number, day_of, weekdays_worked
from pacemark.demo.world import LOCAL, World, generate_world
from tests.demo.measure import measure, seconds_of_day

SMALL = DemoSpec(seed=5, end=date(2026, 6, 18), reps=24, months=2)
TABLES = ("leads", "calls", "opportunities", "deals", "refunds", "monthly_totals", "coaching")


@cache
def usual() -> World:
    return generate_world(DemoSpec(seed=404, end=date(2026, 11, 23)))


@cache
def null() -> World:
    return generate_world(DemoSpec(seed=404, end=date(2026, 11, 23), is_null=True))


def digest(world: World) -> str:
    found = hashlib.sha256()
    for table in TABLES:
        columns = getattr(world, table)
        for field in fields(columns):
            found.update(getattr(columns, field.name).tobytes())
    found.update(repr(world.truths).encode())
    return found.hexdigest()


def test_same_seed_same_bytes_in_another_process_without_django_settings() -> None:
    code = (
        "from tests.demo.test_demo_world import *; "
        "print(digest(generate_world(SMALL)), digest(generate_world(replace(SMALL, seed=6))))"
    )
    without_django = {name: value for name, value in os.environ.items() if not name.startswith("DJANGO_")}
    env = {**without_django, "PYTHONHASHSEED": "4711", "PYTHONPATH": os.pathsep.join(sys.path)}
    run = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
    same, other = run.stdout.split()
    assert same == digest(generate_world(SMALL)) != other


def test_a_longer_life_has_the_same_past() -> None:
    now = datetime(2026, 6, 18, 14, 5, tzinfo=LOCAL)
    short = generate_world(SMALL, now)
    longer = replace(SMALL, advance_days=40)
    cut = generate_world(longer, now)
    for table in TABLES:
        for field in fields(getattr(short, table)):
            assert np.array_equal(getattr(getattr(short, table), field.name), getattr(getattr(cut, table), field.name))
    whole = generate_world(longer)
    assert size_of(whole.calls) > size_of(short.calls)
    assert np.array_equal(whole.calls.started_at[: size_of(short.calls)], short.calls.started_at)


def test_nothing_lies_after_the_present() -> None:
    now = datetime(2026, 6, 18, 14, 5, tzinfo=LOCAL)
    world, seconds = generate_world(SMALL, now), int(now.timestamp())
    opportunities = world.opportunities
    for moments in (world.leads.arrived_at, world.calls.ended_at, opportunities.reported_at, opportunities.closed_at):
        assert moments.max() <= seconds
    assert (local_day(world.calls.started_at) == day_number(SMALL.end)).any()
    assert (opportunities.closed_at == 0).any()
    assert not opportunities.is_won[opportunities.closed_at == 0].any()


def test_calls_fit_into_working_days_and_do_not_overlap() -> None:
    world = usual()
    calls, worktime = world.calls, world.layout.worktime
    day = local_day(calls.started_at)
    assert worktime.works[calls.rep, day - worktime.first].all()
    pattern = worktime.pattern_of(world.layout.teams, calls.rep, day)
    second = seconds_of_day(calls.started_at)
    assert (second >= np.array([p.shift_start for p in PATTERNS])[pattern]).all()
    assert (second <= np.array([p.shift_end for p in PATTERNS])[pattern]).all()
    order = np.lexsort((calls.started_at, calls.rep))
    same = calls.rep[order][1:] == calls.rep[order][:-1]
    assert (calls.started_at[order][1:] >= calls.ended_at[order][:-1])[same].all()
    assert set(np.unique(pattern)) == {0, 1, 2}


def test_patterns_follow_the_chinese_calendar() -> None:
    # 2026-10-01 to 07 are holidays; 2026-10-10, a Saturday, is worked instead.
    assert weekdays_worked(date(2026, 10, 1), date(2026, 10, 8)) == 0
    assert weekdays_worked(date(2026, 10, 10), date(2026, 10, 11)) == 1


def test_everyone_calls_their_own_cards_after_they_came() -> None:
    world = usual()
    calls, leads, people = world.calls, world.leads, world.layout.people
    dials = people.role[calls.rep] != RoleCode.CLOSER
    assert (leads.owner[calls.lead][dials] == calls.rep[dials]).all()
    assert (calls.started_at >= leads.arrived_at[calls.lead]).all()
    reported = dict(zip(world.opportunities.lead.tolist(), world.opportunities.reported_at.tolist(), strict=True))
    closers = np.flatnonzero(~dials)[:5000]
    assert all(reported[int(calls.lead[i])] < calls.started_at[i] for i in closers)


def test_the_source_is_the_last_deep_talk_before_the_report() -> None:
    world = usual()
    found, calls, opportunities = measure(world), world.calls, world.opportunities
    assert len(np.unique(opportunities.lead)) == size_of(opportunities)
    deep: dict[int, list[int]] = {}
    for call in np.flatnonzero(found.deep).tolist():
        deep.setdefault(int(calls.lead[call]), []).append(call)
    for place in range(0, size_of(opportunities), 7):
        before = [
            call
            for call in deep.get(int(opportunities.lead[place]), [])
            if calls.started_at[call] <= opportunities.reported_at[place]
        ]
        expected = max(before, key=lambda call: int(calls.started_at[call])) if before else -1
        assert opportunities.sourced_call[place] == expected
        if before:
            assert opportunities.sourced_by[place] == calls.rep[expected]
            assert local_day(opportunities.reported_at[[place]]) == local_day(calls.started_at[[expected]])
    assert 0.005 < float((opportunities.sourced_call < 0).mean()) < 0.04


def test_months_before_have_the_season_in_them() -> None:
    world = generate_world(DemoSpec(seed=9, end=date(2026, 11, 23), monthly_history=36))
    totals, season = world.monthly_totals, np.array(world.truths["season"])
    assert season.mean() == pytest.approx(1.0, abs=1e-3)
    assert season.max() / season.min() > 1.3
    learned = np.zeros(12)
    for month in np.unique(totals.month_day):
        rows = totals.month_day == month
        first = day_of(month)
        workdays = weekdays_worked(first, day_of(month + 32).replace(day=1)) / USUAL_WORKDAYS
        learned[first.month - 1] += totals.revenue_minor[rows].sum() / totals.active_reps[rows].sum() / workdays / 3
    assert np.abs(learned / learned.mean() / season - 1).max() < 0.08
    assert len(np.unique(totals.month_day)) == 36 and totals.month_day.max() < day_number(world.layout.spec.start)


def test_the_null_organisation_has_no_lasting_differences() -> None:
    world = null()
    people, planted = world.layout.people, world.layout.planted
    for name in ("reach", "communication", "product", "closing", "volume"):
        assert (getattr(people, name) == 1.0).all()
    assert planted.everyone() == [-1] * 7 and world.truths["planted"] == {}
    assert set(world.truths["leads"]["channel_factors"].values()) == {1.0}
    assert set(world.layout.teams.kind.tolist()) <= {0, 1}
    assert not world.calls.is_padded.any() and (world.deals.signed_day == world.deals.ready_day).all()
    assert people.hired_day.max() < day_number(world.layout.spec.start) - 90
    assert world.layout.rates.wobble.std() == pytest.approx(0.05, abs=0.005)


def test_null_people_differ_by_chance_and_wobble_alone() -> None:
    world, usual_p, planted_p = null(), 0.0, 0.0
    usual_p = _dispersion_p(world)
    planted_p = _dispersion_p(usual())
    assert usual_p > 1e-4 > planted_p


def _dispersion_p(world: World) -> float:
    """Chi-square of people's opportunities per deep talk against the common rate, wobble allowed for."""
    found = measure(world)
    chosen = found.ordinary & ~world.calls.is_padded & found.deep
    tried = np.bincount(world.calls.rep[chosen], minlength=60).astype(float)
    won = np.bincount(world.calls.rep[chosen], weights=found.converts[chosen], minlength=60)
    rate = won.sum() / tried.sum()
    seen = tried > 0
    months = len(world.layout.spec.month_starts())
    variance = tried * rate * (1 - rate) + (tried * rate * 0.05) ** 2 / months
    return float(chi2.sf((((won - tried * rate) ** 2)[seen] / variance[seen]).sum(), int(seen.sum()) - 1))


def test_a_typical_month_is_worth_thirty_thousand() -> None:
    world = usual()
    days = world.deals.signed_day
    months = 6
    span = (days >= day_number(date(2026, 5, 1))) & (days < day_number(date(2026, 11, 1)))
    revenue = np.bincount(world.deals.owner[span], world.deals.amount_minor[span] / 100, minlength=60) / months
    owners = world.layout.people.role != RoleCode.SETTER
    plain = owners & np.isin(world.layout.teams.kind[world.layout.people.team], [0, 1])
    assert 24_000 < float(np.median(revenue[plain])) < 38_000


def test_hidden_rates_are_met_where_nothing_is_planted() -> None:
    found = measure(null())
    opportunities = found.world.opportunities
    ripe = found.opened_day < day_number(date(2026, 5, 20))
    assert found.converts[found.deep & found.dialling].mean() == pytest.approx(OPPORTUNITY_PER_DEEP_TALK, abs=0.012)
    assert opportunities.is_won[ripe].mean() == pytest.approx(WIN_RATE, abs=0.03)


@pytest.mark.parametrize(
    "wrong", [{"reps": 10}, {"months": 0}, {"monthly_history": -1}, {"seed": -1}, {"advance_days": -1}]
)
def test_impossible_sizes_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(SpecError):
        replace(SMALL, **wrong)


@pytest.mark.parametrize("reps", [24, 33, 40, 61, 120])
def test_other_sizes_hold_everyone_apart(reps: int) -> None:
    world = generate_world(replace(SMALL, reps=reps, seed=reps, months=1))
    everyone = world.layout.planted.everyone()
    assert min(everyone) >= 0 and len(set(everyone)) == len(everyone)
    assert np.bincount(world.calls.rep, minlength=reps).min() > 0
    assert DemoSpec.from_json(world.layout.spec.as_json()) == world.layout.spec


def test_large_organisations_get_fewer_months() -> None:
    assert (usual_months(60), usual_months(2000)) == (9, 4)
