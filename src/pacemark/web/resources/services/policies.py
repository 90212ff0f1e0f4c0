"""Policies as versions: a draft is edited, tried in a replay, and activated; the one before is retired."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from pacemark.engine.errors import EngineError
from pacemark.engine.fields import fields_of
from pacemark.engine.resources.policy import AREA
from pacemark.engine.resources.reading import desk_of
from pacemark.web.accounts.models import User
from pacemark.web.resources.choices import PolicyState
from pacemark.web.resources.models import LedgerState, Policy, PolicyVersion
from pacemark.web.resources.queries.policies import (
    CAPS,
    MAIN_POLICY,
    METRICS,
    active_version,
    default_content,
    version_in_force,
)
from pacemark.web.trail.services import record


def check_content(content: object) -> None:
    """Refuse a content that the allocator could not deal by; raises `EngineError` with the code that pages word."""
    fields = fields_of(content, AREA, path="content", required=["policy"], optional=["teams", "caps", "weights"])
    # One rep without a team stands in for everybody: the reader checks the policy and the teams as a run would.
    tried = {"policy": fields.values["policy"], "teams": fields.values.get("teams") or [], "reps": [{"id": "anybody"}]}
    desk_of(fields_of(tried, AREA, required=["reps"], optional=["teams", "policy"]))
    caps = fields_of(fields.values.get("caps") or {}, AREA, path="caps", optional=list(CAPS))
    for name in CAPS:
        if caps.has(name):
            caps.count(name)
    weights = fields_of(fields.values.get("weights") or {}, AREA, path="weights", optional=list(METRICS))
    if sum(weights.count(name, 0) for name in METRICS) != 100:
        raise EngineError("resources.weights_not_hundred", "The weights of a score must total 100.", "weights")


@transaction.atomic
def save_draft(*, actor: User | None, content: dict[str, Any], version_id: int | None = None) -> PolicyVersion:
    """Keep a draft: a new version, or a version that is not active yet; a changed one has to be replayed anew."""
    check_content(content)
    policy, _is_new = Policy.objects.get_or_create(name=MAIN_POLICY)
    # Two people who start a draft at once take turns, so that numbers stay in order.
    Policy.objects.select_for_update().get(pk=policy.pk)
    drafts = PolicyVersion.objects.filter(policy=policy, state__in=(PolicyState.DRAFT, PolicyState.REPLAYED))
    found = drafts.filter(pk=version_id).first() if version_id else None
    if version_id and found is None:
        raise EngineError("resources.not_a_draft", "Only a draft can be edited; start a new one.", "version")
    if found is None:
        last = PolicyVersion.objects.filter(policy=policy).aggregate(last=Max("version"))["last"] or 0
        found = PolicyVersion(policy=policy, version=last + 1, made_by=actor)
    found.content, found.state = content, PolicyState.DRAFT
    found.save()
    record(actor=actor, action="resources.draft_saved", subject=found, changes={"content": content})
    return found


@transaction.atomic
def activate(*, actor: User | None, version_id: int) -> PolicyVersion:
    """Let a replayed version hold from now on; the one before is retired. The ledger is the policy's and goes on."""
    policy_id = PolicyVersion.objects.values_list("policy_id", flat=True).get(pk=version_id)
    Policy.objects.select_for_update().get(pk=policy_id)
    version = PolicyVersion.objects.select_for_update().get(pk=version_id)
    if version.state != PolicyState.REPLAYED:
        raise EngineError("resources.not_replayed", "Replay a draft before it becomes active.", "version")
    _put_in_force(version)
    record(actor=actor, action="resources.policy_activated", subject=version, changes={"version": version.version})
    return version


def ensure_active(*, actor: User | None = None) -> PolicyVersion:
    """Return the active version; where there is none, everyone the same from now on."""
    return version_in_force() or _first_active(actor)


@transaction.atomic
def _first_active(actor: User | None) -> PolicyVersion:
    policy, _is_new = Policy.objects.get_or_create(name=MAIN_POLICY)
    Policy.objects.select_for_update().get(pk=policy.pk)
    found = active_version()  # again under the lock: somebody may have been quicker
    if found is not None:
        return found
    last = PolicyVersion.objects.filter(policy=policy).aggregate(last=Max("version"))["last"] or 0
    version = PolicyVersion(policy=policy, version=last + 1, made_by=actor, content=default_content())
    _put_in_force(version)
    record(actor=actor, action="resources.policy_activated", subject=version, changes={"version": version.version})
    return version


def _put_in_force(version: PolicyVersion) -> None:
    now = timezone.now()
    PolicyVersion.objects.filter(policy_id=version.policy_id, state=PolicyState.ACTIVE).update(
        state=PolicyState.RETIRED, active_until=now
    )
    version.state, version.active_from = PolicyState.ACTIVE, now
    version.save()
    # Shares are solved for a window under one version; another version solves its own.
    LedgerState.objects.filter(policy_id=version.policy_id).update(shares={}, window_start=None)
