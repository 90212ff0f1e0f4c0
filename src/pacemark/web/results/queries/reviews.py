"""Reading reviews: those in sight, who may agree and archive, what is still to do, and whether data changed since."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from pacemark.web.accounts.choices import AccessRole
from pacemark.web.accounts.models import User
from pacemark.web.organization.models import Region, Team
from pacemark.web.organization.queries import members_on, teams_visible_to
from pacemark.web.pipeline.queries.team_days import TeamSums, team_sums
from pacemark.web.results.choices import ReviewActionState, ReviewLevel, ReviewStage
from pacemark.web.results.models import Review, ReviewAction
from pacemark.web.results.queries.money import takings

PLANNERS = frozenset({AccessRole.OPERATIONS, AccessRole.ADMIN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """What a frozen review says was brought, and what the records say now."""

    net_minor: int
    net_now_minor: int
    other_counts: bool


def reviews_in_sight(user: User) -> QuerySet[Review]:
    """Return the reviews that a person may read, the newest first: a manager the team's, a director the region's too.

    They name people, so that a rep reads none.
    """
    rows = Review.objects.select_related("team", "region").annotate(n_actions=Count("actions"))
    rows = rows.order_by("-last_day", F("region").asc(nulls_last=True), F("team__name").asc(nulls_first=True), "pk")
    if user.access_role in PLANNERS:
        return rows
    if user.access_role == AccessRole.REP:
        return rows.none()
    seen = Q(team__in=[team.pk for team in teams_visible_to(user)])
    if user.access_role == AccessRole.DIRECTOR:
        seen |= Q(region__director=user)
    return rows.filter(seen)


def review_in_sight(user: User, review_id: int) -> Review | None:
    """Return one review with everything that its page needs."""
    rows = reviews_in_sight(user).filter(pk=review_id)
    return rows.select_related("team__region", "region", "agreed_by", "archived_by").first()


def actions_of(review: Review) -> list[ReviewAction]:
    """Return what a review decided, by the day it is due."""
    return list(review.actions.select_related("owner").order_by("due_on", "pk"))


def may_agree(user: User, review: Review) -> bool:
    """Tell whether somebody answers for the unit or stands above it."""
    if user.access_role in PLANNERS:
        return True
    return user.pk in {_manager(review), _director(review)}


def may_archive(user: User, review: Review) -> bool:
    """Tell whether somebody stands above who answers for the unit: nobody archives their own team's review alone."""
    if user.access_role in PLANNERS:
        return True
    return review.level == ReviewLevel.TEAM and user.pk == _director(review)


def _manager(review: Review) -> int:
    return (review.team.manager_id or 0) if review.team else 0


def _director(review: Review) -> int:
    region = review.region or (review.team.region if review.team else None)
    return (region.director_id or 0) if region else 0


def owners_of(review: Review, today: date) -> list[User]:
    """Return who may own an action: the unit's people of today, its managers and its director."""
    teams = set(review.content["team_ids"])
    reps = [one.rep_id for one in members_on(today) if one.team_id in teams]
    regions = Region.objects.filter(Q(teams__in=teams) | Q(pk=review.region_id or 0)).values("director")
    there = Q(rep__in=reps) | Q(teams_managed__in=teams) | Q(pk__in=regions)
    people = User.objects.filter(there, is_active=True).distinct()
    return sorted(people, key=lambda one: (one.access_role == AccessRole.REP, str(one)))


def drift_of(review: Review) -> Drift | None:
    """Return how the records of a frozen review's days differ from it; None where they do not, or it is a draft."""
    if review.stage == ReviewStage.DRAFT:
        return None
    told, until = review.content, date.fromisoformat(review.content["until"])
    teams = set(told["team_ids"])
    net = sum(part.net_minor for part in takings(review.first_day, until).placed if (part.team_id or 0) in teams)
    work = TeamSums()
    for team, sums in team_sums(review.first_day, until).items():
        work = work.plus(sums) if team in teams else work
    same_work = asdict(work) == told["work"]["now"]
    if net == told["result"]["net_minor"] and same_work:
        return None
    return Drift(net_minor=told["result"]["net_minor"], net_now_minor=net, other_counts=not same_work)


def carried_actions(team_ids: Sequence[int]) -> list[ReviewAction]:
    """Return what agreed reviews of some teams, and of their regions, decided and is still to do; one query."""
    agreed = Q(review__stage__in=(ReviewStage.AGREED, ReviewStage.ARCHIVED), state=ReviewActionState.OPEN)
    regions = Team.objects.filter(pk__in=team_ids).values("region")
    about = Q(review__team__in=team_ids) | Q(review__region__in=regions)
    return list(ReviewAction.objects.filter(agreed & about).select_related("owner").order_by("due_on", "pk"))


def as_json(review: Review, actions: Sequence[ReviewAction]) -> dict[str, Any]:
    """Return a kept review for programs."""
    return {
        "review_id": review.pk,
        "key": review.key,
        "stage": review.stage,
        "written_at": review.written_at.isoformat(),
        "agreed_at": review.agreed_at.isoformat() if review.agreed_at else None,
        "archived_at": review.archived_at.isoformat() if review.archived_at else None,
        **review.content,
        "words": review.words,
        "actions": [action_json(one) for one in actions],
    }


def action_json(one: ReviewAction) -> dict[str, Any]:
    """Return one action for programs."""
    return {
        "action_id": one.pk, "what": one.what, "owner_id": one.owner_id, "owner": str(one.owner or ""),
        "due_on": one.due_on.isoformat(), "metric": one.metric, "state": one.state, "worked": one.worked or None,
    }  # fmt: skip
