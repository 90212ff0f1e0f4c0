"""Replaying past leads under a version. It writes its own summary and the version's state, nothing live."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from pacemark.engine.errors import EngineError
from pacemark.web.accounts.models import User
from pacemark.web.jobs.services import enqueue
from pacemark.web.organization.held import settings_held
from pacemark.web.resources.bridge.retelling import Retelling
from pacemark.web.resources.choices import PolicyState, ReplayState
from pacemark.web.resources.models import PolicyVersion, Replay
from pacemark.web.resources.queries.chances import chances_before
from pacemark.web.resources.queries.replays import Window, batches_before, batches_of, n_leads_in, spans_of
from pacemark.web.trail.services import record

REPLAY_JOB = "replay policy"
MAX_DAYS = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One window under two versions."""

    before: dict[str, Any]
    after: dict[str, Any]


def _check(window: Window) -> None:
    if window.last < window.first or (window.last - window.first).days > MAX_DAYS:
        raise EngineError("resources.bad_window", f"A window has 1 to {MAX_DAYS} days, first day first.", "window")


@transaction.atomic
def ask_replay(*, actor: User | None, version_id: int, window: Window) -> Replay:
    """Queue a replay of past days under a version."""
    _check(window)
    replay = Replay.objects.create(
        version_id=version_id, first_day=window.first, last_day=window.last, asked_by=actor, n_all=n_leads_in(window)
    )
    record(actor=actor, action="resources.replay_asked", subject=replay)
    enqueue(REPLAY_JOB, replay_id=replay.pk)
    return replay


@transaction.atomic
def cancel_replay(*, actor: User | None, replay_id: int) -> bool:
    """Ask a replay to stop; a queued one stops at once. Return whether there was anything to stop."""
    rows = Replay.objects.filter(pk=replay_id)
    now = timezone.now()
    n = rows.filter(state=ReplayState.QUEUED).update(
        state=ReplayState.CANCELLED, is_cancel_asked=True, ended_at=now
    ) or rows.filter(state=ReplayState.RUNNING).update(is_cancel_asked=True)
    if n:
        record(actor=actor, action="resources.replay_cancelled", subject=("resources.replay", str(replay_id)))
    return bool(n)


def run_replay(replay_id: int) -> Replay:
    """Do a queued replay; one that was cut off begins anew. Progress and cancelling go batch by batch."""
    startable = (ReplayState.QUEUED, ReplayState.RUNNING)
    Replay.objects.filter(pk=replay_id, state__in=startable).update(state=ReplayState.RUNNING, n_done=0)
    replay = Replay.objects.select_related("version").get(pk=replay_id)
    if replay.state != ReplayState.RUNNING:
        return replay
    with settings_held():
        return _ran(replay)


def _ran(replay: Replay) -> Replay:
    window = Window(first=replay.first_day, last=replay.last_day)
    try:
        retelling = _begun(window, replay.version)
        for batch in batches_of(window, replay.version):
            retelling.add(batch)
            Replay.objects.filter(pk=replay.pk).update(n_done=retelling.n_leads)
            if Replay.objects.filter(pk=replay.pk, is_cancel_asked=True).exists():
                return _end(replay, ReplayState.CANCELLED, {})
    except EngineError as error:
        return _end(replay, ReplayState.FAILED, {"error": error.code, "field": error.field})
    return _end(replay, ReplayState.DONE, retelling.summary())


def replayed(version: PolicyVersion, window: Window) -> dict[str, Any]:
    """Return the summary of a window under a version, and write nothing at all."""
    _check(window)
    with settings_held():
        retelling = _begun(window, version)
        for batch in batches_of(window, version):
            retelling.add(batch)
    return retelling.summary()


def _begun(window: Window, version: PolicyVersion) -> Retelling:
    """Return a replay with the ledger as it stood when the window began."""
    retelling = Retelling(spans_of, chances_before(window.first))
    for batch in batches_before(window, version):
        retelling.warm_up(batch)
    return retelling


def consequences(content: dict[str, Any], standing: PolicyVersion | None, window: Window) -> Comparison:
    """Return who would get what of a window's leads: under the version in force, and under a content not saved yet."""
    tried = PolicyVersion(content=content)
    after = replayed(tried, window)
    return Comparison(before=replayed(standing, window) if standing else {}, after=after)


@transaction.atomic
def _end(replay: Replay, state: ReplayState, summary: dict[str, Any]) -> Replay:
    replay.state, replay.summary, replay.ended_at = state, summary, timezone.now()
    replay.n_done = summary.get("leads", replay.n_done)
    replay.save(update_fields=["state", "summary", "ended_at", "n_done"])
    # A draft changed while its replay ran is another draft: only the content that was replayed counts as tried.
    if state == ReplayState.DONE:
        version = PolicyVersion.objects.select_for_update().get(pk=replay.version_id)
        if version.content == replay.version.content and version.state == PolicyState.DRAFT:
            version.state = PolicyState.REPLAYED
            version.save(update_fields=["state"])
    return replay
