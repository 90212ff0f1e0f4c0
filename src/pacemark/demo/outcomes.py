"""How opportunities end: won or lost, when, for how much, and what comes back."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from pacemark.demo.draws import Flags, Floats, Ints, Small, stream
from pacemark.demo.layout import Layout
from pacemark.demo.luck import Chances, bad_quarter, lucky_quarter, unlucky_quarter
from pacemark.demo.rates import BAD_CLOSING, WIN_RATE, ramp
from pacemark.demo.simulation import Reports
from pacemark.demo.spec import months_later
from pacemark.demo.tables import (
    DAY_SECONDS,
    LOCAL_OFFSET_SECONDS,
    Deals,
    Opportunities,
    Refunds,
    RoleCode,
    local_day,
    take,
)
from pacemark.demo.worktime import clock_seconds, day_number, day_of

LAG_MEDIAN_DAYS, LAG_SIGMA = 14.0, 1.0
LOST_MEDIAN_DAYS, LOST_SIGMA = 21.0, 0.8
LONGEST_DAYS = 180  # nobody keeps an opportunity open for longer
DEAL_MEDIAN_MINOR, DEAL_SIGMA = 300_000.0, 0.4
EXPECTED_MEDIAN_MINOR, EXPECTED_SIGMA, EXPECTED_CORRELATION = 380_000.0, 0.45, 0.6
EXPECTED_KNOWN = 0.5
REFUND_SHARE = 0.03
PART_PAID_SHARE = 0.15
DEFERRED_LAST_DAYS = 5
_ROUND_TO_MINOR = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Fates:
    """Per opportunity, drawn in the month it was reported: what would happen, and what chance decides."""

    win_rate: Floats
    is_won: Flags
    lag_days: Floats
    lost_days: Floats
    moment: Floats
    amount_minor: Ints
    expected_minor: Ints
    is_part_paid: Flags
    refund_days: Ints
    refund_share: Floats


def fates_of_month(layout: Layout, reports: Reports, month: int) -> Fates:
    """Draw everything about the opportunities reported in a month."""
    rng = stream(layout.spec.seed, "fates", month)
    size = len(reports.owner)
    rate = _win_rates(layout, reports, month)
    shared, own = rng.standard_normal(size), rng.standard_normal(size)
    expected_score = EXPECTED_CORRELATION * shared + np.sqrt(1 - EXPECTED_CORRELATION**2) * own
    expected = _whole(EXPECTED_MEDIAN_MINOR * np.exp(EXPECTED_SIGMA * expected_score))
    is_refunded, is_partly = rng.random(size) < REFUND_SHARE, rng.random(size) < 0.3
    return Fates(
        win_rate=rate,
        is_won=rng.random(size) < rate,
        lag_days=LAG_MEDIAN_DAYS * np.exp(LAG_SIGMA * rng.standard_normal(size)),
        lost_days=LOST_MEDIAN_DAYS * np.exp(LOST_SIGMA * rng.standard_normal(size)),
        moment=rng.random(size),
        amount_minor=_whole(DEAL_MEDIAN_MINOR * np.exp(DEAL_SIGMA * shared)),
        expected_minor=np.where(rng.random(size) < EXPECTED_KNOWN, expected, -1),
        is_part_paid=rng.random(size) < PART_PAID_SHARE,
        refund_days=rng.integers(3, 25, size),
        refund_share=np.where(is_refunded, np.where(is_partly, 0.5, 1.0), 0.0),
    )


def _win_rates(layout: Layout, reports: Reports, month: int) -> Floats:
    people, day = layout.people, local_day(reports.reported_at)
    able = people.closing * layout.rates.wobble[:, month, 3]
    rate = WIN_RATE * able[reports.owner] * ramp(people, reports.owner, day)
    bad = (reports.owner == layout.planted.bad_closer) & (day >= day_number(layout.spec.last_quarter.first))
    return np.asarray(np.where(bad, BAD_CLOSING * rate, rate))


def _whole(minor: Floats) -> Ints:
    return np.maximum(np.round(minor / _ROUND_TO_MINOR), 1).astype(np.int64) * _ROUND_TO_MINOR


def join_fates(parts: list[Fates]) -> Fates:
    """Return the fates of all months in order."""
    return Fates(**{f.name: np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(Fates)})


def settle(layout: Layout, reports: Reports, fates: Fates) -> tuple[Opportunities, Deals, Refunds]:
    """Let everything run its course; what lies after the present is cut off later."""
    ready, closed = _closing_days(layout, reports, fates)
    is_won = _planted_luck(layout, reports, fates, closed)
    closed_at = _closing_moments(layout, reports, fates, np.where(is_won, closed, _lost_days(layout, reports, fates)))
    opportunities = Opportunities(
        lead=reports.lead, owner=reports.owner, sourced_call=reports.sourced_call, sourced_by=reports.sourced_by,
        reported_at=reports.reported_at, expected_minor=fates.expected_minor, win_rate=fates.win_rate,
        is_won=is_won, closed_at=closed_at,
    )  # fmt: skip
    won = np.flatnonzero(is_won)
    amount = fates.amount_minor[won]
    deals = Deals(
        opportunity=won, owner=reports.owner[won], signed_day=local_day(closed_at[won]), ready_day=ready[won],
        amount_minor=amount, cash_minor=np.where(fates.is_part_paid[won], amount // 2, amount),
    )  # fmt: skip
    return opportunities, deals, _refunds(fates, deals)


def _refunds(fates: Fates, deals: Deals) -> Refunds:
    share = fates.refund_share[deals.opportunity]
    back = np.flatnonzero(share > 0)
    return Refunds(
        deal=back,
        refunded_day=(deals.signed_day[back] + fates.refund_days[deals.opportunity[back]]).astype(np.int32),
        amount_minor=np.minimum((deals.amount_minor[back] * share[back]).astype(np.int64), deals.cash_minor[back]),
    )


def _closing_days(layout: Layout, reports: Reports, fates: Fates) -> tuple[Small, Small]:
    """Return the day the customer is ready (a day its owner works), and the day it would be signed."""
    lagged = local_day(reports.reported_at) + np.minimum(fates.lag_days, LONGEST_DAYS).astype(np.int32)
    ready = layout.worktime.next_worked(reports.owner, lagged)
    signed = ready.copy()
    mine = np.flatnonzero(reports.owner == layout.planted.deferrer)
    for i in mine.tolist():
        day = day_of(int(ready[i]))
        following = day_number(months_later(day.replace(day=1), 1))
        if following - ready[i] <= DEFERRED_LAST_DAYS:
            signed[i] = layout.worktime.next_worked(reports.owner[i : i + 1], np.array([following + i % 3]))[0]
    return ready, signed


def _lost_days(layout: Layout, reports: Reports, fates: Fates) -> Small:
    lagged = local_day(reports.reported_at) + 1 + np.minimum(fates.lost_days, LONGEST_DAYS).astype(np.int32)
    return layout.worktime.next_worked(reports.owner, lagged)


def _closing_moments(layout: Layout, reports: Reports, fates: Fates, day: Small) -> Ints:
    pattern = layout.worktime.pattern_of(layout.teams, reports.owner, day)
    second = clock_seconds(pattern, (fates.moment * 7.4 * 3600).astype(np.int64))
    moment = day.astype(np.int64) * DAY_SECONDS + second - LOCAL_OFFSET_SECONDS
    return np.asarray(np.maximum(moment, reports.reported_at + 600))


def _planted_luck(layout: Layout, reports: Reports, fates: Fates, closed: Small) -> Flags:
    """Replace chance for three people: the unlucky one, the star whose habit does nothing, the bad closer."""
    is_won, planted, spec = fates.is_won.copy(), layout.planted, layout.spec
    if spec.is_null:
        return is_won
    everyone = Chances(
        opened_day=local_day(reports.reported_at), signed_day=closed,
        win_rate=fates.win_rate, amount_minor=fates.amount_minor, is_won=fates.is_won,
    )  # fmt: skip
    for rep, arrange in ((planted.unlucky, unlucky_quarter), (planted.sham_star, lucky_quarter)):
        mine = reports.owner == rep
        is_won[mine] = arrange(spec, take(everyone, mine))
    peers = (layout.people.role[reports.owner] == RoleCode.CLOSER) & (reports.owner != planted.bad_closer)
    mine = reports.owner == planted.bad_closer
    is_won[mine] = bad_quarter(spec, take(everyone, mine), take(everyone, peers))
    return is_won
