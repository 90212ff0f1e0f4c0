"""The four causes in money, from people to teams, regions and the whole: sums of what Process kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Max

from pacemark.web.process.models import RepCauses
from pacemark.web.process.queries.findings import CAUSES, CausesSum, causes_of_reps
from pacemark.web.results.bridge.attained import UnitLine
from pacemark.web.results.queries.attainment import Attained
from pacemark.web.results.queries.spans import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class CausesLine:
    """A person or unit: what was due by now, what came, and the causes of the difference, which add up to it."""

    unit_id: int
    name: str
    n_people: int
    target_minor: int
    actual_minor: int
    causes: Mapping[str, int]

    @property
    def gap_minor(self) -> int:
        """What came less what was due."""
        return self.actual_minor - self.target_minor

    @property
    def parts(self) -> tuple[tuple[str, int], ...]:
        """The causes in their order."""
        return tuple((cause, self.causes[cause]) for cause in CAUSES)


@dataclass(frozen=True, slots=True, kw_only=True)
class CausesBook:
    """Everything in sight: each level adds up to the whole."""

    whole: CausesLine
    regions: tuple[CausesLine, ...]
    teams: tuple[CausesLine, ...]
    people: Mapping[int, CausesLine]
    until: date


def causes_in(span: Span, found: Attained) -> CausesBook | None:
    """Return the causes of a span made of sales months for the people listed; None where none are known.

    A setter's money is what opportunities are worth, not booked, and stays out.
    """
    if not span.months:
        return None
    listed = {line.rep_id: line for line in found.people}
    known = causes_of_reps(span.first, span.last, None if len(listed) > 500 else frozenset(listed))
    mine = {rep_id: one for rep_id, one in known.items() if rep_id in listed and not one.is_setter}
    if not mine:
        return None
    of_team: dict[int, list[CausesSum]] = {}
    for rep_id, one in mine.items():
        of_team.setdefault(listed[rep_id].team_id or 0, []).append(one)
    regions = {line.unit_id: line.region_id for line in found.teams}
    of_region: dict[int, list[CausesSum]] = {}
    for team_id, members in of_team.items():
        of_region.setdefault(regions.get(team_id, 0), []).extend(members)
    until = RepCauses.objects.filter(first_day__range=(span.first, span.last)).aggregate(last=Max("last_day"))["last"]
    return CausesBook(
        until=until,
        whole=_summed(0, "", list(mine.values())),
        regions=_lines(found.regions, of_region),
        teams=_lines(found.teams, of_team),
        people={rep_id: _summed(rep_id, listed[rep_id].name, [one]) for rep_id, one in mine.items()},
    )


def _lines(units: Sequence[UnitLine], members: Mapping[int, Sequence[CausesSum]]) -> tuple[CausesLine, ...]:
    names = {line.unit_id: line.name for line in units}
    order = [line.unit_id for line in units] + sorted(set(members) - set(names))
    return tuple(_summed(unit, names.get(unit, ""), members[unit]) for unit in order if unit in members)


def _summed(unit_id: int, name: str, members: Sequence[CausesSum]) -> CausesLine:
    return CausesLine(
        unit_id=unit_id,
        name=name,
        n_people=len(members),
        target_minor=sum(one.target_minor for one in members),
        actual_minor=sum(one.actual_minor for one in members),
        causes={cause: sum(one.causes[cause] for one in members) for cause in CAUSES},
    )
