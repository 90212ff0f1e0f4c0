"""Reading drafts: one's own, and nobody else's."""

from __future__ import annotations

from datetime import date

from pacemark.web.accounts.models import User
from pacemark.web.goals.models import PlanDraft


def drafts_of(owner: User, rep_id: int, period_start: date) -> list[PlanDraft]:
    """Return what somebody kept about one rep's month, oldest first."""
    return list(
        PlanDraft.objects.filter(kept_by=owner, rep_id=rep_id, period_start=period_start).order_by("kept_at", "pk")
    )
