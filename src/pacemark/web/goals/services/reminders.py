"""Reminding those who have not answered: whoever is waited for is named once a while, and the talk shows it."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from pacemark.web.goals.choices import AgreementState
from pacemark.web.goals.models import Agreement, AgreementStep, RepPlan
from pacemark.web.goals.services.steps import moment_of
from pacemark.web.jobs.registry import AGREEMENT_WAITING
from pacemark.web.jobs.services import enqueue
from pacemark.web.trail.services import record

FIRST_AFTER = timedelta(days=1)
AGAIN_AFTER = timedelta(days=2)


@transaction.atomic
def remind_waiting(at: datetime | None = None) -> int:
    """Note a reminder for each talk that has waited a day, and every two days from then on; return how many.

    Both kinds of waiting are announced: reps for whom a plan is proposed, and questions that managers have to answer.
    Months that are over are let be. Run again at once, it finds nothing.
    """
    now = moment_of(at)
    waiting: dict[tuple[date, str], list[int]] = defaultdict(list)
    rows = list(_due(now).select_for_update().order_by("period_start", "rep_id"))
    for row in rows:
        waiting[row.period_start, row.state].append(row.rep_id)
    Agreement.objects.filter(pk__in=[row.pk for row in rows]).update(reminded_at=now)
    for (period_start, state), rep_ids in waiting.items():
        enqueue(AGREEMENT_WAITING, period_start=period_start.isoformat(), state=state, rep_ids=rep_ids)
        changes = {"state": state, "rep_ids": rep_ids}
        record(
            actor=None,
            action="goals.agreements_reminded",
            subject=("period", period_start.isoformat()),
            changes=changes,
        )
    return len(rows)


def _due(now: datetime) -> QuerySet[Agreement]:
    last = AgreementStep.objects.filter(agreement=OuterRef("pk"), number=OuterRef("n_steps"))
    running = RepPlan.objects.filter(
        rep=OuterRef("rep"), period_start=OuterRef("period_start"), period_end__gte=now.date()
    )
    return Agreement.objects.filter(
        Q(reminded_at__isnull=True) | Q(reminded_at__lte=now - AGAIN_AFTER),
        Exists(last.filter(at__lte=now - FIRST_AFTER)),
        Exists(running),
        state__in=(AgreementState.PROPOSED, AgreementState.ASKED),
    )
