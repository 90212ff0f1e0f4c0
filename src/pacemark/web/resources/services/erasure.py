"""What this room keeps in words about customers: it goes with them."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction

from pacemark.web.resources.models import Contest, WaitingLead


@transaction.atomic
def clear_words_about(*, lead_ids: Collection[int]) -> int:
    """Clear what disputes say about leads, and let nobody wait for them; who disputed and who won stays."""
    WaitingLead.objects.filter(lead_id__in=lead_ids).delete()
    return Contest.objects.filter(lead_id__in=lead_ids).exclude(reason="", verdict="").update(reason="", verdict="")
