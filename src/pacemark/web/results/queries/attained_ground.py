"""What every line of attainment is made from, loaded in a fixed number of queries, and whose it may be."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date

from pacemark.engine.results.attribution import Placed
from pacemark.web.accounts.choices import AccessRole
from pacemark.web.accounts.models import User
from pacemark.web.goals.models import RepPlan
from pacemark.web.goals.queries.replans import latest_replans
from pacemark.web.goals.queries.tiers import GradeTiers, tier_amounts
from pacemark.web.organization.choices import Role
from pacemark.web.organization.models import Grade, Membership, Rep, Team
from pacemark.web.organization.queries import teams_visible_to, visible_rep_ids
from pacemark.web.results.bridge.attained import Outlook
from pacemark.web.results.models import QuarterOutlook
from pacemark.web.results.queries.asked import Asked, GradeAsks, asked_of, grade_asks
from pacemark.web.results.queries.money import Takings, stays_between, takings
from pacemark.web.results.queries.spans import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """Whose results are shown: named people, and whole teams with whoever was in them; None for everything."""

    rep_ids: frozenset[int] | None
    team_ids: frozenset[int] | None

    def holds(self, part: Placed) -> bool:
        """Tell whether money counts for a unit in sight; a rep's own counts wherever it was made."""
        if self.team_ids is None:
            return True
        return part.team_id in self.team_ids if self.team_ids else part.rep_id in (self.rep_ids or ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What all lines are made from."""

    span: Span
    sight: Sight
    found: Takings
    asked: Mapping[int, Asked]
    roles: Mapping[int, str]
    outlooks: Mapping[int, Outlook]
    """Of those whose result is money, with what is booked by now."""
    people: Mapping[int, tuple[str, str, date | None, date | None]]
    teams: Mapping[int, Team]
    grades: Mapping[int, str]
    ladder: Mapping[int, GradeAsks]
    tiers: Mapping[int, GradeTiers]

    def is_setter(self, rep_id: int) -> bool:
        """Tell whether opportunities are the result: a setter's amount is worked by closers and counts there."""
        return self.roles.get(rep_id) == Role.SETTER

    def target(self, rep_id: int) -> Asked | None:
        """Return what is asked of somebody in money."""
        return None if self.is_setter(rep_id) else self.asked.get(rep_id)

    def region_of(self, team_id: int) -> int:
        """Return a team's region, 0 for none."""
        team = self.teams.get(team_id)
        return (team.region_id or 0) if team else 0


def sight_of(user: User, day: date) -> Sight:
    """Return what a person sees: a rep themselves, a manager and a director their teams, others everything."""
    rep_ids = visible_rep_ids(user, day)
    if rep_ids is None:
        return Sight(rep_ids=None, team_ids=None)
    teams = teams_visible_to(user) if user.access_role != AccessRole.REP else []
    return Sight(rep_ids=rep_ids, team_ids=frozenset(team.pk for team in teams))


def load_ground(span: Span, sight: Sight) -> Ground:
    """Load what the lines of a span are made from."""
    loaded = _loaded(span, sight)
    found = takings(span.first, span.last, loaded)
    rows = Rep.objects.all() if loaded is None else Rep.objects.filter(pk__in=loaded)
    people = {
        pk: (name, number or "", hired_on, left_on)
        for pk, name, number, hired_on, left_on in rows.values_list("pk", "name", "employee_no", "hired_on", "left_on")
    }
    is_quarter, roles = span.kind == "quarter", _roles(span, loaded)
    return Ground(
        span=span,
        sight=sight,
        found=found,
        asked=asked_of(span, found.stays, loaded),
        roles=roles,
        outlooks=_as_booked(found, roles, outlooks_of(span, loaded)),
        people=people,
        teams={team.pk: team for team in Team.objects.select_related("region")},
        grades=dict(Grade.objects.values_list("pk", "name")),
        ladder=grade_asks(span, found.stays, {pk: one[2] for pk, one in people.items()}),
        tiers=tier_amounts(span.first) if is_quarter else {},
    )


def _loaded(span: Span, sight: Sight) -> frozenset[int] | None:
    """Return whose money is needed: the people in sight, and whoever was in a team in sight on one of the days."""
    if sight.rep_ids is None or not sight.team_ids:
        return sight.rep_ids
    stays = stays_between(span.first, span.last)
    there = {rep for rep, mine in stays.items() if any(stay.team_id in sight.team_ids for stay in mine)}
    return sight.rep_ids | there


def _roles(span: Span, rep_ids: Collection[int] | None) -> dict[int, str]:
    """Return everyone's role: the plan's of the last month that has one, else as stated."""
    stated = Membership.objects.filter(valid_from__lte=span.last).exclude(role="").order_by("valid_from")
    plans = RepPlan.objects.filter(is_current=True, period_start__lte=span.last, period_start__gte=span.first).order_by(
        "period_start"
    )
    if rep_ids is not None:
        stated, plans = stated.filter(rep_id__in=rep_ids), plans.filter(rep_id__in=rep_ids)
    return dict(stated.values_list("rep_id", "role")) | dict(plans.values_list("rep_id", "role"))


def outlooks_of(span: Span, rep_ids: frozenset[int] | None) -> dict[int, Outlook]:
    """Return where people's running month or quarter ends, as last worked out."""
    if not span.is_running or span.kind == "days":
        return {}
    if span.kind == "month":
        return {
            rep_id: Outlook(
                as_of=one.as_of, booked_minor=one.booked_minor, mean_minor=one.projection_minor,
                low_minor=one.projection_low_minor, high_minor=one.projection_high_minor, chance=one.chance,
            )
            for rep_id, one in latest_replans(span.first, rep_ids, span.today).items()
        }  # fmt: skip
    rows = QuarterOutlook.objects.filter(quarter_start=span.first)
    if rep_ids is not None:
        rows = rows.filter(rep_id__in=rep_ids)
    columns = ("rep_id", "as_of", "booked_minor", "mean_minor", "low_minor", "high_minor", "chance")
    return {
        rep_id: Outlook(
            as_of=as_of, booked_minor=booked, mean_minor=mean, low_minor=low, high_minor=high, chance=chance
        )
        for rep_id, as_of, booked, mean, low, high, chance in rows.values_list(*columns)
    }


def _as_booked(found: Takings, roles: Mapping[int, str], outlooks: Mapping[int, Outlook]) -> dict[int, Outlook]:
    """Return outlooks with what is booked by now: what has come in since they were worked out is not still to come."""
    net: dict[int, int] = {}
    for part in found.placed:
        net[part.rep_id or 0] = net.get(part.rep_id or 0, 0) + part.net_minor
    return {
        rep_id: replace(one, booked_minor=net.get(rep_id, 0) - found.moved_minor.get(rep_id, 0))
        for rep_id, one in outlooks.items()
        if roles.get(rep_id) != Role.SETTER
    }
