"""One level of the ledger at work: members who compete for the same leads, stretch by stretch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from hashlib import sha256
from math import gcd

import numpy as np
from numpy.typing import NDArray

from pacemark.engine.resources.ledger import Account, Key
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
        then the larger share, then the smaller id; where teams are small, who is owed more over all grades before.
    weight, total : int
        The winner's share among those who could be served is weight / total.
    owed, credit, unit : int
        In units of 1 / unit of a lead: entitled minus received before this lead arrived, and what it credits the
        winner with.
    n_rivals : int
        Others whose turn could have come too.
    runner_up : str or None
        Who would have had this lead without the winner.
    """

    due: int
    weight: int
    total: int
    owed: int
    credit: int
    unit: int
    n_rivals: int
    runner_up: str | None

    @property
    def share(self) -> Fraction:
        """The winner's part among those who could be served."""
        return Fraction(self.weight, self.total)

    @property
    def before(self) -> Fraction:
        """Entitled minus received, before this lead arrived."""
        return Fraction(self.owed, self.unit)

    @property
    def after(self) -> Fraction:
        """Entitled minus received, after it was given."""
        return Fraction(self.owed + self.credit - self.unit, self.unit)


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

    def equals(self, other: Contest) -> bool:
        """Tell whether members, weights and whose entitlement grows are the same."""
        return self.names == other.names and self.weights == other.weights and self.credited == other.credited


class Group:
    """The accounts of one level while a run lasts.

    Parameters
    ----------
    accounts : mapping of (id, grade) to Account
        The ledger's accounts of this level; this group reads its members' ones.
    grades_of : mapping of str to iterable of str
        For each member the grades it has accounts in.
    mark : str or None
        Mark of the contest that was served last, before this run.

    Notes
    -----
    A stretch is a series of leads under one contest. Inside it entitlements are whole multiples of 1 / (grid x total
    weight) and exact. When another contest follows, they are rounded to the grid, so that numbers stay small for
    ever. Whether one follows is seen from the mark, and so does not depend on where a batch was cut. Amounts are
    held as whole numbers of 1 / scale, where the scale is the grid, or the finer one of a stretch carried on.
    """

    def __init__(
        self, accounts: Mapping[Key, Account], grades_of: Mapping[str, Iterable[str]], mark: str | None
    ) -> None:
        keys = [(name, grade) for name, grades in grades_of.items() for grade in grades]
        self._before = {key: accounts[key] for key in keys if key in accounts}
        self.mark = mark
        self._contest: Contest | None = None
        self._turns = Turns([], [], 1)
        self._scale = GRID
        self._entitled: dict[Key, int] = {}
        self._received = {key: account.received for key, account in self._before.items()}
        self._balance: dict[str, int] = {}
        self._changed: set[Key] = set()
        self._arrived: Counter[str] = Counter()
        self._won: Counter[tuple[int, str]] = Counter()
        self._taken: list[int] = []

    def seat(self, contest: Contest) -> None:
        """Make the next leads be dealt under this contest."""
        if contest is self._contest:
            return
        if self._contest is None:
            self._resume(contest)
        elif contest.equals(self._contest):
            self._contest = contest
            return
        else:
            self._close()
        self._contest = contest
        balances = [self._balance.get(name, 0) for name in contest.names]
        common = gcd(self._scale, *balances)
        self._turns = Turns(contest.weights, [balance // common for balance in balances], self._scale // common)
        self._taken = [0] * len(contest.names)

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

    def ready(self) -> list[int]:
        """Return the places of those whose next lead may come now, the one that must come first in front."""
        return self._turns.ready()

    def leaves_time(self, place: int) -> bool:
        """Tell whether the others still get in time what they are owed where this one is served now."""
        return self._turns.leaves_time(place)

    def serve(self, grade: str, place: int | None = None) -> str:
        """Deal the next lead, to the one chosen among those ready where one is; return the winner's name."""
        served = self._turns.serve_many(1)[0] if place is None else self._turns.serve_one(place).member
        return self.names[self._count(served, grade)]

    def serve_explained(self, grade: str, place: int | None = None) -> tuple[str, Standing]:
        """Deal the next lead; also say what decided it."""
        contest, turn = self._seated, self._turns.serve_one(place)
        place, name = turn.member, contest.names[turn.member]
        total, credit = contest.credit_total, self._scale * contest.credited[name]
        earlier = self._turns.n_served - 1
        owed = (self._balance.get(name, 0) - self._scale * self._taken[place]) * total + earlier * credit
        self._count(place, grade)
        return name, Standing(
            due=turn.due,
            weight=contest.weights[place],
            total=contest.total,
            owed=owed,
            credit=credit,
            unit=self._scale * total,
            n_rivals=turn.n_rivals,
            runner_up=None if turn.runner_up is None else contest.names[turn.runner_up],
        )

    def finish(self) -> dict[Key, Account]:
        """Return the accounts that changed, exact, and set the mark; nothing may be dealt after it."""
        contest = self._contest
        if contest is None:
            return {}
        finer = GRID * contest.credit_total
        amounts = {key: self._entitled[key] * (finer // self._scale) for key in self._changed}
        for key, credit in self._credits(contest):
            amounts[key] = amounts.get(key, self._entitled.get(key, 0) * (finer // self._scale)) + credit
        self._receive(contest)
        self.mark = contest.mark
        return {
            key: Account(entitled=Fraction(amount, finer), received=self._received.get(key, 0))
            for key, amount in amounts.items()
        }

    @property
    def names(self) -> list[str]:
        """Names of the members that are dealt to, in the order of the contest."""
        return self._seated.names

    @property
    def _seated(self) -> Contest:
        if self._contest is None:
            raise RuntimeError("no contest is seated")
        return self._contest

    def _count(self, place: int, grade: str) -> int:
        self._arrived[grade] += 1
        self._won[place, grade] += 1
        self._taken[place] += 1
        return place

    def _credits(self, contest: Contest) -> Iterator[tuple[Key, int]]:
        """Yield what the stretch credits each account with, in units of 1 / (grid x total weight)."""
        for grade, count in self._arrived.items():
            for name, weight in contest.credited.items():
                yield (name, grade), count * weight * GRID

    def _receive(self, contest: Contest) -> None:
        for (place, grade), count in self._won.items():
            key = (contest.names[place], grade)
            self._received[key] = self._received.get(key, 0) + count

    def _resume(self, contest: Contest) -> None:
        """Take the ledger's amounts over: exactly where a stretch goes on, else rounded to the grid."""
        finer = GRID * contest.credit_total
        goes_on = contest.mark == self.mark and not any(
            finer % account.entitled.denominator for account in self._before.values()
        )
        self._scale = finer if goes_on else GRID
        for key, account in self._before.items():
            amount = account.entitled
            if self._scale % amount.denominator:
                self._entitled[key] = _nearest(amount.numerator * GRID, amount.denominator)
                self._changed.add(key)
            else:
                self._entitled[key] = amount.numerator * (self._scale // amount.denominator)
        self._weigh()

    def _close(self) -> None:
        """End the stretch: write it into the accounts and round them to the grid."""
        contest, total = self._seated, self._seated.credit_total
        if self._scale != GRID:
            for key, credit in self._credits(contest):
                self._entitled[key] = self._entitled.get(key, 0) + credit
            self._entitled = {key: _nearest(amount, total) for key, amount in self._entitled.items()}
            self._changed.update(self._entitled)
            self._receive(contest)
            self._scale = GRID
            self._weigh()
        else:
            for key, credit in self._credits(contest):
                rounded = _nearest(credit, total)
                self._entitled[key] = self._entitled.get(key, 0) + rounded
                self._balance[key[0]] = self._balance.get(key[0], 0) + rounded
                self._changed.add(key)
            for name, count in zip(contest.names, self._taken, strict=True):
                self._balance[name] = self._balance.get(name, 0) - count * GRID
            self._receive(contest)
        self._arrived, self._won = Counter(), Counter()

    def _weigh(self) -> None:
        self._balance = {}
        for key, amount in self._entitled.items():
            owed = amount - self._received.get(key, 0) * self._scale
            self._balance[key[0]] = self._balance.get(key[0], 0) + owed


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
    return Fraction(_nearest(amount.numerator * GRID, amount.denominator), GRID)


def _nearest(numerator: int, denominator: int) -> int:
    return (2 * numerator + denominator) // (2 * denominator)


def _mark(members: Iterable[tuple[str, int]], credited: Iterable[tuple[str, int]]) -> str:
    text = repr((list(members), sorted(credited)))
    return sha256(text.encode()).hexdigest()[:16]
