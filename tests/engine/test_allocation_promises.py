"""What the allocation promises, on random desks and arrivals."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from pacemark.engine.resources.allocation import allocate
from pacemark.engine.resources.arrivals import Arrivals, Desk
from pacemark.engine.resources.eligibility import Rep, exclusion_of, skills_missing
from pacemark.engine.resources.ledger import Ledger
from pacemark.engine.resources.policy import Policy, Team
from pacemark.engine.resources.seating import Seating
from pacemark.engine.resources.shares import solve_shares
from tests.support.allocations import arrivals, arrivals_from, desks, in_chunks, part_of, reps

CUTS = st.lists(st.integers(1, 60), max_size=6)


@settings(max_examples=80)
@given(arrivals(tagged=True), desks(limited=True), CUTS)
def test_batch_chunks_and_single_leads_come_to_the_same(leads: Arrivals, desk: Desk, cuts: list[int]) -> None:
    whole = in_chunks(leads, desk, [])
    chunks = in_chunks(leads, desk, cuts)
    singles = in_chunks(leads, desk, range(len(leads.ids)), evidence=True)

    assert whole.counts == chunks.counts == singles.counts
    assert whole.ledger == chunks.ledger == singles.ledger


@settings(max_examples=50)
@given(arrivals(), desks(), CUTS)
def test_the_quick_way_decides_as_the_explained_one(leads: Arrivals, desk: Desk, cuts: list[int]) -> None:
    quick, explained = in_chunks(leads, desk, cuts), in_chunks(leads, desk, cuts, evidence=True)

    assert (quick.owners, quick.ledger) == (explained.owners, explained.ledger)


@settings(max_examples=80)
@given(arrivals(tagged=True), desks(limited=True), CUTS)
def test_a_desk_looked_at_once_decides_as_one_looked_at_anew(leads: Arrivals, desk: Desk, cuts: list[int]) -> None:
    shares = solve_shares(desk.reps, desk.teams, desk.policy, desk.policy.expected_leads)
    desk = replace(desk, shares={name: share.share for name, share in shares.items()})
    seating, anew, again = Seating(desk.reps, desk.shares or {}), Ledger(), Ledger()
    borders = sorted({0, len(leads.ids), *(cut for cut in cuts if cut < len(leads.ids))})

    # Each chunk fills caps, guards floors and ends make-ups; the next one opens with the same desk as if nothing had.
    for first, last in pairwise(borders):
        seated = allocate(part_of(leads, first, last), desk, again, seating=seating)
        plain = allocate(part_of(leads, first, last), desk, anew)
        assert seated == plain
        anew, again = plain.ledger, seated.ledger


def test_a_seating_of_other_people_is_not_used() -> None:
    desk = Desk(reps=[Rep(id="a"), Rep(id="b")], shares={"a": Fraction(1, 2), "b": Fraction(1, 2)})
    other = Seating([Rep(id="a"), Rep(id="b", off="on_leave")], desk.shares or {})

    assert set(allocate(arrivals_from("AA"), desk, seating=other).owners) == {"a", "b"}


@settings(max_examples=80)
@given(arrivals(max_size=120), desks())
def test_nobody_is_a_whole_lead_from_what_is_owed_at_any_prefix(leads: Arrivals, desk: Desk) -> None:
    desk = replace(desk, policy=replace(desk.policy, order="arrival"))
    shares = {name: share.share for name, share in solve_shares(desk.reps, desk.teams, desk.policy, None).items()}
    team_of = {rep.id: rep.team for rep in desk.reps}
    teams: dict[str, Fraction] = defaultdict(Fraction)
    for name, share in shares.items():
        teams[team_of[name]] += share
    arrived, of_team = Counter[str](), Counter[tuple[str, str]]()
    got, got_by_team = Counter[str](), Counter[str]()
    owners = allocate(leads, desk, evidence=False).owners

    for grade, owner in zip(leads.grades, owners, strict=True):
        assert owner is not None
        arrived[grade] += 1
        of_team[team_of[owner], grade] += 1
        got[owner] += 1
        got_by_team[team_of[owner]] += 1
        assert all(abs(of_team[team, grade] - arrived[grade] * share) < 1 for team, share in teams.items())
        for name, share in shares.items():
            team = team_of[name]
            if share:
                assert abs(got[name] - got_by_team[team] * share / teams[team]) < 1
            else:
                assert got[name] == 0


@st.composite
def small_teams(draw: st.DrawFn) -> tuple[list[Rep], list[Team]]:
    """Draw up to five teams of one to three reps."""
    sizes = draw(st.lists(st.integers(1, 3), min_size=1, max_size=5))
    multipliers = [Fraction(draw(st.integers(1, 20)), 10) for _ in sizes]
    teams = [Team(id=f"t{place}", multiplier=multiplier) for place, multiplier in enumerate(multipliers)]
    scores = st.integers(0, 9).map(Fraction)
    people = [
        Rep(id=f"r{place}-{n}", team=f"t{place}", score=draw(scores))
        for place, size in enumerate(sizes)
        for n in range(size)
    ]
    return people, teams


@settings(max_examples=60, deadline=None)
@given(small_teams(), st.lists(st.sampled_from("ABCD"), min_size=1, max_size=120), CUTS)
def test_grades_make_up_for_each_other_so_that_small_teams_do_not_drift(
    floor: tuple[list[Rep], list[Team]], grades: list[str], cuts: list[int]
) -> None:
    people, teams = floor
    policy = Policy(base=Fraction(3, 5), reward=Fraction(2, 5), order="arrival")
    desk, leads = Desk(reps=people, teams=teams, policy=policy), arrivals_from(grades)
    shares = {name: share.share for name, share in solve_shares(people, teams, policy, None).items()}
    team_of = {rep.id: rep.team for rep in people}
    of_team: dict[str, Fraction] = defaultdict(Fraction)
    for name, share in shares.items():
        of_team[team_of[name]] += share
    arrived, got, got_in_grade = Counter[str](), Counter[str](), Counter[tuple[str, str]]()
    whole = in_chunks(leads, desk, [])

    for place, (grade, owner) in enumerate(zip(grades, whole.owners, strict=True), 1):
        assert owner is not None
        arrived[grade] += 1
        got[owner] += 1
        got_in_grade[team_of[owner], grade] += 1
        assert all(abs(got_in_grade[team, grade] - arrived[grade] * share) < 1 for team, share in of_team.items())
        assert all(abs(got[name] - place * share) < 2 for name, share in shares.items())
    assert whole == in_chunks(leads, desk, cuts) == in_chunks(leads, desk, range(len(grades)), evidence=True)


def test_the_first_lead_of_every_grade_does_not_go_to_the_same_team() -> None:
    people = [Rep(id="a", team="x"), Rep(id="b", team="y")]
    desk = Desk(reps=people, teams=[Team(id="x", multiplier=Fraction(3, 2)), Team(id="y")])
    run = allocate(arrivals_from([f"grade {n}" for n in range(20)]), desk)

    assert run.received == {"a": 12, "b": 8}


@given(st.lists(st.integers(0, 9), min_size=1, max_size=8), st.integers(1, 150))
def test_with_one_team_and_one_grade_a_rep_is_within_one_outright(scores: list[int], n_leads: int) -> None:
    desk = Desk(
        reps=[Rep(id=str(place), score=Fraction(score)) for place, score in enumerate(scores)],
        policy=Policy(base=Fraction(1, 3), reward=Fraction(2, 3)),
    )
    run = allocate(arrivals_from("A" * n_leads), desk)

    assert all(abs(run.received[name] - n_leads * share) < 1 for name, share in run.shares.items())
    assert all(abs(decision.rep_level.after) < 1 for decision in run.decisions)


@settings(max_examples=50)
@given(arrivals(), desks(), st.randoms(use_true_random=False))
def test_the_order_in_which_reps_are_listed_changes_nothing(leads: Arrivals, desk: Desk, random: object) -> None:
    shuffled = list(desk.reps)
    random.shuffle(shuffled)  # type: ignore[attr-defined]

    assert allocate(leads, replace(desk, reps=shuffled)).owners == allocate(leads, desk).owners


@settings(max_examples=50)
@given(arrivals(), desks(), st.permutations(range(6)))
def test_names_matter_only_among_equal_shares(leads: Arrivals, desk: Desk, places: list[int]) -> None:
    renamed = [replace(rep, id=f"x{places[place]}") for place, rep in enumerate(desk.reps)]
    run, other = allocate(leads, desk), allocate(leads, replace(desk, reps=renamed))

    def counts(allocation: object, people: list[Rep]) -> Counter[tuple[object, ...]]:
        shares, received = allocation.shares, allocation.received  # type: ignore[attr-defined]
        return Counter((rep.team, shares[rep.id], received[rep.id]) for rep in people)

    assert counts(run, list(desk.reps)) == counts(other, renamed)


@settings(max_examples=80)
@given(arrivals(tagged=True), desks(limited=True))
def test_nobody_who_may_not_is_served_and_nothing_is_lost(leads: Arrivals, desk: Desk) -> None:
    run = allocate(leads, desk)
    by_id = {rep.id: rep for rep in desk.reps}
    waiting = {lead.lead: lead for lead in run.waiting}

    for place, owner in enumerate(run.owners):
        assert (owner is None) == (leads.ids[place] in waiting)
        if owner is not None:
            assert exclusion_of(by_id[owner]) is None
            assert leads.tags is not None
            assert skills_missing(by_id[owner], leads.tags[place]) is None
    for rep in desk.reps:
        assert rep.room is None or run.received[rep.id] <= rep.room
    assert sum(run.received.values()) + len(waiting) == len(leads.ids)
    assert all(set(lead.exclusions) == set(by_id) for lead in run.waiting)
    for accounts in (run.ledger.teams, run.ledger.reps):
        entitled = sum((account.entitled for account in accounts.values()), Fraction(0))
        # Caps end stretches, and what is rounded then is a millionth of a millionth of a lead.
        assert abs(entitled - sum(account.received for account in accounts.values())) < Fraction(1, 10**12)
        assert sum(account.received for account in accounts.values()) == sum(run.received.values())


@settings(max_examples=80)
@given(st.data())
def test_floors_hold_wherever_they_can(data: st.DataObject) -> None:
    people = data.draw(reps())
    n_leads = data.draw(st.integers(1, 80))
    floor = data.draw(st.integers(0, n_leads // len(people)))
    leads = arrivals_from(data.draw(st.lists(st.sampled_from("ABC"), min_size=n_leads, max_size=n_leads)))
    multipliers = st.sampled_from([Fraction(1, 10), Fraction(1), Fraction(7, 3)])
    teams = [Team(id=name, multiplier=data.draw(multipliers)) for name in ("t1", "t2", "t3")]
    policy = Policy(base=Fraction(1, 2), reward=Fraction(1, 2), floor=floor)
    run = allocate(leads, Desk(reps=people, teams=teams, policy=policy))

    assert min(run.received.values()) >= floor
    assert sum(run.received.values()) == n_leads


@settings(max_examples=50)
@given(arrivals(), desks(), st.integers(1, 30))
def test_a_ceiling_is_never_passed_and_the_rest_waits(leads: Arrivals, desk: Desk, ceiling: int) -> None:
    run = allocate(leads, replace(desk, policy=replace(desk.policy, ceiling=ceiling)))

    n_able = sum(1 for share in run.shares.values() if share)
    assert max(run.received.values()) <= ceiling
    assert sum(run.received.values()) == min(len(leads.ids), n_able * ceiling)


def test_a_ceiling_of_nothing_lets_everything_wait() -> None:
    run = allocate(arrivals_from("A"), Desk(reps=[Rep(id="a"), Rep(id="b")], policy=Policy(ceiling=0)))

    assert run.owners == [None]
    assert {exclusion.code for exclusion in run.waiting[0].exclusions.values()} == {"ceiling"}


@settings(max_examples=40)
@given(st.integers(2, 6), st.integers(0, 8), st.lists(st.integers(1, 40), min_size=2, max_size=2))
def test_a_leave_is_made_up_for_by_at_most_what_the_policy_says(heads: int, make_up: int, days: list[int]) -> None:
    def day(off: str | None, n_leads: int, ledger: object = None) -> object:
        people = [Rep(id=f"r{place}", off=off if place == 0 else None) for place in range(heads)]
        desk = Desk(reps=people, policy=Policy(make_up=make_up))
        carried = () if ledger is None else (ledger,)
        return allocate(arrivals_from("A" * n_leads), desk, *carried, evidence=False)  # type: ignore[arg-type]

    away = day("on_leave", days[0])
    back = day(None, 240, away.ledger)  # type: ignore[attr-defined]
    extra = back.received["r0"] - Fraction(240, heads)  # type: ignore[attr-defined]
    missed = Fraction(days[0], heads)

    assert away.received["r0"] == 0  # type: ignore[attr-defined]
    assert extra <= make_up + 1
    assert abs(extra - min(missed, make_up)) < 2
