"""Teams and reps: who sits where, in which role, with which hidden abilities."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pacemark.demo.draws import Flags, Floats, Small, standard_scores, stream
from pacemark.demo.names import REGION_NAMES, people_names, team_names
from pacemark.demo.planted import Planted
from pacemark.demo.spec import DemoSpec, months_later
from pacemark.demo.tables import People, RoleCode, TeamKind, Teams
from pacemark.demo.worktime import ALTERNATE_WEEKS, EVENING, FIVE_DAYS, day_number

ABILITY_SPREAD = 0.12
VOLUME_SPREAD = 0.08
HALF_VOLUME = 0.5
SETTERS_PER_SPLIT_TEAM = 0.55


@dataclass(frozen=True, slots=True, kw_only=True)
class Seats:
    """Each rep's team and role."""

    team: Small
    role: Small


def team_count(reps: int) -> int:
    """Return 8 teams for the usual 60 reps, six for small organisations, one per ten reps for large ones."""
    return 6 if reps < 40 else max(8, round(reps / 10))


def make_teams(spec: DemoSpec) -> Teams:
    """Lay out regions, kinds of teams and working patterns."""
    rng = stream(spec.seed, "teams")
    count = team_count(spec.reps)
    split = max(1, round(count * 3 / 8)) if count >= 8 else 1
    kinds = np.full(count, TeamKind.PLAIN, dtype=np.int32)
    kinds[:split] = TeamKind.SPLIT
    if not spec.is_null:
        kinds[split], kinds[split + 1] = TeamKind.HUNG_UP, TeamKind.POOR_LEADS
    patterns = np.full(count, FIVE_DAYS, dtype=np.int32)
    some = max(1, count // 8)
    patterns[:some], patterns[some : 2 * some] = EVENING, ALTERNATE_WEEKS
    regions = min(max(3, count // 12), len(REGION_NAMES))
    return Teams(
        name=team_names(count),
        manager_name=people_names(stream(spec.seed, "managers"), count),
        region=(np.arange(count) * regions // count).astype(np.int32),
        kind=rng.permutation(kinds),
        pattern=rng.permutation(patterns),
    )


def make_seats(spec: DemoSpec, teams: Teams) -> Seats:
    """Return each rep's team and role: teams are alike in size, split teams have setters and closers."""
    count = len(teams.name)
    team = (np.arange(spec.reps) * count // spec.reps).astype(np.int32)
    sizes = np.bincount(team, minlength=count)
    place = np.arange(spec.reps) - (np.cumsum(sizes) - sizes)[team]
    setters = np.clip(np.round(sizes * SETTERS_PER_SPLIT_TEAM), 1, sizes - 1)[team]
    role = np.where(place < setters, RoleCode.SETTER, RoleCode.CLOSER)
    role = np.where(teams.kind[team] == TeamKind.SPLIT, role, RoleCode.FULL_CYCLE)
    return Seats(team=team, role=role.astype(np.int32))


def abilities(spec: DemoSpec, role: Small, planted: Planted) -> dict[str, Floats]:
    """Return the multipliers per stage: standard deviation 12 % over those who work the stage, independent."""
    ordinary = np.isin(np.arange(len(role)), [planted.unlucky, planted.sham_star])
    dials, owns = role != RoleCode.CLOSER, role != RoleCode.SETTER
    own_pins = {
        "reach": ordinary,
        "communication": ordinary,
        "product": ordinary | np.isin(np.arange(len(role)), [planted.pioneer]),
        "closing": ordinary | np.isin(np.arange(len(role)), [planted.bad_closer]),
    }
    found = {}
    for name, pinned in own_pins.items():
        works = owns if name == "closing" else dials
        found[name] = _multipliers(spec, name, works, pinned, ABILITY_SPREAD)
    found["volume"] = _multipliers(spec, "volume", np.ones(len(role), dtype=bool), ordinary, VOLUME_SPREAD)
    if planted.half_dialler >= 0:
        found["volume"][planted.half_dialler] = HALF_VOLUME
    return found


def _multipliers(spec: DemoSpec, name: str, works: Flags, pinned: Flags, spread: float) -> Floats:
    multipliers = np.ones(len(works))
    if not spec.is_null:
        rng = stream(spec.seed, f"ability {name}")
        multipliers[works] += spread * standard_scores(rng, int(works.sum()), pinned[works])
    return multipliers


def make_people(spec: DemoSpec, teams: Teams, at: Seats, planted: Planted, ability: dict[str, Floats]) -> People:
    """Put the reps together: abilities, hiring, grades, and what they were before."""
    team, role = at.team, at.role
    grade = _grades(spec, teams, at, ability)
    hired = _hired_days(spec, planted, role)
    earlier_team, moved = _moves(spec, teams, at, planted, hired)
    earlier_grade, promoted = _promotions(spec, grade, hired, planted)
    return People(
        name=people_names(stream(spec.seed, "people"), spec.reps),
        employee_no=tuple(f"{10_001 + i}" for i in range(spec.reps)),
        team=team, role=role, grade=grade, hired_day=hired,
        earlier_team=earlier_team, moved_day=moved, earlier_grade=earlier_grade, promoted_day=promoted,
        **ability,
    )  # fmt: skip


def _grades(spec: DemoSpec, teams: Teams, at: Seats, ability: dict[str, Floats]) -> Small:
    """Grade people within their role by what they usually bring, not quite exactly: 30 % P1, 45 % P2, 25 % P3."""
    brings = 0.1 * stream(spec.seed, "grades").standard_normal(spec.reps)
    for multiplier in ability.values():
        brings = brings + np.log(multiplier)
    brings -= 0.6 * np.isin(teams.kind[at.team], [TeamKind.HUNG_UP, TeamKind.POOR_LEADS])
    grade = np.zeros(spec.reps, dtype=np.int32)
    for one_role in RoleCode:
        same = np.flatnonzero(at.role == one_role)
        place = np.argsort(np.argsort(brings[same], kind="stable"), kind="stable") / max(1, len(same))
        grade[same] = (place >= 0.30).astype(np.int32) + (place >= 0.75)
    return grade


def _hired_days(spec: DemoSpec, planted: Planted, role: Small) -> Small:
    """Nearly everyone is past the first months; one person in twenty joined while events ran; one is new."""
    rng = stream(spec.seed, "hired")
    start, end = day_number(spec.start), day_number(spec.end)
    hired = (start - rng.integers(120, 5 * 365, spec.reps)).astype(np.int32)
    if spec.is_null:
        return hired
    others = np.setdiff1d(np.arange(spec.reps), planted.everyone())
    others = others[role[others] != RoleCode.CLOSER]
    joined = rng.permutation(others)[: len(others) // 10]
    hired[joined] = start + rng.integers(10, max(11, (end - start) // 3), len(joined))
    if planted.newcomer >= 0:
        hired[planted.newcomer] = max(start + 1, end - int(rng.integers(40, 61)))
    return hired


def _moves(spec: DemoSpec, teams: Teams, at: Seats, planted: Planted, hired: Small) -> tuple[Small, Small]:
    """A few full-cycle reps sat in another plain team until the start of some earlier month."""
    rng = stream(spec.seed, "moves")
    earlier, moved = np.full(spec.reps, -1, dtype=np.int32), np.zeros(spec.reps, dtype=np.int32)
    plain = np.flatnonzero(teams.kind == TeamKind.PLAIN)
    longer = hired < day_number(spec.start)
    able = np.flatnonzero((teams.kind[at.team] == TeamKind.PLAIN) & (at.role == RoleCode.FULL_CYCLE) & longer)
    able = rng.permutation(np.setdiff1d(able, planted.singles()))[: max(2, spec.reps // 20)]
    if len(plain) < 2 or spec.months < 2:
        return earlier, moved
    for rep in able.tolist():
        earlier[rep] = rng.choice(np.setdiff1d(plain, [at.team[rep]]))
        moved[rep] = day_number(months_later(spec.start, int(rng.integers(1, max(2, spec.months - 2)))))
    return earlier, moved


def _promotions(spec: DemoSpec, grade: Small, hired: Small, planted: Planted) -> tuple[Small, Small]:
    """One in ten reached the present grade at the start of a quarter while events ran."""
    rng = stream(spec.seed, "promotions")
    earlier, promoted = np.full(spec.reps, -1, dtype=np.int32), np.zeros(spec.reps, dtype=np.int32)
    quarters = [day_number(first) for first in spec.month_starts()[1 : spec.months] if first.month % 3 == 1]
    able = np.flatnonzero((grade > 0) & (hired < day_number(spec.start)))
    able = np.setdiff1d(able, planted.singles())
    for rep in rng.permutation(able)[: spec.reps // 10].tolist() if quarters else []:
        earlier[rep], promoted[rep] = grade[rep] - 1, rng.choice(quarters)
    return earlier, promoted
