"""One level of the ledger at work: members who compete for the same leads, stretch by stretch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from hashlib import sha256
from math import gcd, lcm

import numpy as np
from numpy.typing import NDArray

from pacemark.engine.resources.ledger import Key
from pacemark.engine.resources.shares import GRID
from pacemark.engine.resources.turns import Turns

IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What decided one lead at one level: the winner's numbers.

    Parameters
    ----------
    due : int
        Further leads that could pass before the winner's had to come; 0 is now, below 0 overdue. The smallest wins,
        then the larger share, then the smaller id.
    share : Fraction
        The winner's part among those who could be served.
    before, after : Fraction
        Entitled minus received, before this lead arrived and after it was given.
    n_rivals : int
        Others whose turn could have come too.
    runner_up : str or None
        Who would have had this lead without the winner.
    """

    due: int
    share: Fraction
    before: Fraction
    after: Fraction
    n_rivals: int
    runner_up: str | None


class Contest:
    """A set of members and shares that stands still for a while.

    Parameters
    ----------
    members : sequence of (str, int)
        Who may be served, and their weights, each ``> 0``.
    credited : sequence of (str, int)
        Whose entitlement grows with each lead: the members, and those who will make up for a leave.
    """

    __slots__ = ("_mark", "credit_total", "credited", "names", "total", "weights")

    def __init__(self, members: Sequence[tuple[str, int]], credited: Sequence[tuple[str, int]]) -> None:
        common = gcd(*(weight for _, weight in credited), *(weight for _, weight in members))
        ordered = sorted(members, key=lambda member: (-member[1], member[0]))
        self.names = [name for name, _ in ordered]
        self.weights = [weight // common for _, weight in ordered]
        self.total = sum(self.weights)
        self.credited = {name: weight // common for name, weight in credited}
        self.credit_total = sum(self.credited.values())
        self._mark: str | None = None

    @property
    def mark(self) -> str:
        """Sixteen hexadecimal digits that stand for members, weights and whose entitlement grows."""
        if self._mark is None:
            self._mark = _mark(zip(self.names, self.weights, strict=True), self.credited.items())
        return self._mark


class Group:
    """The accounts of one level while a run lasts.

    Parameters
    ----------
    entitled : dict of (id, grade) to Fraction
        Shared with the other groups of the run; this group changes only its members' entries.
    received : dict of (id, grade) to int
        The same for leads received.
    grades_of : mapping of str to iterable of str
        For each member the grades it has accounts in.
    mark : str or None
        Mark of the contest that was served last, before this run.

    Notes
    -----
    A stretch is a series of leads under one contest. Inside it entitlements are whole multiples of 1 / (grid x total
    weight) and exact. When another contest follows, they are rounded to the grid, so that numbers stay small for
    ever. Whether one follows is seen from the mark, and so does not depend on where a batch was cut.
    """

    def __init__(
        self,
        entitled: dict[Key, Fraction],
        received: dict[Key, int],
        grades_of: Mapping[str, Iterable[str]],
        mark: str | None,
    ) -> None:
        self._entitled = entitled
        self._received = received
        self._grades: dict[str, set[str]] = {name: set(grades) for name, grades in grades_of.items()}
        self.mark = mark
        self._contest: Contest | None = None
        self._turns = Turns([], [], 1)
        self._start: list[int] = []
        self._scale = 1
        self._arrived: Counter[str] = Counter()
        self._won: Counter[tuple[int, str]] = Counter()
        self._taken: list[int] = []

    def seat(self, contest: Contest) -> bool:
        """Make the next leads be dealt under this contest; True where a new stretch begins."""
        if contest is self._contest:
            return False
        if self._contest is not None:
            if contest.mark == self._contest.mark:
                return False
            self.settle()
        if contest.mark != self.mark:
            self._round()
        self._open(contest)
        return True

    def serve_many(self, codes: IntArray, grades: Sequence[str]) -> IntArray:
        """Deal the next leads, given by the places of their grades, and return the places of the winners' names."""
        places = np.asarray(self._turns.serve_many(len(codes)), dtype=np.int64)
        for code, count in enumerate(np.bincount(codes, minlength=len(grades)).tolist()):
            if count:
                self._arrived[grades[code]] += count
        cells = np.bincount(places * len(grades) + codes, minlength=len(self.names) * len(grades))
        for cell in np.flatnonzero(cells).tolist():
            place, code = divmod(cell, len(grades))
            self._won[place, grades[code]] += int(cells[cell])
            self._taken[place] += int(cells[cell])
        return places

    def serve(self, grade: str) -> str:
        """Deal the next lead and return the winner's name."""
        place = self._turns.serve_many(1)[0]
        self._arrived[grade] += 1
        self._won[place, grade] += 1
        self._taken[place] += 1
        return self.names[place]

    def serve_explained(self, grade: str) -> tuple[str, Standing]:
        """Deal the next lead; also say what decided it."""
        contest, turn = self._seated, self._turns.serve_one()
        place, name = turn.member, contest.names[turn.member]
        credit = Fraction(contest.credited[name], contest.credit_total)
        before = self._balance(place) - credit
        self._arrived[grade] += 1
        self._won[place, grade] += 1
        self._taken[place] += 1
        return name, Standing(
            due=turn.due,
            share=Fraction(contest.weights[place], contest.total),
            before=before,
            after=before + credit - 1,
            n_rivals=turn.n_rivals,
            runner_up=None if turn.runner_up is None else contest.names[turn.runner_up],
        )

    def settle(self) -> None:
        """Write the stretch so far into the accounts."""
        if self._contest is None:
            return
        contest, arrived = self._contest, self._arrived
        for grade, count in arrived.items():
            for name, weight in contest.credited.items():
                key = (name, grade)
                credit, before = Fraction(count * weight, contest.credit_total), self._entitled.get(key)
                self._entitled[key] = credit if before is None else before + credit
                self._grades.setdefault(name, set()).add(grade)
        for (place, grade), count in self._won.items():
            key = (self.names[place], grade)
            self._received[key] = self._received.get(key, 0) + count
        if self._turns.n_served:
            self.mark = contest.mark
        self._arrived, self._won = Counter(), Counter()
        self._contest = None

    @property
    def names(self) -> list[str]:
        """Names of the members that are dealt to, in the order of the contest."""
        return self._seated.names

    @property
    def _seated(self) -> Contest:
        if self._contest is None:
            raise RuntimeError("no contest is seated")
        return self._contest

    def _open(self, contest: Contest) -> None:
        balances = [self._owed(name) for name in contest.names]
        scale = lcm(*(balance.denominator for balance in balances))
        if GRID * contest.credit_total % scale:
            # Not our own doing, so there is nothing to continue exactly.
            self._round()
            balances = [self._owed(name) for name in contest.names]
            scale = lcm(*(balance.denominator for balance in balances))
        self._contest, self._scale = contest, scale
        self._start = [balance.numerator * (scale // balance.denominator) for balance in balances]
        self._turns = Turns(contest.weights, self._start, scale)
        self._taken = [0] * len(contest.names)

    def _owed(self, name: str) -> Fraction:
        keys = [(name, grade) for grade in self._grades.get(name, ())]
        entitled = sum((self._entitled.get(key, Fraction(0)) for key in keys), Fraction(0))
        return entitled - sum(self._received.get(key, 0) for key in keys)

    def _balance(self, place: int) -> Fraction:
        contest = self._seated
        credit = Fraction(self._turns.n_served * contest.credited[self.names[place]], contest.credit_total)
        return Fraction(self._start[place], self._scale) + credit - self._taken[place]

    def _round(self) -> None:
        for name, grades in self._grades.items():
            for key in [(name, grade) for grade in grades]:
                amount = self._entitled.get(key)
                if amount is not None and GRID % amount.denominator:
                    self._entitled[key] = on_grid(amount)


def on_grid(amount: Fraction) -> Fraction:
    """Round an amount to the ledger's grid.

    Parameters
    ----------
    amount : Fraction
        Any.

    Returns
    -------
    Fraction
        The nearest multiple of 1 / grid, halves up; thirds, sevenths and everything up to fortieths stay exact.

    Examples
    --------
    >>> on_grid(Fraction(1, 3))
    Fraction(1, 3)
    """
    return Fraction((2 * amount.numerator * GRID + amount.denominator) // (2 * amount.denominator), GRID)


def _mark(members: Iterable[tuple[str, int]], credited: Iterable[tuple[str, int]]) -> str:
    text = repr((list(members), sorted(credited)))
    return sha256(text.encode()).hexdigest()[:16]
