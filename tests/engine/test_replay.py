"""Replay: the record comes out again under its own rule, another rule moves leads and loses none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from pacemark.engine.resources.allocation import allocate
from pacemark.engine.resources.arrivals import Arrivals, Desk
from pacemark.engine.resources.eligibility import Rep, served
from pacemark.engine.resources.ledger import Ledger
from pacemark.engine.resources.policy import Policy
from pacemark.engine.resources.replay import ReplayBatch, replay
from tests.support.allocations import arrivals, arrivals_from, desks, part_of


def _live(leads: Arrivals, desk: Desk, sizes: Sequence[int]) -> list[ReplayBatch]:
    """Allocate in batches as on the floor, and record what happened with the states of the time."""
    batches, ledger, reps, first = [], Ledger(), tuple(desk.reps), 0
    for place, size in enumerate(sizes):
        part = part_of(leads, first, first + size)
        now = replace(desk, reps=reps)
        run = allocate(part, now, ledger)
        batches.append(ReplayBatch(day=f"d{place}", month="m", arrivals=part, desk=now, recorded=list(run.owners)))
        ledger, reps, first = run.ledger, served(reps, run.received), first + size
        # Some of what was held is worked off before the next batch, as the record will show.
        reps = tuple(replace(rep, held=max(0, rep.held - place), held_day=0) for rep in reps)
    return batches


@settings(max_examples=60)
@given(arrivals(tagged=True), desks(limited=True), st.lists(st.integers(1, 25), min_size=1, max_size=5))
def test_under_its_own_rule_every_owner_is_reproduced(leads: Arrivals, desk: Desk, sizes: list[int]) -> None:
    batches = _live(leads, desk, sizes)
    summary = replay(batches)

    assert list(summary.owners) == [owner for batch in batches for owner in batch.recorded or ()]
    assert summary.n_changed == 0


@settings(max_examples=40)
@given(arrivals(tagged=True), desks(limited=True), st.lists(st.integers(1, 25), min_size=1, max_size=5))
def test_another_rule_loses_nobody_and_sums_agree(leads: Arrivals, desk: Desk, sizes: list[int]) -> None:
    draft = Policy(base=Fraction(1, 4), reward=Fraction(3, 4), order="arrival")
    batches = [replace(one, desk=replace(one.desk, policy=draft)) for one in _live(leads, desk, sizes)]
    summary = replay(batches)
    counts = Counter(summary.owners)

    assert len(summary.owners) == sum(len(batch.arrivals.ids) for batch in batches)
    assert summary.n_unassigned == counts[None]
    assert {row.id: row.n_leads for row in summary.reps} == {row.id: counts[row.id] for row in summary.reps}
    for rows in (summary.reps, summary.teams):
        assert sum(row.n_leads for row in rows) == len(summary.owners) - counts[None]
        assert all(sum(row.by_grade.values()) == row.n_leads for row in rows)
        assert abs(sum(row.deviation for row in rows)) < Fraction(1, 10**12)


def test_what_the_draft_gives_counts_against_its_own_caps() -> None:
    reps = [Rep(id="a", score=Fraction(3), cap_month=4), Rep(id="b", score=Fraction(1))]
    equal, rewards = Policy(), Policy(base=Fraction(0), reward=Fraction(1))
    recorded, batches = [0, 0], []
    for place in range(4):
        states = [replace(reps[0], held_month=recorded[0]), replace(reps[1], held_month=recorded[1])]
        desk = Desk(reps=states, policy=rewards)
        leads = arrivals_from("AA")
        batches.append(ReplayBatch(day=str(place), month="m", arrivals=leads, desk=desk, recorded=["a", "b"]))
        recorded = [count + 1 for count in recorded]
    summary = replay(batches)

    # By 3 : 1 the first rep would have had 6 of 8, but the month's cap is 4 under any rule.
    assert [row.n_leads for row in summary.reps] == [4, 4]
    assert summary.n_changed is not None
    assert summary.n_changed > 0
    assert replay([replace(one, desk=replace(one.desk, policy=equal)) for one in batches]).n_changed == 0


def test_the_summary_says_what_a_manager_would_ask() -> None:
    reps = [Rep(id="a", team="x"), Rep(id="b", team="x"), Rep(id="c", team="y", off="on_leave")]
    leads = Arrivals(ids=list("12345"), grades=list("AABAB"), scores=[0.5, 0.1, 0.2, 0.1, 0.1])
    full = replace(reps[0], cap=0), replace(reps[1], cap=0), reps[2]
    batches = [
        ReplayBatch(day="1", month="m", arrivals=leads, desk=Desk(reps=reps, policy=Policy(floor=2))),
        ReplayBatch(day="2", month="m", arrivals=leads, desk=Desk(reps=full)),
    ]
    summary = replay(batches)
    by_id = {row.id: row for row in (*summary.reps, *summary.teams)}

    assert sorted((by_id["a"].n_leads, by_id["b"].n_leads)) == [2, 3]
    assert (by_id["x"].n_leads, by_id["x"].by_grade) == (5, {"A": 3, "B": 2})
    assert (by_id["c"].n_leads, by_id["c"].entitled, by_id["y"].n_leads) == (0, 0, 0)
    assert summary.n_unassigned == 5
    assert summary.waiting_codes == {"cap": 10, "on_leave": 5}
    assert by_id["x"].expected_deals is not None
    assert abs(by_id["x"].expected_deals - 1.0) < 1e-12
    assert (by_id["x"].n_below_floor, summary.max_minus_min) == (0, 1)
    assert summary.jain == Fraction(25, 26)
