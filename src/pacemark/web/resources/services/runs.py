"""Runs of the allocator: opened once under a key with all they decide from, then dealt chunk by chunk."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from pacemark.engine.periods import sales_month_of
from pacemark.engine.resources.arrivals import Desk
from pacemark.engine.resources.matching import MAX_PAIRS
from pacemark.web.accounts.models import User
from pacemark.web.organization.clock import local_date
from pacemark.web.organization.queries import organization
from pacemark.web.resources.bridge.chances import worth_table
from pacemark.web.resources.bridge.desk import (
    DeskRows,
    StandingDesk,
    counters_near,
    engine_desk,
    met_by_few,
    shares_for,
    shares_key,
    solved_shares,
    standing_desk,
    window_key,
    windowed_desk,
)
from pacemark.web.resources.choices import RunKind, RunState
from pacemark.web.resources.models import KeptDesk, LedgerState, PolicyVersion, Run
from pacemark.web.resources.queries.chances import chances_before
from pacemark.web.resources.queries.desk import counters_at, desk_at, read_desk
from pacemark.web.resources.queries.ledger import KEPT_ON, ledger_now
from pacemark.web.resources.queries.runs import Arrived, desk_kept, kinds_of, ownerless_leads, run_of_key
from pacemark.web.resources.refusals import other_content
from pacemark.web.resources.services.chunks import deal_next_chunk, deal_under_lock
from pacemark.web.resources.services.ledger import locked_state
from pacemark.web.resources.services.policies import ensure_active
from pacemark.web.shared.row_writing import insert_row, sent_together

CHUNK_SIZE = 10_000
OWNERLESS = "ownerless"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """What a run is asked to do, and under which key."""

    key: str
    kind: RunKind
    lead_ids: list[int]
    at: datetime
    content_key: str
    chunk_size: int = CHUNK_SIZE


def allocate_leads(
    *, actor: User | None, key: str, kind: RunKind, lead_ids: Sequence[int], at: datetime, chunk_size: int = CHUNK_SIZE
) -> Run:
    """Deal leads under the active policy, once per key.

    The same key goes on where a killed run stopped, or returns what stands and writes nothing. Raises
    ``resources.key_reused`` where the key came with other leads before.
    """
    asked = content_key([kind.value, list(lead_ids)])
    asking = Asking(
        key=key, kind=kind, lead_ids=list(lead_ids), at=at, content_key=asked, chunk_size=chunk_size
    )  # fmt: skip
    found = run_of_key(key)
    run = _opened(actor, asking) if found is None else _resumed(found)
    if run.inputs_key != asked:
        raise other_content()
    return finish(run=run)


def allocate_ownerless(
    *, actor: User | None, key: str, at: datetime, chunk_size: int = CHUNK_SIZE, kind: RunKind = RunKind.BATCH
) -> Run:
    """Deal what waits and what is new and nobody's; a key used before goes on with the leads it began with."""
    asked = content_key([kind.value, OWNERLESS])
    run = run_of_key(key)
    if run is None:
        leads = ownerless_leads()
        asking = Asking(key=key, kind=kind, lead_ids=leads, at=at, content_key=asked, chunk_size=chunk_size)
        run = _opened(actor, asking)
    else:
        run = _resumed(run)
    if run.inputs_key != asked:
        raise other_content()
    return finish(run=run)


def finish(*, run: Run) -> Run:
    """Deal a run's chunks until none is left, each in a transaction of its own. Leaves its trail with the last."""
    while run.state != RunState.DONE:
        run = deal_next_chunk(run_id=run.pk)
    return run


def finish_open() -> int:
    """Finish the runs that a killed process left open; return how many."""
    open_runs = list(Run.objects.filter(state=RunState.OPEN).order_by("pk"))
    for run in open_runs:
        finish(run=_resumed(run))
    return len(open_runs)


@transaction.atomic
def _resumed(run: Run) -> Run:
    """Note the day on which a run goes on that began on an earlier one: who has left by now gets nothing."""
    time_zone = organization().time_zone
    today = local_date(timezone.now(), time_zone)
    if run.state == RunState.DONE or today <= local_date(run.began_at, time_zone):
        return run
    run = Run.objects.select_for_update().get(pk=run.pk)
    run.inputs["resumed_on"] = today.isoformat()
    run.save(update_fields=["inputs"])
    return run


def content_key(content: object) -> str:
    """Return the hash of what was asked."""
    return sha256(json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()).hexdigest()


def _opened(actor: User | None, asking: Asking) -> Run:
    """Open a run; where another process has opened the key meanwhile, return its run."""
    try:
        return open_run(actor=actor, asking=asking)
    except IntegrityError:
        found = run_of_key(asking.key)
        if found is None:
            raise
        return found


@transaction.atomic
def open_run(*, actor: User | None, asking: Asking) -> Run:
    """Keep everything the run decides from: people, duty, shares, policy, the ledger before, and the order of leads.

    Leaves its trail when it ends. The ledger is kept for batches; a lead by itself keeps its numbers in its decision.
    """
    version = ensure_active(actor=actor)
    state = locked_state(version.policy_id)
    inputs = desk_at(version, asking.at, at_the_minute=asking.kind == RunKind.API)
    inputs |= {"leads": asking.lead_ids, "chunk_size": max(1, asking.chunk_size), "sequence": state.n_runs}
    desk = engine_desk(inputs)
    inputs["has_window"] = desk.policy.expected_leads is not None
    inputs["shares"] = _shares(state, desk, asking.at, len(asking.lead_ids))
    if asking.kind != RunKind.API:
        inputs["ledger"] = ledger_now(state).as_json()
    if desk.policy.order == "best_fit":
        inputs |= _matched(desk, asking)
    return Run.objects.create(
        key=asking.key, kind=asking.kind, version=version, inputs_key=asking.content_key, inputs=inputs,
        n_leads=len(asking.lead_ids), began_by=actor, began_at=asking.at, answer={},
    )  # fmt: skip


def _matched(desk: Desk, asking: Asking) -> dict[str, Any]:
    """Return what matching by value needs beside: the worth of each kind of lead with each rep, and small chunks."""
    reps = [rep.id for rep in desk.reps]
    chances = chances_before(local_date(asking.at, organization().time_zone))
    return {
        "worth": worth_table(chances, kinds_of(asking.lead_ids), reps),
        "chunk_size": max(1, min(asking.chunk_size, MAX_PAIRS // max(1, len(reps)))),
    }


def deal_arrivals(
    *, actor: User | None, asking: Asking, version: PolicyVersion, state: LedgerState, written: Mapping[int, Arrived]
) -> Run:
    """Deal a few leads as they arrive, under the ledger's lock, in the caller's transaction.

    The desk is kept once for all runs that saw the same; a run keeps what counted against the caps where that mattered.
    The run is returned with its answer unsaved, so that the caller adds its own and writes once. ``written`` are the
    leads among them that the caller's transaction has made.
    """
    n_leads = len(asking.lead_ids)
    rows = read_desk(version, asking.at, at_the_minute=True)
    standing, counters = _standing(rows, state, asking), counters_at(version, asking.at)
    near = counters_near(standing.desk, counters, n_leads)
    met = met_by_few(standing, counters, near)
    desk, policy = met.desk, met.desk.policy
    inputs: dict[str, Any] = {
        "leads": asking.lead_ids, "chunk_size": asking.chunk_size, "sequence": state.n_runs,
        "has_window": policy.expected_leads is not None,
        "counters": {"0": near},
    }  # fmt: skip
    if policy.order == "best_fit" and n_leads > 1:
        inputs["worth"] = _matched(desk, asking)["worth"]
    day = local_date(asking.at, organization().time_zone).isoformat()
    if state.rest.get(KEPT_ON) != day:
        # Once a day, so that a replay need not begin with the first lead there ever was.
        state.rest[KEPT_ON] = day
        inputs["ledger"] = ledger_now(state).as_json()
    run = Run(
        key=asking.key, kind=asking.kind, version=version, inputs_key=asking.content_key, inputs=inputs,
        desk_id=_kept_desk(standing), n_leads=n_leads, began_by=actor, began_at=asking.at, answer={},
    )  # fmt: skip
    insert_row(run)
    with sent_together():
        deal_under_lock(run=run, state=state, desk=desk, written=written, seating=met.seating)
    return run


def _standing(rows: DeskRows, state: LedgerState, asking: Asking) -> StandingDesk:
    """Return the desk with the shares that its policy solves: for people alone, for a window, or for these leads."""
    standing = standing_desk(rows)
    policy = standing.desk.policy
    if not standing.desk.reps:
        return standing
    if policy.expected_leads is not None:
        shares = _window_shares(state, standing.desk, asking.at, window_key(rows))
        return windowed_desk(rows, tuple(shares.items()))
    # Without bounds shares do not depend on how many leads there are.
    return windowed_desk(rows, shares_for(rows, len(asking.lead_ids))) if policy.has_bounds else standing


def _kept_desk(standing: StandingDesk) -> int:
    found = desk_kept(standing.key)
    return found if found is not None else KeptDesk.objects.create(key=standing.key, content=standing.content).pk


def _shares(state: LedgerState, desk: Desk, at: datetime, n_leads: int) -> dict[str, str]:
    """Solve shares for this run, or once for the policy window and whenever people or scores have changed in it."""
    expected = desk.policy.expected_leads
    if not desk.reps:
        return {}
    if expected is None:
        return solved_shares(desk.reps, desk.teams, desk.policy, n_leads)
    return _window_shares(state, desk, at, shares_key(desk))


def _window_shares(state: LedgerState, desk: Desk, at: datetime, key: str) -> dict[str, str]:
    """Return the shares of the policy window, solved once for what ``key`` stands for."""
    start, expected = _window_start(desk.policy.window, at), desk.policy.expected_leads
    is_new, is_other = state.window_start != start, state.shares.get("key") != key
    if is_new:
        # A new window: what the floor and the ceiling count begins again.
        state.rest = {**state.rest, "window": {}}
        state.window_start = start
    if is_other:
        # Who is off now still has a share of the window; only duty at the moment decides about each lead.
        everyone = [replace(rep, off=None) for rep in desk.reps]
        state.shares = {"key": key, "by_rep": solved_shares(everyone, desk.teams, desk.policy, expected or 0)}
    if is_new or is_other:
        state.save()
    return dict(state.shares["by_rep"])


def _window_start(window: str, at: datetime) -> date:
    settings = organization()
    day = local_date(at, settings.time_zone)
    if window == "day":
        return day
    if window == "week":
        return day - timedelta(days=day.weekday())
    return sales_month_of(day, settings.sales_month_start_day).first
