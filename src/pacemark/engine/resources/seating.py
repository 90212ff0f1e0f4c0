"""What a desk says by itself, before any lead comes: made once, it serves every lead that meets the same desk."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import lcm

from pacemark.engine.resources.contest import Contest
from pacemark.engine.resources.drift import is_coarse
from pacemark.engine.resources.eligibility import ON_LEAVE, Exclusion, Rep, exclusion_of

Tags = frozenset[str]
Members = list[tuple[str, int]]
# Leads can ask for any tags; those of the first so many kinds are remembered.
_MOST_KINDS = 64


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

    def part(self) -> None:
        """Stop sharing with those who opened from the same seats: this run is about to change them."""
        self.reps, self.members = dict(self.reps), dict(self.members)
        self.weights, self.known = dict(self.weights), dict(self.known)


class Seating:
    """A desk's people and shares, looked at once.

    Parameters
    ----------
    reps : sequence of Rep
        Everybody, with what counts against the caps.
    shares : mapping of str to Fraction
        Part of all leads by rep id; a missing one is 0.

    Notes
    -----
    Nothing in it changes from lead to lead, so that runs may share it: what a lead by itself costs does not grow with
    the people on the desk then. A run that changes who may be served goes on with seats of its own.

    Examples
    --------
    >>> seating = Seating([Rep(id="a"), Rep(id="b", off="on_leave")], {"a": Fraction(1)})
    >>> sorted(seating.on_leave), seating.excluded["a"], seating.excluded["b"].code
    (['b'], None, 'on_leave')
    """

    def __init__(self, reps: Sequence[Rep], shares: Mapping[str, Fraction]) -> None:
        self._of = reps, shares
        self.reps = {rep.id: rep for rep in reps}
        self.place_of = {rep.id: place for place, rep in enumerate(reps)}
        self.on_leave = frozenset(rep.id for rep in reps if rep.off == ON_LEAVE)
        denominator = lcm(*(share.denominator for share in shares.values()))
        self.weights = {
            name: share.numerator * (denominator // share.denominator) if (share := shares.get(name)) else 0
            for name in self.reps
        }
        self.by_team: dict[str, list[Rep]] = defaultdict(list)
        for rep in reps:
            self.by_team[rep.team].append(rep)
        self.team_names = sorted(self.by_team)
        self.is_coarse = is_coarse(reps, shares)
        self.excluded = {rep.id: exclusion_of(rep) or self.shareless(rep) for rep in reps}
        self._opened: dict[Tags, Seats] = {}

    def fits(self, reps: Sequence[Rep], shares: Mapping[str, Fraction]) -> bool:
        """Tell whether these very people and shares have been looked at."""
        return self._of[0] is reps and self._of[1] is shares

    def shareless(self, rep: Rep) -> Exclusion | None:
        """Say why a rep on duty without any share gets nothing."""
        if self.weights[rep.id]:
            return None
        return Exclusion(code="no_share" if rep.withheld is None else "withheld")

    def opened(self, tags: Tags) -> Seats:
        """Return the seats a run begins with for one kind of lead; empty ones where none have been kept."""
        kept = self._opened.get(tags)
        return Seats(tags) if kept is None else replace(kept)

    def keep(self, seats: Seats) -> None:
        """Let later runs open with seats that nothing has changed yet."""
        if len(self._opened) < _MOST_KINDS:
            self._opened[seats.tags] = replace(seats)
