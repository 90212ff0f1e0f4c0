"""Duty as people switch it themselves."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from pacemark.web.accounts.models import User
from pacemark.web.organization.models import Rep
from pacemark.web.resources.choices import DutyKind
from pacemark.web.resources.models import DutyToggle
from pacemark.web.trail.services import record


@transaction.atomic
def toggle_duty(*, actor: User | None, rep_id: int, is_on_duty: bool) -> None:
    """Take leads again, or be away until saying otherwise; saying it twice changes nothing."""
    Rep.objects.select_for_update().get(pk=rep_id)
    now = timezone.now()
    if is_on_duty:
        n = DutyToggle.objects.filter(rep_id=rep_id, ended_at__isnull=True).update(ended_at=now)
    else:
        _row, is_new = DutyToggle.objects.get_or_create(
            rep_id=rep_id, ended_at=None, defaults={"kind": DutyKind.AWAY, "since": now}
        )
        n = int(is_new)
    if n:
        record(actor=actor, action="resources.duty_toggled", subject=("rep", str(rep_id)), changes={"on": is_on_duty})
