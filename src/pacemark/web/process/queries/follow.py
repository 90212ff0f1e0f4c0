"""Daily follow-through of managers: on how many working days they looked at the gaps, and what waits for an answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import prefetch_related_objects

from pacemark.engine.periods import sales_month_of
from pacemark.web.goals.choices import AgreementState
from pacemark.web.goals.queries.agreements import states_of
from pacemark.web.organization.models import Team
from pacemark.web.organization.queries import members_on, organization
from pacemark.web.organization.working_time import working_days_of
from pacemark.web.process.models import LookedAt
from pacemark.web.process.queries.coaching import WINDOW_DAYS


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowThrough:
    """One team's manager over the last four weeks; ``asked`` are questions of reps that wait for the manager."""

    team: Team
    looked: int
    workdays: int
    agreed: int
    asked: int


def follow_through(today: date, teams: Sequence[Team]) -> list[FollowThrough]:
    """Return each led team's follow-through, in the order of the teams."""
    first = today - timedelta(days=WINDOW_DAYS - 1)
    prefetch_related_objects(teams, "manager")
    members = members_on(today)
    days = working_days_of(members, first, today)
    views = states_of(sales_month_of(today, organization().sales_month_start_day).first, None)
    looks: dict[tuple[int, int], set[date]] = {}
    for user_id, team_id, day in LookedAt.objects.filter(day__gte=first).values_list("user_id", "team_id", "day"):
        looks.setdefault((user_id, team_id), set()).add(day)
    found = []
    for team in teams:
        if team.manager_id is None:
            continue
        own = [member.rep_id for member in members if member.team_id == team.pk]
        # A day on which anybody of the team worked is a day to look; whoever looks on a day off has looked.
        worked = {day for rep_id in own for day in days.get(rep_id, ())}
        seen = looks.get((team.manager_id, team.pk), set())
        states = [views[rep_id].state for rep_id in own if rep_id in views]
        found.append(
            FollowThrough(
                team=team, looked=len(seen & worked), workdays=len(worked),
                agreed=states.count(AgreementState.AGREED), asked=states.count(AgreementState.ASKED),
            )
        )  # fmt: skip
    return found
