"""Who may be served while a run lasts: caps fill up, floors are guarded; sets are rebuilt only where they change."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from pacemark.engine.resources.contest import Contest
from pacemark.engine.resources.eligibility import Exclusion, Rep, exclusion_of, skills_missing
from pacemark.engine.resources.ledger import Window
from pacemark.engine.resources.policy import Policy
from pacemark.engine.resources.seating import Seating, Seats, Tags


class Roster:
    """The reps of a run with what they have been given in it.

    Parameters
    ----------
    seating : Seating
        People and shares as the run begins.
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
        seating: Seating,
        policy: Policy,
        window: Window,
        n_expected: int,
        absent: Mapping[str, Fraction],
    ) -> None:
        self._seating, self.reps = seating, seating.reps
        self.given: dict[str, int] = {}
        self.is_made_up = {name: absent.get(name, 0) < policy.make_up for name in seating.on_leave}
        self._policy, self._n_expected = policy, n_expected
        self._arrived, self._in_window = window.arrived, dict(window.received)
        self._weights, self._by_team = seating.weights, seating.by_team
        self._version, self._team_version = 0, dict.fromkeys(self._by_team, 0)
        self._seats: dict[Tags, Seats] = {}
        self._is_guarded = False
        # Beyond the desk, only a ceiling and leaves that are made up for decide who may be served at the first lead.
        self._is_plain = policy.ceiling is None and not any(self.is_made_up.values())
        self._excluded = dict(seating.excluded)
        if policy.ceiling is not None:
            self._excluded = {name: self._exclusion(rep) for name, rep in self.reps.items()}
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
        if not tags:
            return self.exclusions()
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
            seats = self._seats[tags] = self._seating.opened(tags) if self._is_plain else Seats(tags)
        if seats.version != self._version:
            self._renew(seats)
            if self._is_plain and self._version == 0:
                self._seating.keep(seats)
        return seats

    def give(self, name: str) -> None:
        """Count a lead given to a rep; a cap it reaches takes the rep out."""
        self.given[name] = self.given.get(name, 0) + 1
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
        found = exclusion_of(rep, self.given.get(rep.id, 0))
        if found is not None:
            return found
        got, ceiling = self._in_window.get(rep.id, 0), self._policy.ceiling
        if ceiling is not None and got >= ceiling:
            return Exclusion(code="ceiling", numbers={"received": got, "ceiling": ceiling})
        return self._seating.shareless(rep)

    def _short_of_floor(self, rep: Rep) -> int:
        if rep.withheld is not None or self._excluded[rep.id] is not None:
            return 0
        short = max(0, self._policy.floor - self._in_window.get(rep.id, 0))
        return short if rep.room is None else min(short, rep.room - self.given.get(rep.id, 0))

    def _missing_to_floor(self) -> int:
        return sum(self._short_of_floor(rep) for rep in self.reps.values())

    def _renew(self, seats: Seats) -> None:
        seats.part()
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
        made_up = [rep for rep in self._by_team[team] if self.is_made_up.get(rep.id) and self._weights[rep.id] > 0]
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
