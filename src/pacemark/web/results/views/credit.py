"""The deals behind the money, and splitting a deal's credit."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from pacemark.web.accounts.http import PageRequest
from pacemark.web.organization.clock import local_today
from pacemark.web.organization.queries import organization
from pacemark.web.pipeline.models import Deal
from pacemark.web.results.choices import OfferState
from pacemark.web.results.forms import CreditForm, DecisionForm
from pacemark.web.results.models import TierOffer
from pacemark.web.results.pages.words import span_query, spans_to_pick
from pacemark.web.results.queries.deals import deal_in_sight, deal_lines, deals_page, labels_of, rep_named
from pacemark.web.results.refusals import Refused, refuse, sentence
from pacemark.web.results.services.credit import split_credit
from pacemark.web.results.services.offers import decide_offer
from pacemark.web.results.views.asked import allow_everyone, in_scope, leaders, sight, span_of


@leaders
@require_safe
def deals(request: PageRequest) -> HttpResponse:
    """Show the deals of some days: whose they are, and who is credited."""
    span, only = span_of(request), request.GET.get("only", "")
    page = deals_page(span, sight(request).rep_ids, only, request.GET.get("page"))
    context = {
        "span": span, "spans": spans_to_pick(span), "query": span_query(span), "only": only, "page": page,
        "lines": deal_lines(list(page)), "currency": organization().currency,
    }  # fmt: skip
    return render(request, "results/deals.html", context)


@leaders
def credit(request: PageRequest, deal_id: int) -> HttpResponse:
    """Show who is credited with a deal, and split it anew."""
    deal = _deal(request, deal_id)
    line = deal_lines([deal])[0]
    form = CreditForm(request.POST or None, initial=_initial(line.shares))
    if request.method == "POST" and form.is_valid():
        try:
            split_credit(actor=request.user, deal_id=deal.pk, parts=_named(form.parts()))
        except Refused as refused:
            form.add_error(None, sentence(refused))
        else:
            messages.success(request, _("Saved. The sums stay as they were; the money has moved."))
            return redirect("results:credit", deal_id=deal.pk)
    context = {"line": line, "form": form, "currency": organization().currency}
    return render(request, "results/credit.html", context, status=422 if form.errors else 200)


@allow_everyone
@require_POST
def decide(request: PageRequest, offer_id: int) -> HttpResponse:
    """Take or leave an offer made to oneself."""
    offer, form = TierOffer.objects.filter(pk=offer_id).first(), DecisionForm(request.POST)
    if offer is None or not form.is_valid():
        raise Http404
    in_scope(request, offer.rep_id)
    try:
        today = local_today(organization().time_zone)
        decided = decide_offer(
            actor=request.user, offer_id=offer.pk, state=OfferState(form.cleaned_data["state"]), today=today
        )
    except Refused as refused:
        messages.error(request, sentence(refused))
    else:
        taken = decided.state == OfferState.ACCEPTED
        messages.success(
            request,
            _("Taken up. Next quarter's base stays as it is.") if taken else _("Left. Nothing else changes by that."),
        )
    return redirect(f"{reverse('results:home')}#ladder")


def _deal(request: PageRequest, deal_id: int) -> Deal:
    """Return a deal whose owner is in sight; one that nobody owns is for those who see everything."""
    seen = sight(request).rep_ids
    deal = deal_in_sight(deal_id, seen)
    if deal is None or (seen is not None and request.method == "POST" and deal.owner_id not in seen):
        raise Http404
    return deal


def _named(parts: list[tuple[str, Decimal]]) -> list[tuple[int, Decimal]]:
    found = []
    for words, share in parts:
        rep_id = rep_named(words)
        if rep_id is None:
            raise refuse("unknown_rep", "One of the people is not known.", "rep")
        found.append((rep_id, share))
    return found


def _initial(shares: tuple[tuple[int, str, int], ...]) -> dict[str, Any]:
    labels = labels_of([rep_id for rep_id, _name, _share in shares])
    found: dict[str, Any] = {}
    for row, (rep_id, _name, share) in enumerate(shares):
        found |= {f"rep_{row}": labels.get(rep_id, ""), f"share_{row}": Decimal(share) / 100}
    return found
