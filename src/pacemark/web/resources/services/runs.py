"""Runs of the allocator: opened once under a key with all they decide from, then dealt chunk by chunk."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from hashlib import sha256

from django.db import IntegrityError, transaction
from django.utils import timezone

from pacemark.engine.periods import sales_month_of
from pacemark.engine.resources.arrivals import Desk
from pacemark.web.accounts.models import User
from pacemark.web.organization.clock import local_date
from pacemark.web.organization.queries import organization
from pacemark.web.resources.bridge.desk import engine_desk, shares_key, solved_shares
from pacemark.web.resources.choices import RunKind, RunState
from pacemark.web.resources.models import LedgerState, Run
from pacemark.web.resources.queries.desk import desk_at
from pacemark.web.resources.queries.ledger import ledger_now
from pacemark.web.resources.queries.runs import ownerless_leads, run_of_key
from pacemark.web.resources.refusals import other_content
from pacemark.web.resources.services.chunks import deal_next_chunk
from pacemark.web.resources.services.ledger import locked_state
from pacemark.web.resources.services.policies import ensure_active

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
    return Run.objects.create(
        key=asking.key, kind=asking.kind, version=version, inputs_key=asking.content_key, inputs=inputs,
        n_leads=len(asking.lead_ids), began_by=actor, began_at=asking.at, answer={},
    )  # fmt: skip


def _shares(state: LedgerState, desk: Desk, at: datetime, n_leads: int) -> dict[str, str]:
    """Solve shares for this run, or once for the policy window and whenever people or scores have changed in it."""
    expected = desk.policy.expected_leads
    if not desk.reps:
        return {}
    if expected is None and desk.policy.has_bounds:
        return solved_shares(desk.reps, desk.teams, desk.policy, n_leads)
    if expected is None:
        return _standing_shares(state, desk, n_leads)
    start, key = _window_start(desk.policy.window, at), shares_key(desk)
    if state.window_start != start:
        # A new window: what the floor and the ceiling count begins again.
        state.rest = {**state.rest, "window": {}}
        state.window_start = start
    if state.shares.get("key") != key:
        # Who is off now still has a share of the window; only duty at the moment decides about each lead.
        everyone = [replace(rep, off=None) for rep in desk.reps]
        state.shares = {"key": key, "by_rep": solved_shares(everyone, desk.teams, desk.policy, expected)}
    state.save()
    return dict(state.shares["by_rep"])


def _standing_shares(state: LedgerState, desk: Desk, n_leads: int) -> dict[str, str]:
    """Solve shares that depend on people alone, again only when people or duty have changed: leads come one by one."""
    key = shares_key(desk) + content_key([rep.off for rep in desk.reps])
    if state.shares.get("key") != key:
        state.shares = {"key": key, "by_rep": solved_shares(desk.reps, desk.teams, desk.policy, n_leads)}
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
