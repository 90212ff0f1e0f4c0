"""What can be said at a month's start: the chance to reach an amount, by the whole chain and by three naive rules."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from pacemark.engine.attain import WinRate, chance_of_deals
from pacemark.engine.errors import EngineError
from pacemark.engine.goals.plan_chain import chain_of
from pacemark.engine.goals.plan_inputs import PlanInputs
from pacemark.engine.scenarios import mixture_of

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

PACEMARK, LAST_MONTH, GROUP, RAW = "pacemark", "last_month_x_1.2", "group_averages", "raw_own_rates"
RULES = (PACEMARK, LAST_MONTH, GROUP, RAW)
LAST_MONTH_TIMES = 1.2
# So many opportunities at a rate of nearly nothing bring a Poisson number of deals.
_POISSON_OPPORTUNITIES = 1_000_000
# A part of a deal is a whole one, but for the rounding of floats.
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainRecord:
    """What a spreadsheet knows of each person at the month's start; the rules of thumb are made from it.

    Parameters
    ----------
    target : ndarray of shape (n_people,), float64
        Money to reach in the month, ``> 0``.
    last_deals : ndarray of shape (n_people,), float64
        Deals in the month before.
    opportunities : ndarray of shape (n_people,), float64
        New opportunities of a month at the person's own pace.
    won, tried : ndarray of shape (n_people,), float64
        Opportunities ever won, and ever owned, as merely counted.
    deals, money : ndarray of shape (n_people,), float64
        Deals ever that have an amount, and what they brought.
    group : ndarray of shape (n_people,), int64
        Code of the group whose averages are taken.

    Raises
    ------
    EngineError
        ``goals.bad_record`` for lengths that differ, negative or not finite numbers.
    """

    target: FloatArray
    last_deals: FloatArray
    opportunities: FloatArray
    won: FloatArray
    tried: FloatArray
    deals: FloatArray
    money: FloatArray
    group: IntArray

    def __post_init__(self) -> None:
        """Refuse what is no record."""
        for field in fields(self):
            values = getattr(self, field.name)
            if values.shape != self.target.shape or not (np.isfinite(values).all() and (values >= 0).all()):
                message = f"{field.name} must have one finite number of 0 or more per person."
                raise EngineError("goals.bad_record", message, field.name)


def chance_by_scenarios(inputs: PlanInputs, scenarios: FloatArray) -> FloatArray:
    """Give everyone's chance to reach the target when the work that will be done is not known.

    Parameters
    ----------
    inputs : PlanInputs
        Entries of ``n_people`` at the month's start, with the targets.
    scenarios : ndarray of shape (n_people, n_scenarios), float64
        Equally likely amounts of work: dials, for closers opportunities; whole numbers.

    Returns
    -------
    ndarray of shape (n_people,), float64
        Probability, 0–1.

    Notes
    -----
    The mean over the amounts of work of the chance that the plans print for that work: the same chain, rates, deal
    values, closing shares and open pipeline (`pacemark.engine.odds.chance_of_target`).
    """
    mixture = mixture_of(chain_of(inputs).odds)
    people = np.arange(inputs.n_people)
    chances = [mixture.chance(people, work) for work in scenarios.T]
    return np.asarray(np.mean(chances, axis=0), dtype=np.float64)


def naive_chances(record: PlainRecord) -> Mapping[str, FloatArray]:
    """Give everyone's chance to reach the target by three rules of thumb.

    Parameters
    ----------
    record : PlainRecord
        Entries of ``n_people``.

    Returns
    -------
    mapping of str to ndarray of shape (n_people,), float64
        By rule: ``last_month_x_1.2``, ``group_averages``, ``raw_own_rates``.

    Notes
    -----
    All go through `pacemark.engine.attain.chance_of_deals`, which needs target / deal value deals, rounded up, and
    takes the rate as known. *last_month_x_1.2*: 1.2 times last month's deals is the mean of a Poisson number of deals,
    own mean deal value. *group_averages*: the group's mean opportunities of a month, its won / tried, its mean deal
    value. *raw_own_rates*: the same three of one's own; whoever has no trial or no deal takes the group's.

    Examples
    --------
    >>> import numpy as np
    >>> one = np.ones(1)
    >>> found = naive_chances(PlainRecord(
    ...     target=30000 * one, last_deals=10 * one, opportunities=50 * one, won=40 * one, tried=200 * one,
    ...     deals=30 * one, money=90000 * one, group=np.zeros(1, int)))
    >>> [round(float(chance[0]), 4) for chance in found.values()]
    [0.7576, 0.5563, 0.5563]
    """
    group = _group_sums(record)
    n_people = len(record.target)
    group_rate = _ratio(group.won, group.tried, np.zeros(n_people))
    group_value = _ratio(group.money, group.deals, np.full(n_people, np.inf))
    own_rate = _ratio(record.won, record.tried, group_rate)
    own_value = _ratio(record.money, record.deals, group_value)
    poisson = np.full(n_people, float(_POISSON_OPPORTUNITIES))
    last_rate = LAST_MONTH_TIMES * record.last_deals / _POISSON_OPPORTUNITIES
    return {
        LAST_MONTH: _attained(record.target / own_value, poisson, last_rate),
        GROUP: _attained(record.target / group_value, group.opportunities, group_rate),
        RAW: _attained(record.target / own_value, record.opportunities, own_rate),
    }


def _group_sums(record: PlainRecord) -> PlainRecord:
    """Return a record in which everyone has their group's sums, and its mean of opportunities."""
    codes = np.unique(record.group, return_inverse=True)[1]
    size = np.bincount(codes, minlength=1)

    def total(values: FloatArray) -> FloatArray:
        return np.asarray(np.bincount(codes, values, minlength=len(size))[codes], dtype=np.float64)

    return PlainRecord(
        target=record.target,
        last_deals=record.last_deals,
        opportunities=total(record.opportunities) / size[codes],
        won=total(record.won),
        tried=total(record.tried),
        deals=total(record.deals),
        money=total(record.money),
        group=record.group,
    )


def _ratio(upper: FloatArray, lower: FloatArray, without: FloatArray) -> FloatArray:
    return np.divide(upper, lower, out=without.copy(), where=lower > 0)


def _attained(needed: FloatArray, opportunities: FloatArray, rate: FloatArray) -> FloatArray:
    rows = zip(needed.tolist(), opportunities.tolist(), rate.tolist(), strict=True)
    return np.array([_one_attained(*row) for row in rows], dtype=np.float64)


def _one_attained(needed: float, opportunities: float, rate: float) -> float:
    # Without any deal value (target / infinity) nothing says how many deals are needed: no chance can be stated.
    if needed <= 0:
        return 0.0
    return chance_of_deals(math.ceil(needed - _ROUNDING), round(opportunities), WinRate(mean=min(rate, 1.0)))
