"""Reviews: read, print, add words, decide actions, agree and archive."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from pacemark.web.accounts.exports import PDF, Export, send_export, watermark_of
from pacemark.web.accounts.http import PageRequest
from pacemark.web.organization.clock import local_today
from pacemark.web.organization.queries import organization
from pacemark.web.results.bridge.review_effects import METRICS
from pacemark.web.results.choices import ReviewLevel, ReviewStage
from pacemark.web.results.drawing.pdf import pdf_of
from pacemark.web.results.forms import ActionForm, SettleForm, WordsForm
from pacemark.web.results.models import Review, ReviewAction
from pacemark.web.results.pages.review_print import printed
from pacemark.web.results.pages.review_words import headline_of, metric_words, parts_of, proposals_of, title_of
from pacemark.web.results.queries.reviews import (
    actions_of,
    drift_of,
    may_agree,
    may_archive,
    owners_of,
    review_in_sight,
    reviews_in_sight,
)
from pacemark.web.results.refusals import Refused, sentence
from pacemark.web.results.services.review_talks import (
    Decided,
    add_words,
    agree_review,
    archive_review,
    decide_action,
    settle_action,
)
from pacemark.web.results.views.asked import allow_everyone, leaders

PAGE_SIZE = 30


@leaders
@require_safe
def reviews(request: PageRequest) -> HttpResponse:
    """List the reviews in sight, the newest first."""
    rows, level = reviews_in_sight(request.user), request.GET.get("level", "")
    level = level if level in ReviewLevel.values else ""
    page = Paginator(rows.filter(level=level) if level else rows, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page": page, "level": level, "levels": [("", _("All")), *ReviewLevel.choices[:2]],
        "lines": [(row, title_of(row.content), headline_of(row.content)) for row in page],
    }  # fmt: skip
    return render(request, "results/reviews.html", context)


@leaders
@require_safe
def review(request: PageRequest, review_id: int) -> HttpResponse:
    """Show one review as it is printed, with what may be added while it is a draft."""
    return _page(request, _review(request, review_id))


def _page(request: PageRequest, row: Review, form: ActionForm | None = None) -> HttpResponse:
    is_draft, content = row.stage == ReviewStage.DRAFT, row.content
    proposals = proposals_of(content) if is_draft else []
    context = {
        "review": row, "title": title_of(content), "headline": headline_of(content), "is_draft": is_draft,
        "parts": parts_of(content, row.words), "next_words": row.words.get("next", ()), "actions": actions_of(row),
        "proposals": proposals, "metrics": dict(metric_words(tuple(METRICS))), "drift": drift_of(row),
        "currency": content["currency"], "until": content["until"],
        "form": (form or _form(row)) if is_draft else None,
        "may_agree": may_agree(request.user, row), "may_archive": may_archive(request.user, row),
    }  # fmt: skip
    return render(request, "results/review.html", context, status=422 if form is not None else 200)


@leaders
@require_safe
def pdf(request: PageRequest, review_id: int) -> HttpResponseBase:
    """Send the review as PDF."""
    row = _review(request, review_id)
    try:
        blocks = printed(row.content, row.words, actions_of(row))
        body = pdf_of(blocks, watermark_of(request.user))
    except Refused as refused:
        return HttpResponse(sentence(refused), status=503, content_type="text/plain; charset=utf-8")
    name = f"review-{row.content['label']}-{row.pk}.pdf"
    return send_export(request, Export(kind="results.review", name=name, content_type=PDF, rows=len(blocks)), body)


@leaders
@require_POST
def words(request: PageRequest, review_id: int) -> HttpResponse:
    """Add words to a section."""
    row, form = _review(request, review_id), WordsForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say something first."))
        return _back(row)
    said = form.cleaned_data
    try:
        add_words(actor=request.user, review_id=row.pk, section=said["section"], text=said["text"])
    except Refused as refused:
        messages.error(request, sentence(refused))
    else:
        messages.success(request, _("Added."))
    return _back(row, said["section"])


@leaders
@require_POST
def decide(request: PageRequest, review_id: int) -> HttpResponse:
    """Put an action down."""
    row = _review(request, review_id)
    form = _form(row, request.POST)
    if not form.is_valid():
        return _page(request, row, form)
    typed = form.cleaned_data
    decided = Decided(
        what=typed["what"], owner_id=typed["owner"] or None, due_on=typed["due_on"], metric=typed["metric"]
    )
    try:
        decide_action(actor=request.user, review_id=row.pk, decided=decided)
    except Refused as refused:
        form.add_error(None, sentence(refused))
        return _page(request, row, form)
    messages.success(request, _("Put down."))
    return _back(row, "next")


@leaders
@require_POST
def agree(request: PageRequest, review_id: int) -> HttpResponse:
    """Agree to a review."""
    told = _("Agreed. It stays as it is; its actions go into the next cycle.")
    return _pass_on(request, _review(request, review_id), agree_review, told)


@leaders
@require_POST
def archive(request: PageRequest, review_id: int) -> HttpResponse:
    """Archive an agreed review."""
    return _pass_on(request, _review(request, review_id), archive_review, _("Archived."))


def _pass_on(request: PageRequest, row: Review, step: Callable[..., Review], told: str) -> HttpResponse:
    try:
        step(actor=request.user, review_id=row.pk)
    except Refused as refused:
        messages.error(request, sentence(refused))
    else:
        messages.success(request, told)
    return _back(row)


@allow_everyone
@require_POST
def settle(request: PageRequest, action_id: int) -> HttpResponse:
    """Say that an action is done or dropped; its owner or whoever answers for the unit."""
    action, form = ReviewAction.objects.filter(pk=action_id).first(), SettleForm(request.POST)
    row = review_in_sight(request.user, action.review_id) if action else None
    if action is None or not form.is_valid() or (row is None and action.owner_id != request.user.pk):
        raise Http404
    try:
        today = local_today(organization().time_zone)
        settle_action(actor=request.user, action_id=action.pk, state=form.cleaned_data["state"], today=today)
    except Refused as refused:
        messages.error(request, sentence(refused))
    else:
        messages.success(request, _("Kept. The next review says what became of it."))
    return redirect("/") if row is None else _back(row, "next")


def _review(request: PageRequest, review_id: int) -> Review:
    row = review_in_sight(request.user, review_id)
    if row is None:
        raise Http404
    return row


def _form(row: Review, typed: Any = None) -> ActionForm:
    owners = [(user.pk, str(user)) for user in owners_of(row, local_today(organization().time_zone))]
    return ActionForm(typed, owners=owners, metrics=metric_words(tuple(METRICS)))


def _back(row: Review, section: str = "") -> HttpResponse:
    return redirect(reverse("results:review", args=[row.pk]) + (f"#{section}" if section else ""))
