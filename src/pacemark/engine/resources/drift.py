"""What teams are owed over all grades: small teams would drift by a part of a lead in each of many grades."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import lcm

from pacemark.engine.resources.contest import Contest, Group
from pacemark.engine.resources.eligibility import Rep
from pacemark.engine.resources.ledger import Account, Key
from pacemark.engine.resources.shares import GRID

# A team none of whose members is more than a tenth of it: a lead too many in each of ten grades is one for a member.
LARGE_TEAM = Fraction(1, 10)
# What is owed is compared in steps of so many to a lead; set off, so that no plain fraction lies between two steps.
_STEPS = 1 << 20
_SET_OFF = Fraction(381_966, 1_000_003)


class Drift:
    """Entitled minus received of each team over all grades, while a run lasts.

    Parameters
    ----------
    accounts : mapping of (team, grade) to Account
        The first level as the run begins.

    Notes
    -----
    Within a grade the quota method leaves some choice: whoever may be served now, as long as all others still get in
    time what they are owed (the look-ahead of Balinski and Young, and Still). Of those the team is served that is owed
    most over all grades; so grades make up for each other, and within each grade every promise of `Turns` stays.
    """

    def __init__(self, accounts: Mapping[Key, Account]) -> None:
        self._exact: defaultdict[str, Fraction] = defaultdict(Fraction)
        for (team, _grade), account in accounts.items():
            self._exact[team] += account.balance
        self._grades = {grade for _team, grade in accounts}
        self._contest: Contest | None = None
        self._unit, self._step = 1, 1
        self._owed: dict[str, int] = {}
        self._credits: list[tuple[str, int]] = []

    def place(self, group: Group, contest: Contest, grade: str) -> int | None:
        """Return the place of the team to serve, or None where whoever is due first is to be served."""
        self._seat(contest)
        self._grades.add(grade)
        if len(self._grades) == 1 or len(contest.names) == 1:
            return None
        first, *others = group.ready()
        least = self._rank(contest.names[first])
        owed = sorted((-rank, place) for place in others if (rank := self._rank(contest.names[place])) > least)
        return next((place for _rank, place in owed if group.leaves_time(place)), None)

    def count(self, winner: str) -> None:
        """Credit everybody with the lead that was dealt, and debit who got it."""
        owed = self._owed
        for name, credit in self._credits:
            owed[name] += credit
        owed[winner] -= self._unit

    def _rank(self, name: str) -> int:
        return self._owed[name] // self._step

    def _seat(self, contest: Contest) -> None:
        if contest is self._contest:
            return
        for name, amount in self._owed.items():
            self._exact[name] = Fraction(amount, self._unit) - _SET_OFF / _STEPS
        self._contest, self._unit = contest, GRID * contest.credit_total
        self._step = max(1, self._unit // _STEPS)
        self._credits = [(name, credit * GRID) for name, credit in contest.credited.items()]
        self._owed = {name: _whole(self._exact[name] + _SET_OFF / _STEPS, self._unit) for name in contest.credited}


def is_coarse(reps: Sequence[Rep], shares: Mapping[str, Fraction]) -> bool:
    """Tell whether some team is so small that a lead too many for it in each grade is felt by its members.

    Parameters
    ----------
    reps : sequence of Rep
        Everybody.
    shares : mapping of str to Fraction
        Part of all leads by rep id.

    Returns
    -------
    bool
        True where a rep on duty is more than a tenth of one of several teams.

    Examples
    --------
    >>> is_coarse([Rep(id="a", team="x"), Rep(id="b", team="y")], {"a": Fraction(1, 2), "b": Fraction(1, 2)})
    True
    """
    # In whole parts of one unit: a lead that comes by itself asks this of everybody, and fractions compare slowly.
    unit = lcm(*(share.denominator for share in shares.values()))
    teams: defaultdict[str, list[int]] = defaultdict(list)
    for rep in reps:
        share = shares.get(rep.id) if rep.off is None else None
        if share:
            teams[rep.team].append(share.numerator * (unit // share.denominator))
    return len(teams) > 1 and any(max(team) > LARGE_TEAM * sum(team) for team in teams.values())


def _whole(amount: Fraction, unit: int) -> int:
    return round(amount * unit)
