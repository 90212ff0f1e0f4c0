"""Attainment: every sum is that of the facts to the last minor unit, whatever happened to deals and people."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pacemark.web.organization.models import Grade, GradeQuota, Membership, Region, Team
from pacemark.web.pipeline.models import Deal
from pacemark.web.pipeline.queries.totals import TotalsBy, totals_over
from pacemark.web.results.bridge.credit import SplitDeal, moves_of
from pacemark.web.results.models import CreditShare
from pacemark.web.results.queries.attainment import Attained, Sight, attained
from pacemark.web.results.queries.spans import span_asked
from tests.web.goals.floor import Floor

pytestmark = pytest.mark.django_db
EVERYTHING = Sight(rep_ids=None, team_ids=None)
FEBRUARY = {"at": "2024-02"}


def _share(deal: Deal, *parts: tuple[int, int]) -> None:
    CreditShare.objects.bulk_create([CreditShare(deal=deal, rep_id=rep_id, share_bp=share) for rep_id, share in parts])


def _net(found: Attained, rep_id: int) -> int:
    line = found.person(rep_id)
    assert line is not None
    return line.net_minor


def _agrees_with_the_facts(found: Attained) -> None:
    facts = totals_over(found.span.first, found.span.last, TotalsBy.TEAM)
    rest = sum(line.net_minor for line in (found.gone, found.nobody) if line)
    assert found.whole.net_minor == facts.totals.net_revenue_minor
    assert sum(line.net_minor for line in found.people) + rest == found.whole.net_minor
    assert sum(line.net_minor for line in found.teams) == found.whole.net_minor
    assert sum(line.net_minor for line in found.regions) == found.whole.net_minor
    if not CreditShare.objects.exists():
        assert {line.unit_id: line.net_minor for line in found.teams if line.net_minor} == {
            row.key: row.totals.net_revenue_minor for row in facts.rows if row.totals.net_revenue_minor
        }


def test_split_credit_moves_money_and_no_sum() -> None:
    floor = Floor()
    owner, helper = floor.rep("Owner"), floor.rep("Helper")
    deal = floor.deal(owner, date(2024, 2, 5), 100)
    floor.refund(deal, date(2024, 2, 20), 33)
    floor.deal(owner, date(2024, 2, 6), 10)
    floor.count()
    _share(deal, (owner.pk, 6_667), (helper.pk, 3_333))

    found = attained(span_asked(**FEBRUARY), EVERYTHING)

    # 100.00 → 66.67 + 33.33; 33.00 back by what each has → 22.00 + 11.00
    assert (_net(found, owner.pk), _net(found, helper.pk)) == (6_667 - 2_200 + 1_000, 3_333 - 1_100)
    helped = found.person(helper.pk)
    assert helped is not None
    assert (helped.won_minor, helped.refunds_minor, helped.moved_minor) == (3_333, 1_100, 2_233)
    _agrees_with_the_facts(found)


def test_a_refund_of_a_later_month_takes_from_those_who_were_credited() -> None:
    floor = Floor()
    owner, helper = floor.rep("Owner"), floor.rep("Helper")
    deal = floor.deal(owner, date(2024, 1, 5), 100)
    floor.refund(deal, date(2024, 2, 20), 50)
    floor.count()
    _share(deal, (helper.pk, 10_000))

    january, february = (attained(span_asked(at=at), EVERYTHING) for at in ("2024-01", "2024-02"))

    assert (_net(january, owner.pk), _net(january, helper.pk)) == (0, 10_000)
    assert (_net(february, owner.pk), _net(february, helper.pk)) == (0, -5_000)
    _agrees_with_the_facts(january)
    _agrees_with_the_facts(february)


def test_more_given_back_than_the_deal_brought_reconciles() -> None:
    floor = Floor()
    owner, helper = floor.rep("Owner"), floor.rep("Helper")
    deal = floor.deal(owner, date(2024, 2, 5), 100)
    floor.refund(deal, date(2024, 2, 6), 80)
    floor.refund(deal, date(2024, 2, 7), 50)
    floor.count()
    _share(deal, (owner.pk, 5_000), (helper.pk, 5_000))

    found = attained(span_asked(**FEBRUARY), EVERYTHING)

    # both are back at 0 after 100.00; the 30.00 beyond stays where the facts count it
    assert (_net(found, owner.pk), _net(found, helper.pk)) == (-3_000, 0)
    _agrees_with_the_facts(found)


def test_a_deal_that_nobody_owns_is_a_line_of_its_own() -> None:
    floor = Floor()
    rep = floor.rep("Rep")
    floor.deal(None, date(2024, 2, 5), 70)
    credited = floor.deal(None, date(2024, 2, 6), 30)
    floor.count()
    _share(credited, (rep.pk, 10_000))

    found = attained(span_asked(**FEBRUARY), EVERYTHING)

    assert found.nobody is not None
    assert (found.nobody.net_minor, _net(found, rep.pk)) == (7_000, 3_000)
    _agrees_with_the_facts(found)


def test_who_changes_team_counts_where_they_stood_and_is_asked_there() -> None:
    floor = Floor()
    region = Region.objects.create(name="North")
    other = Team.objects.create(name="Team 2", region=region)
    grade = Grade.objects.create(name="P1", ordinal=1)
    GradeQuota.objects.create(grade=grade, valid_from=date(2020, 1, 1), quota_minor=300_000)
    mover = floor.rep("Mover", grade=grade, hired_on=date(2020, 1, 1))
    Membership.objects.filter(rep=mover).update(valid_to=date(2024, 2, 15))
    Membership.objects.create(rep=mover, team=other, grade=grade, valid_from=date(2024, 2, 15))
    for day in (14, 15, 16):
        floor.deal(mover, date(2024, 2, day), 100)
    floor.count()

    found = attained(span_asked(**FEBRUARY), EVERYTHING)

    nets = {line.unit_id: line.net_minor for line in found.teams}
    assert (nets[floor.team.pk], nets[other.pk]) == (10_000, 20_000)
    asked = {line.unit_id: line.target_minor for line in found.teams}
    whole = found.whole.target_minor
    assert whole is not None
    # 21 working days (no holidays kept): ten before the 15th, eleven from then on
    assert asked[floor.team.pk] == round(whole * 10 / 21)
    assert (asked[floor.team.pk] or 0) + (asked[other.pk] or 0) == whole
    _agrees_with_the_facts(found)

    behind = attained(span_asked(**FEBRUARY), Sight(rep_ids=frozenset(), team_ids=frozenset({floor.team.pk})))
    assert behind.people == ()
    assert behind.gone is not None
    assert behind.gone.net_minor == behind.whole.net_minor == 10_000


def test_people_who_are_gone_keep_their_money_and_a_name_or_none() -> None:
    floor = Floor()
    left, deleted = floor.rep("Left", left_on=date(2024, 2, 10)), floor.rep("Deleted")
    floor.deal(left, date(2024, 2, 5), 10)
    floor.deal(deleted, date(2024, 2, 5), 20)
    floor.count()
    deleted_id = deleted.pk
    deleted.delete()

    found = attained(span_asked(**FEBRUARY), EVERYTHING)

    gone = found.person(deleted_id)
    assert gone is not None
    assert (gone.name, gone.net_minor, _net(found, left.pk)) == ("", 2_000, 1_000)
    _agrees_with_the_facts(found)


@pytest.mark.parametrize(("won", "outcome"), [(1_200, "promoted"), (900, "kept"), (899, "missed")])
def test_a_quarter_that_is_over_keeps_raises_or_misses_the_grade(won: int, outcome: str) -> None:
    floor = Floor()
    low, high = (Grade.objects.create(name=f"P{number}", ordinal=number) for number in (1, 2))
    for grade, quota in ((low, 90_000), (high, 120_000)):
        GradeQuota.objects.create(grade=grade, valid_from=date(2020, 1, 1), quota_minor=quota)
    rep = floor.rep("Rep", grade=low, hired_on=date(2020, 1, 1))
    floor.deal(rep, date(2023, 11, 15), won)
    floor.count()

    line = attained(span_asked(at="2023-Q4"), EVERYTHING).person(rep.pk)

    assert line is not None
    assert (line.target_minor, line.outcome) == (90_000, outcome)


def test_days_that_are_no_months_have_money_but_no_target() -> None:
    floor = Floor()
    rep = floor.rep("Rep")
    floor.deal(rep, date(2024, 2, 5), 10)
    floor.deal(rep, date(2024, 2, 20), 20)
    floor.count()

    found = attained(span_asked(first="2024-02-12", last="2024-03-03"), EVERYTHING)

    assert (found.whole.net_minor, found.whole.target_minor, found.whole.share) == (2_000, None, None)


parts = st.lists(st.integers(1, 9_999), min_size=0, max_size=4, unique=True).map(sorted)


@settings(max_examples=60, deadline=None)
@given(
    cuts=parts,
    amount=st.integers(0, 10**7),
    refunds=st.lists(st.tuples(st.integers(1, 28), st.integers(1, 10**6)), max_size=4),
    owner=st.integers(0, 5),
)
def test_whatever_is_split_moves_add_up_to_nothing(
    cuts: list[int], amount: int, refunds: list[tuple[int, int]], owner: int
) -> None:
    edges = [0, *cuts, 10_000]
    shares = tuple((place + 1, edges[place + 1] - edges[place]) for place in range(len(edges) - 1))
    deal = SplitDeal(
        owner_id=owner, signed_on=date(2024, 2, 1), amount_minor=amount, shares=shares,
        refunds=tuple((date(2024, 2, day), back) for day, back in refunds),
    )  # fmt: skip

    moves = moves_of(deal)

    by_day: dict[date, int] = {}
    for move in moves:
        by_day[move.day] = by_day.get(move.day, 0) + move.won_minor - move.refunds_minor
    assert set(by_day.values()) <= {0}
    for rep_id, share in shares:
        if rep_id != owner and amount:
            won = sum(move.won_minor for move in moves if move.rep_id == rep_id)
            assert abs(won - amount * share / 10_000) < 1
