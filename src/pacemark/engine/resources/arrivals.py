"""What goes into a run and what comes out of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from pacemark.engine.resources.contest import Standing
from pacemark.engine.resources.eligibility import Exclusion, Rep
from pacemark.engine.resources.ledger import Ledger
from pacemark.engine.resources.policy import Policy, Team

IntArray = NDArray[np.int64]
WAITS = -1
NO_TAGS: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrivals:
    """Leads in the order they arrived, column by column.

    Parameters
    ----------
    ids : sequence of str, length n_leads
        Lead ids.
    grades : sequence of str, length n_leads
        Lead grades.
    scores : sequence of float or None, length n_leads
        How good each lead is; the larger the better. None: the earlier the better.
    tags : sequence of frozenset of str or None, length n_leads
        Skills a rep must have.
    blocked : sequence of bool or None, length n_leads
        True for people who must not be contacted: such a lead waits.
    values : sequence of mapping or None, length n_leads
        For ``best_fit``: what the lead is expected to be worth with each rep; a missing rep is worth 0. None takes
        the lead's score times the rep's.
    """

    ids: Sequence[str]
    grades: Sequence[str]
    scores: Sequence[float] | None = None
    tags: Sequence[frozenset[str]] | None = None
    blocked: Sequence[bool] | None = None
    values: Sequence[Mapping[str, float]] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The rule, and the people it is applied to at one moment.

    Parameters
    ----------
    reps : sequence of Rep
        Everybody, in any order.
    teams : sequence of Team
        Multipliers and ranks; a team not listed has multiplier 1 and stands last.
    policy : Policy
        The version in force.
    shares : mapping of str to Fraction or None
        Shares solved before, for the policy window; None solves them from the reps on duty.
    """

    reps: Sequence[Rep]
    teams: Sequence[Team] = ()
    policy: Policy = field(default_factory=Policy)
    shares: Mapping[str, Fraction] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A lead that nobody may get now.

    Parameters
    ----------
    lead, grade : str
        The lead.
    exclusions : mapping of str to Exclusion
        Why, for every rep; leads that wait for the same reasons share the mapping.
    """

    lead: str
    grade: str
    exclusions: Mapping[str, Exclusion]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The evidence for one lead: ids and numbers only.

    Parameters
    ----------
    lead, grade, rep, team : str
        Who got what.
    place : int
        Place in the order in which counts were decided, from 0; it differs from the lead's own place where the order
        rule gave the rep another lead of the same grade.
    team_level, rep_level : Standing
        The winning key and the ledger before and after, team within the grade and rep within the team.
    excluded : mapping of str to Exclusion
        Who could not get this lead beyond the exclusions stored with the run: caps reached on the way, skills.
    """

    lead: str
    grade: str
    rep: str
    team: str
    place: int
    team_level: Standing
    rep_level: Standing
    excluded: Mapping[str, Exclusion]


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocation:
    """The answer of a run.

    Parameters
    ----------
    owners : sequence of (str or None), length n_leads
        Rep of each lead, in order of arrival; None waits.
    waiting : sequence of Waiting
        The leads nobody may get.
    received : mapping of str to int
        Leads given to each rep in this run.
    received_by_grade : mapping of str to mapping of str to int
        The same by grade, then rep.
    shares : mapping of str to Fraction
        The shares that were used.
    exclusions : mapping of str to Exclusion
        Who could get nothing when the run began, stored once per run.
    decisions : sequence of Decision
        Evidence, in order of arrival; empty where it was not asked for.
    ledger : Ledger
        After the run, to be carried into the next.
    """

    owners: Sequence[str | None]
    waiting: Sequence[Waiting]
    received: Mapping[str, int]
    received_by_grade: Mapping[str, Mapping[str, int]]
    shares: Mapping[str, Fraction]
    exclusions: Mapping[str, Exclusion]
    decisions: Sequence[Decision]
    ledger: Ledger


def coded(values: Sequence[str]) -> tuple[list[str], IntArray]:
    """Replace names by whole numbers.

    Parameters
    ----------
    values : sequence of str, length n
        Names, with repetitions.

    Returns
    -------
    names : list of str
        Each name once, in order of appearance.
    codes : ndarray of shape (n,), int64
        Place of each value in ``names``.

    Examples
    --------
    >>> names, codes = coded(["B", "A", "B"])
    >>> names, codes.tolist()
    (['B', 'A'], [0, 1, 0])
    """
    places = {name: place for place, name in enumerate(dict.fromkeys(values))}
    return list(places), np.fromiter(map(places.__getitem__, values), np.int64, len(values))
