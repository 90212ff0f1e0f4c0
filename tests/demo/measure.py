"""Measures a made-up organisation from its events; the truths only say whom to look at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pacemark.demo.rates import DEEP_TALK_SECONDS
from pacemark.demo.spec import DemoSpec, Window
from pacemark.demo.tables import RoleCode, TeamKind, local_day
from pacemark.demo.worktime import PATTERNS, day_number
from pacemark.demo.world import World, generate_world

Flags = NDArray[np.bool_]
LOCAL_HOURS_AHEAD = 8


@dataclass(frozen=True)
class Share:
    won: int
    tried: int

    @property
    def rate(self) -> float:
        return self.won / self.tried if self.tried else float("nan")


@dataclass(frozen=True)
class Measured:
    """Per call and opportunity, what the checks need."""

    world: World
    call_day: NDArray[Any]
    call_kind: NDArray[Any]
    dialling: Flags
    deep: Flags
    converts: Flags
    opened_day: NDArray[Any]

    @property
    def planted(self) -> Any:
        return self.world.layout.planted

    @property
    def spec(self) -> DemoSpec:
        return self.world.layout.spec

    @property
    def ordinary(self) -> Flags:
        """Calls of people who dial, outside the two special teams."""
        return self.dialling & np.isin(self.call_kind, [TeamKind.PLAIN, TeamKind.SPLIT])


def measure(world: World) -> Measured:
    calls, opportunities, layout = world.calls, world.opportunities, world.layout
    converts = np.zeros(len(calls.rep), dtype=bool)
    converts[opportunities.sourced_call[opportunities.sourced_call >= 0]] = True
    return Measured(
        world=world,
        call_day=local_day(calls.started_at),
        call_kind=layout.teams.kind[layout.people.team[calls.rep]],
        dialling=layout.people.role[calls.rep] != RoleCode.CLOSER,
        deep=calls.is_answered & (calls.talk_seconds >= DEEP_TALK_SECONDS),
        converts=converts,
        opened_day=local_day(opportunities.reported_at),
    )


def measure_spec(spec: DemoSpec) -> Measured:
    return measure(generate_world(spec))


def within(days: NDArray[Any], window: Window) -> Flags:
    return (days >= day_number(window.first)) & (days <= day_number(window.last))


def talk_conversion(found: Measured, chosen: Flags) -> Share:
    """Opportunities per deep talk, among chosen calls."""
    trials = found.deep & chosen
    return Share(int(found.converts[trials].sum()), int(trials.sum()))


def closing(found: Measured, chosen: Flags) -> Share:
    """Wins so far per opportunity, among chosen ones."""
    return Share(int(found.world.opportunities.is_won[chosen].sum()), int(chosen.sum()))


def chance_of_at_most(rates: NDArray[Any], won: int) -> float:
    """P(at most so many successes) of trials with these rates: the exact Poisson-binomial, by convolution."""
    mass = np.ones(1)
    for rate in rates:
        mass = np.convolve(mass, [1 - rate, rate])
    return float(mass[: won + 1].sum())


def seconds_of_day(moment: NDArray[Any]) -> NDArray[Any]:
    return (moment + LOCAL_HOURS_AHEAD * 3600) % 86_400


def response_minutes(found: Measured) -> tuple[NDArray[Any], Flags]:
    """Minutes from a lead's arrival to its first dial, and which leads arrived well inside their owner's shift."""
    world, worktime = found.world, found.world.layout.worktime
    first_dial = np.full(len(world.leads.owner), np.inf)
    lead, first = np.unique(world.calls.lead, return_index=True)
    first_dial[lead] = world.calls.started_at[first]
    day = local_day(world.leads.arrived_at)
    at = np.clip(day - worktime.first, 0, worktime.works.shape[1] - 1)
    pattern = worktime.pattern_of(world.layout.teams, world.leads.owner, day)
    start = np.array([p.shift_start for p in PATTERNS])[pattern]
    pause = np.array([p.break_start for p in PATTERNS])[pattern]
    second = seconds_of_day(world.leads.arrived_at)
    inside = (day >= worktime.first) & (second > start) & (second < pause - 1800)
    inside &= worktime.works[world.leads.owner, at]
    return (first_dial - world.leads.arrived_at) / 60, inside
