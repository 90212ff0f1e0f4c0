"""Writes events: leads and calls month by month, then opportunities, deals, refunds and the months before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from pacemark.demo.bulk import (
    CHUNK_ROWS,
    Cell,
    Same,
    content_keys,
    day_texts,
    highest_id,
    insert_rows,
    known,
    local_hours,
    moment_texts,
)
from pacemark.demo.draws import Ints
from pacemark.demo.load_people import Written
from pacemark.demo.names import CHANNELS, LEAD_GRADES, customer_name, customer_phone
from pacemark.demo.tables import (
    LOCAL_OFFSET_SECONDS,
    Calls,
    Deals,
    Leads,
    MonthlyTotals,
    Opportunities,
    Refunds,
    local_day,
    size_of,
    take,
)
from pacemark.demo.worktime import day_of
from pacemark.web.pipeline.choices import Direction, OpportunityState
from pacemark.web.pipeline.history_models import MonthlyTotal
from pacemark.web.pipeline.models import Call, Deal, Lead, Opportunity, Refund, Segment, Source
from pacemark.web.pipeline.phones import seal_phone

SOURCE_NAME = "demo"
CURRENCY, COUNTRY = "CNY", "CN"
LEADS, CALLS, OPPORTUNITIES, DEALS, REFUNDS = (
    model._meta.db_table for model in (Lead, Call, Opportunity, Deal, Refund)
)
TABLES = (LEADS, CALLS, OPPORTUNITIES, DEALS, REFUNDS)


@dataclass(slots=True)
class Ledger:
    """Who is who in the database. Ids are given out here: rows refer to each other before the database has them."""

    source_id: int
    people: Written
    segment_id: Ints
    lead_id: list[Ints] = field(default_factory=list)
    segment_of_lead: list[Ints] = field(default_factory=list)
    next_id: dict[str, int] = field(default_factory=dict)

    @classmethod
    def opened(cls, people: Written) -> Ledger:
        """Begin to write for the source ``demo``, with one segment per channel and lead grade."""
        source, _ = Source.objects.get_or_create(name=SOURCE_NAME)
        segments = [
            Segment.objects.get_or_create(channel=channel, lead_grade=grade)[0].pk
            for channel in CHANNELS
            for grade in LEAD_GRADES
        ]
        return cls(
            source_id=source.pk, people=people, segment_id=np.array(segments, dtype=np.int64),
            next_id={table: highest_id(table) + 1 for table in TABLES},
        )  # fmt: skip

    def take_ids(self, table: str, count: int) -> Ints:
        """Return the next ids of a table."""
        begin = self.next_id[table]
        self.next_id[table] += count
        return np.arange(begin, begin + count, dtype=np.int64)

    def segments_of(self, leads: Leads) -> Ints:
        """Return the segment ids of leads."""
        return np.asarray(self.segment_id[leads.channel * len(LEAD_GRADES) + leads.lead_grade])

    def remember_leads(self, lead_id: Ints, leads: Leads) -> None:
        """Note leads that are in the database, in their order."""
        self.lead_id.append(lead_id)
        self.segment_of_lead.append(self.segments_of(leads))

    def event(self, table: str, letter: str, places: Ints, salt: int) -> dict[str, Any]:
        """Return the columns that every event carries."""
        ids = self.take_ids(table, len(places))
        return {
            "id": ids.tolist(),
            "source_id": Same(self.source_id),
            "external_id": external_ids(letter, places),
            "content_key": content_keys(places, salt),
            "version": Same(1),
        }


def external_ids(letter: str, places: Ints) -> list[str]:
    """Return ids as a source would write them: C0000000042."""
    return [f"{letter}{place:010d}" for place in places.tolist()]


def _chunks(columns: Any) -> Iterator[tuple[Any, int]]:
    for begin in range(0, size_of(columns), CHUNK_ROWS):
        yield take(columns, slice(begin, begin + CHUNK_ROWS)), begin


def write_leads(ledger: Ledger, leads: Leads, first: int) -> None:
    """Write leads with sealed phones; ``first`` is the place of the first one."""
    for chunk, begin in _chunks(leads):
        places = np.arange(first + begin, first + begin + size_of(chunk))
        segment = ledger.segments_of(chunk)
        phones = [seal_phone(customer_phone(place), COUNTRY) for place in places.tolist()]
        event = ledger.event(LEADS, "L", places, salt=1)
        ledger.remember_leads(np.array(event["id"], dtype=np.int64), chunk)
        insert_rows(
            LEADS,
            {
                **event,
                "segment_id": segment.tolist(),
                "stated_segment_id": segment.tolist(),
                "owner_id": ledger.people.rep_id[chunk.owner].tolist(),
                "name": [customer_name(place) for place in places.tolist()],
                "phone_encrypted": [phone.encrypted for phone in phones],
                "phone_hash": [phone.digest for phone in phones],
                "phone_last4_hash": [phone.last4_digest for phone in phones],
                "arrived_at": moment_texts(chunk.arrived_at),
                "arrived_on": day_texts(local_day(chunk.arrived_at)),
                "note": Same(""),
            },
        )


def write_calls(ledger: Ledger, calls: Calls, first: int) -> None:
    """Write calls in the order in which they ended; their ids are neighbours."""
    lead_id, segment = np.concatenate(ledger.lead_id), np.concatenate(ledger.segment_of_lead)
    for chunk, begin in _chunks(calls):
        event = ledger.event(CALLS, "C", np.arange(first + begin, first + begin + size_of(chunk)), salt=2)
        insert_rows(
            CALLS,
            {
                **event,
                "lead_id": lead_id[chunk.lead].tolist(),
                "segment_id": segment[chunk.lead].tolist(),
                "rep_id": ledger.people.rep_id[chunk.rep].tolist(),
                "occurred_at": moment_texts(chunk.started_at),
                "business_date": day_texts(local_day(chunk.started_at)),
                "local_hour": local_hours(chunk.started_at, LOCAL_OFFSET_SECONDS),
                "direction": Same(int(Direction.OUTBOUND)),
                "answered": chunk.is_answered.tolist(),
                "talk_seconds": chunk.talk_seconds.tolist(),
            },
        )


def states(opportunities: Opportunities) -> list[Cell]:
    """Return each opportunity's state."""
    open_or_lost = np.where(opportunities.closed_at > 0, str(OpportunityState.LOST), str(OpportunityState.OPEN))
    found: list[Cell] = np.where(opportunities.is_won, str(OpportunityState.WON), open_or_lost).tolist()
    return found


def closed_days(opportunities: Opportunities) -> list[Cell]:
    """Return the day each opportunity ended, None while it is open."""
    return day_texts(np.where(opportunities.closed_at > 0, local_day(opportunities.closed_at), -1))


def write_opportunities(ledger: Ledger, opportunities: Opportunities, sourced_call_id: Ints, first: int) -> Ints:
    """Write opportunities and return their ids; ``sourced_call_id`` is -1 where no deep talk came before."""
    places = np.arange(first, first + size_of(opportunities))
    lead_id, segment = np.concatenate(ledger.lead_id), np.concatenate(ledger.segment_of_lead)
    is_sourced, rep_id = opportunities.sourced_call >= 0, ledger.people.rep_id
    event = ledger.event(OPPORTUNITIES, "O", places, salt=3)
    insert_rows(
        OPPORTUNITIES,
        {
            **event,
            "lead_id": lead_id[opportunities.lead].tolist(),
            "segment_id": segment[opportunities.lead].tolist(),
            "owner_id": rep_id[opportunities.owner].tolist(),
            "state": states(opportunities),
            "opened_at": moment_texts(opportunities.reported_at),
            "opened_on": day_texts(local_day(opportunities.reported_at)),
            "reported_at": moment_texts(opportunities.reported_at),
            "closed_on": closed_days(opportunities),
            "expected_minor": known(opportunities.expected_minor),
            "sourced_by_id": known(np.where(is_sourced, rep_id[opportunities.sourced_by], -1)),
            "sourced_call_id": known(sourced_call_id),
            # The report comes within the hour after the talk, so it is that day.
            "sourced_on": day_texts(np.where(is_sourced, local_day(opportunities.reported_at), -1)),
        },
    )
    return np.array(event["id"], dtype=np.int64)


def write_deals(ledger: Ledger, deals: Deals, opportunities: Opportunities, opportunity_id: Ints) -> Ints:
    """Write deals; ``opportunity_id`` has the id of every opportunity. A deal's number is its opportunity's."""
    lead_id = np.concatenate(ledger.lead_id)
    event = ledger.event(DEALS, "D", deals.opportunity, salt=4)
    insert_rows(
        DEALS,
        {
            **event,
            "lead_id": lead_id[opportunities.lead[deals.opportunity]].tolist(),
            "opportunity_id": opportunity_id[deals.opportunity].tolist(),
            "owner_id": ledger.people.rep_id[deals.owner].tolist(),
            "signed_on": day_texts(deals.signed_day),
            "is_undated": Same(False),
            "amount_minor": deals.amount_minor.tolist(),
            "cash_minor": deals.cash_minor.tolist(),
            "currency": Same(CURRENCY),
        },
    )
    return np.array(event["id"], dtype=np.int64)


def write_refunds(ledger: Ledger, refunds: Refunds, deals: Deals, deal_id: Ints) -> None:
    """Write refunds; ``deal_id`` has the id of every deal."""
    insert_rows(
        REFUNDS,
        {
            **ledger.event(REFUNDS, "R", deals.opportunity[refunds.deal], salt=5),
            "deal_id": deal_id[refunds.deal].tolist(),
            "refunded_on": day_texts(refunds.refunded_day),
            "amount_minor": refunds.amount_minor.tolist(),
        },
    )


def write_history(ledger: Ledger, totals: MonthlyTotals) -> None:
    """Write what the teams brought in the months before the first event."""
    MonthlyTotal.objects.bulk_create(
        MonthlyTotal(
            team_id=int(ledger.people.team_id[team]), month_start=day_of(month),
            revenue_minor=revenue, active_reps=active,
        )
        for team, month, revenue, active in zip(
            totals.team, totals.month_day, totals.revenue_minor.tolist(), totals.active_reps.tolist(), strict=True
        )
    )  # fmt: skip
