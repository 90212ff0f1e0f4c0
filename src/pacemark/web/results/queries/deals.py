"""The deals behind a span's money, with who is credited; who may see them is an argument."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet

from pacemark.web.organization.models import Rep
from pacemark.web.pipeline.models import Deal
from pacemark.web.pipeline.queries.sales import deals_touching, refunded_beyond, sold_deals
from pacemark.web.results.models import CreditShare
from pacemark.web.results.queries.spans import Span

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class DealLine:
    """A deal: what it brought, what came back whenever, and who is credited with how many basis points."""

    deal_id: int
    external_id: str
    signed_on: date
    owner_id: int
    owner_name: str
    amount_minor: int
    refunded_minor: int
    shares: tuple[tuple[int, str, int], ...]

    @property
    def is_beyond(self) -> bool:
        """Tell whether more was given back than it brought."""
        return self.refunded_minor > self.amount_minor

    @property
    def percents(self) -> tuple[tuple[str, float], ...]:
        """Who is credited, in percent."""
        return tuple((name, share / 100) for _rep, name, share in self.shares)


def deals_asked(span: Span, rep_ids: Collection[int] | None, only: str) -> QuerySet[Deal]:
    """Return the deals in sight; ``only``: ``split``, ``unowned`` or ``beyond`` (more back than won)."""
    rows = _seen(deals_touching(span.first, span.last), rep_ids)
    if only == "split":
        rows = rows.filter(credit_shares__isnull=False).distinct()
    elif only == "unowned":
        rows = rows.filter(owner__isnull=True)
    elif only == "beyond":
        rows = rows.filter(pk__in=refunded_beyond(span.first, span.last))
    return rows


def deals_page(span: Span, rep_ids: Collection[int] | None, only: str, page: str | None) -> Page[Deal]:
    """Return a page of them."""
    return Paginator(deals_asked(span, rep_ids, only), PAGE_SIZE).get_page(page)


def deal_in_sight(deal_id: int, rep_ids: Collection[int] | None) -> Deal | None:
    """Return a deal that one may see: of a rep in sight, or shared by one."""
    return _seen(Deal.objects.filter(pk=deal_id), rep_ids).first()


def _seen(rows: QuerySet[Deal], rep_ids: Collection[int] | None) -> QuerySet[Deal]:
    if rep_ids is None:
        return rows
    shared = CreditShare.objects.filter(rep_id__in=rep_ids).values("deal_id")
    return rows.filter(Q(owner_id__in=rep_ids) | Q(pk__in=shared))


def deal_lines(deals: Sequence[Deal]) -> list[DealLine]:
    """Return deals with their money, in the order given, in a fixed number of queries."""
    ids = [deal.pk for deal in deals]
    sold = sold_deals(ids)
    shares: dict[int, list[tuple[int, str, int]]] = {}
    rows = CreditShare.objects.filter(deal_id__in=ids).order_by("-share_bp", "rep_id")
    for deal_id, rep_id, name, share in rows.values_list("deal_id", "rep_id", "rep__name", "share_bp"):
        shares.setdefault(deal_id, []).append((rep_id, name, share))
    names = dict(Rep.objects.filter(pk__in={one.owner_id for one in sold.values()}).values_list("pk", "name"))
    return [
        DealLine(
            deal_id=deal.pk, external_id=deal.external_id, signed_on=deal.signed_on, owner_id=sold[deal.pk].owner_id,
            owner_name=names.get(sold[deal.pk].owner_id, ""), amount_minor=sold[deal.pk].amount_minor,
            refunded_minor=sold[deal.pk].refunded_minor, shares=tuple(shares.get(deal.pk, ())),
        )
        for deal in deals
    ]  # fmt: skip


def n_beyond(span: Span) -> int:
    """Return of how many deals of a span more was given back than they brought."""
    return len(refunded_beyond(span.first, span.last))


def rep_named(words: str) -> int | None:
    """Return the rep of an employee number, else of a name that only one has."""
    sought = words.strip()
    by_number = Rep.objects.filter(employee_no=sought).values_list("pk", flat=True).first() if sought else None
    if by_number is not None:
        return by_number
    named = list(Rep.objects.filter(name=sought).values_list("pk", flat=True)[:2]) if sought else []
    return named[0] if len(named) == 1 else None


def labels_of(rep_ids: Collection[int]) -> dict[int, str]:
    """Return how each rep is typed: the number, else the name."""
    rows = Rep.objects.filter(pk__in=rep_ids).values_list("pk", "employee_no", "name")
    return {pk: number or name for pk, number, name in rows}
