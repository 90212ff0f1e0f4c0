"""From what is known to everyone's plan: the engine's inputs, its answer, and the document that is stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pacemark.engine.cohorts import decay_weights
from pacemark.engine.goals.plan import plan_people
from pacemark.engine.goals.plan_batch import PlanBatch
from pacemark.engine.goals.plan_inputs import BetaRates, DealValues, PlanInputs
from pacemark.engine.lags import chance_if_open, closing_share
from pacemark.engine.values import (
    DealLogs,
    ValueEstimates,
    ValuePrior,
    deal_logs,
    fit_values,
    kept_share,
    net_of_returns,
    shrink_values,
)
from pacemark.web.goals.bridge.estimating import RateEstimates, estimate_rates
from pacemark.web.goals.bridge.ground import DIRECT_DAYS, PlanGround
from pacemark.web.goals.bridge.targets import TargetFound, find_target
from pacemark.web.goals.choices import TargetBasis
from pacemark.web.pipeline.choices import Stage
from pacemark.web.shared.currency import minor_digits

FloatArray = NDArray[np.float64]
DAYS_IN_WEEK = 7
# Half a year of deals tells what deals are worth now; prices move slower than people.
VALUE_HALF_LIFE_DAYS = 180.0
TYPED_IN_VALUE = ValuePrior(median=3000.0, tau=0.15, sigma=0.40, basis="typed_in")
MIN_PACE_DAYS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class DealRecord:
    """Everyone's deals: as logs with older ones counting less, and as plain count and sum in major units."""

    logs: DealLogs
    count: NDArray[np.int64]
    total: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """Everything that plans are worked out from; entries are in the order of ``ground.people``."""

    rates: RateEstimates
    deals: DealRecord
    values: ValueEstimates
    targets: list[TargetFound]
    inputs: PlanInputs


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """Everyone's plans with all that they were made from; entries are in the order of ``ground.people``."""

    ground: PlanGround
    rates: RateEstimates
    deals: DealRecord
    values: ValueEstimates
    targets: list[TargetFound]
    inputs: PlanInputs
    batch: PlanBatch

    @property
    def scale(self) -> int:
        """Return how many minor units make a major one."""
        return minor_units_of(self.ground.settings.currency)


def minor_units_of(currency: str) -> int:
    """Return how many minor units make a major one."""
    return int(10 ** minor_digits(currency))


def prepare(ground: PlanGround) -> Prepared:
    """Estimate everyone's rates and values, and find the targets; pure from here on."""
    rates = estimate_rates(ground)
    deals, values = _deal_values(ground)
    targets = _targets(ground, rates, values)
    inputs = _inputs(ground, rates, values, targets)
    return Prepared(rates=rates, deals=deals, values=values, targets=targets, inputs=inputs)


def make_plans(ground: PlanGround) -> Planned:
    """Plan everyone."""
    ready = prepare(ground)
    return Planned(
        ground=ground,
        rates=ready.rates,
        deals=ready.deals,
        values=ready.values,
        targets=ready.targets,
        inputs=ready.inputs,
        batch=plan_people(ready.inputs),
    )


def place_of(ground: PlanGround, rep_ids: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return each rep's place among the people planned, −1 for anyone else."""
    known = {person.rep_id: index for index, person in enumerate(ground.people)}
    unique, inverse = np.unique(rep_ids, return_inverse=True)
    return np.array([known.get(int(rep), -1) for rep in unique], dtype=np.int64)[inverse] if len(rep_ids) else rep_ids


def _deal_values(ground: PlanGround) -> tuple[DealRecord, ValueEstimates]:
    """Return everyone's deals and what the next ones will bring, those counted that will be given back.

    Deals of those who have left still tell what a deal is worth.
    """
    n_people = len(ground.people)
    amount = ground.values.amount_minor / minor_units_of(ground.settings.currency)
    age = (ground.as_of.toordinal() - ground.values.signed_on).astype(float)
    weight = decay_weights(age, VALUE_HALF_LIFE_DAYS)
    place = place_of(ground, ground.values.rep_id)
    mine = place >= 0
    # Everyone who is not planned stands together in one extra, last place.
    everyone = deal_logs(np.where(mine, place, n_people), amount, n_people + 1, weight)
    record = DealRecord(
        logs=deal_logs(place[mine], amount[mine], n_people, weight[mine]),
        count=np.bincount(place[mine], minlength=n_people),
        total=np.bincount(place[mine], amount[mine], minlength=n_people).astype(np.float64),
    )
    # Where everything came back, nobody knows what a deal is worth.
    kept_ones = shrink_values(record.logs, fit_values(everyone, None if (amount > 0).any() else TYPED_IN_VALUE))
    return record, net_of_returns(kept_ones, kept_share(amount, weight))


def _targets(ground: PlanGround, rates: RateEstimates, values: ValueEstimates) -> list[TargetFound]:
    """Return everyone's target; a setter's own median month is what their opportunities bring to the closers."""
    scale = minor_units_of(ground.settings.currency)
    wins = rates.stages[Stage.WIN].grouped.estimates.mean
    found = []
    for index, (person, role) in enumerate(zip(ground.people, ground.roles, strict=True)):
        target = find_target(person, role, ground.sources)
        sourced = ground.setter_medians.get(person.rep_id, 0)
        if role == "setter" and sourced and target.basis in {TargetBasis.OWN_MEDIAN, TargetBasis.GROUP_MEDIAN}:
            worth = sourced * float(wins[index] * values.mean[index])
            target = TargetFound(amount_minor=round(worth) * scale, basis=TargetBasis.OWN_MEDIAN)
        found.append(target)
    return found


def _inputs(ground: PlanGround, rates: RateEstimates, values: ValueEstimates, targets: list[TargetFound]) -> PlanInputs:
    scale = minor_units_of(ground.settings.currency)
    n_people = len(ground.people)
    booked = np.array([ground.booked_minor.get(person.rep_id, 0) for person in ground.people], dtype=float)
    target = np.array([found.amount_minor for found in targets], dtype=float)
    days = np.array([len(worked) for worked in ground.days], dtype=float)
    is_setter = np.array([role == "setter" for role in ground.roles])
    count, chance = _open_pipeline(ground, rates)
    return PlanInputs(
        roles=ground.roles,  # type: ignore[arg-type]
        target=np.where(is_setter, target, target - booked) / scale,
        opportunities_target=np.full(n_people, np.nan),
        days=days,
        days_per_week=_days_per_week(ground),
        capacity_dials_per_day=_capacity_dials(ground),
        capacity_opportunities=_capacity_opportunities(ground, days),
        **{name: _beta(rates, stage) for stage, name in _STAGE_FIELDS.items()},
        deal_value=DealValues(log_median=values.log_median, log_median_sd=values.log_median_sd, sigma=values.sigma),
        expected_amount=_expected_amount(ground, values),
        # A setter's opportunities count whenever they land: their plan ends where the closers' begins.
        closing_share=np.where(is_setter, 1.0, _closing_shares(ground, rates)),
        open_count=count,
        open_chance=chance,
        open_value=np.full(n_people, np.nan),
        direct_opportunities=_direct(ground, days),
    )


_STAGE_FIELDS = {
    Stage.CONNECT: "connect_per_dial",
    Stage.DEEP_TALK: "deep_talk_per_connect",
    Stage.OPPORTUNITY: "opportunity_per_deep_talk",
    Stage.WIN: "win_rate",
}


def _beta(rates: RateEstimates, stage: Stage) -> BetaRates:
    found = rates.stages[stage].grouped.estimates
    return BetaRates(a=found.a, b=found.b)


def _days_per_week(ground: PlanGround) -> FloatArray:
    first = max(ground.period.first, ground.as_of)
    weeks = max(1, (ground.period.last - first).days + 1) / DAYS_IN_WEEK
    return np.array([min(len(days) / weeks, DAYS_IN_WEEK) if days else 0.0 for days in ground.days])


def _capacity_dials(ground: PlanGround) -> FloatArray:
    """Return the dials a day that each person has shown; unknown under a handful of days with dials."""
    shown = np.full(len(ground.people), np.nan)
    place = place_of(ground, ground.dials.rep_id)
    known = (place >= 0) & (ground.dials.n_days >= MIN_PACE_DAYS)
    shown[place[known]] = np.ceil(ground.dials.shown_per_day[known])
    return shown


def _capacity_opportunities(ground: PlanGround, days: FloatArray) -> FloatArray:
    """Return the opportunities a closer came to own per working day lately, half as many again, times the days left."""
    room = np.full(len(ground.people), np.nan)
    place = place_of(ground, ground.owned.rep_id)
    known = (place >= 0) & (ground.owned.opportunities > 0)
    per_day = ground.owned.opportunities[known] / (DIRECT_DAYS * 5 / DAYS_IN_WEEK)
    room[place[known]] = np.ceil(1.5 * per_day * days[place[known]])
    return room


def _direct(ground: PlanGround, days: FloatArray) -> FloatArray:
    """Return the opportunities that reach each person without a deep talk of their own, at the last months' pace."""
    direct = np.zeros(len(ground.people))
    place = place_of(ground, ground.owned.rep_id)
    known = place >= 0
    per_day = ground.owned.not_own_talk[known] / (DIRECT_DAYS * 5 / DAYS_IN_WEEK)
    direct[place[known]] = per_day * days[place[known]]
    return np.array([0.0 if role != "full_cycle" else value for role, value in zip(ground.roles, direct, strict=True)])


def _expected_amount(ground: PlanGround, values: ValueEstimates) -> FloatArray:
    """Return the mean expected amount, leaning on the group's as on ten more; the deal value where none is known."""
    scale = minor_units_of(ground.settings.currency)
    known = ground.expected
    if not len(known.expected_minor):
        return values.mean.copy()
    weight = decay_weights((ground.as_of.toordinal() - known.opened_on).astype(float), VALUE_HALF_LIFE_DAYS)
    amounts = known.expected_minor / scale
    group = float((weight * amounts).sum() / weight.sum())
    place = place_of(ground, known.rep_id)
    mine = place >= 0
    total = np.bincount(place[mine], (weight * amounts)[mine], minlength=len(ground.people))
    count = np.bincount(place[mine], weight[mine], minlength=len(ground.people))
    return (total + 10.0 * group) / (count + 10.0)


def _closing_shares(ground: PlanGround, rates: RateEstimates) -> FloatArray:
    shares: dict[tuple[date, ...], float] = {}
    for days in ground.days:
        if days not in shares:
            left = np.array([(ground.period.last - day).days for day in days], dtype=float)
            shares[days] = closing_share(rates.win_lag, left)
    return np.array([max(shares[days], 1e-6) for days in ground.days])


def _open_pipeline(ground: PlanGround, rates: RateEstimates) -> tuple[FloatArray, FloatArray]:
    """Return how many opportunities each person has open, and their mean chance to close inside the period."""
    n_people = len(ground.people)
    place = place_of(ground, ground.opportunities.rep_id)
    mine = place >= 0
    first = max(ground.period.first, ground.as_of)
    age = (first.toordinal() - ground.opportunities.opened_on[mine]).astype(float)
    left = np.full(int(mine.sum()), float((ground.period.last - first).days))
    win = rates.stages[Stage.WIN].grouped.estimates.mean[place[mine]]
    each = chance_if_open(win, rates.win_lag, np.maximum(age, 0.0), left, rates.loss_lag)
    count = np.bincount(place[mine], minlength=n_people).astype(float)
    total = np.bincount(place[mine], each, minlength=n_people)
    return count, np.divide(total, count, out=np.zeros(n_people), where=count > 0)


def marks_of(planned: Planned, person: int) -> list[str]:
    """Return codes of what must be said beside one person's numbers."""
    stages, role = planned.rates.stages, planned.ground.roles[person]
    own = [Stage.WIN] if role == "closer" else [Stage.CONNECT, Stage.DEEP_TALK, Stage.OPPORTUNITY]
    marks: list[Any] = []
    if not any(stages[stage].counts.raw_tried[person] for stage in [*own, Stage.WIN]):
        marks.append("no_history")
    if planned.ground.roles_told[person]:
        marks.append("role_told")
    if role == "setter":
        marks.append("group_win_rate")
    elif planned.deals.count[person] < MIN_PACE_DAYS:
        marks.append("few_deals")
    if any(stages[stage].memory.basis == "past_does_not_predict" for stage in own):
        marks.append("past_does_not_predict")
    if role != "closer" and not np.isfinite(planned.inputs.capacity_dials_per_day[person]):
        marks.append("no_capacity")
    return marks
