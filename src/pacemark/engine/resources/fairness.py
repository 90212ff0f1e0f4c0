"""How evenly the rule treated people: received against owed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from pacemark.engine.resources.arrivals import Allocation, Desk
from pacemark.engine.resources.shares import counts_as_head


@dataclass(frozen=True, slots=True, kw_only=True)
class Fairness:
    """Fairness of what was received.

    Parameters
    ----------
    jain : Fraction or None
        Jain's index of received per share, 1 / n to 1; 1 when everybody has exactly their share. None where nothing
        was given.
    max_deviation : Fraction
        Largest |received - entitled| of a rep in the ledger, in leads.
    below_floor : int
        Reps on duty with less than the floor in this run.
    max_minus_min : Fraction
        Most minus least received per unit of share, in leads per rep with an average share.
    """

    jain: Fraction | None
    max_deviation: Fraction
    below_floor: int
    max_minus_min: Fraction


def jain(values: Sequence[Fraction | int]) -> Fraction | None:
    """Return Jain's fairness index.

    Parameters
    ----------
    values : sequence of Fraction or int, length n
        What each received, per unit of what each is owed; ``>= 0``.

    Returns
    -------
    Fraction or None
        (sum)² / (n × sum of squares): 1 when all are equal, 1 / n when one has everything; None where all are zero or
        there are none.

    References
    ----------
    .. [1] R. Jain, D. Chiu and W. Hawe, "A quantitative measure of fairness and discrimination", DEC TR-301, 1984.

    Examples
    --------
    >>> jain([2, 2, 0, 0])
    Fraction(1, 2)
    """
    squares = sum((Fraction(value) ** 2 for value in values), Fraction(0))
    return sum((Fraction(value) for value in values), Fraction(0)) ** 2 / (len(values) * squares) if squares else None


def fairness(allocation: Allocation, desk: Desk) -> Fairness:
    """Measure how evenly a run treated the reps on duty.

    Parameters
    ----------
    allocation : Allocation
        The run.
    desk : Desk
        What it was made with.

    Returns
    -------
    Fairness
        Over the reps on duty who have a share.

    Examples
    --------
    >>> from pacemark.engine.resources.allocation import allocate
    >>> from pacemark.engine.resources.arrivals import Arrivals
    >>> from pacemark.engine.resources.eligibility import Rep
    >>> desk = Desk(reps=[Rep(id="a"), Rep(id="b")])
    >>> fairness(allocate(Arrivals(ids=["1", "2"], grades=["A", "A"]), desk), desk).jain
    Fraction(1, 1)
    """
    balances = defaultdict[str, Fraction](Fraction)
    for (name, _), account in allocation.ledger.reps.items():
        balances[name] += account.balance
    present = [rep for rep in desk.reps if rep.off is None and counts_as_head(rep, desk.policy)]
    return Fairness(
        jain=jain(_per_share(allocation.received, allocation.shares, [rep.id for rep in present])),
        max_deviation=max((abs(balances[rep.id]) for rep in desk.reps), default=Fraction(0)),
        below_floor=sum(1 for rep in present if allocation.received[rep.id] < desk.policy.floor),
        max_minus_min=_spread(_per_share(allocation.received, allocation.shares, [rep.id for rep in present])),
    )


def _per_share(received: Mapping[str, int], shares: Mapping[str, Fraction], names: Sequence[str]) -> list[Fraction]:
    owed = [name for name in names if shares.get(name, 0) > 0]
    return [received[name] / (shares[name] * len(owed)) for name in owed]


def _spread(values: Sequence[Fraction]) -> Fraction:
    return max(values, default=Fraction(0)) - min(values, default=Fraction(0))
