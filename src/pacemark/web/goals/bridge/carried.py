"""What a plan carries with it, so that each night can go on from it without reading all the past again."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pacemark.engine.goals.pace import HALF_LIFE_MONTHS, WorkHistory, learn_pace
from pacemark.engine.goals.plan_inputs import PlanInputs
from pacemark.engine.goals.weekdays import WeekdayHistory, learn_weekdays
from pacemark.engine.lags import LagCurve
from pacemark.engine.periods import DAYS_IN_WEEK, Period
from pacemark.web.goals.bridge.ground import PlanGround
from pacemark.web.goals.bridge.targets import whole_months
from pacemark.web.pipeline.queries import RepDayArrays, spans_by_rep

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

WEEKDAY_WEEKS = 26
RATES = ("connect_per_dial", "deep_talk_per_connect", "opportunity_per_deep_talk", "win_rate")
_DIGITS = 10


def carried_parts(ground: PlanGround, inputs: PlanInputs) -> list[dict[str, Any]]:
    """Return what each person's document carries, in the order of people."""
    betas = {name: (getattr(inputs, name).a.tolist(), getattr(inputs, name).b.tolist()) for name in RATES}
    value = inputs.deal_value
    values = zip(value.log_median.tolist(), value.log_median_sd.tolist(), value.sigma.tolist(), strict=True)
    room = inputs.capacity_opportunities.tolist()
    paces, weekdays = _paces(ground), _weekdays(ground)
    return [
        {
            "betas": {name: [_short(a[index]), _short(b[index])] for name, (a, b) in betas.items()},
            "value": [_short(part) for part in of_value],
            "capacity_opportunities": None if math.isnan(room[index]) else room[index],
            "pace": paces[index],
            "weekdays": weekdays[index],
        }
        for index, of_value in enumerate(values)
    ]


def curve_document(curve: LagCurve | None) -> list[float] | None:
    """Return a lag curve as it is stored."""
    return None if curve is None else [round(share, _DIGITS) for share in curve.shares.tolist()]


def curve_of(shares: Sequence[float] | None) -> LagCurve | None:
    """Return a stored lag curve."""
    return None if shares is None else LagCurve(shares=np.array(shares, dtype=np.float64))


def _short(value: float) -> float:
    return float(f"{value:.{_DIGITS}g}")


def _places(ground: PlanGround, past: RepDayArrays) -> IntArray:
    """Return each row's person, −1 for anyone else."""
    ids = np.array([person.rep_id for person in ground.people], dtype=np.int64)
    top = int(max(ids.max(initial=0), past.rep_id.max(initial=0)))
    place = np.full(top + 1, -1, dtype=np.int64)
    place[ids] = np.arange(len(ids))
    place[0] = -1
    return np.asarray(place[past.rep_id], dtype=np.int64)


def _paces(ground: PlanGround) -> list[dict[str, float] | None]:
    """Return everyone's weighted work and days of the months before, and how far such forecasts missed."""
    past = ground.past
    months = whole_months(ground.as_of, ground.settings.sales_month_start_day)[::-1]
    if past is None or not ground.past_days or not months:
        return [None] * len(ground.people)
    place, days = _places(ground, past), _days_there(ground, past, months)
    found: list[dict[str, float] | None] = [None] * len(ground.people)
    is_closer = np.array([role == "closer" for role in ground.roles])
    for mine, counted in ((is_closer, past.opportunities), (~is_closer, past.dials)):
        who = np.flatnonzero(mine)
        history = WorkHistory(work=_by_month(place, past.day, counted, months, len(mine))[who], days=days[who])
        spread = _short(learn_pace(history).spread)
        for index, work, n_days in zip(who.tolist(), *_weighted(history), strict=True):
            found[index] = {"work": _short(work), "days": _short(n_days), "spread": spread}
    return found


def _weighted(history: WorkHistory) -> tuple[list[float], list[float]]:
    """Return the weighted sums that `pace_per_day` divides."""
    weight = np.exp2(-np.arange(history.work.shape[1] - 1, -1, -1) / HALF_LIFE_MONTHS)
    work = np.where(history.days > 0, history.work, 0.0)
    return (work * weight).sum(axis=1).tolist(), (history.days * weight).sum(axis=1).tolist()


def _by_month(place: IntArray, day: IntArray, counted: IntArray, months: Sequence[Period], n_people: int) -> FloatArray:
    firsts = np.array([month.first.toordinal() for month in months], dtype=np.int64)
    which = np.searchsorted(firsts, day, side="right") - 1
    keep = (place >= 0) & (which >= 0) & (day <= months[-1].last.toordinal())
    cells = np.bincount(place[keep] * len(months) + which[keep], counted[keep], minlength=n_people * len(months))
    return cells.reshape(n_people, len(months)).astype(np.float64)


def _days_there(ground: PlanGround, past: RepDayArrays, months: Sequence[Period]) -> FloatArray:
    """Return the working days of each month from each person's first fact on; the plain pattern, no leave."""
    spans = spans_by_rep(past)
    never = date.max.toordinal()
    first = np.array(
        [spans[person.rep_id].first.toordinal() if person.rep_id in spans else never for person in ground.people],
        dtype=np.int64,
    )
    found = np.zeros((len(ground.people), len(months)))
    pattern = np.array([person.pattern_id for person in ground.people], dtype=np.int64)
    for key, days in ground.past_days.items():
        who = np.flatnonzero(pattern == key)
        for place, month in enumerate(months):
            worked = np.array([day.toordinal() for day in days if month.holds(day)], dtype=np.int64)
            found[who, place] = len(worked) - np.searchsorted(worked, first[who])
    return found


def _weekdays(ground: PlanGround) -> list[list[float] | None]:
    """Return everyone's weekday weights; nothing where the history is thin, or dials are not the work."""
    past, n_people = ground.past, len(ground.people)
    if past is None or not n_people:
        return [None] * n_people
    place, today = _places(ground, past), ground.as_of.toordinal()
    since = (ground.as_of - timedelta(weeks=WEEKDAY_WEEKS)).toordinal()
    keep = (place >= 0) & (past.dials > 0) & (past.day >= since) & (past.day < today)
    who, dials = place[keep], past.dials[keep].astype(np.float64)
    # The first day of all days was a Monday.
    cell = who * DAYS_IN_WEEK + (past.day[keep] - 1) % DAYS_IN_WEEK
    week = (past.day[keep] - since) // DAYS_IN_WEEK

    def table(values: FloatArray | None) -> FloatArray:
        flat = np.bincount(cell, values, minlength=n_people * DAYS_IN_WEEK)
        return flat.reshape(n_people, DAYS_IN_WEEK).astype(np.float64)

    seen = np.bincount(who * (WEEKDAY_WEEKS + 1) + week, minlength=n_people * (WEEKDAY_WEEKS + 1))
    weeks = (seen.reshape(n_people, -1) > 0).sum(axis=1).astype(np.float64)
    found = learn_weekdays(WeekdayHistory(work=table(dials), squares=table(dials**2), days=table(None), weeks=weeks))
    return [
        None if is_flat or role == "closer" else [round(weight, 3) for weight in weights]
        for weights, is_flat, role in zip(found.weights.tolist(), found.is_flat.tolist(), ground.roles, strict=True)
    ]
