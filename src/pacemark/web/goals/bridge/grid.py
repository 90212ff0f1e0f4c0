"""People × months as arrays: everyone in sight at once, kept, put in order and added up without another query."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pacemark.engine.periods import Period
from pacemark.web.organization.queries import Member

IntArray = NDArray[np.int64]
NO_TARGET = -1
NOT_PROPOSED = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Everyone in sight. Arrays have a row per person and a column per month; minor units, -1 for no target.

    ``now`` is the place of the month in question; states, fits and statuses are of that month.
    """

    months: tuple[Period, ...]
    now: int
    people: Sequence[Member]
    roles: Sequence[str]
    target_minor: IntArray
    booked_minor: IntArray
    version: IntArray
    is_held: NDArray[np.bool_]
    states: Sequence[str]
    statuses: Sequence[str]
    fits: Sequence[bool | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class GridFilter:
    """Whom to keep; what is empty keeps everyone."""

    region_id: int | None = None
    team_id: int | None = None
    grade_id: int | None = None
    role: str = ""
    state: str = ""
    only_over_capacity: bool = False
    sought: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthSum:
    """What some people's month adds up to, in minor units; ``n_without`` of them have no target."""

    target_minor: int
    booked_minor: int
    n_without: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitSum:
    """A region (``team_id`` 0) or a team, month by month."""

    region_id: int
    team_id: int
    name: str
    n_people: int
    months: tuple[MonthSum, ...]
    whole: MonthSum


def keep(grid: Grid, asked: GridFilter) -> list[int]:
    """Return the places of the people that a filter keeps."""
    words = asked.sought.casefold().strip()

    def is_kept(place: int) -> bool:
        member = grid.people[place]
        return (
            (asked.region_id is None or member.region_id == asked.region_id)
            and (asked.team_id is None or member.team_id == asked.team_id)
            and (asked.grade_id is None or member.grade_id == asked.grade_id)
            and (not asked.role or grid.roles[place] == asked.role)
            and (not asked.state or grid.states[place] == asked.state)
            and (not asked.only_over_capacity or grid.fits[place] is False)
            and (not words or words in f"{member.name} {member.employee_no}".casefold())
        )

    return [place for place in range(len(grid.people)) if is_kept(place)]


def in_order(grid: Grid, places: Sequence[int], sort: str) -> list[int]:
    """Return places in the order asked for; a minus before the word turns it round, an unknown word is the first."""
    word, is_down = sort.removeprefix("-"), sort.startswith("-")
    key = _KEYS.get(word, _talk_first)
    by_name = sorted(places, key=lambda place: (grid.people[place].name, grid.people[place].rep_id))
    return sorted(by_name, key=lambda place: key(grid, place), reverse=is_down)


def _talk_first(grid: Grid, place: int) -> Any:
    """Whoever needs a talk comes first: what does not fit, what was asked about, what is at risk."""
    return (grid.fits[place] is not False, grid.states[place] != "asked", grid.statuses[place] != "at_risk")


def _attainment(grid: Grid, place: int) -> Any:
    target = max(int(grid.target_minor[place, grid.now]), 0)
    return int(grid.booked_minor[place, grid.now]) / target if target else -1.0


_KEYS: dict[str, Callable[[Grid, int], Any]] = {
    "talk": _talk_first,
    "name": lambda _grid, _place: 0,
    "team": lambda grid, place: (grid.people[place].region_name, grid.people[place].team_name),
    "target": lambda grid, place: int(grid.target_minor[place, grid.now]),
    "sum": lambda grid, place: int(np.maximum(grid.target_minor[place], 0).sum()),
    "attainment": _attainment,
    "state": lambda grid, place: grid.states[place],
}
SORTS = tuple(_KEYS)


def sums_of(grid: Grid, places: Sequence[int]) -> tuple[MonthSum, ...]:
    """Add every month up over some people."""
    rows = np.asarray(places, dtype=np.int64)
    targets = grid.target_minor[rows]
    asked, booked = np.maximum(targets, 0).sum(axis=0), grid.booked_minor[rows].sum(axis=0)
    without = (targets == NO_TARGET).sum(axis=0)
    return tuple(
        MonthSum(target_minor=target, booked_minor=net, n_without=count)
        for target, net, count in zip(asked.tolist(), booked.tolist(), without.tolist(), strict=True)
    )


def whole_of(months: Sequence[MonthSum]) -> MonthSum:
    """Add months up."""
    return MonthSum(
        target_minor=sum(month.target_minor for month in months),
        booked_minor=sum(month.booked_minor for month in months),
        n_without=sum(month.n_without for month in months),
    )


def unit_sums(grid: Grid, places: Sequence[int]) -> list[UnitSum]:
    """Return every region among some people, each followed by its teams, in the order of their names."""
    regions: dict[tuple[str, int], dict[tuple[str, int], list[int]]] = {}
    for place in places:
        member = grid.people[place]
        teams = regions.setdefault((member.region_name, member.region_id), {})
        teams.setdefault((member.team_name, member.team_id), []).append(place)
    found = []
    for (region, region_id), teams in sorted(regions.items()):
        found.append(_unit(grid, region, (region_id, 0), [place for team in teams.values() for place in team]))
        found += [_unit(grid, name, (region_id, team_id), team) for (name, team_id), team in sorted(teams.items())]
    return found


def _unit(grid: Grid, name: str, ids: tuple[int, int], places: Sequence[int]) -> UnitSum:
    months = sums_of(grid, places)
    return UnitSum(
        region_id=ids[0], team_id=ids[1], name=name, n_people=len(places), months=months, whole=whole_of(months)
    )
