"""Teams, regions and the whole of attainment, each with where it will end."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from pacemark.engine.results.attribution import Placed
from pacemark.web.organization.queries import organization
from pacemark.web.results.bridge.attained import Forecast, Groups, UnitLine, forecasts_of, sums_by_team
from pacemark.web.results.queries.attained_ground import Ground


def rest_line(level: str, parts: Sequence[Placed]) -> UnitLine | None:
    """Return money that belongs to no line of its own, None where there is none."""
    if not parts:
        return None
    return UnitLine(
        level=level, unit_id=0, name="", target_minor=None, n_people=len({part.rep_id for part in parts}),
        won_minor=sum(part.won_minor for part in parts), refunds_minor=sum(part.refunds_minor for part in parts),
    )  # fmt: skip


def team_lines(ground: Ground, parts: Sequence[Placed]) -> list[UnitLine]:
    """Return the teams in sight by name; money made in none comes last."""
    sums, targets = sums_by_team(parts), _team_targets(ground)
    people: dict[int, set[int]] = {}
    for rep_id, stays in ground.found.stays.items():
        for stay in stays:
            people.setdefault(stay.team_id or 0, set()).add(rep_id)
    in_sight = ground.sight.team_ids
    teams = [
        team_id for team_id in {*sums, *targets, *people}
        if in_sight is None or team_id in in_sight or (not in_sight and team_id in sums)
    ]  # fmt: skip
    forecasts = _forecasts(
        ground, {team_id: sums.get(team_id, (0, 0)) for team_id in teams}, targets, lambda team: team
    )
    lines = [
        UnitLine(
            level="team", unit_id=team_id, name=ground.teams[team_id].name if team_id in ground.teams else "",
            won_minor=sums.get(team_id, (0, 0))[0], refunds_minor=sums.get(team_id, (0, 0))[1],
            target_minor=targets.get(team_id), n_people=len(people.get(team_id, ())),
            region_id=ground.region_of(team_id), forecast=forecasts.get(team_id),
        )
        for team_id in teams
    ]  # fmt: skip
    return sorted(lines, key=lambda line: (line.unit_id == 0, line.name, line.unit_id))


def _team_targets(ground: Ground) -> dict[int, int]:
    targets: dict[int, int] = {}
    for rep_id in ground.asked:
        asked = ground.target(rep_id)
        for team_id, amount in (asked.by_team if asked else {}).items():
            targets[team_id or 0] = targets.get(team_id or 0, 0) + amount
    return targets


def region_lines(ground: Ground, teams: Sequence[UnitLine]) -> list[UnitLine]:
    """Return the regions that teams add up to."""
    regions: dict[int, list[UnitLine]] = {}
    for line in teams:
        regions.setdefault(line.region_id, []).append(line)
    names = {team.region_id: team.region.name for team in ground.teams.values() if team.region}
    sums, targets = _summed(regions)
    forecasts = _forecasts(ground, sums, targets, ground.region_of)
    lines = [
        UnitLine(
            level="region", unit_id=region, name=names.get(region, ""), won_minor=sums[region][0],
            refunds_minor=sums[region][1], target_minor=targets.get(region),
            n_people=sum(line.n_people for line in lines), region_id=region, forecast=forecasts.get(region),
        )
        for region, lines in regions.items()
    ]  # fmt: skip
    return sorted(lines, key=lambda line: (line.unit_id == 0, line.name, line.unit_id))


def _summed(groups: Mapping[int, Sequence[UnitLine]]) -> tuple[dict[int, tuple[int, int]], dict[int, int]]:
    sums = {
        key: (sum(line.won_minor for line in lines), sum(line.refunds_minor for line in lines))
        for key, lines in groups.items()
    }
    asked = {
        key: [line.target_minor for line in lines if line.target_minor is not None] for key, lines in groups.items()
    }
    return sums, {key: sum(amounts) for key, amounts in asked.items() if amounts}


def whole_line(ground: Ground, teams: Sequence[UnitLine]) -> UnitLine:
    """Return what teams add up to."""
    sums, targets = _summed({0: teams})
    forecasts = _forecasts(ground, sums, targets, lambda _team: 0)
    return UnitLine(
        level="whole", unit_id=0, name=organization().name, won_minor=sums[0][0], refunds_minor=sums[0][1],
        target_minor=targets.get(0), n_people=len(ground.found.stays), forecast=forecasts.get(0),
    )  # fmt: skip


def _forecasts(
    ground: Ground,
    sums: Mapping[int, tuple[int, int]],
    targets: Mapping[int, int],
    unit_of: Callable[[int], int],
) -> dict[int, Forecast]:
    """Return where units end; who moved brings the rest of the span to where they stand now."""
    if not ground.outlooks:
        return {}
    units = {
        rep_id: unit_of(stays[-1].team_id or 0)
        for rep_id, stays in ground.found.stays.items()
        if rep_id in ground.outlooks and _is_in_sight(ground, stays[-1].team_id)
    }
    groups = Groups(
        of_rep={rep_id: unit for rep_id, unit in units.items() if unit in sums},
        target_minor=targets,
        booked_minor={unit: won - back for unit, (won, back) in sums.items()},
    )
    return forecasts_of(groups, ground.outlooks)


def _is_in_sight(ground: Ground, team_id: int | None) -> bool:
    return not ground.sight.team_ids or team_id in ground.sight.team_ids
