"""The allocation against a second one: no heaps, no whole numbers, no stretches; every entitlement added up by hand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from fractions import Fraction
from itertools import product
from math import ceil, floor

from hypothesis import given, settings
from hypothesis import strategies as st

from pacemark.engine.resources.allocation import allocate
from pacemark.engine.resources.arrivals import Arrivals, Desk
from pacemark.engine.resources.eligibility import Rep
from pacemark.engine.resources.policy import Policy
from pacemark.engine.resources.turns import Turns
from tests.support.allocations import TEAMS, arrivals

Balances = defaultdict[str, Fraction]


def _parts(balance: Mapping[str, Fraction], weights: Mapping[str, Fraction]) -> tuple[Balances, Balances]:
    """Return each one's part of a lead, and what each is owed before it, apart from what all are behind together."""
    total, common = sum(weights.values(), Fraction(0)), sum((balance[name] for name in weights), Fraction(0))
    part = Balances(Fraction, {name: weight / total for name, weight in weights.items()})
    return part, Balances(Fraction, {name: balance[name] - common * part[name] for name in weights})


def _winner(
    balance: Mapping[str, Fraction], weights: Mapping[str, Fraction], in_all: Mapping[str, Fraction] | None = None
) -> str:
    """Say who is next among the weighted: of those owed something after this lead, the first to be owed it in full.

    ``in_all``: who is owed more than that over all grades goes before, as long as all others get theirs in time.
    """
    part, owed = _parts(balance, weights)
    due = {name: ceil((1 - owed[name]) / part[name]) for name in weights}
    able = [name for name in weights if owed[name] + part[name] > 0]
    first = min(able, key=lambda name: (due[name], -weights[name], name))
    if in_all is None:
        return first

    def leaves_time(chosen: str) -> bool:
        return all(
            sum(max(0, floor(owed[name] + leads * part[name])) for name in weights if name != chosen) < leads
            for leads in range(1, due[chosen])
        )

    more = [name for name in able if in_all[name] > in_all[first]]
    for name in sorted(more, key=lambda name: (-in_all[name], -weights[name], name)):
        if leaves_time(name):
            return name
    return first


def _by_hand(leads: Arrivals, people: list[Rep], shares: Mapping[str, Fraction]) -> list[str | None]:
    teams: defaultdict[str, Balances] = defaultdict(lambda: defaultdict(Fraction))
    mates: Balances = defaultdict(Fraction)
    given_to: defaultdict[str, int] = defaultdict(int)
    owners: list[str | None] = []
    for place, grade in enumerate(leads.grades):
        tags = leads.tags[place] if leads.tags else frozenset()
        able = [
            rep
            for rep in people
            if (rep.cap is None or given_to[rep.id] < rep.cap) and rep.off is None and shares[rep.id]
            if not rep.skills or not tags - rep.skills
        ]
        if not able:
            owners.append(None)
            continue
        weights: Balances = defaultdict(Fraction)
        for rep in able:
            weights[rep.team] += shares[rep.id]
        teams[grade].update({})  # this grade is known from now on
        in_all: Balances = defaultdict(Fraction)
        for balances in teams.values():
            for name, balance in balances.items():
                in_all[name] += balance
        team = _winner(teams[grade], weights, in_all if len(teams) > 1 else None)
        for name, weight in weights.items():
            teams[grade][name] += weight / sum(weights.values()) - (name == team)
        inside = {rep.id: shares[rep.id] for rep in able if rep.team == team}
        owner = _winner(mates, inside)
        for name, weight in inside.items():
            mates[name] += weight / sum(inside.values()) - (name == owner)
        given_to[owner] += 1
        owners.append(owner)
    return owners


@settings(max_examples=150)
@given(arrivals(tagged=True), st.data())
def test_every_owner_is_the_one_found_by_hand(leads: Arrivals, data: st.DataObject) -> None:
    kinds = st.sampled_from([frozenset(), frozenset({"beijing"})])
    people = [
        Rep(
            id=f"r{place}",
            team=data.draw(st.sampled_from(TEAMS)),
            cap=data.draw(st.one_of(st.none(), st.integers(0, 12))),
            off=data.draw(st.sampled_from([None, None, None, "away"])),
            skills=data.draw(kinds),
        )
        for place in range(data.draw(st.integers(1, 6)))
    ]
    weights = [data.draw(st.integers(0, 6)) for _ in people]
    # With totals up to forty every fraction is on the ledger's grid, so that both ways are exact to the end.
    shares = {rep.id: Fraction(weight, max(1, sum(weights))) for rep, weight in zip(people, weights, strict=True)}
    desk = Desk(reps=people, policy=Policy(order="arrival"), shares=shares)

    assert allocate(leads, desk, evidence=data.draw(st.booleans())).owners == _by_hand(leads, people, shares)


def _all_within_one(weights: tuple[int, ...], n_leads: int) -> set[tuple[int, ...]]:
    """Return every series of winners in which nobody is ever a whole lead off, found by trying all of them."""
    total, found = sum(weights), set()
    for series in product(range(len(weights)), repeat=n_leads):
        got = [0] * len(weights)
        for step, member in enumerate(series, 1):
            got[member] += 1
            if any(abs(count * total - step * weight) >= total for count, weight in zip(got, weights, strict=True)):
                break
        else:
            found.add(series)
    return found


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(1, 6), min_size=1, max_size=3), st.integers(1, 8))
def test_turns_are_among_all_series_that_keep_within_one(weights: list[int], n_leads: int) -> None:
    ordered = tuple(sorted(weights, reverse=True))

    assert tuple(Turns(ordered, [0] * len(ordered), 1).serve_many(n_leads)) in _all_within_one(ordered, n_leads)


@given(st.lists(st.integers(1, 10**15), min_size=1, max_size=30), st.integers(1, 400))
def test_turns_keep_within_one_for_any_weights(weights: list[int], n_leads: int) -> None:
    ordered = sorted(weights, reverse=True)
    total, got = sum(ordered), [0] * len(ordered)
    for step, member in enumerate(Turns(ordered, [0] * len(ordered), 1).serve_many(n_leads), 1):
        got[member] += 1
        assert all(abs(n * total - step * weight) < total for n, weight in zip(got, ordered, strict=True))
