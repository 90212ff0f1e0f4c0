"""One chunk of a run: decided and written in one transaction, under the lock of the policy's ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from django.db import transaction
from django.utils import timezone

from pacemark.engine.resources.allocation import allocate
from pacemark.engine.resources.arrivals import Allocation, Arrivals, Desk
from pacemark.engine.resources.fairness import jain
from pacemark.engine.resources.ledger import Ledger, Window
from pacemark.engine.resources.seating import Seating
from pacemark.web.organization.clock import local_date
from pacemark.web.organization.queries import organization, reps_who_left
from pacemark.web.pipeline.choices import HoldingBegan
from pacemark.web.pipeline.holding_services import Taking, hold_free, lock_leads
from pacemark.web.resources.bridge.chances import kind_name
from pacemark.web.resources.bridge.desk import engine_desk, with_counters, without
from pacemark.web.resources.bridge.evidence import MAX_REASONS, counted, evidence_text, exclusions_of
from pacemark.web.resources.choices import DecisionKind, RunState
from pacemark.web.resources.models import Decision, LedgerState, Run, WaitingLead
from pacemark.web.resources.queries.desk import counters_at
from pacemark.web.resources.queries.ledger import ledger_now
from pacemark.web.resources.queries.runs import Arrived, dealable
from pacemark.web.resources.services.ledger import locked_state, write_ledger
from pacemark.web.shared.row_writing import insert_rows, moment
from pacemark.web.trail.services import record

WRITE_SIZE = 2_000
NOBODY = {"*": {"code": "no_reps"}}
# What dealing changes of a run.
DEALT_FIELDS = ("n_done", "state", "ended_at", "answer")
UNKNOWN_GRADE = {"*": {"code": "unknown_grade"}}


@transaction.atomic
def deal_next_chunk(*, run_id: int) -> Run:
    """Deal the run's next leads; a finished run is returned as it stands.

    Two processes that work on one run take turns chunk by chunk, so nothing is dealt twice.
    """
    run = Run.objects.select_for_update().get(pk=run_id)
    if run.state == RunState.DONE or run.version is None:
        return run
    deal_under_lock(run=run, state=locked_state(run.version.policy_id), desk=_desk_now(run))
    run.save(update_fields=DEALT_FIELDS)
    return run


def deal_under_lock(
    *,
    run: Run,
    state: LedgerState,
    desk: Desk,
    written: Mapping[int, Arrived] = MappingProxyType({}),
    seating: Seating | None = None,
) -> None:
    """Deal the next leads of a run for a caller who holds the ledger's lock, and the run's or has just opened it.

    Everything is written but the run itself: the caller saves its ``DEALT_FIELDS``. ``written`` are leads that its
    transaction has made: nobody else sees them, so they are neither locked nor looked up. ``seating`` is the desk's own
    where one has been made.
    """
    first = run.n_done
    ids: list[int] = run.inputs["leads"][first : first + run.inputs["chunk_size"]]
    there = [lead_id for lead_id in ids if lead_id not in written]
    found = dict(written)
    if there:
        lock_leads(there)
        found |= dealable(there)
    leads = [found[lead_id] for lead_id in ids if lead_id in found]
    before = ledger_now(state)
    dealt, strange = _split(leads, desk)
    if desk.reps and dealt:
        allocation = _allocated(run, desk, before, dealt, seating)
        _keep(run, dealt, allocation, are_new=not there)
        after = allocation.ledger
        if desk.policy.expected_leads is None or not run.inputs["has_window"]:
            after = replace(after, window=before.window)
        write_ledger(state=state, before=before, after=after)
        _tally(run, allocation)
    else:
        _keep_waiting(run, [(lead, NOBODY) for lead in dealt])
    _keep_waiting(run, [(lead, UNKNOWN_GRADE) for lead in strange])
    _advance(run, len(ids))


def _desk_now(run: Run) -> Desk:
    """Return the desk the run began with, without who left since, and against the caps what everybody holds now."""
    desk = engine_desk(run.inputs)
    counters = counters_at(run.version, run.began_at) if run.version is not None else {}
    gone = sorted(_gone(run, desk))
    # Kept, because other runs and returned leads come between chunks: a replay must see what this run saw.
    if run.n_done and counters:
        run.inputs.setdefault("counters", {})[str(run.n_done)] = counters
    if gone:
        run.inputs.setdefault("gone", {})[str(run.n_done)] = gone
    if gone or (run.n_done and counters):
        run.save(update_fields=["inputs"])
    return without(with_counters(desk, counters), gone)


def _gone(run: Run, desk: Desk) -> frozenset[str]:
    """Return who was on duty when the run began and is not with the company any more."""
    began_on = local_date(run.began_at, organization().time_zone)
    today = date.fromisoformat(run.inputs.get("resumed_on") or began_on.isoformat())
    on_duty = {int(rep.id) for rep in desk.reps if rep.off is None}
    return frozenset(map(str, reps_who_left(on_duty, today)))


def _split(leads: Sequence[Arrived], desk: Desk) -> tuple[list[Arrived], list[Arrived]]:
    """Set apart leads of a grade that the policy does not know: they wait instead of stopping the others."""
    known = desk.policy.grades
    if known is None:
        return list(leads), []
    return [lead for lead in leads if lead.lead_grade in known], [
        lead for lead in leads if lead.lead_grade not in known
    ]


def _allocated(run: Run, desk: Desk, before: Ledger, leads: Sequence[Arrived], seating: Seating | None) -> Allocation:
    worth = run.inputs.get("worth")
    arrivals = Arrivals(
        ids=[str(lead.lead_id) for lead in leads],
        grades=[lead.lead_grade for lead in leads],
        tags=[lead.tags for lead in leads] if any(rep.skills for rep in desk.reps) else None,
        blocked=[lead.is_blocked for lead in leads] if any(lead.is_blocked for lead in leads) else None,
        values=None if worth is None else [worth[kind_name(lead.channel, lead.lead_grade)] for lead in leads],
    )
    if run.inputs["has_window"]:
        return allocate(arrivals, desk, before, seating=seating)
    # Floor and ceiling are for this run alone: its progress is the run's, not the policy's.
    policy = replace(desk.policy, expected_leads=run.n_leads) if desk.policy.has_bounds else desk.policy
    progress = run.answer.get("window") or {}
    window = Window(arrived=progress.get("arrived", 0), received=progress.get("received", {}))
    return allocate(arrivals, replace(desk, policy=policy), replace(before, window=window), seating=seating)


def _keep(run: Run, leads: Sequence[Arrived], allocation: Allocation, *, are_new: bool) -> None:
    """Write who got what, why, and who waits. Where leads are new, none of them waits yet."""
    owners = {lead.lead_id: int(rep) for lead, rep in zip(leads, allocation.owners, strict=True) if rep is not None}
    at = run.began_at
    hold_free(actor=run.began_by, owners=owners, taking=Taking(how=HoldingBegan.ASSIGNED, at=at, are_new=are_new))
    places = {str(lead_id): run.n_done + place for place, lead_id in enumerate(lead.lead_id for lead in leads)}
    _write_decisions(run, allocation, places)
    if not are_new and WaitingLead.objects.exists():
        WaitingLead.objects.filter(lead_id__in=owners).delete()
    spelled = len(allocation.waiting) * len(allocation.received) <= MAX_REASONS
    by_id = {str(lead.lead_id): lead for lead in leads}
    _keep_waiting(
        run,
        [
            (by_id[waits.lead], exclusions_of(waits.exclusions) if spelled else counted(waits.exclusions))
            for waits in allocation.waiting
        ],
    )


def _write_decisions(run: Run, allocation: Allocation, places: dict[str, int]) -> None:
    """Write the evidence in one go: composing it row by row takes longer than deciding does."""
    at = moment(run.began_at)
    rows = [
        (
            int(decided.lead), run.pk, DecisionKind.RULE.value, int(decided.rep), decided.grade,
            places[decided.lead], at, evidence_text(decided),
        )
        for decided in allocation.decisions
    ]  # fmt: skip
    columns = ("lead_id", "run_id", "kind", "rep_id", "lead_grade", "place", "decided_at", "evidence")
    insert_rows(Decision._meta.db_table, columns, rows)


def _keep_waiting(run: Run, leads: Sequence[tuple[Arrived, dict[str, Any]]]) -> None:
    """Let leads wait with their reasons; one that waits already keeps its place and gets today's reasons."""
    run.answer["waiting"] = run.answer.get("waiting", 0) + len(leads)
    if not leads:
        return
    ids = [lead.lead_id for lead, _why in leads]
    there = set(WaitingLead.objects.filter(lead_id__in=ids).values_list("lead_id", flat=True))
    at: datetime = run.began_at
    WaitingLead.objects.bulk_create(
        [WaitingLead(lead_id=lead.lead_id, since=at, run=run, reasons=why) for lead, why in leads],
        batch_size=WRITE_SIZE, update_conflicts=True, unique_fields=["lead"], update_fields=["run", "reasons"],
    )  # fmt: skip
    Decision.objects.bulk_create(
        [
            Decision(
                lead_id=lead.lead_id, run_id=run.pk, kind=DecisionKind.WAITS, rep=None, lead_grade=lead.lead_grade,
                place=run.n_done + place, decided_at=at, evidence={"reasons": why},
            )
            for place, (lead, why) in enumerate(leads)
            if lead.lead_id not in there
        ],
        batch_size=WRITE_SIZE,
    )  # fmt: skip


def _tally(run: Run, allocation: Allocation) -> None:
    counts = run.answer.get("counts", {})
    for rep, count in allocation.received.items():
        if count:
            counts[rep] = counts.get(rep, 0) + count
    run.answer["counts"] = counts
    if not run.inputs["has_window"]:
        window = allocation.ledger.window
        run.answer["window"] = {"arrived": window.arrived, "received": dict(window.received)}


def _advance(run: Run, n_leads: int) -> None:
    run.n_done += n_leads
    if run.n_done >= run.n_leads:
        run.state, run.ended_at = RunState.DONE, timezone.now()
        run.answer["jain"] = _evenness(run)
        record(
            actor=run.began_by, action="resources.run_done", subject=run,
            changes={"leads": run.n_leads, "waiting": run.answer.get("waiting", 0)},
        )  # fmt: skip


def _evenness(run: Run) -> float | None:
    """Return Jain's index of a batch's counts; a few leads by themselves tell nothing of it."""
    if run.desk_id is not None:
        return None
    counts = run.answer.get("counts", {})
    evenness = jain([counts.get(rep["id"], 0) for rep in run.inputs["reps"] if "off" not in rep])
    return None if evenness is None else float(evenness)
