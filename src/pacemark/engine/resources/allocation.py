"""Allocate: a batch, a chunk or a single lead, by one rule and with the same result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from pacemark.engine.errors import EngineError
from pacemark.engine.resources.arrivals import WAITS, Allocation, Arrivals, Decision, Desk, IntArray, coded
from pacemark.engine.resources.dealing import Dealing
from pacemark.engine.resources.ledger import Ledger
from pacemark.engine.resources.picking import pick
from pacemark.engine.resources.seating import Seating

EMPTY = Ledger()


def allocate(
    arrivals: Arrivals, desk: Desk, ledger: Ledger = EMPTY, *, evidence: bool = True, seating: Seating | None = None
) -> Allocation:
    """Decide who gets which of the leads that arrived.

    Parameters
    ----------
    arrivals : Arrivals
        Leads in order of arrival: a batch, a chunk of one, or a single lead.
    desk : Desk
        The policy, the teams, and every rep as it stands.
    ledger : Ledger
        What the run before gave back; empty for the first.
    evidence : bool, default True
        Whether each decision's evidence is made. Without it the same is decided, faster.
    seating : Seating or None
        Made before of the very reps and shares of the desk, for leads that come one by one; another is not used.

    Returns
    -------
    Allocation
        Owners, waiting leads with reasons, counts, evidence, and the ledger to carry on.

    Raises
    ------
    EngineError
        ``resources.no_reps``, ``resources.duplicate_rep``, ``resources.unknown_grade``,
        ``resources.expected_leads_needed``, and what `solve_shares` and `best_fit` refuse.

    Notes
    -----
    Each lead goes first to a team, in the ledger of its grade, then to a rep in the ledger of that team over all
    grades; both by the quota method (see `Turns`). A lead credits everybody who could get it with a share of one lead
    and debits whoever gets it, so entitlements and receipts always sum to the same. Guaranteed while eligibility
    and shares stand still, at every prefix: |received - entitled| < 1 for a team within a grade, and for a rep
    against what the team has received; where teams are small, grades make up for each other (see `Drift`). Counts per
    rep and grade are the same for one batch, its chunks and single leads (chunks: carry ``ledger`` on and
    raise the reps' counters by `served`), and do not depend on the order or the names of reps, but that equal shares
    are interchangeable. The order rule only permutes leads of one grade within the run. Cost grows with
    leads x log(members of a group), plus reps whenever a cap is reached.

    References
    ----------
    .. [1] M. L. Balinski and H. P. Young, "Fair Representation", 1982.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from pacemark.engine.resources.eligibility import Rep
    >>> from pacemark.engine.resources.policy import Policy
    >>> four = [Rep(id=name, score=Fraction(score)) for name, score in zip("abcd", (3, 2, 2, 1))]
    >>> desk = Desk(reps=four, policy=Policy(base=Fraction(3, 5), reward=Fraction(2, 5)))
    >>> leads = Arrivals(ids=[f"L{place}" for place in range(100)], grades=["A"] * 100)
    >>> dict(allocate(leads, desk).received)
    {'a': 30, 'b': 25, 'c': 25, 'd': 20}
    """
    _check(arrivals, desk)
    dealing = Dealing(desk, ledger, len(arrivals.ids), seating)
    decided, decisions, waiting = dealing.deal(arrivals, evidence=evidence)
    places = pick(arrivals, decided, desk)
    owners = decided[places]
    names: list[str | None] = [*(rep.id for rep in desk.reps), None]
    received = np.bincount(owners[owners != WAITS], minlength=len(desk.reps)).tolist()
    return Allocation(
        owners=list(map(names.__getitem__, owners.tolist())),
        waiting=waiting,
        received={rep.id: count for rep, count in zip(desk.reps, received, strict=True)},
        received_by_grade=_by_grade(arrivals.grades, owners, desk),
        shares=dealing.shares,
        exclusions=dealing.exclusions,
        decisions=_placed(arrivals, decisions, places) if evidence else (),
        ledger=dealing.ledger(),
    )


def _placed(arrivals: Arrivals, decisions: Sequence[Decision], places: IntArray) -> list[Decision]:
    """Put each place's evidence beside the lead that took the place."""
    at_place = {decision.place: decision for decision in decisions}
    return [
        decision if decision.lead == lead else replace(decision, lead=lead)
        for lead, place in zip(arrivals.ids, places.tolist(), strict=True)
        if (decision := at_place.get(place)) is not None
    ]


def _by_grade(grades: Sequence[str], owners: IntArray, desk: Desk) -> dict[str, dict[str, int]]:
    names, codes = coded(grades)
    cells = np.bincount((codes * (len(desk.reps) + 1)) + owners + 1, minlength=len(names) * (len(desk.reps) + 1))
    table = cells.reshape(len(names), len(desk.reps) + 1)[:, 1:]
    return {
        grade: {desk.reps[place].id: int(row[place]) for place in np.flatnonzero(row).tolist()}
        for grade, row in zip(names, table, strict=True)
    }


def _check(arrivals: Arrivals, desk: Desk) -> None:
    if not desk.reps:
        raise EngineError("resources.no_reps", "There must be at least one rep to give leads to.", "reps")
    if len({rep.id for rep in desk.reps}) < len(desk.reps):
        raise EngineError("resources.duplicate_rep", "A rep is listed twice; every id may stand once.", "reps")
    known = desk.policy.grades
    strange = [] if known is None else sorted(set(arrivals.grades) - set(known))
    if known is not None and strange:
        message = f"Grade {strange[0][:60]} is not in the policy; its grades are: {', '.join(known)}."
        raise EngineError("resources.unknown_grade", message, "leads")
