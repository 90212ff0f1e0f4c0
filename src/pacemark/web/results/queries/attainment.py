"""What people, teams and regions brought over some days, against what was asked; every sum is that of the facts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from pacemark.engine.results.attainment import grade_outcome
from pacemark.engine.results.attribution import Placed
from pacemark.web.goals.choices import Tier
from pacemark.web.results.bridge.attained import PersonLine, UnitLine, own_forecasts
from pacemark.web.results.queries.asked import Asked, GradeAsks
from pacemark.web.results.queries.attained_ground import Ground, Sight, load_ground, sight_of
from pacemark.web.results.queries.spans import Span
from pacemark.web.results.queries.unit_lines import region_lines, rest_line, team_lines, whole_line

__all__ = ["Attained", "Sight", "attained", "sight_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attained:
    """Everything in sight. ``gone`` is what people brought whom the viewer leads no more, ``nobody`` what nobody owns.

    People, gone and nobody add up to the whole; so do teams, and regions.
    """

    span: Span
    people: tuple[PersonLine, ...]
    gone: UnitLine | None
    nobody: UnitLine | None
    teams: tuple[UnitLine, ...]
    regions: tuple[UnitLine, ...]
    whole: UnitLine
    n_without_outlook: int

    def person(self, rep_id: int) -> PersonLine | None:
        """Return one person's line."""
        return next((line for line in self.people if line.rep_id == rep_id), None)


def attained(span: Span, sight: Sight) -> Attained:
    """Return what everyone in sight brought over a span, in a fixed number of queries."""
    ground = load_ground(span, sight)
    parts = [part for part in ground.found.placed if sight.holds(part)]
    mine: dict[int, list[Placed]] = {}
    for part in ground.found.placed:
        mine.setdefault(part.rep_id or 0, []).append(part)
    shown = [rep_id for rep_id in _shown(ground) if sight.rep_ids is None or rep_id in sight.rep_ids]
    people = _with_forecasts(ground, [_person(ground, rep_id, mine.get(rep_id, [])) for rep_id in shown])
    teams = team_lines(ground, parts)
    known = set(shown)
    return Attained(
        span=span,
        people=tuple(sorted(people, key=lambda line: (-line.net_minor, line.name, line.rep_id))),
        gone=rest_line("gone", [part for part in parts if part.rep_id and part.rep_id not in known]),
        nobody=rest_line("nobody", [part for part in parts if part.rep_id is None]),
        teams=tuple(teams),
        regions=tuple(region_lines(ground, teams)),
        whole=whole_line(ground, teams),
        n_without_outlook=sum(not (line.forecast or line.has_left or ground.is_setter(line.rep_id)) for line in people),
    )


def _shown(ground: Ground) -> list[int]:
    """Return who is listed: whoever was employed on one of the days, and whoever brought or gave back money."""
    first, last = ground.span.first, ground.span.last
    with_money = {part.rep_id for part in ground.found.placed if part.rep_id}
    listed = []
    for rep_id, (_name, _number, hired_on, left_on) in ground.people.items():
        employed = (hired_on is None or hired_on <= last) and (left_on is None or left_on > first)
        if rep_id in with_money or (employed and rep_id in ground.found.stays):
            listed.append(rep_id)
    return [*listed, *(rep for rep in sorted(with_money - set(ground.people)) if rep)]


def _person(ground: Ground, rep_id: int, parts: Sequence[Placed]) -> PersonLine:
    name, number, _hired, left_on = ground.people.get(rep_id, ("", "", None, date.min))
    stays = ground.found.stays.get(rep_id, ())
    team_id, grade_id = (stays[-1].team_id, stays[-1].grade_id) if stays else (None, None)
    inside = [part for part in parts if ground.sight.holds(part)]
    asked, net = ground.target(rep_id), sum(part.net_minor for part in parts)
    team = ground.teams.get(team_id or 0)
    return PersonLine(
        rep_id=rep_id, name=name, employee_no=number, team_id=team_id, team_name=team.name if team else "",
        grade_id=grade_id, grade_name=ground.grades.get(grade_id or 0, ""), role=ground.roles.get(rep_id, ""),
        has_left=left_on is not None and left_on <= ground.span.today,
        won_minor=sum(part.won_minor for part in inside), refunds_minor=sum(part.refunds_minor for part in inside),
        moved_minor=ground.found.moved_minor.get(rep_id, 0),
        elsewhere_minor=net - sum(part.net_minor for part in inside),
        target_minor=_target_in_sight(ground, asked), parts=tuple(parts),
        tier=_tier(ground, grade_id, net), outcome=_outcome(ground, rep_id, net),
    )  # fmt: skip


def _with_forecasts(ground: Ground, lines: Sequence[PersonLine]) -> list[PersonLine]:
    """Return people with where they end; a chance that was worked out with everything known stands as it is."""
    targets = {line.rep_id: asked.amount_minor for line in lines if (asked := ground.target(line.rep_id))}
    outlooks = {line.rep_id: ground.outlooks[line.rep_id] for line in lines if line.rep_id in ground.outlooks}
    nets = {line.rep_id: line.net_minor + line.elsewhere_minor for line in lines}
    found = own_forecasts(nets, targets, outlooks)
    shown = []
    for line in lines:
        ahead = found.get(line.rep_id)
        if ahead is not None and outlooks[line.rep_id].chance is not None and not line.moved_minor:
            ahead = replace(ahead, odds=outlooks[line.rep_id].chance)
        shown.append(replace(line, forecast=ahead) if ahead else line)
    return shown


def _target_in_sight(ground: Ground, asked: Asked | None) -> int | None:
    if asked is None:
        return None
    teams = ground.sight.team_ids
    if not teams:
        return asked.amount_minor
    return sum(amount for team_id, amount in asked.by_team.items() if team_id in teams)


def _tier(ground: Ground, grade_id: int | None, net_minor: int) -> str:
    tiers = ground.tiers.get(grade_id or 0)
    reached = [tier for tier in Tier if tiers and tier in tiers.tiers and net_minor >= tiers.tiers[tier].amount_minor]
    return reached[-1].value if reached else ""


def _outcome(ground: Ground, rep_id: int, net_minor: int) -> str:
    if ground.span.kind != "quarter" or ground.is_setter(rep_id):
        return ""
    asks = ground.ladder.get(rep_id, GradeAsks())
    return grade_outcome(net_minor, asks.keep_minor, asks.reach_minor, is_over=ground.span.is_over)
