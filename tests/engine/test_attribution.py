"""Who is credited with what, and where: to the last fen, whatever comes back and whoever moves."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pacemark.engine.errors import EngineError
from pacemark.engine.results.attribution import (
    Booking,
    Credit,
    CreditedDeal,
    Placed,
    Refund,
    Stay,
    bookings_of,
    place_bookings,
    quota_of_stays,
)

DAY = date(2024, 1, 31)


@st.composite
def deals(draw: st.DrawFn) -> CreditedDeal:
    amount = draw(st.integers(0, 10_000))
    weights = draw(st.lists(st.integers(0, 100), min_size=1, max_size=5).filter(any))
    credits = tuple(Credit(rep_id=place + 1, share=Fraction(w, sum(weights))) for place, w in enumerate(weights))
    left, refunds = amount, []
    for _ in range(draw(st.integers(0, 4))):
        back = draw(st.integers(0, left))
        left -= back
        refunds.append(Refund(refunded_on=DAY + timedelta(days=draw(st.integers(0, 60))), amount_minor=back))
    return CreditedDeal(signed_on=DAY, amount_minor=amount, credits=credits, refunds=tuple(refunds))


@given(deals())
def test_every_fen_of_a_deal_and_of_its_refunds_is_somebodys(deal: CreditedDeal) -> None:
    bookings = bookings_of(deal)
    by_day = Counter[date]()
    left = Counter[int | None]()
    for booking in bookings:
        by_day[booking.day] += booking.refunds_minor
        left[booking.rep_id] += booking.won_minor - booking.refunds_minor
        assert left[booking.rep_id] >= 0  # nobody ever gives back more than they were credited

    assert sum(booking.won_minor for booking in bookings) == deal.amount_minor
    for day in {refund.refunded_on for refund in deal.refunds}:
        assert by_day[day] == sum(one.amount_minor for one in deal.refunds if one.refunded_on == day)
    for credit in deal.credits:
        won = sum(booking.won_minor for booking in bookings if booking.rep_id == credit.rep_id)
        assert abs(won - credit.share * deal.amount_minor) < 1
    if sum(one.amount_minor for one in deal.refunds) == deal.amount_minor:
        assert not any(left.values())


def test_by_hand_three_thirds_of_a_yuan() -> None:
    thirds = tuple(Credit(rep_id=rep, share=Fraction(1, 3)) for rep in (1, 2, 3))
    back = (Refund(refunded_on=date(2024, 3, 2), amount_minor=50), Refund(refunded_on=date(2024, 2, 2), amount_minor=1))
    bookings = bookings_of(CreditedDeal(signed_on=DAY, amount_minor=100, credits=thirds, refunds=back))

    assert [(one.rep_id, one.won_minor, one.refunds_minor) for one in bookings] == [
        (1, 34, 0), (2, 33, 0), (3, 33, 0),  # the odd fen goes to the first
        (1, 0, 1),
        (1, 0, 17), (2, 0, 17), (3, 0, 16),  # 50 of the 99 that are left, 33 each
    ]  # fmt: skip


def test_a_deal_without_an_owner_is_nobodys_and_still_counts() -> None:
    deal = CreditedDeal(
        signed_on=DAY, amount_minor=700, credits=(), refunds=(Refund(refunded_on=DAY, amount_minor=200),)
    )
    placed = place_bookings(bookings_of(deal), [])

    assert placed == (Placed(rep_id=None, team_id=None, grade_id=None, won_minor=700, refunds_minor=200),)
    assert placed[0].net_minor == 500


@pytest.mark.parametrize(
    ("shares", "back", "code"),
    [
        (("1/2", "6/10"), 0, "results.credit_not_whole"),
        (("1/2", "49/100"), 0, "results.credit_not_whole"),
        (("3/2", "-1/2"), 0, "results.negative"),
        (("1",), 101, "results.refund_above_deal"),
        (("1",), -1, "results.negative"),
    ],
)
def test_what_cannot_reconcile_is_refused(shares: tuple[str, ...], back: int, code: str) -> None:
    credits = tuple(Credit(rep_id=rep, share=Fraction(share)) for rep, share in enumerate(shares))
    with pytest.raises(EngineError) as caught:
        CreditedDeal(
            signed_on=DAY, amount_minor=100, credits=credits, refunds=(Refund(refunded_on=DAY, amount_minor=back),)
        )

    assert caught.value.code == code
    twice = (Credit(rep_id=1, share=Fraction(1, 2)),) * 2
    with pytest.raises(EngineError, match="twice"):
        CreditedDeal(signed_on=DAY, amount_minor=100, credits=twice)


def test_whoever_moves_is_counted_where_they_stood() -> None:
    stays = [
        Stay(rep_id=1, team_id=8, grade_id=3, first=date(2024, 1, 20), last=date(2024, 1, 25)),
        Stay(rep_id=1, team_id=7, grade_id=2, first=date(2023, 6, 1), last=date(2024, 1, 14)),
        Stay(rep_id=1, team_id=7, grade_id=3, first=date(2024, 1, 15), last=date(2024, 1, 19)),
        Stay(rep_id=2, team_id=8, grade_id=2, first=date(2024, 1, 1)),
    ]
    bookings = [Booking(rep_id=1, day=date(2024, 1, day), won_minor=10**day) for day in (1, 2, 3)]
    bookings += [Booking(rep_id=1, day=date(2024, 1, day), won_minor=1) for day in (14, 15, 19, 20, 25, 26)]
    bookings += [Booking(rep_id=1, day=date(2024, 1, 22), refunds_minor=5), Booking(rep_id=2, day=DAY, won_minor=9)]
    bookings += [Booking(rep_id=99, day=DAY, won_minor=4)]  # deleted
    found = {(one.rep_id, one.team_id, one.grade_id): one for one in place_bookings(bookings, stays)}

    assert {place: one.net_minor for place, one in found.items()} == {
        (1, 7, 2): 1111, (1, 7, 3): 2, (1, 8, 3): -3, (1, None, None): 1, (2, 8, 2): 9, (99, None, None): 4,
    }  # fmt: skip
    assert found[1, 8, 3].won_minor == 2 and found[1, 8, 3].refunds_minor == 5
    assert [*found] == sorted(found, key=lambda place: [(part is None, part or 0) for part in place])
    assert place_bookings(bookings[::-1], stays[::-1]) == tuple(found.values())


@given(st.lists(st.tuples(st.integers(1, 4), st.integers(0, 40), st.integers(-500, 500)), max_size=30))
def test_places_add_up_to_the_bookings(rows: list[tuple[int, int, int]]) -> None:
    starts = [(rep, team, DAY + timedelta(days=15 * team)) for rep in (1, 2, 3) for team in (0, 1)]
    stays = [
        Stay(rep_id=rep, team_id=team, grade_id=1, first=first, last=first + timedelta(days=14))
        for rep, team, first in starts
    ]
    bookings = [
        Booking(rep_id=rep, day=DAY + timedelta(day), won_minor=max(amount, 0), refunds_minor=max(-amount, 0))
        for rep, day, amount in rows
    ]

    assert sum(one.net_minor for one in place_bookings(bookings, stays)) == sum(amount for *_, amount in rows)


def test_nobody_stands_in_two_places() -> None:
    first = Stay(rep_id=1, team_id=7, grade_id=2, first=DAY, last=None)
    for second in (DAY + timedelta(1), DAY - timedelta(1)):
        with pytest.raises(EngineError, match="two places"):
            place_bookings([], [first, Stay(rep_id=1, team_id=8, grade_id=2, first=second)])


def test_a_quota_is_asked_for_the_days_in_each_grade() -> None:
    days = [date(2024, 1, day) for day in range(1, 22)]
    lower = Stay(rep_id=1, team_id=7, grade_id=1, first=date(2023, 1, 1), last=date(2024, 1, 7))
    higher = Stay(rep_id=1, team_id=7, grade_id=2, first=date(2024, 1, 8))
    quotas = {1: 9_000_000, 2: 12_000_001}

    assert quota_of_stays([lower, higher], quotas, days) == 11_000_001  # a third of one, two thirds of the other
    assert quota_of_stays([higher], quotas, days) == 8_000_001  # hired on the 8th: 8,000,000.67
    assert quota_of_stays([lower], {1: 21}, days) == 7
    assert quota_of_stays([lower, higher], {2: 21}, days) == 14
    assert quota_of_stays([lower, higher], {}, days) is None
    assert quota_of_stays([], quotas, days) is None and quota_of_stays([lower], quotas, []) is None
