"""Writes the last weeks' reviews through the product's services; managers decide, agree and do, the last waits."""

from __future__ import annotations

from datetime import date

from django.utils.translation import override

from pacemark.web.organization.clock import local_today
from pacemark.web.organization.queries import organization
from pacemark.web.results.choices import ReviewActionState, ReviewLevel, ReviewStage
from pacemark.web.results.models import Review
from pacemark.web.results.pages.review_words import proposals_of
from pacemark.web.results.queries.review_cycles import last_cycle
from pacemark.web.results.services.review_talks import (
    Decided,
    add_words,
    agree_review,
    archive_review,
    decide_action,
    settle_action,
)
from pacemark.web.results.services.reviews import write_due_reviews, write_reviews

N_WEEKS = 3
SAID = ("这周有两个人请假，外呼少在这里。", "新名单质量一般，已经跟运营提了。", "老带新有效果，下周继续。")


def write_demo_reviews() -> None:
    """Write them once; afterwards only what is due is written."""
    today = local_today(organization().time_zone)
    if not Review.objects.exclude(stage=ReviewStage.DRAFT).exists():
        week = last_cycle("week", today)
        weeks = [week]
        while len(weeks) < N_WEEKS:
            weeks.append(weeks[-1].before())
        for n_back, cycle in reversed(list(enumerate(weeks))):
            write_reviews(actor=None, cycle=cycle, level=ReviewLevel.TEAM, today=today)
            if n_back:
                _talk_over(cycle.first, today, n_back)
    write_due_reviews(today=today)


def _talk_over(first_day: date, today: date, n_back: int) -> None:
    """Let each team's manager decide something else each week, agree and mostly do it; the oldest is archived."""
    rows = Review.objects.filter(level=ReviewLevel.TEAM, first_day=first_day).select_related("team__region")
    for place, row in enumerate(rows.order_by("pk")):
        manager = row.team.manager if row.team else None
        if manager is None:
            continue
        add_words(actor=manager, review_id=row.pk, section="work", text=SAID[place % len(SAID)])
        with override("zh-hans"):
            offered = proposals_of(row.content)[N_WEEKS - n_back - 1 :][:1]
        made = [
            decide_action(
                actor=manager, review_id=row.pk,
                decided=Decided(
                    what=one.what, owner_id=one.owner_id, due_on=date.fromisoformat(one.due_on), metric=one.metric
                ),
            )
            for one in offered
        ]  # fmt: skip
        agree_review(actor=manager, review_id=row.pk)
        for action in made if place % 3 else ():
            settle_action(
                actor=manager, action_id=action.pk, state=ReviewActionState.DONE, today=min(action.due_on, today)
            )
        director = row.team.region.director if row.team and row.team.region else None
        if n_back == N_WEEKS - 1 and director is not None:
            archive_review(actor=director, review_id=row.pk)
