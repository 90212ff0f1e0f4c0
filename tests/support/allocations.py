"""Random desks and arrivals for the allocation's tests, and the ways to run them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise

from hypothesis import strategies as st

from pacemark.engine.resources.allocation import allocate
from pacemark.engine.resources.arrivals import Arrivals, Desk
from pacemark.engine.resources.eligibility import Rep, Withholding, served
from pacemark.engine.resources.ledger import Ledger, ledger_of
from pacemark.engine.resources.policy import Policy, Team

GRADES = "AB"
TAGS = ("beijing", "maths")
TEAMS = ("t1", "t2", "t3")
HALVES = st.sampled_from([Fraction(0), Fraction(1, 2), Fraction(1)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a series of runs came to."""

    owners: list[str | None]
    counts: Counter[tuple[str, str | None]]
    ledger: Ledger


def arrivals_from(grades: Sequence[str], tags: Sequence[frozenset[str]] | None = None) -> Arrivals:
    """Make arrivals of the grades given."""
    return Arrivals(ids=[f"L{place}" for place in range(len(grades))], grades=list(grades), tags=tags)


def part_of(arrivals: Arrivals, first: int, last: int) -> Arrivals:
    """Cut a chunk out."""
    return Arrivals(
        ids=arrivals.ids[first:last],
        grades=arrivals.grades[first:last],
        tags=None if arrivals.tags is None else arrivals.tags[first:last],
    )


def in_chunks(arrivals: Arrivals, desk: Desk, cuts: Sequence[int], *, evidence: bool = False) -> Outcome:
    """Run the arrivals in chunks that end at the cuts, carrying ledger (through JSON) and counters."""
    ledger, reps = Ledger(), tuple(desk.reps)
    owners: list[str | None] = []
    counts: Counter[tuple[str, str | None]] = Counter()
    borders = sorted({0, len(arrivals.ids), *(cut for cut in cuts if cut < len(arrivals.ids))})
    for first, last in pairwise(borders):
        chunk = part_of(arrivals, first, last)
        run = allocate(chunk, replace(desk, reps=reps), ledger, evidence=evidence)
        owners += run.owners
        counts.update(zip(chunk.grades, run.owners, strict=True))
        ledger = ledger_of(json.loads(json.dumps(run.ledger.as_json())))
        reps = served(reps, run.received)
    return Outcome(owners=owners, counts=counts, ledger=ledger)


@st.composite
def arrivals(draw: st.DrawFn, *, tagged: bool = False, max_size: int = 60) -> Arrivals:
    """Draw leads of two grades."""
    grades = draw(st.lists(st.sampled_from(GRADES), min_size=1, max_size=max_size))
    if not tagged:
        return arrivals_from(grades)
    kinds = st.sampled_from([frozenset(), frozenset({"beijing"}), frozenset(TAGS)])
    return arrivals_from(grades, draw(st.lists(kinds, min_size=len(grades), max_size=len(grades))))


@st.composite
def reps(draw: st.DrawFn, *, limited: bool = False, max_size: int = 6) -> list[Rep]:
    """Draw reps of up to three teams; limited ones have caps, skills, leave and withholdings."""
    found = []
    for place in range(draw(st.integers(1, max_size))):
        rep = Rep(
            id=f"r{place}",
            team=draw(st.sampled_from(TEAMS)),
            score=draw(st.one_of(st.none(), st.integers(0, 4).map(Fraction))),
        )
        if limited:
            rep = replace(
                rep,
                cap=draw(st.one_of(st.none(), st.integers(0, 15))),
                cap_month=draw(st.one_of(st.none(), st.integers(0, 15))),
                held_month=draw(st.integers(0, 3)),
                off=draw(st.sampled_from([None, None, None, None, "on_leave", "off_shift"])),
                skills=draw(st.sampled_from([frozenset(), frozenset({"beijing"}), frozenset(TAGS)])),
                withheld=draw(
                    st.sampled_from([None, None, None, Withholding(base=Fraction(1, 2), reward=Fraction(0))])
                ),
            )
        found.append(rep)
    return found


@st.composite
def desks(draw: st.DrawFn, *, limited: bool = False) -> Desk:
    """Draw a desk whose floor, if any, can be kept in a window of 30 leads."""
    drawn = draw(reps(limited=limited))
    base = draw(HALVES)
    multipliers = [draw(st.sampled_from([Fraction(1, 2), Fraction(1), Fraction(3, 2)])) for _ in TEAMS]
    policy = Policy(base=base, reward=1 - base, order=draw(st.sampled_from(["first_pick", "balanced", "arrival"])))
    if limited:
        policy = replace(
            policy,
            make_up=draw(st.integers(0, 6)),
            floor=draw(st.integers(0, 4)),
            ceiling=draw(st.one_of(st.none(), st.integers(5, 20))),
            window="month",
            expected_leads=30,
        )
    teams = [Team(id=name, multiplier=part) for name, part in zip(TEAMS, multipliers, strict=True)]
    return Desk(reps=drawn, teams=teams, policy=policy)
