"""Whom the truths are planted on. -1 and empty mean: nobody, as in an organisation without planted truths."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from pacemark.demo.draws import Floats, Ints, Small, stream
from pacemark.demo.spec import DemoSpec
from pacemark.demo.tables import RoleCode, TeamKind, Teams

ADOPTERS = 10
_TRIED_GROUPS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """Places in the people table (``hung_up_team``, ``poor_leads_team``, ``bulk_team``: in the team table)."""

    padders: tuple[int, ...] = ()
    bad_closer: int = -1
    unlucky: int = -1
    half_dialler: int = -1
    newcomer: int = -1
    pioneer: int = -1
    adopters: tuple[int, ...] = ()
    sham_star: int = -1
    sham_adopters: tuple[int, ...] = ()
    deferrer: int = -1
    hung_up_team: int = -1
    poor_leads_team: int = -1
    poor_channel: int = -1
    bulk_team: int = -1

    def singles(self) -> list[int]:
        """Return those on whom a truth of their own is planted."""
        alone = (self.bad_closer, self.unlucky, self.half_dialler, self.newcomer, self.pioneer, self.sham_star)
        return [*self.padders, *alone, self.deferrer]

    def everyone(self) -> list[int]:
        return [*self.singles(), *self.adopters, *self.sham_adopters]


def choose_singles(spec: DemoSpec, teams: Teams, team: Small, role: Small) -> Planted:
    """Choose the people with a truth of their own, and the teams; nobody carries two truths."""
    if spec.is_null:
        return Planted()
    rng = stream(spec.seed, "planted")
    ordinary = np.isin(teams.kind[team], [TeamKind.PLAIN, TeamKind.SPLIT])
    full = rng.permutation(np.flatnonzero(ordinary & (role == RoleCode.FULL_CYCLE))).tolist()
    closers = rng.permutation(np.flatnonzero(role == RoleCode.CLOSER)).tolist()
    # Closing is seen only in those who own opportunities, so these three work the whole chain.
    unlucky, sham_star, deferrer = full[:3]
    setters = np.flatnonzero(ordinary & (role == RoleCode.SETTER)).tolist()
    keep_full = min(ADOPTERS, len(full[3:]) * 5 // 8)
    dialling = rng.permutation(full[3 + keep_full :] + setters).tolist()
    return Planted(
        padders=(dialling[0], dialling[1]),
        half_dialler=dialling[2], newcomer=dialling[3], pioneer=dialling[4],
        bad_closer=closers[0], unlucky=unlucky, sham_star=sham_star, deferrer=deferrer,
        hung_up_team=int(np.flatnonzero(teams.kind == TeamKind.HUNG_UP)[0]),
        poor_leads_team=int(np.flatnonzero(teams.kind == TeamKind.POOR_LEADS)[0]),
        poor_channel=int(rng.integers(5)),
        bulk_team=int(rng.integers(len(teams.name))),
    )  # fmt: skip


def choose_adopters(
    spec: DemoSpec, teams: Teams, team: Small, role: Small, planted: Planted, ability: dict[str, Floats]
) -> Planted:
    """Choose who tries the practice and who tries the sham: groups whose own ability is the others' ability.

    A trial on chance groups of ten would now and then compare good people with weak ones; these two are meant to
    differ from the others by the practice alone, and by nothing.
    """
    if spec.is_null:
        return planted
    rng = stream(spec.seed, "adopters")
    ordinary = np.isin(teams.kind[team], [TeamKind.PLAIN, TeamKind.SPLIT])
    free = np.setdiff1d(np.flatnonzero(ordinary & (role != RoleCode.CLOSER)), planted.singles())
    full = free[role[free] == RoleCode.FULL_CYCLE]
    shams = _balanced(rng, full, min(ADOPTERS, len(full) * 3 // 4), ability["closing"])
    free = np.setdiff1d(free, shams)
    adopters = _balanced(rng, free, min(ADOPTERS, len(free) - 1), ability["product"])
    return replace(planted, adopters=tuple(adopters.tolist()), sham_adopters=tuple(shams.tolist()))


def _balanced(rng: np.random.Generator, able: Ints, count: int, multiplier: Floats) -> Ints:
    """Return the group whose mean multiplier is nearest to 1 among many drawn by chance."""
    groups = [np.sort(rng.permutation(able)[:count]) for _ in range(_TRIED_GROUPS)]
    off = [abs(float(multiplier[group].mean()) - 1.0) for group in groups]
    return groups[int(np.argmin(off))]
