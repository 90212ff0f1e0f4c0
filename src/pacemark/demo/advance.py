"""Lets a made-up organisation live on: the same one over a longer span, of which only the new part is written."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np
from django.db import connection, transaction

from pacemark.demo.bulk import count_on_from_here
from pacemark.demo.draws import Ints
from pacemark.demo.load import Kept, Tell, bring_up_to_date, ids_of, note_written
from pacemark.demo.load_events import (
    CALLS,
    OPPORTUNITIES,
    TABLES,
    Ledger,
    closed_days,
    external_ids,
    states,
    write_calls,
    write_deals,
    write_leads,
    write_opportunities,
    write_refunds,
)
from pacemark.demo.load_people import Written, write_absences
from pacemark.demo.tables import Opportunities, local_day, size_of, take
from pacemark.demo.world import LOCAL, Chronicle
from pacemark.web.organization.models import Rep, Team
from pacemark.web.pipeline.models import Call, Deal, Lead, Opportunity


class DemoChangedError(Exception):
    """The database no longer holds what was made up; the text is one sentence for the person who asked."""


def advance_demo(kept: Kept, days: int, tell: Tell) -> dict[str, int]:
    """Write what happens in some more days, to the same time of day; return how many rows of each kind are new.

    One transaction, then the facts. Rows that people added since stay; opportunities that end now are closed.
    """
    until = datetime.fromtimestamp(kept.now_seconds, tz=LOCAL) + timedelta(days=days)
    chronicle = Chronicle.of(replace(kept.spec, advance_days=kept.spec.advance_days + days), until)
    with transaction.atomic():
        ledger = Ledger.opened(_written(chronicle))
        write_absences(chronicle.layout, ledger.people, after=kept.spec.horizon - timedelta(days=1))
        added = _write_new_events(chronicle, ledger, kept.now_seconds, tell)
        counts = {"leads": added.leads, "calls": added.calls}
        counts |= _write_new_outcomes(chronicle, ledger, kept.now_seconds, added)
        count_on_from_here(TABLES)
        note_written(chronicle)
    bring_up_to_date(tell)
    return counts


@dataclass(frozen=True, slots=True, kw_only=True)
class _Added:
    """How much is new. New calls are neighbours: the place of the first among all calls, and its id."""

    leads: int
    calls: int
    first_call: int
    first_call_id: int


def _written(chronicle: Chronicle) -> Written:
    """Find the reps and teams that were written, by number and name."""
    people, teams = chronicle.layout.people, chronicle.layout.teams
    reps = dict(Rep.objects.filter(employee_no__in=people.employee_no).values_list("employee_no", "pk"))
    named = dict(Team.objects.filter(name__in=teams.name).values_list("name", "pk"))
    if len(reps) < len(people.employee_no) or len(named) < len(teams.name):
        raise DemoChangedError("people or teams of the made-up organisation are gone, so it cannot live on")
    return Written(
        rep_id=np.array([reps[number] for number in people.employee_no], dtype=np.int64),
        team_id=np.array([named[name] for name in teams.name], dtype=np.int64),
    )


def _write_new_events(chronicle: Chronicle, ledger: Ledger, since: int, tell: Tell) -> _Added:
    existing = ids_of(Lead, source_id=ledger.source_id)
    first_call_id, leads, calls, first_call = ledger.next_id[CALLS], 0, 0, -1
    for number, events in enumerate(chronicle.events()):
        tell(f"month {number + 1}")
        old = int(np.searchsorted(events.leads.arrived_at, since, side="right"))
        old_calls = int(np.searchsorted(events.calls.ended_at, since, side="right"))
        ledger.remember_leads(existing[events.first_lead : events.first_lead + old], take(events.leads, slice(old)))
        write_leads(ledger, take(events.leads, slice(old, None)), events.first_lead + old)
        fresh = take(events.calls, slice(old_calls, None))
        if size_of(fresh):
            first_call = events.first_call + old_calls if first_call < 0 else first_call
            write_calls(ledger, fresh, events.first_call + old_calls)
        leads, calls = leads + size_of(events.leads) - old, calls + size_of(fresh)
    return _Added(leads=leads, calls=calls, first_call=first_call, first_call_id=first_call_id)


def _write_new_outcomes(chronicle: Chronicle, ledger: Ledger, since: int, added: _Added) -> dict[str, int]:
    opportunities, deals, refunds = chronicle.outcomes()
    old = int(np.searchsorted(opportunities.reported_at, since, side="right"))
    existing = _same_number(ids_of(Opportunity, source_id=ledger.source_id), old, "opportunities")
    fresh = take(opportunities, slice(old, None))
    new_ids = write_opportunities(ledger, fresh, _call_ids(ledger, fresh, added), old)
    ended = _close(take(opportunities, slice(old)), existing, since)
    opportunity_id = np.concatenate([existing, new_ids])
    is_new = opportunities.closed_at[deals.opportunity] > since
    deal_id = np.zeros(size_of(deals), dtype=np.int64)
    deal_id[~is_new] = _same_number(ids_of(Deal, source_id=ledger.source_id), int((~is_new).sum()), "deals")
    deal_id[is_new] = write_deals(ledger, take(deals, is_new), opportunities, opportunity_id)
    last_day = int(local_day(np.array([since]))[0])
    new_refunds = take(refunds, refunds.refunded_day > last_day)
    write_refunds(ledger, new_refunds, deals, deal_id)
    return {
        "opportunities": size_of(fresh), "ended": ended, "deals": int(is_new.sum()), "refunds": size_of(new_refunds),
    }  # fmt: skip


def _same_number(ids: Ints, expected: int, what: str) -> Ints:
    if len(ids) != expected:
        raise DemoChangedError(f"{what} of the made-up organisation were added or deleted, so it cannot live on")
    return ids


def _call_ids(ledger: Ledger, opportunities: Opportunities, added: _Added) -> Ints:
    """Return the ids of the deep talks behind opportunities; a few of them were written the last time."""
    place = opportunities.sourced_call
    found: Ints = np.where(place >= 0, added.first_call_id + place - added.first_call, -1)
    before = np.flatnonzero((place >= 0) & ((place < added.first_call) | (added.first_call < 0)))
    texts = external_ids("C", place[before])
    rows = Call.objects.filter(source_id=ledger.source_id, external_id__in=texts)
    known = dict(rows.values_list("external_id", "pk"))
    found[before] = [known[text] for text in texts]
    return found


def _close(opportunities: Opportunities, ids: Ints, since: int) -> int:
    """Close those that were open the last time; return how many."""
    now_ended = opportunities.closed_at > since
    ended = take(opportunities, now_ended)
    rows = list(zip(states(ended), closed_days(ended), ids[now_ended].tolist(), strict=True))
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {OPPORTUNITIES} SET state = %s, closed_on = %s, version = version + 1 WHERE id = %s", rows
        )
    return len(rows)
