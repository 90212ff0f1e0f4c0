"""What people do with a review: add words, decide actions, agree, archive. Atomic, attributed, on the trail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone

from pacemark.web.accounts.models import User
from pacemark.web.organization.clock import local_today
from pacemark.web.organization.queries import organization
from pacemark.web.results.bridge.review_effects import METRICS
from pacemark.web.results.choices import ReviewActionState, ReviewStage
from pacemark.web.results.models import Review, ReviewAction
from pacemark.web.results.queries.reviews import may_agree, may_archive, owners_of
from pacemark.web.results.refusals import refuse
from pacemark.web.trail.services import record

SECTIONS = ("result", "causes", "work", "last_actions", "coaching", "leads", "success", "next")
MOST_CHARACTERS = 2_000
MOST_ACTIONS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """An action: who does what until when, and the metric that should move (empty: not measured)."""

    what: str
    owner_id: int | None
    due_on: date
    metric: str = ""


@transaction.atomic
def add_words(*, actor: User, review_id: int, section: str, text: str) -> Review:
    """Add somebody's words to a section of a draft; words of others stay as they are."""
    review = _draft(review_id)
    if section not in SECTIONS:
        raise refuse("review_no_section", "A review has no such section.", "section")
    if not text.strip():
        raise refuse("review_says_nothing", "Say something.", "text")
    said = {"by": str(actor), "at": timezone.now().isoformat(), "text": text.strip()[:MOST_CHARACTERS]}
    review.words = {**review.words, section: [*review.words.get(section, []), said]}
    review.save(update_fields=["words"])
    record(actor=actor, action="results.review_words", subject=review, changes={"section": section})
    return review


@transaction.atomic
def decide_action(*, actor: User | None, review_id: int, decided: Decided) -> ReviewAction:
    """Put an action down in a draft; the next review of the unit says what became of it."""
    review = _draft(review_id)
    if not decided.what.strip():
        raise refuse("review_says_nothing", "Say what will be done.", "what")
    if decided.due_on <= review.last_day:
        raise refuse("review_due_too_early", "An action is due after the days that the review is about.", "due_on")
    if decided.owner_id is not None and decided.owner_id not in {one.pk for one in owners_of(review, _today())}:
        raise refuse("review_owner_outside", "Only somebody of this unit can own the action.", "owner")
    if decided.metric and decided.metric not in METRICS:
        raise refuse("review_no_metric", "Actions are not measured by this.", "metric")
    if review.actions.count() >= MOST_ACTIONS:
        raise refuse("review_full", f"A review decides at most {MOST_ACTIONS} actions.", "what")
    action = ReviewAction.objects.create(
        review=review, what=decided.what.strip()[:500], owner_id=decided.owner_id, due_on=decided.due_on,
        metric=decided.metric, made_by=actor,
    )  # fmt: skip
    changes = {"review": review.pk, "owner": decided.owner_id, "due_on": decided.due_on.isoformat()}
    record(actor=actor, action="results.review_action", subject=action, changes=changes)
    return action


@transaction.atomic
def settle_action(*, actor: User, action_id: int, state: str, today: date) -> ReviewAction:
    """Say that an action was done or dropped, once; whoever owns it or answers for the unit says so."""
    action = ReviewAction.objects.select_for_update(of=("self",)).select_related("review").get(pk=action_id)
    if state not in {ReviewActionState.DONE, ReviewActionState.DROPPED}:
        raise refuse("review_action_open", "An action is done or dropped.", "state")
    if action.owner_id != actor.pk and not may_agree(actor, action.review):
        raise refuse("review_not_yours", "Somebody else answers for this.", None)
    if action.state != ReviewActionState.OPEN:
        return action
    action.state, action.settled_on = state, today
    action.save(update_fields=["state", "settled_on"])
    record(actor=actor, action=f"results.review_action_{state}", subject=action)
    return action


@transaction.atomic
def agree_review(*, actor: User, review_id: int) -> Review:
    """Agree: content, words and actions stay as they are from then on. Agreeing twice changes nothing."""
    review = _locked(review_id)
    if not may_agree(actor, review):
        raise refuse("review_not_yours", "Whoever answers for the unit agrees.", None)
    if review.stage != ReviewStage.DRAFT:
        return review
    review.stage, review.agreed_by, review.agreed_at = ReviewStage.AGREED, actor, timezone.now()
    review.save(update_fields=["stage", "agreed_by", "agreed_at"])
    record(actor=actor, action="results.review_agreed", subject=review)
    return review


@transaction.atomic
def archive_review(*, actor: User, review_id: int) -> Review:
    """Archive an agreed review; whoever stands above the unit does. Archiving twice changes nothing."""
    review = _locked(review_id)
    if not may_archive(actor, review):
        raise refuse("review_not_yours", "Whoever stands above the unit archives.", None)
    if review.stage == ReviewStage.ARCHIVED:
        return review
    if review.stage != ReviewStage.AGREED:
        raise refuse("review_not_agreed", "A review is agreed before it is archived.", None)
    review.stage, review.archived_by, review.archived_at = ReviewStage.ARCHIVED, actor, timezone.now()
    review.save(update_fields=["stage", "archived_by", "archived_at"])
    record(actor=actor, action="results.review_archived", subject=review)
    return review


def _locked(review_id: int) -> Review:
    return Review.objects.select_for_update(of=("self",)).select_related("team__region", "region").get(pk=review_id)


def _draft(review_id: int) -> Review:
    review = _locked(review_id)
    if review.stage != ReviewStage.DRAFT:
        raise refuse("review_frozen", "This review was agreed and stays as it is.", None)
    return review


def _today() -> date:
    return local_today(organization().time_zone)
