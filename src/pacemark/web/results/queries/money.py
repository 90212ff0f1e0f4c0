"""What everyone won and gave back over some days: the facts by owner, with split credit moved to whom it belongs.

Splits move money between people and leave every sum of the facts as it is; facts stay by owner, since events do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q

from pacemark.engine.results.attribution import Placed, Stay
from pacemark.web.organization.models import Membership
from pacemark.web.pipeline.models import Refund
from pacemark.web.pipeline.queries.sales import Money, money_by_day, money_by_rep, sold_deals
from pacemark.web.results.bridge.credit import Move, SplitDeal, added_up, moves_of, place_moves, stays_of
from pacemark.web.results.models import CreditShare


@dataclass(frozen=True, slots=True, kw_only=True)
class Takings:
    """Everybody's money of some days by person, team and grade (``placed``), and what splits moved of it.

    Rep None is nobody. The sums of ``placed`` are those of the facts; the moves add up to 0.
    """

    placed: tuple[Placed, ...]
    moved_minor: Mapping[int, int]
    stays: Mapping[int, tuple[Stay, ...]]

    @property
    def won_minor(self) -> int:
        """Everything won."""
        return sum(part.won_minor for part in self.placed)

    @property
    def refunds_minor(self) -> int:
        """Everything given back."""
        return sum(part.refunds_minor for part in self.placed)


def takings(first: date, last: date, rep_ids: frozenset[int] | None = None) -> Takings:
    """Return the money of some days, both ends included, in a fixed number of queries; ``None`` asks for everyone."""
    stays = stays_between(first, last, rep_ids)
    lasting = {
        rep_id: mine[0]
        for rep_id, mine in stays.items()
        if len(mine) == 1 and mine[0].first <= first and mine[0].holds(last)
    }
    sums = money_by_rep(first, last, rep_ids)
    placed = [
        Placed(
            rep_id=one.rep_id, team_id=lasting[one.rep_id].team_id, grade_id=lasting[one.rep_id].grade_id,
            won_minor=one.won_minor, refunds_minor=one.refunds_minor,
        )
        for one in sums
        if one.rep_id in lasting
    ]  # fmt: skip
    moving = {one.rep_id for one in sums} - set(lasting)
    placed += [_on_its_day(one, stays.get(one.rep_id, ())) for one in money_by_day(first, last, moving)]
    moves = [move for move in credit_moves(first, last) if rep_ids is None or move.rep_id in rep_ids]
    moved: dict[int, int] = {}
    for move in moves:
        moved[move.rep_id] = moved.get(move.rep_id, 0) + move.won_minor - move.refunds_minor
    return Takings(placed=added_up([*placed, *place_moves(moves, stays)]), moved_minor=moved, stays=stays)


def _on_its_day(one: Money, stays: Sequence[Stay]) -> Placed:
    """Return a day's money where the facts count it, in the grade of that day."""
    grade_id = next((stay.grade_id for stay in stays if stay.holds(one.day)), None)
    return Placed(
        rep_id=one.rep_id or None, team_id=one.team_id or None, grade_id=grade_id,
        won_minor=one.won_minor, refunds_minor=one.refunds_minor,
    )  # fmt: skip


def credit_moves(first: date, last: date) -> list[Move]:
    """Return what splits move on some days."""
    shares = shares_of_deals_touching(first, last)
    deals = sold_deals(shares) if shares else {}
    return [
        move
        for deal_id, deal in deals.items()
        for move in moves_of(
            SplitDeal(
                owner_id=deal.owner_id, signed_on=deal.signed_on, amount_minor=deal.amount_minor,
                shares=shares[deal_id], refunds=deal.refunds,
            )
        )
        if first <= move.day <= last
    ]  # fmt: skip


def shares_of_deals_touching(first: date, last: date) -> dict[int, tuple[tuple[int, int], ...]]:
    """Return the splits, (rep, basis points) in order of the rep, of deals that some days know of."""
    if not CreditShare.objects.exists():
        return {}
    # from the few shares to their deals, not from all deals to theirs
    given_back = Refund.objects.filter(deal_id=OuterRef("deal_id"), refunded_on__range=(first, last))
    touched = Q(deal__signed_on__range=(first, last)) | Exists(given_back)
    rows = CreditShare.objects.filter(touched).order_by("rep_id")
    found: dict[int, tuple[tuple[int, int], ...]] = {}
    for deal_id, rep_id, share in rows.values_list("deal_id", "rep_id", "share_bp"):
        found[deal_id] = (*found.get(deal_id, ()), (rep_id, share))
    return found


def stays_between(first: date, last: date, rep_ids: frozenset[int] | None = None) -> dict[int, tuple[Stay, ...]]:
    """Return where everyone stood on some days."""
    rows = Membership.objects.filter(valid_from__lte=last).filter(Q(valid_to__isnull=True) | Q(valid_to__gt=first))
    if rep_ids is not None:
        rows = rows.filter(rep_id__in=rep_ids)
    return stays_of(rows.values_list("rep_id", "team_id", "grade_id", "valid_from", "valid_to"))
