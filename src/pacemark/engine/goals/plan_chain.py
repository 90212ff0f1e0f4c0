"""Plan inputs by role: what is worked, what is counted, and what must be reached."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pacemark.engine.goals.plan_inputs import PlanInputs
from pacemark.engine.scenarios import ChainOdds

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

# Beyond this no need is meant; it keeps tables and sums finite.
_MAX_NEED = 1e9
_MIN_SIZE, _MAX_SIZE = 1e-3, 1e6
_HALVES = ("setter", "closer")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanChain:
    """The chains of ``n_people``, from work to what counts.

    Parameters
    ----------
    is_setter, is_closer : ndarray of shape (n_people,), bool
        Roles; neither is full-cycle.
    rates : ndarray of shape (3, n_people), float64
        Mean connect_per_dial, deep_talk_per_connect, opportunity_per_deep_talk; 1 for closers.
    win : ndarray of shape (n_people,), float64
        Mean win rate; 1 for setters.
    share : ndarray of shape (n_people,), float64
        Closing share; 1 for setters.
    value : ndarray of shape (n_people,), float64
        Expected deal value.
    direct : ndarray of shape (n_people,), float64
        Direct opportunities; 0 for closers.
    open_money : ndarray of shape (n_people,), float64
        Expected from the open pipeline inside the period; 0 for setters.
    gap : ndarray of shape (n_people,), float64
        What work must bring: money, for setters opportunities; ``>= 0``, infinite where nothing closes in time.
    unit : ndarray of shape (n_people,), float64
        Money of one unit of the odds' need: the median deal value; 1 (an opportunity) for setters.
    odds : ChainOdds
        What the chance of the target depends on.
    """

    is_setter: BoolArray
    is_closer: BoolArray
    rates: FloatArray
    win: FloatArray
    share: FloatArray
    value: FloatArray
    direct: FloatArray
    open_money: FloatArray
    gap: FloatArray
    unit: FloatArray
    odds: ChainOdds

    @property
    def opportunity_per_work(self) -> FloatArray:
        """Return opportunities per dial; 1 for closers."""
        return np.asarray(self.rates[0] * self.rates[1] * self.rates[2], dtype=np.float64)


def chain_of(inputs: PlanInputs) -> PlanChain:
    """Lay out everyone's chain by role.

    Parameters
    ----------
    inputs : PlanInputs
        Entries of ``n_people``.

    Returns
    -------
    PlanChain
        The same people, in the same order.
    """
    is_setter, is_closer = (np.array([own == role for own in inputs.roles], dtype=bool) for role in _HALVES)
    stages = (inputs.connect_per_dial, inputs.deep_talk_per_connect, inputs.opportunity_per_deep_talk)
    share = np.where(is_setter, 1.0, inputs.closing_share)
    open_count = np.where(is_setter, 0.0, np.rint(inputs.open_count))
    value = inputs.deal_value.mean
    open_value = np.where(np.isnan(inputs.open_value), value, inputs.open_value)
    open_money = open_count * inputs.open_chance * open_value
    to_source = _to_source(inputs, value)
    median = np.exp(inputs.deal_value.log_median)
    direct = np.where(is_closer, 0.0, inputs.direct_opportunities)
    # A part of an opportunity is a whole one, but for the rounding of floats.
    need = np.where(is_setter, np.ceil(to_source - 1e-9), inputs.target / median)
    work = [(np.where(is_closer, np.inf, stage.a), stage.b) for stage in stages]
    win = (np.where(is_setter, np.inf, inputs.win_rate.a), inputs.win_rate.b)
    odds = ChainOdds(
        rate_a=np.stack([a for a, _ in [*work, win]]),
        rate_b=np.stack([b for _, b in [*work, win]]),
        closing_share=share,
        direct=direct,
        open_count=open_count,
        open_chance=inputs.open_chance,
        # Sizes beyond these are slips of the pen; they would only spoil sums.
        open_size=np.clip(open_value / value, _MIN_SIZE, _MAX_SIZE),
        need=np.clip(need, -_MAX_NEED, _MAX_NEED),
        sigma=np.where(is_setter, 0.0, inputs.deal_value.sigma),
        doubt=np.where(is_setter, 0.0, inputs.deal_value.log_median_sd),
    )
    return PlanChain(
        is_setter=is_setter,
        is_closer=is_closer,
        rates=odds.rate_means[:3],
        win=odds.rate_means[3],
        share=share,
        value=value,
        direct=direct,
        open_money=open_money,
        gap=np.where(is_setter, to_source, np.maximum(inputs.target - open_money, 0.0)),
        unit=np.where(is_setter, 1.0, median),
        odds=odds,
    )


def _to_source(inputs: PlanInputs, value: FloatArray) -> FloatArray:
    """Return the opportunities a setter has to source; infinite where none of them closes in time."""
    given = np.isfinite(inputs.opportunities_target)
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        derived = inputs.target / (inputs.win_rate.mean * value * inputs.closing_share)
    derived = np.where(inputs.target > 0, derived, 0.0)
    return np.where(given, np.nan_to_num(inputs.opportunities_target), derived)
