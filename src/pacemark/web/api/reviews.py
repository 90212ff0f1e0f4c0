"""Reviews for programs: read, add words, decide and settle actions, agree and archive. Money in minor units."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from django.http import Http404
from ninja import Query, Router, Schema
from pydantic import Field

from pacemark.web.accounts.http import PageRequest
from pacemark.web.api.access import only_leaders
from pacemark.web.api.listing import ListOf, Paged, answers, listed_rows, today_here
from pacemark.web.api.reading import body_of, read_body
from pacemark.web.api.results_told import ActionTold, ReviewLine, ReviewTold
from pacemark.web.api.shapes import kept
from pacemark.web.results.models import Review, ReviewAction
from pacemark.web.results.pages.review_words import headline_of, parts_of, title_of
from pacemark.web.results.queries.reviews import action_json, actions_of, as_json, review_in_sight, reviews_in_sight
from pacemark.web.results.services.review_talks import (
    Decided,
    add_words,
    agree_review,
    archive_review,
    decide_action,
    settle_action,
)

router = Router(tags=["results"])
KEPT = kept(ReviewTold)


class AskedReviews(Paged):
    """Of which level, and about days that end from ``since`` on."""

    level: Annotated[str, Field(pattern="^(team|region|organization|)$")] = ""
    since: date | None = None


class Words(Schema):
    """What somebody adds to a section."""

    section: str
    text: Annotated[str, Field(max_length=2000)]


class NewAction(Schema):
    """Who does what until when, and the metric that should move."""

    what: Annotated[str, Field(max_length=500)]
    owner_id: int | None = None
    due_on: date
    metric: str = ""


class Settled(Schema):
    """What became of an action."""

    state: Annotated[str, Field(pattern="^(done|dropped)$")]


@router.get("/reviews", response=answers(ListOf[ReviewLine]), operation_id="reviews", url_name="results_reviews",
            summary="Reviews")  # fmt: skip
def reviews(request: PageRequest, asked: Query[AskedReviews]) -> dict[str, Any]:
    """Return the reviews in sight, the newest first: stage and result of each."""
    only_leaders(request)
    rows = reviews_in_sight(request.user)
    if asked.level:
        rows = rows.filter(level=asked.level)
    if asked.since:
        rows = rows.filter(last_day__gte=asked.since)
    return listed_rows("", asked, rows, lambda page: [_line(row) for row in page])


def _line(row: Review) -> dict[str, Any]:
    return {
        "review_id": row.pk, "key": row.key, "level": row.level, "name": row.content["name"], "stage": row.stage,
         "first": row.first_day.isoformat(), "last": row.last_day.isoformat(), "title": title_of(row.content),
         "headline": headline_of(row.content), **row.content["result"],
    }  # fmt: skip


@router.get("/reviews/{int:review_id}", response=answers(KEPT), operation_id="review", url_name="results_review",
            summary="One review")  # fmt: skip
def review(request: PageRequest, review_id: int) -> dict[str, Any]:
    """Return a review: its numbers, the sentences in the language asked for, words, actions."""
    return _told(_review(request, review_id))


@router.post("/reviews/{int:review_id}/words", response=answers(KEPT), operation_id="review_words",
             openapi_extra=body_of(Words), url_name="results_review_words",
             summary="Add words to a review")  # fmt: skip
def words(request: PageRequest, review_id: int) -> dict[str, Any]:
    """Add words to a section of a draft. Body: ``section``, ``text``."""
    row = _review(request, review_id)
    sent = read_body(request, Words)
    return _told(add_words(actor=request.user, review_id=row.pk, section=sent.section, text=sent.text))


@router.post("/reviews/{int:review_id}/actions", response=answers(ActionTold), operation_id="review_decide",
             openapi_extra=body_of(NewAction), url_name="results_decide", summary="Decide an action")  # fmt: skip
def decide(request: PageRequest, review_id: int) -> dict[str, Any]:
    """Put an action down in a draft. Body: ``what``, ``owner_id``, ``due_on``, ``metric``."""
    row = _review(request, review_id)
    sent = read_body(request, NewAction)
    decided = Decided(what=sent.what, owner_id=sent.owner_id, due_on=sent.due_on, metric=sent.metric)
    return action_json(decide_action(actor=request.user, review_id=row.pk, decided=decided))


@router.post("/reviews/{int:review_id}/agree", response=answers(KEPT), operation_id="review_agree",
             url_name="results_review_agree", summary="Agree to a review")  # fmt: skip
def agree(request: PageRequest, review_id: int) -> dict[str, Any]:
    """Agree: whoever answers for the unit. Content, words and actions stay as they are from then on."""
    return _told(agree_review(actor=request.user, review_id=_review(request, review_id).pk))


@router.post("/reviews/{int:review_id}/archive", response=answers(KEPT), operation_id="review_archive",
             url_name="results_review_archive", summary="Archive a review")  # fmt: skip
def archive(request: PageRequest, review_id: int) -> dict[str, Any]:
    """Archive an agreed review: whoever stands above the unit."""
    return _told(archive_review(actor=request.user, review_id=_review(request, review_id).pk))


@router.post("/review-actions/{int:action_id}", response=answers(ActionTold), operation_id="review_settle",
             openapi_extra=body_of(Settled), url_name="results_review_settle", summary="Settle an action")  # fmt: skip
def settle(request: PageRequest, action_id: int) -> dict[str, Any]:
    """Say that an action is done or dropped: its owner, or whoever answers for the unit. Body: ``state``."""
    action = ReviewAction.objects.filter(pk=action_id).first()
    if action is None:
        raise Http404
    if action.owner_id != request.user.pk and review_in_sight(request.user, action.review_id) is None:
        raise Http404
    sent = read_body(request, Settled)
    return action_json(settle_action(actor=request.user, action_id=action_id, state=sent.state, today=today_here()))


def _review(request: PageRequest, review_id: int) -> Review:
    only_leaders(request)
    row = review_in_sight(request.user, review_id)
    if row is None:
        raise Http404
    return row


def _told(row: Review) -> dict[str, Any]:
    sections = [{"code": one.code, "title": one.title, "sentences": one.sentences} for one in parts_of(row.content, {})]
    headline = {"title": title_of(row.content), "headline": headline_of(row.content)}
    return {**as_json(row, actions_of(row)), **headline, "sections": sections}
