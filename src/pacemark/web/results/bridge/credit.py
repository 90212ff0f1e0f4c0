"""Credit: what a deal's split moves from its owner to those who are credited, to the last minor unit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from pacemark.engine.results.attribution import Booking, Credit, CreditedDeal, Placed, Refund, Stay, bookings_of
from pacemark.engine.results.attribution import place_bookings as place_positive

WHOLE_BP = 10_000
NOBODY = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitDeal:
    """A deal whose credit is split. Owner 0 is nobody; ``shares`` are (rep, basis points)."""

    owner_id: int
    signed_on: date
    amount_minor: int
    shares: tuple[tuple[int, int], ...]
    refunds: tuple[tuple[date, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """Money that counts for somebody, or (below 0) no longer does, on a day; all moves of a deal add up to 0."""

    rep_id: int
    day: date
    won_minor: int = 0
    refunds_minor: int = 0


def moves_of(deal: SplitDeal) -> list[Move]:
    """Return what a split moves: each credited part, and all of it away from the owner.

    More given back than the deal brought cannot be split by what people have of it: the rest stays with the owner,
    where the facts count it, so that sums stay those of the facts.
    """
    if deal.amount_minor <= 0 or not deal.shares:
        return []
    refunds, left = [], deal.amount_minor
    for day, amount in sorted(deal.refunds):
        taken = min(amount, left)
        left -= taken
        if taken:
            refunds.append(Refund(refunded_on=day, amount_minor=taken))
    credited = CreditedDeal(
        signed_on=deal.signed_on,
        amount_minor=deal.amount_minor,
        credits=tuple(Credit(rep_id=rep_id, share=Fraction(bp, WHOLE_BP)) for rep_id, bp in deal.shares),
        refunds=tuple(refunds),
    )
    given = [
        Move(rep_id=part.rep_id or NOBODY, day=part.day, won_minor=part.won_minor, refunds_minor=part.refunds_minor)
        for part in bookings_of(credited)
    ]
    taken_away = [Move(rep_id=deal.owner_id, day=deal.signed_on, won_minor=-deal.amount_minor)]
    taken_away += [
        Move(rep_id=deal.owner_id, day=refund.refunded_on, refunds_minor=-refund.amount_minor) for refund in refunds
    ]
    return [*given, *taken_away]


def stays_of(rows: Iterable[tuple[int, int | None, int | None, date, date | None]]) -> dict[int, tuple[Stay, ...]]:
    """Return each rep's stays from rows of rep, team, grade, first day and the first day after (None: lasts).

    A later row ends an earlier one, as in the facts.
    """
    by_rep: dict[int, list[tuple[date, date | None, int | None, int | None]]] = {}
    for rep_id, team_id, grade_id, first, ends_on in rows:
        by_rep.setdefault(rep_id, []).append((first, ends_on, team_id, grade_id))
    found = {}
    for rep_id, mine in by_rep.items():
        mine.sort(key=lambda one: one[0])
        stays = []
        for place, (first, ends_on, team_id, grade_id) in enumerate(mine):
            ends = [day for day in (ends_on, mine[place + 1][0] if place + 1 < len(mine) else None) if day]
            last = date.fromordinal(min(ends).toordinal() - 1) if ends else None
            stays.append(Stay(rep_id=rep_id, team_id=team_id, grade_id=grade_id, first=first, last=last))
        found[rep_id] = tuple(stays)
    return found


def place_moves(moves: Sequence[Move], stays: Mapping[int, Sequence[Stay]]) -> tuple[Placed, ...]:
    """Count moves in the team and grade of their day; the sums are those of the moves."""
    bookings = [
        Booking(rep_id=move.rep_id or None, day=move.day, won_minor=move.won_minor, refunds_minor=move.refunds_minor)
        for move in moves
    ]
    asked = {move.rep_id for move in moves}
    return place_positive(bookings, [stay for rep_id in asked for stay in stays.get(rep_id, ())])


def added_up(parts: Iterable[Placed]) -> tuple[Placed, ...]:
    """Return one entry per person, team and grade."""
    sums: dict[tuple[int | None, int | None, int | None], list[int]] = {}
    for part in parts:
        total = sums.setdefault((part.rep_id, part.team_id, part.grade_id), [0, 0])
        total[0] += part.won_minor
        total[1] += part.refunds_minor
    return tuple(
        Placed(rep_id=rep_id, team_id=team_id, grade_id=grade_id, won_minor=won, refunds_minor=back)
        for (rep_id, team_id, grade_id), (won, back) in sums.items()
        if won or back
    )
