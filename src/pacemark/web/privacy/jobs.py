"""What is done once a day about what is kept."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from pacemark.web.jobs.registry import periodic
from pacemark.web.privacy.services.retention import clear_what_is_old


@periodic("privacy.clear_what_is_old", every=timedelta(days=1), offset=timedelta(hours=20))  # 04:00 in China
def clear_old_values() -> None:
    """Clear what is older than it is kept; nothing where nobody has set an end."""
    clear_what_is_old(at=timezone.now())
