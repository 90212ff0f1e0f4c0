"""Keeping and deleting drafts of what might be. They are their owner's and change nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction

from pacemark.web.accounts.models import User
from pacemark.web.goals.models import PlanDraft
from pacemark.web.goals.refusals import refuse
from pacemark.web.trail.services import record

MAX_DRAFTS = 20


@transaction.atomic
def keep_draft(
    *,
    actor: User,
    rep_id: int,
    period_start: date,
    name: str,
    assumptions: Mapping[str, str],
    answer: Mapping[str, Any],
) -> PlanDraft:
    """Keep a trial under a name. An owner's second draft of the same name is refused, so that none is lost."""
    mine = PlanDraft.objects.filter(kept_by=actor, rep_id=rep_id, period_start=period_start)
    if mine.filter(name=name).exists():
        raise refuse("draft_name_taken", "A draft of that name is kept already.", "name")
    if mine.count() >= MAX_DRAFTS:
        raise refuse("too_many_drafts", "No more than twenty drafts are kept for one person and month.")
    draft = PlanDraft(
        rep_id=rep_id, period_start=period_start, name=name, kept_by=actor, assumptions=dict(assumptions),
        answer=dict(answer),
    )  # fmt: skip
    draft.full_clean()
    draft.save()
    record(actor=actor, action="goals.draft_kept", subject=draft, changes={"rep_id": rep_id})
    return draft


@transaction.atomic
def delete_draft(*, actor: User, rep_id: int, draft_id: int) -> None:
    """Delete one's own draft; somebody else's is left alone, and that it exists is not told."""
    draft = PlanDraft.objects.filter(pk=draft_id, rep_id=rep_id, kept_by=actor).first()
    if draft is None:
        return
    record(actor=actor, action="goals.draft_deleted", subject=draft, changes={"rep_id": rep_id})
    draft.delete()
