"""Setters, closers and newcomers: whose rates they get, and that nobody gets infinity."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pacemark.engine.periods import sales_month
from pacemark.web.goals.pages.maths import maths_of
from pacemark.web.goals.services.plans import work_out
from pacemark.web.organization.models import Membership, Rep
from pacemark.web.pipeline.models import Call, Deal, Opportunity, Refund
from tests.web.goals.floor import Floor, steady_months, weekdays

FEBRUARY = sales_month("2024-02")
AS_OF = date(2024, 2, 1)
WORK = ("dials", "connects", "deep_talks", "opportunities_from_talks")


@pytest.fixture
def floor(db: None) -> Floor:
    return Floor()


def _plan(floor: Floor) -> dict[str, dict[str, Any]]:
    floor.count()
    return {document["rep"]: document for document in work_out(FEBRUARY, AS_OF)}


def test_roles_are_told_from_the_records_and_stated_ones_hold(floor: Floor) -> None:
    """Thousands of dials and no deal; ten dials and every deal."""
    setter, closer, stated = floor.rep("Dials"), floor.rep("Closes"), floor.rep("Stated", "full_cycle")
    steady_months(floor, [setter, stated], weekdays(date(2023, 9, 1), date(2024, 1, 31)), [closer])
    floor.dials(closer, date(2024, 1, 31), 10, 8, 1)
    found = _plan(floor)

    assert {name: document["role"] for name, document in found.items()} == {
        "Dials": "setter", "Closes": "closer", "Stated": "full_cycle",
    }  # fmt: skip
    assert {name for name, document in found.items() if "role_told" in document["marks"]} == {"Dials", "Closes"}

    dials, closes = found["Dials"], found["Closes"]
    for rate, mean in (("connect_per_dial", 0.4), ("deep_talk_per_connect", 0.5), ("opportunity_per_deep_talk", 0.5)):
        assert dials["rates"][rate]["mean"] == pytest.approx(mean, abs=0.02)
        assert rate not in closes["rates"], "a closer has no dials to plan"
    assert dials["rates"]["win_rate"]["tried"] == 0
    assert dials["rates"]["win_rate"]["mean"] == pytest.approx(closes["rates"]["win_rate"]["mean"], abs=0.01)
    assert "group_win_rate" in dials["marks"]
    assert dials["plans"]["0.5"]["dials"] > 0
    assert closes["rates"]["win_rate"]["tried"] == 2 * 109
    for confidence in ("0.5", "0.8", "0.9"):
        assert all(closes["plans"][confidence][stage] is None for stage in WORK)
        assert closes["plans"][confidence]["per_week"]["opportunities"]["exact"] > 0


def test_a_setters_own_few_opportunities_do_not_spoil_anyones_win_rate(floor: Floor) -> None:
    setter, closer = floor.rep("S", "setter"), floor.rep("C", "closer")
    steady_months(floor, [setter], weekdays(date(2023, 11, 1), date(2024, 1, 31)), [closer])
    before = _plan(floor)
    for _ in range(50):
        floor.opportunity(setter, date(2024, 1, 15), state="lost", closed_on=date(2024, 1, 15))
    after = _plan(floor)

    for name in ("S", "C"):
        assert after[name]["rates"]["win_rate"]["mean"] == before[name]["rates"]["win_rate"]["mean"]


def test_a_closers_few_dials_do_not_spoil_anyones_connects(floor: Floor) -> None:
    setter, closer = floor.rep("S", "setter"), floor.rep("C", "closer")
    steady_months(floor, [setter], weekdays(date(2023, 11, 1), date(2024, 1, 31)), [closer])
    before = _plan(floor)["S"]["rates"]["connect_per_dial"]
    floor.dials(closer, date(2024, 1, 31), 200, 0)

    assert _plan(floor)["S"]["rates"]["connect_per_dial"]["mean"] == before["mean"]


def test_who_has_nothing_gets_the_group_and_is_marked(floor: Floor) -> None:
    reps = [floor.rep(f"R{number}", "full_cycle") for number in range(4)]
    new = floor.rep("New", "full_cycle")
    steady_months(floor, reps, weekdays(date(2023, 12, 1), date(2024, 1, 31)))
    found = _plan(floor)

    for name, rate in found["New"]["rates"].items():
        others = [found[rep.name]["rates"][name]["mean"] for rep in reps]
        assert min(others) - 0.01 <= rate["mean"] <= max(others) + 0.01
        assert (rate["raw"], rate["tried"], rate["from_peers"]) == (None, 0, 1.0)
        low, high = rate["interval"]
        own_low, own_high = found["R0"]["rates"][name]["interval"]
        assert high - low > own_high - own_low, "knowing less is said by a wider interval"
    assert "no_history" in found["New"]["marks"]
    assert new.pk == found["New"]["rep_id"]
    assert found["New"]["target"] > 0


# --- whatever the organisation ----------------------------------------------------------------------------------------


def _random_floor(floor: Floor, seed: int) -> None:
    """Write a small organisation with odd corners: idle people, absurd rates, deals without amounts, all on one day."""
    chance = random.Random(seed)
    reps = [
        floor.rep(f"N{number}", chance.choice(["", "", "full_cycle", "setter", "closer"]), **_employment(chance))
        for number in range(chance.randint(1, 6))
    ]
    for _ in range(chance.randint(0, 25)):
        rep, day = chance.choice(reps), AS_OF - timedelta(days=chance.choice([0, 1, 5, 30, 200, 800]))
        n_dials = chance.choice([1, 7, 60])
        connects = chance.choice([0, n_dials, n_dials // 2])
        talks = floor.dials(rep, day, n_dials, connects, chance.choice([0, connects]))
        owner = chance.choice([*reps, None])
        for talk in talks[: chance.choice([0, 1, len(talks)])]:
            lag = timedelta(days=chance.choice([0, 3, 400]))
            won = chance.choice([None, None, 1, 50_000_000])
            closed_on = day + lag if won else None
            floor.opportunity(owner, day, talk=talk, won=won, closed_on=closed_on, expected=chance.choice([None, 1]))
        if chance.random() < 0.3:
            deal = floor.deal(owner, day, chance.choice([None, 0, 3_000]))
            if deal.amount_minor:
                floor.refund(deal, day, 3_000)


def _employment(chance: random.Random) -> dict[str, Any]:
    return chance.choice([{}, {}, {"hired_on": date(2024, 1, 25)}, {"left_on": date(2024, 2, 2)}])


def _numbers(value: Any) -> Iterator[float]:
    if isinstance(value, dict):
        for item in value.values():
            yield from _numbers(item)
    elif isinstance(value, list):
        for item in value:
            yield from _numbers(item)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield value


@given(seed=st.integers(0, 10**6), target=st.sampled_from([None, 0, 1, 30_000_00, 10**12]))
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_plan_of_any_floor_is_finite_and_hangs_together(floor: Floor, seed: int, target: int | None) -> None:
    for model in (Refund, Deal, Opportunity, Call, Membership, Rep):
        model.objects.all().delete()
    _random_floor(floor, seed)
    floor.count()
    people = Rep.objects.values_list("pk", flat=True)
    documents = work_out(FEBRUARY, AS_OF, {} if target is None else dict.fromkeys(people, target))

    assert len(documents) == len(people)
    for document in documents:
        assert json.loads(json.dumps(document, allow_nan=False)) == document
        assert all(math.isfinite(number) for number in _numbers(document))
        for rate in document["rates"].values():
            assert 0 < rate["mean"] < 1
            low, high = rate["interval"]
            assert 0 <= low <= high <= 1
            # The mean of a very skewed rate may lie a little outside its central 80 %.
            assert low - 0.02 <= rate["mean"] <= high + 0.02
            assert 0 <= rate["from_peers"] <= 1
            assert rate["won"] <= rate["tried"]
        assert document["deal_value"]["mean"] > 0
        _hangs_together(document)
        maths_of(document)


def _hangs_together(document: dict[str, Any]) -> None:
    main = "opportunities" if document["role"] == "closer" else "dials"
    needs = []
    for plan in document["plans"].values():
        assert (plan["odds"] is None) == (plan["reason"] is not None)
        assert plan["odds"] is None or 0 <= plan["odds"] <= 1
        assert plan["reason"] is not None or plan[main] is not None, "without a reason there is a number"
        pace = plan["per_day"][main]
        if pace is not None and plan[main] is not None:
            assert pace["exact"] * document["days"] == pytest.approx(plan[main])
            assert -1e-9 <= pace["rounded"] - pace["exact"] < 1 + 1e-9
        if plan["method"] == "solved":
            needs.append(math.inf if plan[main] is None else plan[main])
    assert needs == sorted(needs), "being surer never takes less"
