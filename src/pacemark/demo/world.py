"""A whole made-up organisation as arrays, up to a moment. No database, no clock: the same spec gives the same bytes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

import numpy as np

from pacemark.demo.draws import Flags, Ints
from pacemark.demo.history import coaching_actions, monthly_totals
from pacemark.demo.layout import Layout, make_layout
from pacemark.demo.outcomes import Fates, fates_of_month, join_fates, settle
from pacemark.demo.simulation import Reports, simulate
from pacemark.demo.spec import DemoSpec
from pacemark.demo.tables import (
    DAY_SECONDS,
    LOCAL_OFFSET_SECONDS,
    Calls,
    CoachingActions,
    CoachingOutcome,
    Deals,
    Leads,
    MonthlyTotals,
    Opportunities,
    Refunds,
    join,
    take,
)
from pacemark.demo.truths import hidden_truths
from pacemark.demo.worktime import day_number

LOCAL = timezone(timedelta(seconds=LOCAL_OFFSET_SECONDS))


@dataclass(frozen=True, slots=True, kw_only=True)
class Events:
    """Leads and calls of one month that had come and ended by the moment; ``first_…`` are their places among all."""

    leads: Leads
    calls: Calls
    first_lead: int
    first_call: int


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """The organisation up to a moment. Opportunities that end later are open; nothing later is in it."""

    layout: Layout
    now_seconds: int
    leads: Leads
    calls: Calls
    opportunities: Opportunities
    deals: Deals
    refunds: Refunds
    monthly_totals: MonthlyTotals
    coaching: CoachingActions
    truths: dict[str, Any]


@dataclass(slots=True)
class Chronicle:
    """Tells an organisation's life: first the events month by month, then how its opportunities ended."""

    layout: Layout
    now_seconds: int
    _reports: list[Reports]
    _fates: list[Fates]

    @classmethod
    def of(cls, spec: DemoSpec, now: datetime | None = None) -> Chronicle:
        """Begin to tell; ``now`` (default: the end of the last day) is where it stops."""
        end = int(now.timestamp()) if now is not None else end_of_day_seconds(spec)
        return cls(layout=make_layout(spec), now_seconds=end, _reports=[], _fates=[])

    def events(self) -> Iterator[Events]:
        """Yield leads and calls month by month, so that ten million calls need not be held at once."""
        self._reports, self._fates = [], []
        for number, month in enumerate(simulate(self.layout)):
            self._reports.append(month.reports)
            self._fates.append(fates_of_month(self.layout, month.reports, number))
            ended = month.calls.ended_at
            yield Events(
                leads=take(month.leads, month.leads.arrived_at <= self.now_seconds),
                calls=take(month.calls, ended <= self.now_seconds),
                first_lead=month.first_lead, first_call=month.first_call,
            )  # fmt: skip

    def outcomes(self) -> tuple[Opportunities, Deals, Refunds]:
        """Return opportunities, deals and refunds as they stand; call it after all events were told."""
        return _as_of(self.now_seconds, *settle(self.layout, join(self._reports), join_fates(self._fates)))

    def coaching(self) -> CoachingActions:
        """Return coaching as it stands: what is not yet closed is open."""
        actions = coaching_actions(self.layout)
        today = _day_of_moment(self.now_seconds)
        actions = take(actions, actions.opened_day <= today)
        later = (actions.closed_at > self.now_seconds) | ((actions.closed_at == 0) & (actions.due_day >= today))
        return CoachingActions(
            team=actions.team, rep=actions.rep, opened_day=actions.opened_day, due_day=actions.due_day,
            closed_at=np.where(later, 0, actions.closed_at),
            outcome=np.where(later, CoachingOutcome.OPEN, actions.outcome).astype(np.int32),
            has_evidence=actions.has_evidence & ~later,
        )  # fmt: skip


def end_of_day_seconds(spec: DemoSpec) -> int:
    """Return the last second of the last day that was lived."""
    return (day_number(spec.last_day) + 1) * DAY_SECONDS - LOCAL_OFFSET_SECONDS - 1


def generate_world(spec: DemoSpec, now: datetime | None = None) -> World:
    """Return the whole organisation as arrays, up to ``now`` (default: the end of its last day)."""
    chronicle = Chronicle.of(spec, now)
    events = list(chronicle.events())
    opportunities, deals, refunds = chronicle.outcomes()
    calls = join([part.calls for part in events])
    return World(
        layout=chronicle.layout, now_seconds=chronicle.now_seconds,
        leads=join([part.leads for part in events]), calls=calls,
        opportunities=opportunities, deals=deals, refunds=refunds,
        monthly_totals=monthly_totals(chronicle.layout), coaching=chronicle.coaching(),
        truths=hidden_truths(chronicle.layout),
    )  # fmt: skip


def _as_of(
    now: int, opportunities: Opportunities, deals: Deals, refunds: Refunds
) -> tuple[Opportunities, Deals, Refunds]:
    """Cut off what lies after a moment. Opportunities are in order of their reports, so their places stay."""
    known = opportunities.reported_at <= now
    settled = opportunities.closed_at <= now
    signed, today = settled[deals.opportunity] & known[deals.opportunity], _day_of_moment(now)
    place = np.cumsum(signed) - 1
    given_back = signed[refunds.deal] & (refunds.refunded_day <= today)
    kept_refunds = take(refunds, given_back)
    return (
        _known_opportunities(opportunities, known, settled),
        take(deals, signed),
        Refunds(
            deal=place[kept_refunds.deal], refunded_day=kept_refunds.refunded_day,
            amount_minor=kept_refunds.amount_minor,
        ),
    )  # fmt: skip


def _known_opportunities(opportunities: Opportunities, known: Flags, settled: Flags) -> Opportunities:
    kept, is_closed = take(opportunities, known), settled[known]
    closed_at: Ints = np.where(is_closed, kept.closed_at, 0)
    return Opportunities(
        lead=kept.lead, owner=kept.owner, sourced_call=kept.sourced_call, sourced_by=kept.sourced_by,
        reported_at=kept.reported_at, expected_minor=kept.expected_minor, win_rate=kept.win_rate,
        is_won=kept.is_won & is_closed, closed_at=closed_at,
    )  # fmt: skip


def _day_of_moment(seconds: int) -> int:
    return (seconds + LOCAL_OFFSET_SECONDS) // DAY_SECONDS
