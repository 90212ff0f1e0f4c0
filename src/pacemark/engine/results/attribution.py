"""Who is credited with what, and where it counts: splits, refunds, moves between teams and grades."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import pairwise

from pacemark.engine.apportion import apportion
from pacemark.engine.errors import EngineError


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """One person's part of a deal.

    Parameters
    ----------
    rep_id : int or None
        Who is credited; None where nobody owns the deal.
    share : Fraction
        Part of the deal, ``>= 0``; all of a deal's shares are exactly 1.
    """

    rep_id: int | None
    share: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund:
    """Money given back.

    Parameters
    ----------
    refunded_on : date
        The day it counts.
    amount_minor : int
        In minor units, ``>= 0``.
    """

    refunded_on: date
    amount_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditedDeal:
    """A deal, who is credited with it, and what of it came back.

    Parameters
    ----------
    signed_on : date
        The day it counts.
    amount_minor : int
        Won amount in minor units, ``>= 0``.
    credits : tuple of Credit
        Empty for a deal without an owner.
    refunds : tuple of Refund, default ()
        In any order; together at most the amount.

    Raises
    ------
    EngineError
        ``results.credit_not_whole`` unless the shares are exactly 1 in all; ``results.credited_twice``;
        ``results.refund_above_deal``; ``results.negative``.
    """

    signed_on: date
    amount_minor: int
    credits: tuple[Credit, ...]
    refunds: tuple[Refund, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what could not reconcile."""
        amounts = [self.amount_minor, *(refund.amount_minor for refund in self.refunds)]
        if min(amounts) < 0 or any(credit.share < 0 for credit in self.credits):
            raise EngineError("results.negative", "Amounts and shares must not be negative.", "amount_minor")
        if self.credits and sum(credit.share for credit in self.credits) != 1:
            message = "The shares of a deal's credit must be exactly 100 % in all."
            raise EngineError("results.credit_not_whole", message, "credits")
        if len({credit.rep_id for credit in self.credits}) != len(self.credits):
            raise EngineError("results.credited_twice", "A person stands in a deal's credit twice.", "credits")
        if sum(amounts[1:]) > self.amount_minor:
            message = "More was given back than the deal brought."
            raise EngineError("results.refund_above_deal", message, "refunds")


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """One person's part of a deal or of a refund, on its day.

    Parameters
    ----------
    rep_id : int or None
        None where nobody owns the deal.
    day : date
        The day it counts.
    won_minor : int
        Won amount, minor units, ``>= 0``.
    refunds_minor : int
        Given back, minor units, ``>= 0``.
    """

    rep_id: int | None
    day: date
    won_minor: int = 0
    refunds_minor: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """Where a person stood, from one day to another.

    Parameters
    ----------
    rep_id : int
        The person.
    team_id, grade_id : int or None
        None for none.
    first : date
        First day.
    last : date or None
        Last day, included; None while it lasts.
    """

    rep_id: int
    team_id: int | None
    grade_id: int | None
    first: date
    last: date | None = None

    def holds(self, day: date) -> bool:
        """Tell whether a day lies in the stay."""
        return self.first <= day and (self.last is None or day <= self.last)


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """What one person brought in one team and grade.

    Parameters
    ----------
    rep_id, team_id, grade_id : int or None
        None for nobody, no team, no grade on that day.
    won_minor, refunds_minor : int
        Minor units.
    """

    rep_id: int | None
    team_id: int | None
    grade_id: int | None
    won_minor: int
    refunds_minor: int

    @property
    def net_minor(self) -> int:
        """Return the won amount net of refunds."""
        return self.won_minor - self.refunds_minor


def bookings_of(deal: CreditedDeal) -> tuple[Booking, ...]:
    """Split a deal and its refunds over those who are credited, to the last minor unit.

    Parameters
    ----------
    deal : CreditedDeal
        Checked already.

    Returns
    -------
    tuple of Booking
        One per person and event with money in it, by day; their sums are the deal's and the refunds' exactly.

    Notes
    -----
    The amount by largest remainder on the shares. Every refund, in order of its day, by largest remainder on what each
    person still has of the deal: nobody gives back more than they were credited, and a deal given back altogether
    leaves everyone at 0, whatever the parts it came back in.

    Examples
    --------
    >>> halves = (Credit(rep_id=1, share=Fraction(1, 2)), Credit(rep_id=2, share=Fraction(1, 2)))
    >>> deal = CreditedDeal(signed_on=date(2024, 1, 9), amount_minor=101, credits=halves)
    >>> [(part.rep_id, part.won_minor) for part in bookings_of(deal)]
    [(1, 51), (2, 50)]
    """
    credits = deal.credits or (Credit(rep_id=None, share=Fraction(1)),)
    left = list(apportion(deal.amount_minor, [credit.share for credit in credits]))
    found = [
        Booking(rep_id=credit.rep_id, day=deal.signed_on, won_minor=part)
        for credit, part in zip(credits, left, strict=True)
        if part
    ]
    for refund in sorted(deal.refunds, key=lambda one: one.refunded_on):
        if not refund.amount_minor:
            continue
        back = apportion(refund.amount_minor, left)
        left = [kept - part for kept, part in zip(left, back, strict=True)]
        found += [
            Booking(rep_id=credit.rep_id, day=refund.refunded_on, refunds_minor=part)
            for credit, part in zip(credits, back, strict=True)
            if part
        ]
    return tuple(found)


def place_bookings(bookings: Iterable[Booking], stays: Sequence[Stay]) -> tuple[Placed, ...]:
    """Count every booking in the team and grade in which its person stood on its day.

    Parameters
    ----------
    bookings : iterable of Booking
        Of one period.
    stays : sequence of Stay
        Where people stood; those of one person must not overlap.

    Returns
    -------
    tuple of Placed
        One per person, team and grade, in order of these; whoever stood nowhere that day (left, deleted, nobody) has no
        team and no grade. The sums are those of the bookings exactly.

    Raises
    ------
    EngineError
        ``results.stays_overlap``.

    Examples
    --------
    >>> stays = [Stay(rep_id=1, team_id=7, grade_id=2, first=date(2024, 1, 1), last=date(2024, 1, 15)),
    ...          Stay(rep_id=1, team_id=8, grade_id=2, first=date(2024, 1, 16))]
    >>> days = [Booking(rep_id=1, day=date(2024, 1, day), won_minor=100) for day in (15, 16, 31)]
    >>> [(part.team_id, part.net_minor) for part in place_bookings(days, stays)]
    [(7, 100), (8, 200)]
    """
    of_rep = _stays_by_rep(stays)
    sums: dict[tuple[int | None, int | None, int | None], list[int]] = defaultdict(lambda: [0, 0])
    for booking in bookings:
        mine = () if booking.rep_id is None else of_rep.get(booking.rep_id, ())
        where = next((stay for stay in mine if stay.holds(booking.day)), None)
        place = (None, None) if where is None else (where.team_id, where.grade_id)
        total = sums[(booking.rep_id, *place)]
        total[0] += booking.won_minor
        total[1] += booking.refunds_minor
    return tuple(
        Placed(rep_id=rep, team_id=team, grade_id=grade, won_minor=won, refunds_minor=back)
        for (rep, team, grade), (won, back) in sorted(sums.items(), key=lambda one: _order(one[0]))
    )


def quota_of_stays(stays: Sequence[Stay], quotas_minor: Mapping[int, int], workdays: Sequence[date]) -> int | None:
    """Ask of a person what their grades asked, each for the working days that they were in it.

    Parameters
    ----------
    stays : sequence of Stay
        One person's, not overlapping.
    quotas_minor : mapping of int to int
        Each grade's quota for the whole period, minor units, ``>= 0``.
    workdays : sequence of date
        The period's working days.

    Returns
    -------
    int or None
        Σ quota × share of the working days, half a minor unit rounded up; None where no grade of theirs has a quota.
        Days in no grade, or in one without a quota, ask for nothing.

    Raises
    ------
    EngineError
        ``results.stays_overlap``.

    Examples
    --------
    >>> january = [date(2024, 1, day) for day in range(1, 21)]
    >>> stays = [Stay(rep_id=1, team_id=7, grade_id=1, first=date(2024, 1, 1), last=date(2024, 1, 5)),
    ...          Stay(rep_id=1, team_id=7, grade_id=2, first=date(2024, 1, 6))]
    >>> quota_of_stays(stays, {1: 9_000_000, 2: 12_000_000}, january)
    11250000
    """
    mine = next(iter(_stays_by_rep(stays).values()), ())
    asked = Fraction(0)
    is_asked = False
    for stay in mine:
        quota = None if stay.grade_id is None else quotas_minor.get(stay.grade_id)
        days = sum(stay.holds(day) for day in workdays)
        if quota is None or not days:
            continue
        is_asked = True
        asked += Fraction(quota * days, len(workdays))
    return int(asked + Fraction(1, 2)) if is_asked else None


def _stays_by_rep(stays: Sequence[Stay]) -> dict[int, tuple[Stay, ...]]:
    found: dict[int, list[Stay]] = defaultdict(list)
    for stay in stays:
        found[stay.rep_id].append(stay)
    for mine in found.values():
        mine.sort(key=lambda stay: stay.first)
        for earlier, later in pairwise(mine):
            if earlier.last is None or earlier.last >= later.first:
                message = "A person cannot stand in two places on one day."
                raise EngineError("results.stays_overlap", message, "stays")
    return {rep_id: tuple(mine) for rep_id, mine in found.items()}


def _order(place: tuple[int | None, int | None, int | None]) -> tuple[tuple[bool, int], ...]:
    return tuple((part is None, part or 0) for part in place)
