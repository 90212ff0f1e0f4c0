"""Plans at several confidences, for many people at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

WORK = ("dials", "connects", "deep_talks", "opportunities")
# Why a plan has no numbers; an entry of `Plan.reason` is a place in this tuple, 0 meaning that it has them.
REASONS = ("", "goals.rate_near_zero", "goals.out_of_reach")
FITS, DOES_NOT_FIT, UNKNOWN = 1, 0, -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everyone's plan at one confidence. NaN only where the stage is not the person's or ``reason`` says why.

    Parameters
    ----------
    confidence : float
        0.5, 0.8, 0.9: the word it carries.
    method : {"textbook", "solved"}
        The chain at mean rates, or the least work whose chance over the whole chain reaches the confidence.
    stages : mapping of str to ndarray of shape (n_people,), float64
        ``dials``, ``connects``, ``deep_talks``, ``opportunities_from_talks``, ``opportunities`` (with the direct
        ones), ``deals`` (from these opportunities, in the period), ``pipeline`` (money).
    per_day, per_week : mapping of str to ndarray of shape (n_people,), float64
        Exact pace of each stage of ``WORK``; NaN where no working day is left for work that is needed.
    odds : ndarray of shape (n_people,), float64
        Chance of the target if exactly this work is done.
    feasible : ndarray of shape (n_people,), int64
        1 it fits into the capacity, 0 it does not, -1 no capacity is known.
    reachable : ndarray of shape (n_people,), float64
        Where it does not fit: the most (money; for setters opportunities) that capacity reaches at about the
        confidence, a textbook plan's expected result at capacity. NaN elsewhere.
    reachable_odds : ndarray of shape (n_people,), float64
        The chance of that. NaN elsewhere.
    reason : ndarray of shape (n_people,), int64
        Place in ``REASONS``.
    """

    confidence: float
    method: Literal["textbook", "solved"]
    stages: Mapping[str, FloatArray]
    per_day: Mapping[str, FloatArray]
    per_week: Mapping[str, FloatArray]
    odds: FloatArray
    feasible: IntArray
    reachable: FloatArray
    reachable_odds: FloatArray
    reason: IntArray


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanBatch:
    """Everyone's plans, and what they have in common.

    Parameters
    ----------
    plans : mapping of float to Plan
        By confidence, rising.
    needed_opportunities : ndarray of shape (n_people,), float64
        What a setter has to source; NaN for the other roles.
    expected_from_open : ndarray of shape (n_people,), float64
        Money that the open pipeline is expected to bring inside the period; 0 for setters.
    odds_without_work : ndarray of shape (n_people,), float64
        Chance of the target from the open pipeline and direct opportunities alone.
    capacity : ndarray of shape (n_people,), float64
        Dials (for closers new opportunities) that fit into the period; NaN for unknown.
    odds_at_capacity : ndarray of shape (n_people,), float64
        Chance of the target at full capacity; NaN for unknown.
    """

    plans: Mapping[float, Plan]
    needed_opportunities: FloatArray
    expected_from_open: FloatArray
    odds_without_work: FloatArray
    capacity: FloatArray
    odds_at_capacity: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonPlan:
    """One person's plan at one confidence, with None for what there is not.

    Parameters
    ----------
    confidence : float
        0.5, 0.8 or 0.9.
    method : {"textbook", "solved"}
        As `Plan`.
    stages, per_day, per_week : mapping of str to float or None
        As `Plan`, for this person.
    odds : float or None
        As `Plan`.
    feasible : bool or None
        None when no capacity is known or there is no plan.
    reachable, reachable_odds : float or None
        As `Plan`.
    reason : str or None
        A code of ``REASONS``.
    """

    confidence: float
    method: Literal["textbook", "solved"]
    stages: Mapping[str, float | None]
    per_day: Mapping[str, float | None]
    per_week: Mapping[str, float | None]
    odds: float | None
    feasible: bool | None
    reachable: float | None
    reachable_odds: float | None
    reason: str | None


def plan_of(batch: PlanBatch, person: int, confidence: float) -> PersonPlan:
    """Take one person's plan out of a batch.

    Parameters
    ----------
    batch : PlanBatch
        Everyone's plans.
    person : int
        Place of the person in the inputs.
    confidence : float
        One of ``batch.plans``.

    Returns
    -------
    PersonPlan
        Plain numbers, None for what there is not: never NaN or infinity.
    """
    plan = batch.plans[confidence]
    reason = int(plan.reason[person])
    fits = int(plan.feasible[person])
    return PersonPlan(
        confidence=confidence,
        method=plan.method,
        stages=_person(plan.stages, person),
        per_day=_person(plan.per_day, person),
        per_week=_person(plan.per_week, person),
        odds=_plain(plan.odds[person]),
        feasible=None if fits == UNKNOWN or reason else fits == FITS,
        reachable=_plain(plan.reachable[person]),
        reachable_odds=_plain(plan.reachable_odds[person]),
        reason=REASONS[reason] or None,
    )


def _person(columns: Mapping[str, FloatArray], person: int) -> dict[str, float | None]:
    return {name: _plain(values[person]) for name, values in columns.items()}


def _plain(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
