"""Quarters that chance would rarely give, made by drawing until it does: wins are redrawn, rates stay what they are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pacemark.demo.draws import Flags, Floats, Ints, Small, stream
from pacemark.demo.rates import BAD_CLOSING
from pacemark.demo.spec import DemoSpec, Window
from pacemark.demo.worktime import day_number

RARE = 0.025  # drawn tails are not exact; the promise is 3 %
_DRAWS = 6000


@dataclass(frozen=True, slots=True, kw_only=True)
class Chances:
    """One person's opportunities: the days they opened and would be signed, and what chance says so far."""

    opened_day: Small
    signed_day: Small
    win_rate: Floats
    amount_minor: Ints
    is_won: Flags


@dataclass(frozen=True, slots=True, kw_only=True)
class _Quarter:
    """Which opportunities count for a quarter, by each way of counting."""

    open_to_chance: Flags
    signed: Flags
    opened: Flags
    ripe: Flags


def _quarter(window: Window, chances: Chances) -> _Quarter:
    first, last = day_number(window.first), day_number(window.last)
    opened = (chances.opened_day >= first) & (chances.opened_day <= last)
    signed = (chances.signed_day >= first) & (chances.signed_day <= last)
    before_end = chances.opened_day <= last
    return _Quarter(
        open_to_chance=before_end & (opened | (chances.signed_day >= first)),
        signed=before_end & signed,
        opened=opened,
        ripe=opened & (chances.signed_day <= last),
    )


def unlucky_quarter(spec: DemoSpec, chances: Chances) -> Flags:
    """Return wins with which the last quarter is among the lowest 3 % by deals, by revenue and by cohort."""
    return _rare_quarter(spec, spec.last_quarter, chances, sign=1.0)


def lucky_quarter(spec: DemoSpec, chances: Chances) -> Flags:
    """Return wins with which the quarter before the trial is among the highest 3 %."""
    return _rare_quarter(spec, spec.lucky_quarter, chances, sign=-1.0)


def _rare_quarter(spec: DemoSpec, window: Window, chances: Chances, sign: float) -> Flags:
    quarter = _quarter(window, chances)
    draws = _drawn(spec, "unlucky" if sign > 0 else "lucky", chances.win_rate, quarter.open_to_chance)
    counts = draws.astype(np.float64)
    worst = np.zeros(len(draws))
    for weight in (quarter.signed, quarter.signed * chances.amount_minor, quarter.opened, quarter.ripe):
        worst = np.maximum(worst, _tails(sign * (counts @ weight.astype(np.float64))))
    rare = np.flatnonzero(worst <= RARE)
    chosen = rare[0] if len(rare) else int(np.argmin(worst))
    return np.where(quarter.open_to_chance, draws[chosen], chances.is_won)


def bad_quarter(spec: DemoSpec, chances: Chances, peers: Chances) -> Flags:
    """Return wins with which the bad closer closes at 35 % of what the peers did in the quarter, seen now or later.

    Opportunities from before the quarter that were to be signed in it suffer as well: the ability went, not the leads.
    """
    quarter, theirs = _quarter(spec.last_quarter, chances), _quarter(spec.last_quarter, peers)
    rate = np.where(quarter.opened, chances.win_rate, BAD_CLOSING * chances.win_rate)
    draws = _drawn(spec, "bad closer", rate, quarter.open_to_chance)
    counts, opened = draws.astype(np.float64), int(quarter.opened.sum())
    worst = np.zeros(len(draws))
    for mine, others in ((quarter.opened, theirs.opened), (quarter.ripe, theirs.ripe)):
        share = (peers.is_won & others).sum() / max(1, int(theirs.opened.sum()))
        worst = np.maximum(worst, np.abs(counts @ mine.astype(np.float64) - BAD_CLOSING * share * opened))
    earlier = (quarter.signed & ~quarter.opened).astype(np.float64)
    worst += 0.1 * np.abs(counts @ earlier - float(rate @ earlier))
    return np.where(quarter.open_to_chance, draws[int(np.argmin(worst))], chances.is_won)


def _drawn(spec: DemoSpec, name: str, rate: Floats, open_to_chance: Flags) -> NDArray[np.bool_]:
    """Return many ways in which the quarter could have gone.

    Only what was open to chance is drawn, so that opportunities of later days change nothing.
    """
    rng = stream(spec.seed, f"luck {name}")
    draws = np.zeros((_DRAWS, len(rate)), dtype=bool)
    places = np.flatnonzero(open_to_chance)
    draws[:, places] = rng.random((_DRAWS, len(places))) < rate[places]
    return draws


def _tails(values: Floats) -> Floats:
    """Return for each value the share of all that are not above it."""
    ordered = np.sort(values)
    return np.asarray(np.searchsorted(ordered, values, side="right") / len(values))
