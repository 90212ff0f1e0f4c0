"""What plans say of a person by name: it goes with the name."""

from __future__ import annotations

from django.db import transaction

from pacemark.web.goals.models import RepPlan

_BATCH = 200


@transaction.atomic
def forget_name_in_plans(*, rep_id: int, word: str) -> int:
    """Put a neutral word for a rep's name into their plans; every number of them stays. Returns how many plans."""
    plans = list(RepPlan.objects.filter(rep_id=rep_id).only("content"))
    for plan in plans:
        plan.content = {**plan.content, "rep": word, "employee_no": ""}
    RepPlan.objects.bulk_update(plans, ["content"], batch_size=_BATCH)
    return len(plans)
