"""Two replays of the same days, one beside the other: per team, per person in sight, and in all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pacemark.web.organization.models import Rep
from pacemark.web.organization.queries import teams_in_full
from pacemark.web.resources.choices import ReplayState
from pacemark.web.resources.models import PolicyVersion, Replay
from pacemark.web.resources.queries.replays import replays_of

Summary = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One team or person: leads under the rule in force and under the other one."""

    name: str
    team: str
    heads: int
    before: int
    after: int
    deals_before: float
    deals_after: float

    @property
    def change(self) -> int:
        """Return how many more leads."""
        return self.after - self.before

    @property
    def per_head_before(self) -> float:
        """Return leads per person under the rule in force."""
        return self.before / self.heads if self.heads else 0.0

    @property
    def per_head_after(self) -> float:
        """Return leads per person under the other one."""
        return self.after / self.heads if self.heads else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SideBySide:
    """A comparison as pages show it."""

    before: Summary
    after: Summary
    teams: tuple[Row, ...]
    people: tuple[Row, ...]

    @property
    def deals_change(self) -> float:
        """Return how many more deals may be expected."""
        return float(self.after.get("expected_deals") or 0) - float(self.before.get("expected_deals") or 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """A version's latest finished replay beside the one of the same days under the rule in force."""

    replay: Replay
    compared: SideBySide


def latest_replayed(
    version: PolicyVersion, standing: PolicyVersion | None, visible: frozenset[int] | None
) -> Replayed | None:
    """Return the comparison that a version's page shows; None where it was not replayed yet."""
    ids = [version.pk, *([standing.pk] if standing else [])]
    done = list(replays_of(ids).filter(state=ReplayState.DONE)[:40])
    own = next((one for one in done if one.version_id == version.pk), None)
    if own is None:
        return None
    days = (own.first_day, own.last_day)
    base = next(
        (one for one in done if standing and one.version_id == standing.pk and (one.first_day, one.last_day) == days),
        None,
    )
    return Replayed(replay=own, compared=side_by_side(base.summary if base else {}, own.summary, visible))


def side_by_side(before: Summary, after: Summary, visible: frozenset[int] | None) -> SideBySide:
    """Return both summaries with names; people outside one's sight are left out."""
    team_names = {str(team.pk): team.name for team in teams_in_full()}
    reps_before, reps_after = before.get("reps") or {}, after.get("reps") or {}
    teams_before = before.get("teams") or {}
    teams = [
        _row(team_names.get(team, "—"), "", teams_before.get(team) or {}, one, int(one.get("heads") or 0))
        for team, one in (after.get("teams") or {}).items()
    ]
    ids = [int(rep) for rep in {**reps_before, **reps_after} if rep.isdigit()]
    seen = [rep for rep in ids if visible is None or rep in visible]
    names = dict(Rep.objects.filter(pk__in=seen).values_list("pk", "name"))
    people = [
        _row(
            names.get(rep, ""), team_names.get(str((reps_after.get(str(rep)) or {}).get("team")), ""),
            reps_before.get(str(rep)) or {}, reps_after.get(str(rep)) or {}, 1,
        )
        for rep in seen
    ]  # fmt: skip
    people.sort(key=lambda row: (-abs(row.change), row.team, row.name))
    return SideBySide(before=before, after=after, teams=tuple(teams), people=tuple(people))


def _row(name: str, team: str, before: Summary, after: Summary, heads: int) -> Row:
    return Row(
        name=name, team=team, heads=heads, before=int(before.get("leads") or 0), after=int(after.get("leads") or 0),
        deals_before=float(before.get("expected_deals") or 0), deals_after=float(after.get("expected_deals") or 0),
    )  # fmt: skip
