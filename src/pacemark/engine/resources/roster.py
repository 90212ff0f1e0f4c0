"""Who may be served while a run lasts: caps fill up, floors are guarded; sets are rebuilt only where they change."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import lcm

from pacemark.engine.resources.contest import Contest
from pacemark.engine.resources.eligibility import ON_LEAVE, Exclusion, Rep, exclusion_of, skills_missing
from pacemark.engine.resources.ledger import Window
from pacemark.engine.resources.policy import Policy

Tags = frozenset[str]
Members = list[tuple[str, int]]


@dataclass(slots=True)
class Seats:
    """Who may be served with one kind of lead, as long as nothing changes.

    Parameters
    ----------
    tags : frozenset of str
        The kind of lead.
    version : int
        Changes of the roster that it knows of; -1 before the first use.
    teams : Contest or None
        First level; None where nobody may be served.
    reps : dict of str to Contest
        Second level, by team; made when a lead comes to the team.
    members : dict of str to (list, list)
        Of each team, who may be served and who is credited, with weights.
    weights : dict of str to int
        Weight of each team that has somebody to serve.
    known : dict of str to int
        For each team, the changes of its own that are known.
    """

    tags: Tags
    version: int = -1
    teams: Contest | None = None
    reps: dict[str, Contest] = field(default_factory=dict)
    members: dict[str, tuple[Members, Members]] = field(default_factory=dict)
    weights: dict[str, int] = field(default_factory=dict)
    known: dict[str, int] = field(default_factory=dict)

    def team(self, name: str) -> Contest:
        """Return the second level of a team."""
        contest = self.reps.get(name)
        if contest is None:
            contest = self.reps[name] = Contest(*self.members[name])
        return contest


class Roster:
    """The reps of a run with what they have been given in it.

    Parameters
    ----------
    reps : sequence of Rep
        As the run begins.
    shares : mapping of str to Fraction
        Part of all leads by rep id; a missing one is 0.
    policy : Policy
        Floor, ceiling, make-up.
    window : Window
        Progress of the policy window as the run begins.
    n_expected : int
        Leads expected in the window.
    absent : mapping of str to Fraction
        Credit given during the present leave; at ``make_up`` it ends.
    """

    def __init__(
        self,
        reps: Sequence[Rep],
        shares: Mapping[str, Fraction],
        policy: Policy,
        window: Window,
        n_expected: int,
        absent: Mapping[str, Fraction],
    ) -> None:
        self.reps = {rep.id: rep for rep in reps}
        self.given: dict[str, int] = dict.fromkeys(self.reps, 0)
        self.is_made_up: dict[str, bool] = {
            rep.id: rep.off == ON_LEAVE and absent.get(rep.id, 0) < policy.make_up for rep in reps
        }
        self._policy, self._n_expected = policy, n_expected
        self._arrived, self._in_window = window.arrived, dict(window.received)
        denominator = lcm(*(share.denominator for share in shares.values()))
        self._weights = {
            name: share.numerator * (denominator // share.denominator) if (share := shares.get(name)) else 0
            for name in self.reps
        }
        self._by_team: dict[str, list[Rep]] = defaultdict(list)
        for rep in reps:
            self._by_team[rep.team].append(rep)
        self._version, self._team_version = 0, dict.fromkeys(self._by_team, 0)
        self._seats: dict[Tags, Seats] = {}
        self._is_guarded = False
        self._excluded = {rep.id: self._exclusion(rep) for rep in reps}
        self._missing = self._missing_to_floor() if policy.floor else 0

    @property
    def window(self) -> Window:
        """Progress of the policy window now; empty where the policy has no bounds."""
        if not self._policy.has_bounds:
            return Window()
        return Window(arrived=self._arrived, received={name: n for name, n in self._in_window.items() if n})

    def exclusions(self) -> dict[str, Exclusion]:
        """Return why each rep who may get nothing at all now may not."""
        return {name: found for name, found in self._excluded.items() if found is not None}

    def exclusions_for(self, tags: Tags) -> dict[str, Exclusion]:
        """Return why each rep who may not get a lead with these tags now may not."""
        found = {name: self._excluded[name] or skills_missing(rep, tags) for name, rep in self.reps.items()}
        return {name: exclusion for name, exclusion in found.items() if exclusion is not None}

    def never_changes(self, n_leads: int) -> bool:
        """Tell whether these leads cannot change who may be served: no cap near, no bound, no leave made up for."""
        rooms = [rep.room for name, rep in self.reps.items() if self._excluded[name] is None]
        near = any(room is not None and room <= n_leads for room in rooms)
        return not (near or self._policy.has_bounds or any(self.is_made_up.values()))

    def arrive(self) -> None:
        """Count a lead that arrives, and guard the floors when what is left of the window is owed to them."""
        if not self._policy.has_bounds:
            return
        if self._arrived >= self._n_expected:
            self._arrived, self._in_window = 0, {}
            self._refresh()
        self._arrived += 1
        if self._policy.floor:
            left = self._n_expected - self._arrived + 1
            guarded = self._missing > 0 and left <= self._missing
            if guarded != self._is_guarded:
                self._is_guarded = guarded
                self._changed(*self._by_team)

    def seats(self, tags: Tags) -> Seats:
        """Return the two levels of members for a lead with these tags."""
        seats = self._seats.get(tags)
        if seats is None:
            seats = self._seats[tags] = Seats(tags)
        if seats.version != self._version:
            self._renew(seats)
        return seats

    def give(self, name: str) -> None:
        """Count a lead given to a rep; a cap it reaches takes the rep out."""
        self.given[name] += 1
        if self._policy.has_bounds:
            self._in_window[name] = self._in_window.get(name, 0) + 1
        rep = self.reps[name]
        if self._policy.floor and self._in_window[name] <= self._policy.floor and rep.withheld is None:
            self._missing -= 1
            if self._is_guarded and self._short_of_floor(rep) == 0:
                self._changed(rep.team)
        if not rep.rooms and self._policy.ceiling is None:
            return
        self._excluded[name] = self._exclusion(rep)
        if self._excluded[name] is not None:
            if self._policy.floor:
                self._missing = self._missing_to_floor()
            self._changed(rep.team)

    def end_make_up(self, name: str) -> None:
        """Take a rep on leave out of those whose entitlement grows."""
        self.is_made_up[name] = False
        self._changed(self.reps[name].team)

    def _refresh(self) -> None:
        """Look at everybody anew, as a window begins."""
        self._excluded = {name: self._exclusion(rep) for name, rep in self.reps.items()}
        self._missing = self._missing_to_floor() if self._policy.floor else 0
        self._changed(*self._by_team)

    def _changed(self, *teams: str) -> None:
        self._version += 1
        for team in teams:
            self._team_version[team] += 1

    def _exclusion(self, rep: Rep) -> Exclusion | None:
        found = exclusion_of(rep, self.given[rep.id])
        if found is not None:
            return found
        got, ceiling = self._in_window.get(rep.id, 0), self._policy.ceiling
        if ceiling is not None and got >= ceiling:
            return Exclusion(code="ceiling", numbers={"received": got, "ceiling": ceiling})
        if self._weights[rep.id] == 0:
            return Exclusion(code="no_share" if rep.withheld is None else "withheld")
        return None

    def _short_of_floor(self, rep: Rep) -> int:
        if rep.withheld is not None or self._excluded[rep.id] is not None:
            return 0
        short = max(0, self._policy.floor - self._in_window.get(rep.id, 0))
        return short if rep.room is None else min(short, rep.room - self.given[rep.id])

    def _missing_to_floor(self) -> int:
        return sum(self._short_of_floor(rep) for rep in self.reps.values())

    def _renew(self, seats: Seats) -> None:
        for team, version in self._team_version.items():
            if seats.known.get(team) != version:
                seats.known[team] = version
                self._renew_team(seats, team)
        weights = seats.weights
        short = {team for team in weights if self._is_guarded and self._floor_first(team, seats.tags)}
        members = [(team, weight) for team, weight in weights.items() if not short or team in short]
        seats.teams = Contest(members, list(weights.items())) if weights else None
        seats.version = self._version

    def _renew_team(self, seats: Seats, team: str) -> None:
        able = self._able(team, seats.tags)
        seats.weights.pop(team, None)
        seats.reps.pop(team, None)
        if not able:
            return
        made_up = [rep for rep in self._by_team[team] if self.is_made_up[rep.id] and self._weights[rep.id] > 0]
        credited = [(rep.id, self._weights[rep.id]) for rep in [*able, *made_up]]
        first = self._floor_first(team, seats.tags) or able
        seats.members[team] = [(rep.id, self._weights[rep.id]) for rep in first], credited
        seats.weights[team] = sum(weight for _, weight in credited)

    def _able(self, team: str, tags: Tags) -> list[Rep]:
        return [rep for rep in self._by_team[team] if self._excluded[rep.id] is None and not skills_missing(rep, tags)]

    def _floor_first(self, team: str, tags: Tags) -> list[Rep]:
        if not self._is_guarded:
            return []
        return [rep for rep in self._able(team, tags) if self._short_of_floor(rep) > 0]
