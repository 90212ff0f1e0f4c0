"""Writes a made-up organisation into the database, and lets it live on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
from django.db import connection, transaction
from django.db.models import Model

from pacemark.demo.bulk import count_on_from_here, indexes_built_afterwards, without_collector
from pacemark.demo.draws import Ints
from pacemark.demo.history import monthly_totals
from pacemark.demo.load_agreements import write_agreements
from pacemark.demo.load_cases import write_cases
from pacemark.demo.load_coaching import write_coaching
from pacemark.demo.load_events import (
    CALLS,
    LEADS,
    TABLES,
    Ledger,
    write_calls,
    write_deals,
    write_history,
    write_leads,
    write_opportunities,
    write_refunds,
)
from pacemark.demo.load_holdings import Cards, write_holdings
from pacemark.demo.load_ladder import write_ladder
from pacemark.demo.load_people import write_people
from pacemark.demo.load_replans import write_replans
from pacemark.demo.load_resources import write_resources
from pacemark.demo.load_results import write_results
from pacemark.demo.load_reviews import write_demo_reviews
from pacemark.demo.spec import DemoSpec
from pacemark.demo.tables import size_of
from pacemark.demo.world import Chronicle
from pacemark.web.jobs.registry import AFTER_IMPORT
from pacemark.web.jobs.services import enqueue_unless_waiting
from pacemark.web.jobs.worker import run_pending
from pacemark.web.organization.models import Organization, Rep
from pacemark.web.pipeline.fact_models import RepDay
from pacemark.web.pipeline.facts_services import rebuild_facts
from pacemark.web.pipeline.models import Lead
from pacemark.web.trail.models import TrailEntry
from pacemark.web.trail.services import record

WRITTEN = "demo.written"
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """Which made-up organisation a database holds, and up to which moment it has lived."""

    spec: DemoSpec
    now_seconds: int


def kept_demo() -> Kept | None:
    """Return the made-up organisation that the database holds, None where it holds none."""
    entry = TrailEntry.objects.filter(action=WRITTEN).order_by("-pk").first()
    if entry is None:
        return None
    return Kept(spec=DemoSpec.from_json(entry.changes["spec"]), now_seconds=int(entry.changes["now_seconds"]))


def holds_an_organization() -> bool:
    """Tell whether somebody's organisation is in the database already."""
    named = Organization.objects.exclude(name="").exists()
    return named or Rep.objects.exists() or Lead.objects.exists()


def note_written(chronicle: Chronicle) -> None:
    """Leave on the trail what was made up, so that it can live on."""
    spec = chronicle.layout.spec
    changes = {"spec": spec.as_json(), "now_seconds": chronicle.now_seconds}
    record(actor=None, action=WRITTEN, subject=("demo", str(spec.seed)), changes=changes)


def write_demo(chronicle: Chronicle, password: str, tell: Tell) -> dict[str, int]:
    """Write everything in one transaction, then the facts; return how many rows of each kind there are.

    Killed half-way it leaves nothing; killed before the facts, :func:`complete_facts` finishes it.
    """
    with without_collector(), connection.constraint_checks_disabled(), transaction.atomic():
        tell("people and teams")
        ledger = Ledger.opened(write_people(chronicle.layout, password))
        counts = {"reps": chronicle.layout.spec.reps, "leads": 0, "calls": 0}
        with indexes_built_afterwards((LEADS, CALLS)):
            call_base, cards = ledger.next_id[CALLS], Cards()
            for number, events in enumerate(chronicle.events()):
                tell(f"leads and calls, month {number + 1}")
                write_leads(ledger, events.leads, events.first_lead)
                write_calls(ledger, events.calls, events.first_call)
                cards.note(events.leads, events.calls)
                counts["leads"] += size_of(events.leads)
                counts["calls"] += size_of(events.calls)
            tell("opportunities, deals and refunds")
            counts |= _write_outcomes(chronicle, ledger, call_base, cards)
            tell("indexes")
        write_history(ledger, monthly_totals(chronicle.layout))
        count_on_from_here(TABLES)
        note_written(chronicle)
        tell("coaching")
        write_coaching(chronicle.coaching(), ledger.people, datetime.fromtimestamp(chronicle.now_seconds, UTC))
    bring_up_to_date(tell)
    return counts


def _write_outcomes(chronicle: Chronicle, ledger: Ledger, call_base: int, cards: Cards) -> dict[str, int]:
    opportunities, deals, refunds = chronicle.outcomes()
    is_sourced = opportunities.sourced_call >= 0
    sourced_call_id: Ints = np.where(is_sourced, call_base + opportunities.sourced_call, -1)
    opportunity_id = write_opportunities(ledger, opportunities, sourced_call_id, 0)
    deal_id = write_deals(ledger, deals, opportunities, opportunity_id)
    write_refunds(ledger, refunds, deals, deal_id)
    write_holdings(cards, opportunities, np.concatenate(ledger.lead_id), ledger.people.rep_id, chronicle.now_seconds)
    return {"opportunities": size_of(opportunities), "deals": size_of(deals), "refunds": size_of(refunds)}


def bring_up_to_date(tell: Tell) -> None:
    """Count the facts, and let the rooms above do what they do after an import."""
    tell("facts and plans")
    rebuild_facts(actor=None)
    write_ladder()
    enqueue_unless_waiting(AFTER_IMPORT)
    run_pending()
    tell("agreements")
    write_agreements()
    tell("what is left of the month")
    write_replans()
    tell("credit, and the next tier")
    write_results()
    tell("leads by rule")
    write_resources()
    tell("success cases")
    if (kept := kept_demo()) is not None:
        write_cases(kept.spec)
    tell("reviews")
    write_demo_reviews()


def complete_facts(tell: Tell) -> None:
    """Build the facts where an earlier run was stopped before them."""
    if Lead.objects.exists() and not RepDay.objects.exists():
        bring_up_to_date(tell)


def empty_database() -> None:
    """Delete every row of every table of ours, to begin anew."""
    from django.core.management import call_command  # noqa: PLC0415 - needed for this rare act alone

    call_command("flush", verbosity=0, interactive=False)


def ids_of(model: type[Model], **found: Any) -> Ints:
    """Return ids in the order of their external ids."""
    rows = model._default_manager.filter(**found).order_by("external_id").values_list("pk", flat=True)
    return np.fromiter(rows.iterator(), dtype=np.int64)
