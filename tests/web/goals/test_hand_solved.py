"""Plans solved by hand: with typed-in rates, with a group whose rates are known, and a few people's own trials.

February 2024 runs from a Thursday to a Thursday: 29 days, 21 of them Monday to Friday.
"""

from __future__ import annotations

import math
from datetime import date, timedelta
from typing import Any

import pytest

from pacemark.engine.periods import sales_month
from pacemark.web.goals.services.plans import work_out
from pacemark.web.organization.models import Leave, Rep
from tests.web.goals.floor import Floor, steady_months, weekdays

FEBRUARY = sales_month("2024-02")
AS_OF = date(2024, 2, 1)
# 行业经验值, as decision and method pages give them: the median deal is 3,000, spread .40, doubt .15.
TYPED_IN_VALUE = 3000 * math.exp((0.40**2 + 0.15**2) / 2)


@pytest.fixture
def floor(db: None) -> Floor:
    return Floor()


def plan(floor: Floor, target: int | None = None, as_of: date = AS_OF) -> dict[str, dict[str, Any]]:
    """Count the facts and plan February; return the documents by name."""
    floor.count()
    typed = {} if target is None else dict.fromkeys(Rep.objects.values_list("pk", flat=True), target * 100)
    return {document["rep"]: document for document in work_out(FEBRUARY, as_of, typed)}


def test_without_any_record_the_typed_in_chain(floor: Floor) -> None:
    for role in ("full_cycle", "setter", "closer"):
        floor.rep(role, role)
    found = plan(floor, 30_000)

    setter = found["setter"]["plans"]["0.5"]
    assert pytest.approx(3286.6286, abs=1e-4) == TYPED_IN_VALUE
    opportunities = 30_000 / TYPED_IN_VALUE / 0.20
    assert setter["opportunities"] == pytest.approx(opportunities, rel=1e-9)
    assert setter["deep_talks"] == pytest.approx(opportunities / 0.25, rel=1e-9)
    assert setter["connects"] == pytest.approx(opportunities / 0.25 / 0.15, rel=1e-9)
    assert setter["dials"] == pytest.approx(opportunities / 0.25 / 0.15 / 0.40, rel=1e-9)
    assert setter["dials"] == pytest.approx(3042.6316, abs=1e-3)
    assert setter["per_day"]["dials"] == {"exact": pytest.approx(3042.6316 / 21, abs=1e-3), "rounded": 145}
    assert setter["per_week"]["dials"]["exact"] == pytest.approx(3042.6316 / 29 * 7, abs=1e-3)

    share = found["full_cycle"]["closing_share"]
    assert 0 < share < 1, "who closes has to close inside the month"
    assert found["setter"]["closing_share"] == 1.0, "a setter's plan ends where the closers' begins"
    for role in ("full_cycle", "closer"):
        even = found[role]["plans"]["0.5"]
        assert even["opportunities"] == pytest.approx(opportunities / share, rel=1e-9)
        assert even["deals"] == pytest.approx(30_000 / TYPED_IN_VALUE, rel=1e-9)
        assert even["pipeline"] == pytest.approx(even["opportunities"] * TYPED_IN_VALUE, rel=1e-9)
    assert found["full_cycle"]["plans"]["0.5"]["dials"] == pytest.approx(3042.6316 / share, rel=1e-6)
    for stage in ("dials", "connects", "deep_talks"):
        assert found["closer"]["plans"]["0.5"][stage] is None
        assert found["closer"]["plans"]["0.5"]["per_day"][stage] is None
    assert set(found["closer"]["rates"]) == {"win_rate"}
    for document in found.values():
        assert "no_history" in document["marks"]
        assert all(rate["from_peers"] == 1.0 for rate in document["rates"].values())


def test_a_floor_that_does_the_same_gets_the_rates_it_shows(floor: Floor) -> None:
    reps = [floor.rep(f"R{number}", "full_cycle") for number in range(8)]
    floor.rep("New", "full_cycle", hired_on=date(2024, 1, 29))
    steady_months(floor, reps, weekdays(date(2023, 11, 1), date(2024, 1, 31)))
    found = plan(floor, 10_000)

    means = {"connect_per_dial": 0.4, "deep_talk_per_connect": 0.5, "opportunity_per_deep_talk": 0.5, "win_rate": 0.25}
    for name in ("R0", "R7", "New"):
        document = found[name]
        for rate, mean in means.items():
            assert document["rates"][rate]["mean"] == pytest.approx(mean, abs=0.004), (name, rate)
        assert document["deal_value"]["mean"] == pytest.approx(1000, rel=1e-4)
        assert document["expected_amount"] == pytest.approx(2000, rel=1e-9)
        # conversion = win rate × deal value ÷ expected amount
        assert document["pipeline_conversion"] == pytest.approx(0.25 * 1000 / 2000, abs=0.002)
    own = found["R0"]["rates"]["connect_per_dial"]
    assert (own["won"], own["tried"], own["raw"]) == (66 * 4, 66 * 10, 0.4)
    assert found["R0"]["capacity_dials_per_day"] == 10
    assert found["R0"]["plans"]["0.5"]["feasible"] is False, "some 400 dials do not fit into 21 days of 10"
    assert found["R0"]["plans"]["0.5"]["dials"] == pytest.approx(10_000 / 1000 / 0.25 / 0.94 / 0.1, rel=0.02)

    new = found["New"]
    assert {"no_history", "no_capacity", "few_deals"} <= set(new["marks"])
    assert "no_history" not in found["R0"]["marks"]
    assert all(rate["from_peers"] == 1.0 and rate["raw"] is None for rate in new["rates"].values())


def test_own_trials_move_the_group_by_the_weight_they_have(floor: Floor) -> None:
    """All on one day, so that age does not matter: x of n against one prior (μ, k) for everybody."""
    day = date(2024, 1, 31)
    trials = {"Few": (20, 4), "Some": (60, 30), "Many": (200, 70), "None": (0, 0)}
    for name, (dials, connects) in trials.items():
        rep = floor.rep(name, "full_cycle")
        if dials:
            floor.dials(rep, day, dials, connects)
    found = {name: document["rates"]["connect_per_dial"] for name, document in plan(floor).items()}

    mu = found["None"]["mean"]
    strengths = []
    for name, (dials, connects) in trials.items():
        if not dials:
            continue
        own = found[name]
        assert (own["won"], own["tried"], own["raw"]) == (connects, dials, connects / dials)
        borrowed = own["from_peers"]
        assert own["mean"] == pytest.approx(borrowed * mu + (1 - borrowed) * own["raw"], abs=1e-9)
        strengths.append(borrowed / (1 - borrowed) * dials)  # from_peers = k / (n + k)
        assert own["interval"][0] < own["mean"] < own["interval"][1]
    assert strengths == pytest.approx([strengths[0]] * 3, rel=1e-9), "one prior for all"
    assert found["Few"]["from_peers"] > found["Some"]["from_peers"] > found["Many"]["from_peers"]


def test_older_trials_count_half_after_a_half_life(floor: Floor) -> None:
    """With too little to learn from, a trial of 90 days ago weighs half of one of today (the start of 3.3)."""
    fresh, stale = floor.rep("Fresh", "full_cycle"), floor.rep("Stale", "full_cycle")
    floor.dials(fresh, AS_OF - timedelta(days=1), 100, 60)
    floor.dials(stale, AS_OF - timedelta(days=91), 200, 120)
    found = {name: document["rates"]["connect_per_dial"] for name, document in plan(floor).items()}

    assert (found["Fresh"]["tried"], found["Stale"]["tried"]) == (100, 200), "n is said as it was"
    assert found["Stale"]["from_peers"] == pytest.approx(found["Fresh"]["from_peers"], rel=1e-6)


def test_when_wins_take_ten_days_the_last_ten_days_cannot_win(floor: Floor) -> None:
    """13 of February's 21 working days leave ten days or more until the 29th."""
    rep = floor.rep("Slow", "full_cycle")
    for day in weekdays(date(2023, 8, 1), date(2024, 1, 10)):
        floor.opportunity(rep, day, won=1000, closed_on=day + timedelta(days=10))
        floor.opportunity(rep, day, won=1000, closed_on=day + timedelta(days=10))
    share = plan(floor, 10_000)["Slow"]["closing_share"]

    assert share == pytest.approx(13 / 21, abs=0.03)


def test_the_open_pipeline_is_counted_and_taken_off_the_need(floor: Floor) -> None:
    rep = floor.rep("R", "closer")
    steady = weekdays(date(2023, 10, 2), date(2024, 1, 31))
    for number, day in enumerate(steady):
        if number % 4:
            floor.opportunity(rep, day, state="lost", closed_on=day)
        else:
            floor.opportunity(rep, day, won=1000)
    before = plan(floor, 10_000)["R"]
    for _ in range(4):
        floor.opportunity(rep, date(2024, 1, 31))
    floor.opportunity(rep, date(2024, 1, 31), state="unqualified")
    floor.opportunity(rep, date(2024, 2, 1))  # not known yet
    after = plan(floor, 10_000)["R"]

    assert before["open_pipeline"] == {"count": 0, "chance": 0.0}
    assert after["open_pipeline"]["count"] == 4
    chance = after["open_pipeline"]["chance"]
    assert 0 < chance < 1
    expected = 4 * chance * after["deal_value"]["mean"]
    assert after["expected_from_open"] == pytest.approx(expected, rel=1e-9)
    win, value, share = after["rates"]["win_rate"]["mean"], after["deal_value"]["mean"], after["closing_share"]
    need = (10_000 - expected) / (win * value * share)
    assert after["plans"]["0.5"]["opportunities"] == pytest.approx(need, rel=1e-9)


def test_in_the_middle_of_the_month_what_is_booked_counts_net_of_refunds(floor: Floor) -> None:
    rep, setter = floor.rep("R", "full_cycle"), floor.rep("S", "setter")
    floor.deal(rep, date(2024, 1, 31), 9_999)  # last month's
    kept = floor.deal(rep, date(2024, 2, 2), 4_000)
    floor.refund(kept, date(2024, 2, 5), 1_500)
    floor.deal(rep, date(2024, 2, 14), 7_777)  # signed on as_of: not known yet
    floor.deal(setter, date(2024, 2, 2), 500)
    found = plan(floor, 10_000, as_of=date(2024, 2, 14))

    assert found["R"]["booked"] == 2_500
    assert found["R"]["days"] == 12, "14 to 29 February, Monday to Friday"
    win, value = found["R"]["rates"]["win_rate"]["mean"], found["R"]["deal_value"]["mean"]
    need = (10_000 - 2_500) / (win * value * found["R"]["closing_share"])
    assert found["R"]["plans"]["0.5"]["opportunities"] == pytest.approx(need, rel=1e-9)
    assert found["S"]["booked"] == 0, "a setter's plan ends at opportunities"


def test_what_is_booked_above_the_target_needs_nothing_more(floor: Floor) -> None:
    rep = floor.rep("R", "full_cycle")
    floor.deal(rep, date(2024, 2, 2), 12_000)
    even = plan(floor, 10_000, as_of=date(2024, 2, 14))["R"]["plans"]["0.5"]

    assert (even["opportunities"], even["dials"], even["odds"], even["feasible"]) == (0, 0, 1.0, None)


def test_opportunities_without_an_own_talk_are_direct(floor: Floor) -> None:
    rep, giver, closer = floor.rep("R", "full_cycle"), floor.rep("G", "full_cycle"), floor.rep("C", "closer")
    day = date(2024, 1, 15)
    own, given = floor.dials(rep, day, 10, 5, 3), floor.dials(giver, day, 10, 5, 3)
    for number in range(3):
        floor.opportunity(rep, day, talk=own[number])
        floor.opportunity(rep, day, talk=given[number])
    for _ in range(3):
        floor.opportunity(rep, day)
        floor.opportunity(closer, day)
    found = plan(floor, 50_000)

    # Six in the last ninety days, which hold 64 2/7 weekdays; February has 21.
    assert found["R"]["direct_opportunities"] == pytest.approx(6 / (90 * 5 / 7) * 21, rel=1e-9)
    assert found["R"]["direct_opportunities"] == pytest.approx(1.96)
    assert found["G"]["direct_opportunities"] == 0
    assert found["C"]["direct_opportunities"] == 0, "all of a closer's are given; their plan starts from them"
    even = found["R"]["plans"]["0.5"]
    assert even["opportunities"] - even["opportunities_from_talks"] == pytest.approx(1.96)


def test_leave_and_leaving_shorten_the_month(floor: Floor) -> None:
    away, leaver, plain = floor.rep("Away"), floor.rep("Leaver", left_on=date(2024, 2, 15)), floor.rep("Plain")
    Leave.objects.create(rep=away, first_day=date(2024, 1, 30), last_day=date(2024, 2, 9))
    Leave.objects.create(rep=plain, first_day=date(2024, 3, 1), last_day=date(2024, 3, 9))
    floor.rep("Gone", left_on=date(2024, 1, 15))
    floor.rep("Later", valid_from=date(2024, 2, 2))
    found = plan(floor, 10_000)

    assert {name: document["days"] for name, document in found.items()} == {"Away": 14, "Leaver": 10, "Plain": 21}
    assert leaver.pk == found["Leaver"]["rep_id"]


def test_nobody_to_plan_for_is_no_plan(floor: Floor) -> None:
    assert work_out(FEBRUARY, AS_OF) == []


def test_a_whole_month_of_leave_leaves_no_pace_and_no_nonsense(floor: Floor) -> None:
    rep = floor.rep("Away", "full_cycle")
    Leave.objects.create(rep=rep, first_day=date(2024, 2, 1), last_day=date(2024, 2, 29))
    document = plan(floor, 10_000)["Away"]

    assert document["days"] == 0
    assert document["plans"]["0.5"]["per_day"]["dials"] is None
