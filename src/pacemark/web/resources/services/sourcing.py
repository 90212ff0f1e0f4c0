"""For whom leads are self-sourced: nothing is dealt to them, what they find is only accounted for."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from pacemark.web.accounts.models import User
from pacemark.web.organization.models import Rep, Team
from pacemark.web.resources.choices import SourcingLevel
from pacemark.web.resources.models import SelfSourcing
from pacemark.web.resources.refusals import refuse
from pacemark.web.trail.services import record

_UNITS = {SourcingLevel.TEAM: Team, SourcingLevel.REP: Rep}


@transaction.atomic
def set_self_sourcing(
    *, actor: User | None, level: SourcingLevel, unit_id: int, valid_from: date, is_on: bool
) -> SelfSourcing:
    """Let a rep, a team or everyone find their own customers from a day on, or be dealt leads again.

    The nearest level that says something holds. A second word for the same day replaces the first. Raises
    ``resources.unknown_unit``.
    """
    model = _UNITS.get(level)
    if (model is None and unit_id) or (model is not None and not model._default_manager.filter(pk=unit_id).exists()):
        raise refuse("unknown_unit", "There is no such rep or team.", "unit")
    row, _is_new = SelfSourcing.objects.update_or_create(
        level=level, unit_id=unit_id, valid_from=valid_from, defaults={"is_on": is_on, "set_by": actor}
    )
    changes = {"level": str(level), "unit_id": unit_id, "from": valid_from.isoformat(), "on": is_on}
    record(actor=actor, action="resources.self_sourcing_set", subject=row, changes=changes)
    return row
