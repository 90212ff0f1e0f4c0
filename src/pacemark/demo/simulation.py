"""Life month by month: leads arrive, people dial, customers become interested, closers take over.

A month is simulated whole and knows only the months before it, so that a longer life has the same past.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from pacemark.demo.conversions import Paired, pair_and_convert
from pacemark.demo.dials import Dials, PaddingCount, choose, dials_of_month
from pacemark.demo.draws import Flags, Ints, Small, stream
from pacemark.demo.holdings import holdings_of, pick
from pacemark.demo.layout import Layout
from pacemark.demo.leads import ASKS_BY_THEMSELVES, first_day_with_leads, leads_of_month
from pacemark.demo.tables import (
    DAY_SECONDS,
    LOCAL_OFFSET_SECONDS,
    Calls,
    Leads,
    RoleCode,
    join,
    local_day,
    size_of,
    take,
)

RECENT_MONTHS = 3
CLOSER_DEPTH = 12.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reports:
    """Opportunities as they are reported, before anyone knows how they end."""

    lead: Small
    owner: Small
    sourced_call: Ints
    sourced_by: Small
    reported_at: Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """What happened in a month, and the place of its first lead and call among all leads and calls."""

    leads: Leads
    calls: Calls
    reports: Reports
    first_lead: int
    first_call: int


@dataclass(slots=True)
class _Past:
    """What the next month needs to know of the months before."""

    leads: list[Leads] = field(default_factory=list)
    taken: list[Flags] = field(default_factory=list)
    reports: list[Reports] = field(default_factory=list)
    padding: PaddingCount = field(default_factory=lambda: PaddingCount(seen={}, moved={}))
    lead_count: int = 0
    call_count: int = 0


def simulate(layout: Layout) -> Iterator[Month]:
    """Yield the months in order."""
    past = _Past()
    for month in range(len(layout.spec.month_starts())):
        yield _simulate_month(layout, month, past)


def _simulate_month(layout: Layout, month: int, past: _Past) -> Month:
    leads = leads_of_month(layout, month)
    by_themselves = _direct_reports(layout, leads, past.lead_count, month)
    first_lead, first_call = past.lead_count, past.call_count
    _remember_leads(past, leads, by_themselves.lead - first_lead)
    recent, taken = join(past.leads), np.concatenate(past.taken)
    oldest = past.lead_count - len(taken)
    origin = (first_day_with_leads(layout) - 1) * DAY_SECONDS
    holdings = holdings_of(np.arange(len(taken)), recent.owner, recent.arrived_at, layout.spec.reps, origin)
    dials = dials_of_month(layout, month, past.padding)
    is_closer = layout.people.role[dials.rep] == RoleCode.CLOSER
    factor = layout.rates.lead_grade_factor[recent.lead_grade] * layout.rates.channel_factor[recent.channel]
    paired = pair_and_convert(layout, choose(dials, ~is_closer), holdings, factor[holdings.card], taken[holdings.card])
    lead = np.where(paired.place >= 0, oldest + holdings.card[paired.place], -1)
    sourced = _sourced_reports(layout, paired, lead, month)
    _take(past, sourced.lead - oldest)
    past.reports = [*past.reports[1 - RECENT_MONTHS :], join([sourced, by_themselves])]
    closing = choose(dials, is_closer)
    calls, place = _calls(paired.dials, lead, closing, _customers(layout, closing, past, origin))
    known = np.where(sourced.sourced_call >= 0, place[sourced.sourced_call] + first_call, -1)
    reports = join([_with_calls(sourced, known), by_themselves])
    past.call_count += size_of(calls)
    return Month(
        leads=leads, calls=calls, reports=take(reports, np.argsort(reports.reported_at, kind="stable")),
        first_lead=first_lead, first_call=first_call,
    )  # fmt: skip


def _remember_leads(past: _Past, leads: Leads, taken: Ints | Small) -> None:
    is_taken = np.zeros(size_of(leads), dtype=bool)
    is_taken[taken] = True
    past.leads = [*past.leads[1 - RECENT_MONTHS :], leads]
    past.taken = [*past.taken[1 - RECENT_MONTHS :], is_taken]
    past.lead_count += size_of(leads)


def _take(past: _Past, recent_places: Ints | Small) -> None:
    """Note that these leads have shown interest; places count from the oldest month that is remembered."""
    begin = 0
    for is_taken in past.taken:
        here = recent_places[(recent_places >= begin) & (recent_places < begin + len(is_taken))]
        is_taken[here - begin] = True
        begin += len(is_taken)


def _direct_reports(layout: Layout, leads: Leads, first_lead: int, month: int) -> Reports:
    """Some customers ask by themselves during office hours; nobody's deep talk came before."""
    rng = stream(layout.spec.seed, "direct", month)
    second = (leads.arrived_at + LOCAL_OFFSET_SECONDS) % DAY_SECONDS
    asks = rng.random(len(second)) < ASKS_BY_THEMSELVES
    first, following = layout.month_days(month)
    day = local_day(leads.arrived_at)
    asks &= (second > 9 * 3600) & (second < 17 * 3600) & (day >= first) & (day < following)
    asks[asks] &= layout.worktime.works[leads.owner[asks], day[asks] - layout.worktime.first]
    chosen = np.flatnonzero(asks)
    return Reports(
        lead=(first_lead + chosen).astype(np.int32),
        owner=_owners(layout, leads.owner[chosen], day[chosen], rng),
        sourced_call=np.full(len(chosen), -1, dtype=np.int64),
        sourced_by=np.full(len(chosen), -1, dtype=np.int32),
        reported_at=leads.arrived_at[chosen] + rng.integers(1200, 5400, len(chosen)),
    )


def _sourced_reports(layout: Layout, paired: Paired, lead: Ints, month: int) -> Reports:
    """Return what deep talks led to; ``sourced_call`` is still the dial's place in the month."""
    rng = stream(layout.spec.seed, "reports", month)
    dial = np.flatnonzero(paired.succeeds)
    rep, day = paired.dials.rep[dial], paired.dials.day[dial]
    return Reports(
        lead=lead[dial].astype(np.int32),
        owner=_owners(layout, rep, day, rng),
        sourced_call=dial,
        sourced_by=rep,
        reported_at=paired.dials.ended_at[dial] + rng.integers(120, 2400, len(dial)),
    )


def _with_calls(reports: Reports, sourced_call: Ints) -> Reports:
    return Reports(
        lead=reports.lead, owner=reports.owner, sourced_call=sourced_call,
        sourced_by=reports.sourced_by, reported_at=reports.reported_at,
    )  # fmt: skip


def _owners(layout: Layout, rep: Small, day: Small, rng: np.random.Generator) -> Small:
    """A setter's opportunity goes to a closer of the team, in turn by chance; others keep theirs."""
    people, drawn = layout.people, rng.random(len(rep))
    team = layout.worktime.team[rep, day - layout.worktime.first]
    closers = np.flatnonzero(people.role == RoleCode.CLOSER)
    by_team = closers[np.argsort(people.team[closers], kind="stable")]
    begin = np.searchsorted(people.team[by_team], team)
    count = np.searchsorted(people.team[by_team], team, side="right") - begin
    chosen = by_team[np.minimum(begin + (drawn * count).astype(np.int64), len(by_team) - 1)]
    return np.where((people.role[rep] == RoleCode.SETTER) & (count > 0), chosen, rep).astype(np.int32)


def _customers(layout: Layout, dials: Dials, past: _Past, origin: int) -> Ints:
    """Return whom closers call: the customers of their opportunities, mostly recent ones; -1 while they have none."""
    reports = join(past.reports)
    cards = holdings_of(reports.lead.astype(np.int64), reports.owner, reports.reported_at, layout.spec.reps, origin)
    place = pick(cards, dials, CLOSER_DEPTH, stream(layout.spec.seed, "closers", dials.month))
    return np.where(place >= 0, cards.card[place], -1) if len(cards.card) else np.full(len(place), -1)


def _calls(dials: Dials, lead: Ints, closing: Dials, customer: Ints) -> tuple[Calls, Ints]:
    """Return the month's calls in the order in which they ended, and where each dial of ``dials`` now stands."""

    def both(name: str) -> Ints:
        return np.concatenate([getattr(dials, name), getattr(closing, name)])

    lead = np.concatenate([lead, customer])
    ended = both("ended_at")
    order = np.argsort(np.where(lead >= 0, ended, np.iinfo(np.int64).max), kind="stable")
    order = order[: int(np.count_nonzero(lead >= 0))]
    place = np.full(len(ended), -1, dtype=np.int64)
    place[order] = np.arange(len(order))
    calls = Calls(
        rep=both("rep")[order].astype(np.int32), lead=lead[order].astype(np.int32),
        started_at=both("started_at")[order], ended_at=ended[order],
        talk_seconds=both("talk_seconds")[order].astype(np.int32),
        is_answered=both("is_answered")[order].astype(bool), is_padded=both("is_padded")[order].astype(bool),
    )  # fmt: skip
    return calls, place
