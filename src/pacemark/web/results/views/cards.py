"""Celebration cards: look, copy or download, send to a group; and one's own word about one's name."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from pacemark.web.accounts.choices import AccessRole
from pacemark.web.accounts.exports import PNG, SVG, Export, send_export
from pacemark.web.accounts.http import PageRequest
from pacemark.web.notifications.queries import channels_seen_by
from pacemark.web.organization.clock import local_today
from pacemark.web.organization.queries import organization, rep_of
from pacemark.web.results.drawing.fonts import font_files
from pacemark.web.results.drawing.png import png_of
from pacemark.web.results.drawing.svg import svg_of
from pacemark.web.results.forms import ConsentForm
from pacemark.web.results.models import Celebration
from pacemark.web.results.pages.card_words import card_words, line_of
from pacemark.web.results.queries.celebrations import cards_in, consent_of, n_unasked, truth_of, truths_of
from pacemark.web.results.refusals import Refused, sentence
from pacemark.web.results.services.celebrations import send_card, set_consent
from pacemark.web.results.views.asked import allow, allow_everyone, sight

PAGE_SIZE, ASKED_DAYS = 12, 30
senders = allow(AccessRole.MANAGER, AccessRole.OPERATIONS, AccessRole.ADMIN)


@allow_everyone
@require_safe
def cards(request: PageRequest) -> HttpResponse:
    """List the cards in sight, the newest first, each checked against the records as it is shown."""
    seen, rep = sight(request), rep_of(request.user)
    page = Paginator(cards_in(seen, request.user), PAGE_SIZE).get_page(request.GET.get("page"))
    truths = truths_of(page)
    shown = [(card, truths[card.key], line_of(truths[card.key])) for card in page if card.key in truths]
    today = local_today(organization().time_zone)
    context = {
        "page": page, "cards": shown, "n_untrue": len(page.object_list) - len(shown),
        "rep": rep, "consent": consent_of(rep.pk) if rep else None,
        "n_unasked": n_unasked(seen, today - timedelta(days=ASKED_DAYS)) if not rep else 0,
        "channels": list(channels_seen_by(request.user).filter(is_on=True)), "has_font": bool(font_files()),
    }  # fmt: skip
    return render(request, "results/cards.html", context)


@allow_everyone
@require_safe
def picture(request: PageRequest, card_id: int, form: str) -> HttpResponseBase:
    """Draw a card as PNG or SVG from the records of this moment; a card that is no longer true is gone."""
    truth = truth_of(_card(request, card_id))
    if truth is None:
        raise Http404
    words = card_words(truth)
    try:
        body: bytes | str = png_of(words) if form == "png" else svg_of(words)
    except Refused as refused:
        return HttpResponse(sentence(refused), status=503, content_type="text/plain; charset=utf-8")
    kind = PNG if form == "png" else SVG
    drawn = body if isinstance(body, bytes) else body.encode()
    if request.GET.get("save"):
        return send_export(
            request, Export(kind="results.card", name=f"card-{card_id}.{form}", content_type=kind, rows=1), drawn
        )
    response = HttpResponse(drawn, content_type=kind)
    response["Cache-Control"] = "private, no-store"  # a refund or a word taken back must show at once
    return response


@senders
@require_POST
def send(request: PageRequest, card_id: int) -> HttpResponse:
    """Send a card to a channel that the sender runs."""
    channel = channels_seen_by(request.user).filter(pk=_number(request.POST.get("channel", ""))).first()
    card = _card(request, card_id)
    if channel is None:
        raise Http404
    try:
        count = send_card(actor=request.user, celebration=card, channel=channel)
    except Refused as refused:
        messages.error(request, sentence(refused))
    else:
        told = _("On its way to the group.") if count else _("This group has been told already.")
        messages.success(request, told)
    return redirect("results:cards")


@allow(AccessRole.REP)
@require_POST
def consent(request: PageRequest) -> HttpResponse:
    """Keep the word of the rep who is signed in about their own name."""
    rep, form = rep_of(request.user), ConsentForm(request.POST)
    if rep is None or not form.is_valid():
        raise Http404
    set_consent(actor=request.user, rep=rep, is_given=form.cleaned_data["is_given"])
    messages.success(request, _("Kept. You can change it here at any time."))
    return redirect("results:cards")


def _card(request: PageRequest, card_id: int) -> Celebration:
    card = cards_in(sight(request), request.user).filter(pk=card_id).first()
    if card is None:
        raise Http404
    return card


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 12 else 0
