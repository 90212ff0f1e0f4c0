"""What a planned month brings when people work it with their true rates, values and lags: drawn many times over."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from pacemark.demo import leads, outcomes, rates
from pacemark.demo.tables import RoleCode, TeamKind, local_day
from pacemark.demo.worktime import day_number
from tests.support.made_up_ground import Planning

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
REFUND_LAGS = np.arange(3, 25)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrueMonth:
    """One person's month to come: true chances, and what is open at its start; money in minor units."""

    to_opportunity: Floats  # of a dial: connect, deep talk, opportunity
    win_rate: float
    in_time: float  # share of the wins of opportunities opened evenly over the month that close in it
    direct: float
    open_chances: Floats
    refundable_minor: Floats  # deals of the last weeks that may still come back inside the month
    refund_chances: Floats
    own_refund_chance: float  # that a deal of the month comes back inside it


def true_month(planning: Planning, place: int) -> TrueMonth:
    """Read one person's truth out of the world: average wobble, the ramp of the month's middle."""
    rep, layout = int(planning.people[place]), planning.world.layout
    days = np.array([day.toordinal() for day in planning.ground.days[place]], dtype=np.int64)
    days -= planning.period.first.toordinal()
    length = (planning.period.last - planning.period.first).days + 1
    people, middle = layout.people, day_number(planning.period.first) + length // 2
    ramp = float(rates.ramp(people, np.array([rep]), np.array([middle]))[0])
    chances, refundable, back = _standing(planning, rep, int(days[-1]) if len(days) else -1, length)
    last = int(days[-1]) if len(days) else 0
    own_back = [(REFUND_LAGS + day < length).mean() for day in days] or [0.0]
    return TrueMonth(
        to_opportunity=np.array(_rates(planning, rep, ramp)),
        win_rate=rates.WIN_RATE * people.closing[rep] * ramp,
        in_time=float(np.mean(_closed_within(last - days))) if len(days) else 0.0,
        direct=_direct(planning, rep, days),
        open_chances=chances,
        refundable_minor=refundable,
        refund_chances=back,
        own_refund_chance=outcomes.REFUND_SHARE * float(np.mean(own_back)),
    )


def reaches(month: TrueMonth, work: int, target_minor: float, role: str, draws: int, seed: int) -> Bools:
    """Draw the month at exactly so much work (dials, for closers opportunities); tell which draws reach the target."""
    rng = np.random.default_rng(seed)
    wobble = 1 + rates.WOBBLE * np.clip(rng.standard_normal((4, draws)), -3, 3)
    opportunity = np.prod(month.to_opportunity) * np.prod(wobble[:3], axis=0)
    if role == "setter":
        return np.asarray(rng.binomial(work, opportunity) >= target_minor)
    if role == "closer":
        new = np.full(draws, work)
    else:
        new = rng.binomial(work, np.minimum(opportunity, 1.0)) + rng.poisson(month.direct, draws)
    won = rng.binomial(new, np.minimum(month.win_rate * wobble[3], 1.0) * month.in_time)
    won = won + (rng.random((draws, len(month.open_chances))) < month.open_chances).sum(axis=1)
    return np.asarray(_money(rng, won, month) >= target_minor - 0.5)


def _money(rng: np.random.Generator, won: NDArray[np.int64], month: TrueMonth) -> Floats:
    shape = (len(won), int(won.max(initial=0)))
    value = outcomes.DEAL_MEDIAN_MINOR * np.exp(outcomes.DEAL_SIGMA * rng.standard_normal(shape))
    share = np.where(rng.random(shape) < 0.3, 0.5, 1.0)
    value *= 1 - share * (rng.random(shape) < month.own_refund_chance)
    money = (value * (np.arange(shape[1]) < won[:, None])).sum(axis=1)
    given = rng.random((len(won), len(month.refund_chances))) < month.refund_chances
    share = np.where(rng.random(given.shape) < 0.3, 0.5, 1.0)
    return np.asarray(money - (given * share * month.refundable_minor).sum(axis=1))


def _closed_within(days: NDArray[np.int64] | Floats) -> Floats:
    """Return the share of lags that end within so many whole days of the report."""
    spread = np.log(np.maximum(days + 1, 1e-9) / outcomes.LAG_MEDIAN_DAYS) / outcomes.LAG_SIGMA
    return np.where(np.asarray(days) < 0, 0.0, np.where(np.asarray(days) >= outcomes.LONGEST_DAYS, 1.0, ndtr(spread)))


def _lost_within(days: NDArray[np.int64]) -> Floats:
    spread = np.log(np.maximum(days, 1e-9) / outcomes.LOST_MEDIAN_DAYS) / outcomes.LOST_SIGMA
    return np.where(days <= 0, 0.0, np.where(days > outcomes.LONGEST_DAYS, 1.0, ndtr(spread)))


def _rates(planning: Planning, rep: int, ramp: float) -> tuple[float, float, float]:
    layout = planning.world.layout
    people = layout.people
    deep = rates.DEEP_TALK_PER_CONNECT * people.communication[rep] * ramp
    if layout.teams.kind[people.team[rep]] == TeamKind.HUNG_UP:
        deep *= 1 - rates.HUNG_UP_SHARE
    opportunity = rates.OPPORTUNITY_PER_DEEP_TALK * people.product[rep] * ramp * _ease(planning, rep)
    if rep == layout.planted.pioneer:
        opportunity *= rates.PRACTICE_UPLIFT
    return rates.CONNECT_PER_DIAL * people.reach[rep], deep, opportunity


def _ease(planning: Planning, rep: int) -> float:
    """Return how easy the cards were that a person's deep talks were about: they will be as easy next month."""
    calls, cards, layout = planning.world.calls, planning.world.leads, planning.world.layout
    mine = (calls.rep == rep) & (calls.talk_seconds >= rates.DEEP_TALK_SECONDS) & ~calls.is_padded
    lead = calls.lead[mine]
    if not len(lead):
        return 1.0
    each = layout.rates.lead_grade_factor[cards.lead_grade[lead]] * layout.rates.channel_factor[cards.channel[lead]]
    return float(each.mean())


def _direct(planning: Planning, rep: int, days: NDArray[np.int64]) -> float:
    """Return the customers expected to ask by themselves on the days worked, between nine and five."""
    if planning.world.layout.people.role[rep] != RoleCode.FULL_CYCLE:
        return 0.0
    hours = leads.HOUR_WEIGHTS[9:17].sum() / leads.HOUR_WEIGHTS.sum()
    weekday = (days + day_number(planning.period.first) + 3) % 7
    arrivals = leads.LEADS_PER_DAY * leads.WEEKDAY_WEIGHTS[weekday] / leads.WEEKDAY_WEIGHTS.mean()
    return float(arrivals.sum() * hours * leads.ASKS_BY_THEMSELVES)


def _standing(planning: Planning, rep: int, last: int, length: int) -> tuple[Floats, Floats, Floats]:
    """Return the chances of what is open, and the deals that may still come back with their chances."""
    world, start = planning.world, day_number(planning.period.first)
    opportunities, deals = world.opportunities, world.deals
    worked = world.layout.worktime.works[rep, : start - world.layout.worktime.first]
    before = world.layout.worktime.first + int(np.flatnonzero(worked)[-1]) if worked.any() else start - 1
    mine = (opportunities.owner == rep) & (opportunities.closed_at == 0)
    opened, win = local_day(opportunities.reported_at[mine]).astype(np.int64), opportunities.win_rate[mine]
    known, gone = _closed_within(before - opened), _lost_within(before - opened)
    ahead = win * np.maximum(_closed_within(start + last - opened) - known, 0.0)
    chances = ahead / np.maximum(win * (1 - known) + (1 - win) * (1 - gone), 1e-12)
    returned = np.isin(np.arange(len(deals.owner)), world.refunds.deal)
    young = (deals.owner == rep) & ~returned & (deals.signed_day >= start - REFUND_LAGS[-1])
    age = (start - deals.signed_day[young])[:, None]
    wait = REFUND_LAGS - age
    left, inside = wait >= 0, (wait >= 0) & (wait < length)
    share = outcomes.REFUND_SHARE
    back = share * inside.mean(axis=1) / (1 - share + share * left.mean(axis=1))
    return chances, deals.amount_minor[young].astype(np.float64), np.asarray(back)
