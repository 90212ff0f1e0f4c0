"""Money of any days: sums from the facts, and the deals and refunds behind them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import F, Q, QuerySet, Sum

from pacemark.web.organization.queries import organization
from pacemark.web.pipeline.bridge import definitions_of
from pacemark.web.pipeline.models import Deal, Refund
from pacemark.web.pipeline.queries.columns import literal, of_reps, ordinal, whole_numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """What a rep (0: nobody) won and gave back over some days, or on one in the team of that day; minor units."""

    rep_id: int
    won_minor: int
    refunds_minor: int
    day: date = date.min
    team_id: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SoldDeal:
    """A deal's money as the organisation counts it; owner 0 is nobody. Refunds are (day, amount), by day."""

    deal_id: int
    owner_id: int
    signed_on: date
    amount_minor: int
    refunds: tuple[tuple[date, int], ...]

    @property
    def refunded_minor(self) -> int:
        """Everything given back, whenever."""
        return sum(amount for _day, amount in self.refunds)


def money_by_rep(first: date, last: date, rep_ids: Collection[int] | None) -> list[Money]:
    """Return won amount and refunds by rep over some days; one query that reads nothing but an index."""
    sql = f"""
        SELECT rep_id, CAST(SUM(revenue_minor) AS BIGINT), CAST(SUM(refunds_minor) AS BIGINT)
        FROM fact_rep_day {_with_money(first, last)} AND {of_reps("rep_id", rep_ids)} GROUP BY 1
    """
    return [
        Money(rep_id=rep_id, won_minor=won, refunds_minor=back)
        for rep_id, won, back in zip(*(column.tolist() for column in whole_numbers(sql, 3)), strict=True)
    ]


def money_by_day(first: date, last: date, rep_ids: Collection[int]) -> list[Money]:
    """Return some reps' won amount and refunds day by day."""
    if not rep_ids:
        return []
    sql = f"""
        SELECT rep_id, {ordinal("business_date")}, team_id, revenue_minor, refunds_minor
        FROM fact_rep_day {_with_money(first, last)} AND {of_reps("rep_id", rep_ids)}
    """
    return [
        Money(rep_id=rep_id, won_minor=won, refunds_minor=back, day=date.fromordinal(day), team_id=team_id)
        for rep_id, day, team_id, won, back in zip(*(column.tolist() for column in whole_numbers(sql, 5)), strict=True)
    ]


def _with_money(first: date, last: date) -> str:
    # The condition on money is that of the index, in literals: SQLite cannot tell from parameters that it may use it.
    return (
        f"WHERE business_date BETWEEN {literal(first)} AND {literal(last)} AND (revenue_minor > 0 OR refunds_minor > 0)"
    )


def sold_deals(deal_ids: Iterable[int]) -> dict[int, SoldDeal]:
    """Return deals with all their refunds, by id, in two queries."""
    ids = list(deal_ids)
    column = definitions_of(organization()).revenue_column
    back: dict[int, list[tuple[date, int]]] = {}
    for deal_id, day, amount in Refund.objects.filter(deal_id__in=ids).values_list(
        "deal_id", "refunded_on", "amount_minor"
    ):
        back.setdefault(deal_id, []).append((day, amount))
    rows = Deal.objects.filter(pk__in=ids).values_list("pk", "owner_id", "signed_on", column)
    return {
        pk: SoldDeal(
            deal_id=pk, owner_id=owner or 0, signed_on=day, amount_minor=amount or 0,
            refunds=tuple(sorted(back.get(pk, ()))),
        )
        for pk, owner, day, amount in rows
    }  # fmt: skip


def deals_touching(first: date, last: date) -> QuerySet[Deal]:
    """Return the deals signed, or partly given back, on some days; the newest first."""
    within = Q(signed_on__range=(first, last)) | Q(pk__in=_refunded_within(first, last))
    return Deal.objects.filter(within).order_by("-signed_on", "-pk")


def _refunded_within(first: date, last: date) -> QuerySet[Refund, int]:
    return Refund.objects.filter(refunded_on__range=(first, last)).values_list("deal_id", flat=True)


def refunded_beyond(first: date, last: date) -> list[int]:
    """Return the ids of deals touched on some days of which more was given back, whenever, than they brought."""
    amount = F(f"deal__{definitions_of(organization()).revenue_column}")
    rows = Refund.objects.filter(deal_id__in=_refunded_within(first, last)).values("deal_id")
    beyond = rows.annotate(back=Sum("amount_minor"), amount=amount).filter(Q(back__gt=F("amount")) | Q(amount=None))
    return sorted(beyond.values_list("deal_id", flat=True))


def money_of_days(first: date, last: date) -> tuple[int, int, int]:
    """Return how many days of reps have money on some days, and what they won and gave back together."""
    sql = f"""
        SELECT COUNT(*), CAST(COALESCE(SUM(revenue_minor), 0) AS BIGINT),
               CAST(COALESCE(SUM(refunds_minor), 0) AS BIGINT)
        FROM fact_rep_day {_with_money(first, last)}
    """
    n_days, won, back = (int(column[0]) for column in whole_numbers(sql, 3))
    return n_days, won, back
