"""Protection prolonged by real activity, whichever way the calls and touches came in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction

from pacemark.web.accounts.models import User
from pacemark.web.organization.clock import local_date
from pacemark.web.organization.queries import organization
from pacemark.web.pipeline.holding_bridge import due_days
from pacemark.web.pipeline.holding_models import Holding
from pacemark.web.pipeline.queries.activity import latest_activity
from pacemark.web.pipeline.queries.holdings import standing_rule
from pacemark.web.trail.services import record

CHUNK_SIZE = 5_000
TOLD_IDS = 500


def prolong_by_activity(*, actor: User | None, at: datetime) -> int:
    """Prolong every held lead by what its holder has done since it began; return how many moved.

    Whoever recycles calls this first, and so does an import. Run twice it finds nothing the second time.
    """
    if standing_rule() is None:
        return 0
    settings = organization()
    found = list(latest_activity(settings, local_date(at, settings.time_zone)))
    return sum(
        note_activity(actor=actor, days=dict(found[first : first + CHUNK_SIZE]))
        for first in range(0, len(found), CHUNK_SIZE)
    )


@transaction.atomic
def note_activity(*, actor: User | None, days: Mapping[int, date]) -> int:
    """Prolong the protection of leads by their holders' real activity (lead id → day of it); return how many moved.

    A due date never moves back, and never past the rule's hard maximum.
    """
    rule = standing_rule()
    if rule is None or not days:
        return 0
    rows = Holding.objects.select_for_update().filter(lead_id__in=list(days), ended_at__isnull=True).order_by("pk")
    open_now = list(rows)
    if not open_now:
        return 0
    began = [holding.began_on for holding in open_now]
    due = due_days(rule, min(began), max(began))
    moved: dict[tuple[date, date | None], list[int]] = defaultdict(list)
    for holding in open_now:
        day, noted = days[holding.lead_id], holding.last_activity_on
        if day < holding.began_on or (noted is not None and day <= noted):
            continue
        until = due.prolonged(holding.began_on, holding.due_on, day, is_self_sourced=holding.is_self_sourced)
        moved[day, until].append(holding.pk)
    # One statement for each pair of days: there are few of them, however many leads.
    for (day, until), ids in moved.items():
        Holding.objects.filter(pk__in=ids).update(
            last_activity_on=day, due_on=until, reminded_on=None, escalated_on=None
        )
    told = [pk for ids in moved.values() for pk in ids]
    if told:
        changes = {"holdings": told[:TOLD_IDS], "n": len(told)}
        record(actor=actor, action="pipeline.leads_prolonged", subject=("lead", "many"), changes=changes)
    return len(told)
