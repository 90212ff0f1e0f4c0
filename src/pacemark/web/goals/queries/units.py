"""Reading what is asked of units, top-down, against what their people add up to, bottom-up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import F, Q

from pacemark.engine.errors import EngineError
from pacemark.engine.periods import (
    MONTHS_IN_YEAR,
    Period,
    months_of_quarter,
    quarter_of,
    sales_month,
    shift_month,
)
from pacemark.web.goals.bridge.units import Asked, SpanKey, Stretch, UnitKey, UnitNode, asked_of
from pacemark.web.goals.choices import Span, UnitLevel
from pacemark.web.goals.models import UnitTarget
from pacemark.web.goals.queries.periods import shown_period
from pacemark.web.goals.queries.quarters import months_grid
from pacemark.web.organization.models import Membership, Region, Team
from pacemark.web.organization.queries import organization


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitRow:
    """A unit in a stretch: asked from above, the units below it, its people, and how far these are apart."""

    node: UnitNode
    asked: Asked | None
    below_minor: int | None
    n_below: int
    n_below_asked: int
    people_minor: int
    n_people: int

    @property
    def below_difference_minor(self) -> int | None:
        """Return units below − asked; None where either is not known."""
        return None if self.asked is None or self.below_minor is None else self.below_minor - self.asked.amount_minor

    @property
    def people_difference_minor(self) -> int | None:
        """Return people − asked; None where nothing is asked."""
        return None if self.asked is None else self.people_minor - self.asked.amount_minor


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitBoard:
    """All units of a stretch in the order of the tree; ``cells`` are people's months."""

    stretch: Stretch
    rows: tuple[UnitRow, ...]
    people_minor: Mapping[int, int]

    def row(self, key: UnitKey) -> UnitRow | None:
        """Return one unit's row."""
        return next((row for row in self.rows if row.node.key == key), None)


def stretch_asked(text: str) -> Stretch:
    """Return the stretch that an address names: 2024, 2024-Q2 or 2024-04; else the quarter of the month shown."""
    start_day = organization().sales_month_start_day
    try:
        return stretch_of(text, start_day)
    except EngineError:
        return stretch_of(quarter_of(shown_period("").label), start_day)


def stretch_of(label: str, start_day: int) -> Stretch:
    """Return the stretch of a label."""
    if len(label) == len("2024") and label.isdecimal():
        months = tuple(sales_month(f"{label}-{number:02d}", start_day) for number in range(1, MONTHS_IN_YEAR + 1))
        return Stretch(span=Span.YEAR, label=label, months=months)
    if "Q" in label:
        return Stretch(span=Span.QUARTER, label=label, months=months_of_quarter(label, start_day))
    return Stretch(span=Span.MONTH, label=label, months=(sales_month(label, start_day),))


def stretch_before(stretch: Stretch) -> Stretch:
    """Return the stretch of the same length before one."""
    return _shifted(stretch, -len(stretch.months))


def stretch_after(stretch: Stretch) -> Stretch:
    """Return the stretch of the same length after one."""
    return _shifted(stretch, len(stretch.months))


def _shifted(stretch: Stretch, n_months: int) -> Stretch:
    month = shift_month(stretch.months[0].label, n_months)
    label = {Span.YEAR: month[:4], Span.QUARTER: quarter_of(month), Span.MONTH: month}[stretch.span]
    return stretch_of(label, organization().sales_month_start_day)


def unit_board(stretch: Stretch) -> UnitBoard:
    """Return every unit of a stretch, in a fixed number of queries.

    Who belongs to a team on a month's first day counts for it in that month.
    """
    cells = months_grid(stretch.months[0].first, stretch.months[-1].first, None)
    teams = list(Team.objects.select_related("region").order_by(F("region__name").asc(nulls_first=True), "name"))
    belonging = _belonging(stretch.months)
    of_team: dict[int, int] = defaultdict(int)
    people: dict[int, int] = defaultdict(int)
    reps: dict[int, set[int]] = defaultdict(set)
    for (rep_id, day), team_id in belonging.items():
        reps[team_id].add(rep_id)
        cell = cells.get((rep_id, day))
        if cell:
            of_team[team_id] += cell.amount_minor
            people[rep_id] += cell.amount_minor
    nodes = _tree(teams, reps)
    amounts = unit_amounts(stretch)
    return UnitBoard(
        stretch=stretch,
        rows=_rows(nodes, stretch, amounts, of_team),
        people_minor=dict(people),
    )


def unit_amounts(stretch: Stretch) -> dict[UnitKey, dict[SpanKey, tuple[int, int]]]:
    """Return the amounts that lie within a stretch, with their version, by unit; the highest version holds."""
    rows = UnitTarget.objects.filter(first_day__gte=stretch.first, first_day__lte=stretch.months[-1].first).order_by(
        "version"
    )
    found: dict[UnitKey, dict[SpanKey, tuple[int, int]]] = defaultdict(dict)
    for level, unit_id, span, day, amount, version in rows.values_list(
        "level", "unit_id", "span", "first_day", "amount_minor", "version"
    ):
        found[level, unit_id][span, day] = (amount, version)
    return found


def _belonging(months: Sequence[Period]) -> dict[tuple[int, date], int]:
    """Return each employed rep's team on each month's first day, or the day of joining in it; 0 for none."""
    rows = Membership.objects.filter(valid_from__lte=months[-1].last).filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=months[0].first)
    )
    columns = ("rep_id", "team_id", "valid_from", "valid_to", "rep__hired_on", "rep__left_on")
    found = {}
    for rep_id, team_id, valid_from, valid_to, hired_on, left_on in rows.order_by("valid_from").values_list(*columns):
        for month in months:
            day = max(month.first, hired_on) if hired_on and hired_on <= month.last else month.first
            employed = (hired_on is None or hired_on <= day) and (left_on is None or left_on > day)
            if employed and valid_from <= day and (valid_to is None or valid_to > day):
                found[rep_id, month.first] = team_id or 0
    return found


def _tree(teams: Collection[Team], reps: Mapping[int, set[int]]) -> list[UnitNode]:
    """Return the organisation, then each region with its teams; who has no team stands under region 0."""
    regions: dict[int, list[Team]] = {pk: [] for pk in Region.objects.order_by("name").values_list("pk", flat=True)}
    for team in teams:
        regions.setdefault(team.region_id or 0, []).append(team)
    names = dict(Region.objects.values_list("pk", "name"))
    loose = reps.get(0, set())
    if loose:
        regions.setdefault(0, [])
    nodes: list[UnitNode] = []
    for region_id, its_teams in regions.items():
        below = [_team_node(team.pk, team.name, reps) for team in its_teams]
        if region_id == 0 and loose:
            below.append(_team_node(0, "", reps))
        everyone: frozenset[int] = frozenset().union(*(node.rep_ids for node in below))
        nodes.append(
            UnitNode(
                level=UnitLevel.REGION,
                unit_id=region_id,
                name=names.get(region_id, ""),
                depth=1,
                below=tuple(node.key for node in below),
                rep_ids=everyone,
            )
        )
        nodes += below
    top = UnitNode(
        level=UnitLevel.ORGANIZATION,
        unit_id=0,
        name=organization().name,
        depth=0,
        below=tuple(node.key for node in nodes if node.level == UnitLevel.REGION),
        rep_ids=frozenset().union(*(node.rep_ids for node in nodes)),
    )
    return [top, *nodes]


def _team_node(team_id: int, name: str, reps: Mapping[int, set[int]]) -> UnitNode:
    return UnitNode(
        level=UnitLevel.TEAM, unit_id=team_id, name=name, depth=2, below=(), rep_ids=frozenset(reps.get(team_id, ()))
    )


def _rows(
    nodes: Sequence[UnitNode],
    stretch: Stretch,
    amounts: Mapping[UnitKey, Mapping[SpanKey, tuple[int, int]]],
    of_team: Mapping[int, int],
) -> tuple[UnitRow, ...]:
    asked = {node.key: asked_of(amounts.get(node.key, {}), stretch) for node in nodes}
    by_key = {node.key: node for node in nodes}

    def people(node: UnitNode) -> int:
        return (
            of_team.get(node.unit_id, 0)
            if node.level == UnitLevel.TEAM
            else sum(people(by_key[key]) for key in node.below)
        )

    rows = []
    for node in nodes:
        below = [one.amount_minor for key in node.below if (one := asked[key]) is not None]
        rows.append(
            UnitRow(
                node=node,
                asked=asked[node.key],
                below_minor=sum(below) if below else None,
                n_below=len(node.below),
                n_below_asked=len(below),
                people_minor=people(node),
                n_people=len(node.rep_ids),
            )
        )
    return tuple(rows)
