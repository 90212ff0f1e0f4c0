"""Dealing in the background: what waits, and what an import brought."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from pacemark.engine.resources.eligibility import exclusion_of
from pacemark.web.jobs.registry import AFTER_IMPORT, job, periodic
from pacemark.web.resources.bridge.desk import engine_desk
from pacemark.web.resources.choices import RunKind
from pacemark.web.resources.models import WaitingLead
from pacemark.web.resources.queries.desk import desk_at
from pacemark.web.resources.queries.policies import active_version
from pacemark.web.resources.queries.runs import ownerless_leads
from pacemark.web.resources.services.imported import hold_imported
from pacemark.web.resources.services.runs import allocate_ownerless, finish_open


@periodic("deal waiting leads", every=timedelta(minutes=10))
def deal_waiting_leads() -> int:
    """Finish what was killed, then deal what waits as soon as somebody is there to take it."""
    finish_open()
    now, version = timezone.now(), active_version()
    if version is None or not WaitingLead.objects.exists():
        return 0
    desk = engine_desk(desk_at(version, now, at_the_minute=True))
    if all(exclusion_of(rep) for rep in desk.reps):
        return 0
    key = f"waiting-{now:%Y%m%dT%H%M}"
    return allocate_ownerless(actor=None, key=key, at=now, kind=RunKind.API).n_leads


@job(AFTER_IMPORT)
def take_in_imported(**_payload: object) -> int:
    """Let imported leads be held by the owners they came with; deal those that came without one, if a policy holds."""
    held = hold_imported(actor=None, at=timezone.now())
    if active_version() is None or not ownerless_leads():
        return held
    now = timezone.now()
    return held + allocate_ownerless(actor=None, key=f"import-{now:%Y%m%dT%H%M%S%f}", at=now).n_leads
