"""Who has looked at customers' numbers: how often, how many customers, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, QuerySet

from pacemark.web.accounts.models import User
from pacemark.web.pipeline.choices import RevealReason
from pacemark.web.pipeline.lead_services import PHONE_SEEN
from pacemark.web.trail.models import TrailEntry

SHOWN_DAYS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Looker:
    """One person who has looked."""

    user_id: int
    name: str
    role: str
    looks: int
    leads: int
    last_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One look: at which lead, when, and why where it was not the person's own lead."""

    at: datetime
    lead_id: int
    reason: str


def lookers(at: datetime) -> list[Looker]:
    """Return everybody who has looked within the last days, who looked at most customers first."""
    rows = list(
        _seen(at)
        .values("actor_id")
        .annotate(looks=Count("pk"), leads=Count("subject_id", distinct=True), last_at=Max("at"))
        .order_by("-leads", "-looks", "actor_id")
    )
    users = User.objects.in_bulk([row["actor_id"] for row in rows if row["actor_id"]])
    return [
        Looker(
            user_id=users[row["actor_id"]].pk, name=str(users[row["actor_id"]]),
            role=str(users[row["actor_id"]].get_access_role_display()), looks=row["looks"], leads=row["leads"],
            last_at=row["last_at"],
        )
        for row in rows
        if row["actor_id"] in users
    ]  # fmt: skip


def looks_of(user_id: int, at: datetime) -> QuerySet[TrailEntry]:
    """Return one person's looks within the last days, the latest first."""
    return _seen(at).filter(actor_id=user_id).order_by("-at", "-pk")


def look_of(entry: TrailEntry) -> Look:
    """Return one entry of the trail as a look."""
    reason = entry.changes.get("reason", "")
    words = str(RevealReason(reason).label) if reason in RevealReason.values else ""
    return Look(at=entry.at, lead_id=int(entry.subject_id), reason=words)


def _seen(at: datetime) -> QuerySet[TrailEntry]:
    return TrailEntry.objects.filter(action=PHONE_SEEN, at__gte=at - timedelta(days=SHOWN_DAYS))
