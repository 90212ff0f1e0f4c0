"""Measures a made-up organisation from its events alone; the truths are only used to know whom to look at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from scipy.stats import binom

from pacemark.demo.draws import Flags
from pacemark.demo.rates import DEEP_TALK_SECONDS
from pacemark.demo.spec import Window
from pacemark.demo.tables import RoleCode, local_day
from pacemark.demo.worktime import day_number
from pacemark.demo.world import World


@dataclass(frozen=True)
class Share:
    won: int
    tried: int

    @property
    def rate(self) -> float:
        return self.won / self.tried if self.tried else float("nan")


def in_window(days: np.ndarray, window: Window) -> Flags:
    return (days >= day_number(window.first)) & (days <= day_number(window.last))


@dataclass(frozen=True)
class Measured:
    """Per call and opportunity, what the checks need."""

    world: World
    call_day: np.ndarray
    deep: Flags
    leads_to_opportunity: Flags
    opened_day: np.ndarray
    closed_day: np.ndarray


def measure(world: World) -> Measured:
    calls, opportunities = world.calls, world.opportunities
    leads_to = np.zeros(len(calls.rep), dtype=bool)
    leads_to[opportunities.sourced_call[opportunities.sourced_call >= 0]] = True
    return Measured(
        world=world,
        call_day=local_day(calls.started_at),
        deep=calls.is_answered & (calls.talk_seconds >= DEEP_TALK_SECONDS),
        leads_to_opportunity=leads_to,
        opened_day=local_day(opportunities.reported_at),
        closed_day=local_day(opportunities.closed_at),
    )


def dialling(world: World) -> np.ndarray:
    return world.layout.people.role[world.calls.rep] != RoleCode.CLOSER


def talk_conversion(found: Measured, chosen: Flags) -> Share:
    """Opportunities per deep talk among chosen calls."""
    trials = found.deep & chosen
    return Share(int(found.leads_to_opportunity[trials].sum()), int(trials.sum()))


def closing(found: Measured, chosen: Flags) -> Share:
    """Wins per opportunity among chosen ones, as far as they are known."""
    return Share(int(found.world.opportunities.is_won[chosen].sum()), int(chosen.sum()))


def unlucky_tail(found: Measured, rep: int, window: Window) -> float:
    """The chance of no more wins than this person had among the quarter's opportunities, at the hidden rates.

    An opportunity counts as far as others like it have closed by now: the peers' lags tell how far.
    """
    world = found.world
    owned = (world.opportunities.owner == rep) & in_window(found.opened_day, window)
    rate = world.opportunities.win_rate[owned].mean()
    won = int(world.opportunities.is_won[owned].sum())
    ripe = ripe_share(found, window)
    return float(binom.cdf(won, int(owned.sum()), rate * ripe))


def ripe_share(found: Measured, window: Window) -> float:
    """The part of a quarter's later wins that can be seen at its end, with lags log-normal around 14 days."""
    from scipy.special import ndtr

    ages = day_number(window.last) - found.opened_day[in_window(found.opened_day, window)]
    return float(np.mean(ndtr(np.log(np.maximum(ages + 0.5, 0.5) / 14.0))))


def deals_in(world: World, rep: int, first: date, last: date) -> int:
    days = world.deals.signed_day
    return int(((world.deals.owner == rep) & (days >= day_number(first)) & (days <= day_number(last))).sum())
