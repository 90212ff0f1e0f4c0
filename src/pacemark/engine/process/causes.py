"""The four causes of a result, in money: goal, attitude and execution, ability, luck; they add up exactly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pacemark.engine.errors import EngineError
from pacemark.engine.process.waterfall import known_factors, split_changes, whole_parts

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
Cause = Literal["goal", "execution", "ability", "luck"]

CAUSES: tuple[Cause, ...] = ("goal", "execution", "ability", "luck")
# What a person's parts are called below the four causes.
PLAN, LEADS, CARRIED = "plan", "leads", "carried"


@dataclass(frozen=True, slots=True, kw_only=True)
class CauseInputs:
    """What everyone's result is explained from. Money in minor units; factors as in the chain of the role.

    Parameters
    ----------
    target_minor : ndarray of shape (n_people,), int64
        What was asked.
    actual_minor : ndarray of shape (n_people,), int64
        What was booked.
    fair : ndarray of shape (n_people, n_factors), float64
        The plan that could fairly be asked: feasible work at the person's own usual rates with these leads. The first
        factor is work (dials; a closer's opportunities), the last the deal value in minor units; NaN for a rate that
        is not the person's (a closer's connects).
    done : ndarray of shape (n_people, n_factors), float64
        The same as it was; NaN for a rate without trials.
    is_told : ndarray of shape (n_people, n_factors), bool
        Whether the factor's difference was told from chance (verdict "skill").
    is_coaching_missed : ndarray of shape (n_people, n_factors), bool, optional
        Whether coaching of that factor was due and not done: then it is execution, not ability.
    fair_usual_leads_minor : ndarray of shape (n_people,), int64, optional
        What the fair plan would bring with usual leads; without it leads explain nothing.
    """

    target_minor: IntArray
    actual_minor: IntArray
    fair: FloatArray
    done: FloatArray
    is_told: BoolArray
    is_coaching_missed: BoolArray | None = None
    fair_usual_leads_minor: IntArray | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CauseSplit:
    """The causes of each row's deviation; rows are people, teams or the organisation.

    Parameters
    ----------
    total_minor : ndarray of shape (n_rows,), int64
        Booked less asked.
    causes : mapping of str to ndarray of shape (n_rows,), int64
        By cause, in the order of ``CAUSES``; they add up to the total exactly.
    parts : mapping of str to ndarray of shape (n_rows,), int64
        The same money finer, keyed ``CAUSE.PART``: ``goal.plan``, ``goal.leads``, ``execution.0`` (the factor's
        place), ``luck.carried`` (booked outside the chain, such as deals of earlier months); they add up alike.
    """

    total_minor: IntArray
    causes: Mapping[str, IntArray]
    parts: Mapping[str, IntArray]


def split_causes(inputs: CauseInputs) -> CauseSplit:
    """Tell the four causes apart, in money.

    Parameters
    ----------
    inputs : CauseInputs
        Everyone at once.

    Returns
    -------
    CauseSplit
        One row per person.

    Raises
    ------
    EngineError
        ``process.bad_causes`` for shapes that do not fit together.

    Notes
    -----
    From asked to booked in three steps. Asked → fair: the *goal*, of it leads = fair with these leads − fair with
    usual ones. Fair → what the chain gave: `split_changes`; the first factor is *execution* (work done or not), every
    other is *ability* where it was told from chance (execution where its coaching was due and missed) and *luck* where
    it was not. Chain → booked: luck, carried over from or into other periods. Rounded by largest remainder, so
    that every row adds up to the last minor unit.

    Examples
    --------
    >>> one = CauseInputs(target_minor=np.array([3600]), actual_minor=np.array([1500]),
    ...     fair=np.array([[50.0, 0.2, 300.0]]), done=np.array([[50.0, 0.1, 300.0]]),
    ...     is_told=np.array([[False, True, False]]))
    >>> {cause: int(money[0]) for cause, money in split_causes(one).causes.items()}
    {'goal': -600, 'execution': 0, 'ability': -1500, 'luck': 0}
    """
    _check(inputs)
    fair, done = known_factors(inputs.fair, inputs.done)
    fair_minor, chain_minor = _money(fair), _money(done)
    changes = whole_parts(split_changes(fair, done), chain_minor - fair_minor)
    usual = fair_minor if inputs.fair_usual_leads_minor is None else inputs.fair_usual_leads_minor
    parts = {f"goal.{PLAN}": usual - inputs.target_minor, f"goal.{LEADS}": fair_minor - usual}
    parts |= _by_factor(changes, inputs)
    parts[f"luck.{CARRIED}"] = inputs.actual_minor - chain_minor
    return _gathered(inputs.actual_minor - inputs.target_minor, parts)


def roll_up(split: CauseSplit, group: IntArray, n_groups: int) -> CauseSplit:
    """Add people up to teams, teams to regions, and so on.

    Parameters
    ----------
    split : CauseSplit
        Rows to be added.
    group : ndarray of shape (n_rows,), int64
        Which group each row belongs to, 0 to ``n_groups`` − 1.
    n_groups : int
        How many groups there are.

    Returns
    -------
    CauseSplit
        One row per group, exact.

    Examples
    --------
    >>> two = np.array([1, 2])
    >>> one = CauseSplit(total_minor=two, causes={"luck": two}, parts={"luck.carried": two})
    >>> roll_up(one, np.array([0, 0]), 1).causes["luck"].tolist()
    [3]
    """

    def added(values: IntArray) -> IntArray:
        sums = np.zeros(n_groups, dtype=np.int64)
        np.add.at(sums, group, values)
        return sums

    return CauseSplit(
        total_minor=added(split.total_minor),
        causes={name: added(values) for name, values in split.causes.items()},
        parts={name: added(values) for name, values in split.parts.items()},
    )


def _by_factor(changes: IntArray, inputs: CauseInputs) -> dict[str, IntArray]:
    missed = inputs.is_coaching_missed
    if missed is None:
        missed = np.zeros(inputs.is_told.shape, dtype=bool)
    found = {}
    for place in range(changes.shape[1]):
        is_work = place == 0
        told = inputs.is_told[:, place] & np.full(len(changes), not is_work)
        is_execution = np.full(len(changes), is_work) | (told & missed[:, place] & (changes[:, place] < 0))
        is_ability = told & ~is_execution
        for cause, chosen in (
            ("execution", is_execution),
            ("ability", is_ability),
            ("luck", ~is_execution & ~is_ability),
        ):
            if np.any(chosen):
                found[f"{cause}.{place}"] = np.where(chosen, changes[:, place], 0)
    return found


def _gathered(total: IntArray, parts: Mapping[str, IntArray]) -> CauseSplit:
    causes: dict[str, IntArray] = {cause: np.zeros_like(total) for cause in CAUSES}
    for name, part in parts.items():
        causes[name.partition(".")[0]] += part
    return CauseSplit(total_minor=total, causes=causes, parts=dict(parts))


def _money(factors: FloatArray) -> IntArray:
    return np.asarray(np.rint(factors.prod(axis=1)), dtype=np.int64)


def _check(inputs: CauseInputs) -> None:
    shapes = {inputs.fair.shape, inputs.done.shape, inputs.is_told.shape}
    rows = {len(inputs.target_minor), len(inputs.actual_minor), len(inputs.fair)}
    if len(shapes) > 1 or len(rows) > 1 or inputs.fair.ndim != 2:
        raise EngineError("process.bad_causes", "Targets, results and factors must be as many.", "fair")
    if (inputs.fair < 0).any() or (inputs.done < 0).any():
        raise EngineError("process.bad_causes", "A factor of the chain must not be negative.", "fair")
