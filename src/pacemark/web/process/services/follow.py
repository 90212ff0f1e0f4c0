"""Noting that a leader looked at a team's gaps: daily follow-through, shown beside the execution rate."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from pacemark.web.accounts.models import User
from pacemark.web.organization.clock import date_of, local_today
from pacemark.web.organization.models import Team
from pacemark.web.organization.queries import organization
from pacemark.web.process.models import LookedAt

# A page that asks again every few seconds is one look; the note of it need not be written each time.
ONE_LOOK = timedelta(minutes=10)


def note_look(*, actor: User, team: Team, at: datetime | None = None) -> bool:
    """Note that the team's own manager looked at its gaps today; return whether anything was written.

    Only whoever leads the team is measured by it. Looking is no decision: the trail has no part in it.
    """
    if team.manager_id != actor.pk:
        return False
    moment, zone = at or timezone.now(), organization().time_zone
    day = date_of(at, zone) if at else local_today(zone)
    known = LookedAt.objects.filter(user=actor, team=team, day=day).first()
    if known is not None and moment - known.last_at < ONE_LOOK:
        return False
    with transaction.atomic():
        LookedAt.objects.update_or_create(
            user=actor, team=team, day=day, defaults={"last_at": moment},
            create_defaults={"first_at": moment, "last_at": moment},
        )  # fmt: skip
    return True
