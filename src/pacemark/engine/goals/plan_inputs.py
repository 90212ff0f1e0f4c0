"""What a plan is made from, for many people at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pacemark.engine.errors import EngineError
from pacemark.engine.goals.chain import ROLES, Role
from pacemark.engine.reach import mean_deal
from pacemark.engine.sums import MAX_SIGMA

FloatArray = NDArray[np.float64]

# The two fields in which NaN means "not known"; it is refused everywhere else.
_MAY_BE_UNKNOWN = ("opportunities_target", "capacity_dials_per_day", "capacity_opportunities", "open_value")
_RATES = ("connect_per_dial", "deep_talk_per_connect", "opportunity_per_deep_talk", "win_rate")


@dataclass(frozen=True, slots=True, kw_only=True)
class BetaRates:
    """One stage's rates, each known as a Beta(a, b) distribution.

    Parameters
    ----------
    a, b : ndarray of shape (n_people,), float64
        Parameters, both ``> 0``; `pacemark.engine.rates.Estimates` has them.
    """

    a: FloatArray
    b: FloatArray

    @property
    def mean(self) -> FloatArray:
        """Return the mean rates, strictly between 0 and 1."""
        return self.a / (self.a + self.b)


@dataclass(frozen=True, slots=True, kw_only=True)
class DealValues:
    """Each person's deal value: log-normal around a median that is itself an estimate.

    Parameters
    ----------
    log_median : ndarray of shape (n_people,), float64
        Log of the median deal value, in the money unit of the targets.
    log_median_sd : ndarray of shape (n_people,), float64
        Standard deviation of that estimate, ``>= 0``.
    sigma : ndarray of shape (n_people,), float64
        Standard deviation of the log of one deal's value, ``>= 0``.
    """

    log_median: FloatArray
    log_median_sd: FloatArray
    sigma: FloatArray

    @property
    def mean(self) -> FloatArray:
        """Return the expected deal values, exp(log median + (sigma² + sd²) / 2)."""
        return np.exp(self.log_median) * mean_deal(np.minimum(self.sigma, MAX_SIGMA), self.log_median_sd)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanInputs:
    """Everything the plans of ``n_people`` people are made from.

    Parameters
    ----------
    roles : sequence of {"full_cycle", "setter", "closer"}, length n_people
        A setter's plan ends at opportunities sourced, a closer's starts at opportunities owned.
    target : ndarray of shape (n_people,), float64
        Money still to reach in the period, less what is booked; ``<= 0`` needs nothing.
    opportunities_target : ndarray of shape (n_people,), float64
        For setters: opportunities still to source; NaN derives them from ``target`` through win rate, deal value and
        closing share, which are then the group's. Ignored for the other roles.
    days : ndarray of shape (n_people,), float64
        Working days left, ``>= 0``.
    days_per_week : ndarray of shape (n_people,), float64
        Working days of an ordinary week, ``>= 0``.
    capacity_dials_per_day : ndarray of shape (n_people,), float64
        Dials that fit into a day; NaN for unknown. Ignored for closers.
    capacity_opportunities : ndarray of shape (n_people,), float64
        New opportunities a closer can get in the period; NaN for unknown. Ignored for the other roles.
    connect_per_dial, deep_talk_per_connect, opportunity_per_deep_talk : BetaRates
        Rates of the work; ignored for closers.
    win_rate : BetaRates
        Opportunities won / opportunities, whenever they close.
    deal_value : DealValues
        Won amount per deal.
    expected_amount : ndarray of shape (n_people,), float64
        Mean expected amount of an opportunity, ``> 0``.
    closing_share : ndarray of shape (n_people,), float64
        Share of the wins of opportunities opened from now on that close inside the period, 0–1
        (`pacemark.engine.lags.closing_share`). For setters 1 where money counts whenever it lands.
    open_count : ndarray of shape (n_people,), float64
        Opportunities open at the start. Ignored for setters.
    open_chance : ndarray of shape (n_people,), float64
        Mean chance of one of them to close inside the period, 0–1 (`pacemark.engine.lags.chance_if_open`).
    open_value : ndarray of shape (n_people,), float64
        Expected money of one of them if won, ``> 0``; NaN for the person's own deal value.
    direct_opportunities : ndarray of shape (n_people,), float64
        Opportunities expected from now on without a deep talk before them. Ignored for closers, whose opportunities
        are all given to them.

    Raises
    ------
    EngineError
        ``goals.bad_plan_inputs`` with the field, for a length that differs, a value that is not finite or out of
        bounds, an unknown role.
    """

    roles: Sequence[Role]
    target: FloatArray
    opportunities_target: FloatArray
    days: FloatArray
    days_per_week: FloatArray
    capacity_dials_per_day: FloatArray
    capacity_opportunities: FloatArray
    connect_per_dial: BetaRates
    deep_talk_per_connect: BetaRates
    opportunity_per_deep_talk: BetaRates
    win_rate: BetaRates
    deal_value: DealValues
    expected_amount: FloatArray
    closing_share: FloatArray
    open_count: FloatArray
    open_chance: FloatArray
    open_value: FloatArray
    direct_opportunities: FloatArray

    def __post_init__(self) -> None:
        """Refuse what no plan can be made from."""
        n_people = len(self.roles)
        if not set(self.roles) <= set(ROLES):
            raise _bad("roles", f"Every role must be one of: {', '.join(ROLES)}.")
        for name, values in self._columns():
            if values.shape != (n_people,):
                raise _bad(name, f"{name} must have one entry per person.")
            known = values[~np.isnan(values)] if name in _MAY_BE_UNKNOWN else values
            if not np.isfinite(known).all():
                raise _bad(name, f"{name} must be finite.")
            low, high = _BOUNDS.get(name, (0.0, np.inf))
            if len(known) and not (low <= known.min() and known.max() <= high):
                raise _bad(name, f"{name} must be between {low:g} and {high:g}.")

    @property
    def n_people(self) -> int:
        """Return how many people there are."""
        return len(self.roles)

    def _columns(self) -> list[tuple[str, FloatArray]]:
        found = [(name, getattr(self, name)) for name in _PLAIN]
        for name in _RATES:
            rates: BetaRates = getattr(self, name)
            found += [(f"{name}.a", rates.a), (f"{name}.b", rates.b)]
        value = self.deal_value
        found += [("deal_value.log_median", value.log_median), ("deal_value.log_median_sd", value.log_median_sd)]
        return [*found, ("deal_value.sigma", value.sigma)]


_PLAIN = (
    "target",
    "opportunities_target",
    "days",
    "days_per_week",
    "capacity_dials_per_day",
    "capacity_opportunities",
    "expected_amount",
    "closing_share",
    "open_count",
    "open_chance",
    "open_value",
    "direct_opportunities",
)
_TINY = 1e-12
_BOUNDS = {
    "target": (-1e18, 1e18),
    "expected_amount": (_TINY, 1e18),
    "open_value": (_TINY, 1e18),
    "closing_share": (0.0, 1.0),
    "open_chance": (0.0, 1.0),
    "open_count": (0.0, 1e6),
    "direct_opportunities": (0.0, 1e6),
    "deal_value.log_median": (-40.0, 40.0),
    "deal_value.log_median_sd": (0.0, 3.0),
    "deal_value.sigma": (0.0, 20.0),
    **{f"{name}.{side}": (_TINY, 1e12) for name in _RATES for side in "ab"},
}


def _bad(field: str, message: str) -> EngineError:
    return EngineError("goals.bad_plan_inputs", message, field)
