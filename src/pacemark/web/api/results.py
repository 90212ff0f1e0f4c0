"""Results for programs: attainment, causes, deals and credit, ladders and offers, the overview. Minor units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from decimal import Decimal
from typing import Annotated, Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from ninja import Query, Router, Schema
from pydantic import Field

from pacemark.web.accounts.choices import AccessRole
from pacemark.web.accounts.http import PageRequest
from pacemark.web.api.access import only_leaders
from pacemark.web.api.listing import ListOf, Paged, answers, list_of, listed, listed_rows, today_here
from pacemark.web.api.reading import body_of, read_body
from pacemark.web.api.results_told import DEAL, Attainment, Causes, LadderOfRep, OfferTold
from pacemark.web.goals.views.asked import in_scope
from pacemark.web.results.bridge.attained import PersonLine, UnitLine
from pacemark.web.results.choices import OfferState
from pacemark.web.results.models import TierOffer
from pacemark.web.results.pages.words import target_label
from pacemark.web.results.queries.attainment import attained, sight_of
from pacemark.web.results.queries.causes import causes_in
from pacemark.web.results.queries.deals import DealLine, deal_in_sight, deal_lines, deals_asked
from pacemark.web.results.queries.offers import ladder_now, offers_of
from pacemark.web.results.queries.sheets import Sheet
from pacemark.web.results.queries.spans import Span, month_span, quarter_around, span_asked
from pacemark.web.results.services.credit import split_credit
from pacemark.web.results.services.offers import decide_offer
from pacemark.web.results.services.sheets import sheet_of

router = Router(tags=["results"])
OVERSEERS = frozenset({AccessRole.DIRECTOR, AccessRole.OPERATIONS, AccessRole.ADMIN})


class AskedSpan(Paged):
    """Which days: ``at`` a month or quarter (2024-03, 2024-Q1; empty: the month shown), or ``first`` and ``last``."""

    at: str = ""
    first: str = ""
    last: str = ""

    def span(self) -> Span:
        """Return the days."""
        return span_asked(self.at, self.first, self.last)


class AskedLines(AskedSpan):
    """The same, and what the lines stand for."""

    by: Annotated[str, Field(pattern="^(people|teams|regions)$")] = "people"


class AskedDeals(AskedSpan):
    """The same, and which deals alone: ``split``, ``unowned`` or ``beyond`` (more given back than won)."""

    only: str = ""


class Part(Schema):
    """One person's part of a deal."""

    rep_id: int
    percent: Decimal


class Split(Schema):
    """Everyone's part; together exactly 100, or nobody: the owner's again."""

    parts: Annotated[list[Part], Field(max_length=20)]


class Decision(Schema):
    """What the rep says to an offer."""

    state: Annotated[str, Field(pattern="^(accepted|declined)$")]


@router.get("/attainment", response=answers(Attainment), operation_id="attainment", url_name="results_attainment",
            summary="Attainment")  # fmt: skip
def attainment(request: PageRequest, asked: Query[AskedLines]) -> dict[str, Any]:
    """Return what people, teams or regions brought; the lines, ``gone`` and ``nobody`` add up to ``whole``."""
    span = asked.span()
    found = attained(span, sight_of(request.user, today_here()))
    units = found.teams if asked.by == "teams" else found.regions
    lines: Sequence[PersonLine | UnitLine] = found.people if asked.by == "people" else units
    told = [_person(line) if isinstance(line, PersonLine) else line for line in lines]
    return {
        **listed("", asked, told),
        "span": span.label,
        "first": span.first.isoformat(),
        "last": span.last.isoformat(),
        "whole": found.whole,
        "gone": found.gone if asked.by == "people" else None,
        "nobody": found.nobody if asked.by == "people" else None,
    }


@router.get(
    "/causes", response=answers(Causes), operation_id="causes", url_name="results_causes", summary="Causes in money"
)
def causes(request: PageRequest, asked: Query[AskedLines]) -> dict[str, Any]:
    """Return goal, execution, ability and luck in money; the lines add up to ``whole``, the causes to its gap."""
    span = asked.span()
    book = causes_in(span, attained(span, sight_of(request.user, today_here())))
    if book is None:
        return {**listed("", asked, []), "span": span.label, "until": None, "whole": None}
    lines = {"people": tuple(book.people.values()), "teams": book.teams, "regions": book.regions}[asked.by]
    told = listed("", asked, lines)
    return {**told, "span": span.label, "until": book.until.isoformat(), "whole": book.whole}


@router.get("/deals", response=answers(list_of(DEAL)), operation_id="deals", url_name="results_deals",
            summary="Deals and who is credited")  # fmt: skip
def deals(request: PageRequest, asked: Query[AskedDeals]) -> dict[str, Any]:
    """Return the deals signed or partly given back on some days, with owner and split; money as it counts."""
    seen = sight_of(request.user, today_here()).rep_ids
    span = asked.span()
    rows = deals_asked(span, seen, asked.only)
    return listed_rows(span.label, asked, rows, lambda page: [_deal(line) for line in deal_lines(page)])


@router.post("/deals/{int:deal_id}/credit", response=answers(DEAL), operation_id="split_credit",
             openapi_extra=body_of(Split), url_name="results_split_credit",
             summary="Split a deal's credit")  # fmt: skip
def split(request: PageRequest, deal_id: int) -> dict[str, Any]:
    """Credit people with parts of a deal. Body: ``parts`` of ``rep_id`` and ``percent``, together 100 or none."""
    only_leaders(request)
    seen = sight_of(request.user, today_here()).rep_ids
    deal = deal_in_sight(deal_id, seen)
    if deal is None or (seen is not None and deal.owner_id not in seen):
        raise Http404
    sent = read_body(request, Split)
    split_credit(actor=request.user, deal_id=deal_id, parts=[(part.rep_id, part.percent) for part in sent.parts])
    return _deal(deal_lines([deal])[0])


@router.get("/reps/{int:rep_id}/ladder", response=answers(LadderOfRep), operation_id="ladder_of_rep",
            url_name="results_ladder", summary="One rep's ladder")  # fmt: skip
def ladder(request: PageRequest, rep_id: int) -> dict[str, Any]:
    """Return the running quarter's rungs, what the next takes as ``calc ladder`` answers, and the offer."""
    in_scope(request, rep_id)
    view = ladder_now(rep_id, target_label())
    if view is None:
        return {"rep_id": rep_id, "rungs": [], "next": None, "answer": None, "offer": None}
    return {
        "rep_id": rep_id,
        "quarter": view.label,
        "as_of": view.as_of.isoformat(),
        "net_minor": view.net_minor,
        "rungs": view.rungs,
        "next": view.next_minor,
        "answer": view.answer,
        "offer": _offer(view.offer) if view.offer else None,
    }


@router.get("/offers", response=answers(ListOf[OfferTold]), operation_id="offers", url_name="results_offers",
            summary="Next tiers offered")  # fmt: skip
def offers(request: PageRequest, asked: Query[Paged]) -> dict[str, Any]:
    """Return the running quarter's offers, those that wait for an answer first."""
    quarter = quarter_around(today_here())
    found = offers_of(quarter, sight_of(request.user, today_here()).rep_ids)
    return listed(quarter.label, asked, [_offer(offer) for offer in found])


@router.post("/offers/{int:offer_id}/decision", response=answers(OfferTold), operation_id="decide_offer",
             openapi_extra=body_of(Decision), url_name="results_decide_offer",
             summary="Take or leave an offer")  # fmt: skip
def decide(request: PageRequest, offer_id: int) -> dict[str, Any]:
    """Take or leave an offer made to oneself; next quarter's base does not move. Body: ``state``."""
    offer = TierOffer.objects.filter(pk=offer_id).first()
    if offer is None:
        raise Http404
    in_scope(request, offer.rep_id)
    sent = read_body(request, Decision)
    return _offer(decide_offer(actor=request.user, offer_id=offer_id, state=OfferState(sent.state), today=today_here()))


@router.get(
    "/overview", response=answers(Sheet), operation_id="overview", url_name="results_overview", summary="Overview"
)
def overview(request: PageRequest, at: str = "") -> Sheet:
    """Return a month's or quarter's overview: forecast, regions, teams, causes, managers' coaching, leads."""
    if request.user.access_role not in OVERSEERS:
        raise PermissionDenied
    span = span_asked(at)
    span = month_span() if span.kind == "days" else span
    return sheet_of(span, sight_of(request.user, today_here()))


def _person(line: PersonLine) -> dict[str, Any]:
    share = None if line.share is None else float(line.share)
    return {**asdict(line), "net_minor": line.net_minor, "share": share, "outcome": line.outcome or None}


def _deal(line: DealLine) -> dict[str, Any]:
    shares = [{"rep_id": rep_id, "name": name, "percent": share / 100} for rep_id, name, share in line.shares]
    return {**asdict(line), "signed_on": line.signed_on.isoformat(), "shares": shares, "is_beyond": line.is_beyond}


def _offer(offer: TierOffer) -> dict[str, Any]:
    return {
        "offer_id": offer.pk,
        "rep_id": offer.rep_id,
        "quarter_start": offer.quarter_start.isoformat(),
        "tier": offer.tier,
        "amount_minor": offer.amount_minor,
        "booked_minor": offer.booked_minor,
        "state": offer.state,
        "answer": offer.content,
        "next_base_moves": False,
    }
