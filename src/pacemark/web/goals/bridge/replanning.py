"""The rest of a month: standing plans and what has happened since to the engine's inputs, and its answer."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from pacemark.engine.goals.outlook import Outlook, carried_pace, look_ahead
from pacemark.engine.goals.pace import USUAL_SPREAD, work_scenarios
from pacemark.engine.goals.plan import plan_people
from pacemark.engine.goals.plan_batch import PlanBatch
from pacemark.engine.goals.plan_inputs import BetaRates, DealValues, PlanInputs
from pacemark.engine.goals.replan import Status, status_of
from pacemark.engine.lags import LagCurve, chance_if_open, closing_share
from pacemark.engine.periods import DAYS_IN_WEEK, Period
from pacemark.web.pipeline.queries import OpenOpportunities

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

RATES = ("connect_per_dial", "deep_talk_per_connect", "opportunity_per_deep_talk", "win_rate")
# A plan stored before plans carried their spread: deals differ as they usually do.
_USUAL_VALUE_SPREAD = 0.4
_MILLION = 1_000_000
_TEN_TO_NINETY = 2 * float(ndtri(0.9))


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The plan that one person is measured against, and what has happened since the month began."""

    rep_id: int
    plan_id: int
    version: int
    content: Mapping[str, Any]
    days_left: tuple[date, ...]
    n_days: int
    booked_minor: int
    sourced: int
    work: int

    @property
    def is_setter(self) -> bool:
        """Tell whether opportunities sourced are the result."""
        return bool(self.content["role"] == "setter")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplanGround:
    """What was known when a day began about everyone who has a plan."""

    period: Period
    as_of: date
    people: Sequence[Standing]
    opportunities: OpenOpportunities
    win_lag: LagCurve
    loss_lag: LagCurve | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """How a month runs: what the target asks by now, done ÷ asked, and how that is judged."""

    pro_rata: float
    pace: float | None
    status: Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Replanned:
    """Everyone's rest of the month; entries are in the order of ``ground.people``.

    ``needed`` are the opportunities a setter has to source in the whole month, NaN for the others; ``shown_per_day`` is
    the work per day that the projection goes on with.
    """

    ground: ReplanGround
    inputs: PlanInputs
    batch: PlanBatch
    outlook: Outlook
    needed: FloatArray
    shown_per_day: FloatArray
    courses: tuple[Course, ...]


def replan_people(ground: ReplanGround) -> Replanned:
    """Work out what is left of everyone's plan."""
    needed = _needed(ground.people)
    inputs = _inputs(ground, needed)
    shown, spread = _shown(ground.people)
    scenarios = np.zeros((len(ground.people), 15))
    for one in np.unique(spread):
        mine = spread == one
        scenarios[mine] = work_scenarios((shown * inputs.days)[mine], float(one))
    return Replanned(
        ground=ground,
        inputs=inputs,
        batch=plan_people(inputs),
        outlook=look_ahead(inputs, scenarios),
        needed=needed,
        shown_per_day=shown,
        courses=tuple(course_of(person, need) for person, need in zip(ground.people, needed.tolist(), strict=True)),
    )


def course_of(person: Standing, needed: float) -> Course:
    """Return how one person's month runs: money in major units, for a setter opportunities.

    Judged in whole numbers, so that a pace of exactly .99 is on track.
    """
    day = person.n_days - len(person.days_left)
    if person.is_setter and not math.isnan(needed):
        scale, target, done = _MILLION, round(needed * _MILLION), person.sourced * _MILLION
    else:
        scale = int(person.content["minor_units"])
        target, done = round(person.content["target"] * scale), person.booked_minor
    asked = target * day if person.n_days else target
    pace = Fraction(done * (person.n_days or 1), asked) if asked else None
    return Course(
        pro_rata=asked / (person.n_days or 1) / scale,
        pace=None if pace is None else float(pace),
        status=status_of(pace),
    )


def _needed(people: Sequence[Standing]) -> FloatArray:
    """Return what setters have to source in the whole month, as their plans say; NaN where they do not."""
    found = []
    for person in people:
        whole = person.content["plans"]["0.5"]["opportunities"] if person.is_setter else None
        found.append(np.nan if whole is None else float(whole))
    return np.array(found, dtype=np.float64)


def _inputs(ground: ReplanGround, needed: FloatArray) -> PlanInputs:
    people = ground.people
    contents = [person.content for person in people]
    scale = np.array([content["minor_units"] for content in contents], dtype=np.float64)
    is_setter = np.array([person.is_setter for person in people], dtype=bool)
    days = np.array([len(person.days_left) for person in people], dtype=np.float64)
    plan_days = np.array([content["days"] for content in contents], dtype=np.float64)
    booked = np.array([person.booked_minor for person in people], dtype=np.float64) / scale
    sourced = np.array([person.sourced for person in people], dtype=np.float64)
    target = np.array([content["target"] for content in contents], dtype=np.float64)
    rates = {name: _beta(contents, name) for name in RATES}
    count, chance = _open_pipeline(ground, rates["win_rate"].mean)
    per_plan_day = np.divide(days, plan_days, out=np.zeros(len(people)), where=plan_days > 0)
    return PlanInputs(
        roles=[content["role"] for content in contents],
        target=np.where(is_setter, target, target - booked),
        opportunities_target=np.where(is_setter, np.maximum(needed - sourced, 0.0), np.nan),
        days=days,
        days_per_week=_days_per_week(ground),
        capacity_dials_per_day=_capacity(contents, days),
        capacity_opportunities=np.ceil(_carried(contents, "capacity_opportunities") * per_plan_day),
        **rates,
        deal_value=_values(contents),
        expected_amount=np.array([content["expected_amount"] for content in contents], dtype=np.float64),
        closing_share=np.where(is_setter, 1.0, _closing_shares(ground)),
        open_count=np.where(is_setter, 0.0, count),
        open_chance=chance,
        open_value=np.full(len(people), np.nan),
        direct_opportunities=np.array([content["direct_opportunities"] for content in contents]) * per_plan_day,
    )


def _beta(contents: Sequence[Mapping[str, Any]], name: str) -> BetaRates:
    pairs = [_pair(content, name) for content in contents]
    return BetaRates(a=np.array([a for a, _ in pairs]), b=np.array([b for _, b in pairs]))


def _pair(content: Mapping[str, Any], name: str) -> tuple[float, float]:
    """Return a rate's distribution; of a plan that does not carry it, one of the same mean and about the same width."""
    carried = content.get("carried")
    if carried is not None:
        a, b = carried["betas"][name]
        return a, b
    rate = content["rates"].get(name)
    if rate is None:
        return 1.0, 1.0
    low, high = rate["interval"]
    mean, deviation = rate["mean"], max((high - low) / _TEN_TO_NINETY, 1e-6)
    strength = max(mean * (1 - mean) / deviation**2 - 1, 1e-3)
    return max(mean * strength, 1e-9), max((1 - mean) * strength, 1e-9)


def _values(contents: Sequence[Mapping[str, Any]]) -> DealValues:
    rows = np.array([_value(content) for content in contents], dtype=np.float64).reshape(-1, 3)
    return DealValues(log_median=rows[:, 0].copy(), log_median_sd=rows[:, 1].copy(), sigma=rows[:, 2].copy())


def _value(content: Mapping[str, Any]) -> Sequence[float]:
    carried = content.get("carried")
    if carried is not None:
        found: Sequence[float] = carried["value"]
        return found
    value = content["deal_value"]
    deviation = float(np.log(value["interval"][1] / value["mean"]) / ndtri(0.9))
    return float(np.log(value["mean"])) - (deviation**2 + _USUAL_VALUE_SPREAD**2) / 2, deviation, _USUAL_VALUE_SPREAD


def _carried(contents: Sequence[Mapping[str, Any]], name: str) -> FloatArray:
    found = [(content.get("carried") or {}).get(name) for content in contents]
    return np.array([np.nan if value is None else value for value in found], dtype=np.float64)


def _capacity(contents: Sequence[Mapping[str, Any]], days: FloatArray) -> FloatArray:
    shown = [content["capacity_dials_per_day"] for content in contents]
    known = np.array([np.nan if value is None else value for value in shown], dtype=np.float64)
    # Without a working day left there is room for nothing, whatever a day would hold.
    return np.where(days > 0, known, 0.0)


def _days_per_week(ground: ReplanGround) -> FloatArray:
    weeks = max(1, (ground.period.last - ground.as_of).days + 1) / DAYS_IN_WEEK
    return np.array([min(len(person.days_left) / weeks, DAYS_IN_WEEK) for person in ground.people], dtype=np.float64)


def _closing_shares(ground: ReplanGround) -> FloatArray:
    shares: dict[tuple[date, ...], float] = {}
    for person in ground.people:
        if person.days_left not in shares:
            left = np.array([(ground.period.last - day).days for day in person.days_left], dtype=np.float64)
            shares[person.days_left] = closing_share(ground.win_lag, left)
    return np.array([max(shares[person.days_left], 1e-6) for person in ground.people], dtype=np.float64)


def _open_pipeline(ground: ReplanGround, win: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return how many opportunities each person has open, and their mean chance to close in time, each by its age."""
    n_people, found = len(ground.people), ground.opportunities
    ids = np.array([person.rep_id for person in ground.people], dtype=np.int64)
    place_of = np.full(int(max(ids.max(initial=0), found.rep_id.max(initial=0))) + 1, -1, dtype=np.int64)
    place_of[ids] = np.arange(n_people)
    place = place_of[found.rep_id]
    mine = place >= 0
    age = (ground.as_of.toordinal() - found.opened_on[mine]).astype(np.float64)
    left = np.full(int(mine.sum()), float((ground.period.last - ground.as_of).days))
    each = chance_if_open(win[place[mine]], ground.win_lag, np.maximum(age, 0.0), left, ground.loss_lag)
    count = np.bincount(place[mine], minlength=n_people).astype(np.float64)
    total = np.bincount(place[mine], each, minlength=n_people)
    return count, np.divide(total, count, out=np.zeros(n_people), where=count > 0)


def _shown(people: Sequence[Standing]) -> tuple[FloatArray, FloatArray]:
    """Return the work per day that everyone has shown, this month's days counting most, and its spread.

    Of a plan that does not carry a pace only this month is known.
    """
    paces = [(person.content.get("carried") or {}).get("pace") for person in people]
    nothing = {"work": 0.0, "days": 0.0, "spread": USUAL_SPREAD}
    work, days, spread = (
        np.array([(pace or nothing)[name] for pace in paces], dtype=np.float64) for name in ("work", "days", "spread")
    )
    done = np.array([person.work for person in people], dtype=np.float64)
    worked = np.array([person.n_days - len(person.days_left) for person in people], dtype=np.float64)
    return carried_pace(work, days, np.where(worked > 0, done, 0.0), worked), spread
